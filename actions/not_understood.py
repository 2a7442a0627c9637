"""What to say to a message that was not understood."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

DIFFERENT_REPLIES = 3


def times_in_a_row(tracker: Tracker) -> int:
    """How many of the person's last messages were not understood, this one included; at most three."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            if event["parse_data"]["intent"]["name"] != "nlu_fallback":
                break
            count += 1
    return min(count, DIFFERENT_REPLIES)


class NotUnderstood(Action):
    """First asks for other words, then offers the menu, then a person."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say the first, second or third reply."""
        dispatcher.utter_message(response=f"utter_niet_begrepen_{times_in_a_row(tracker)}")
        return []
