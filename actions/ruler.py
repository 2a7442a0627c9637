"""The ruler of importance, 0 to 10."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.chat_dutch import normalise
from bot.nlu.last_question import number

ANSWERING = {"ask_importance", "give_number", "affirm", "deny", "unsure", "nlu_fallback"}
"""Intents of who is still with the question."""

HIGHEST_LOW = 3
HIGHEST_MIDDLE = 6


def band(value: float) -> str:
    """The reply that fits a number: `cijfer_laag` (0-3), `cijfer_midden` (4-6) or `cijfer_hoog` (7-10)."""
    if value <= HIGHEST_LOW:
        return "cijfer_laag"
    return "cijfer_midden" if value <= HIGHEST_MIDDLE else "cijfer_hoog"


def latest_intent(tracker: Tracker) -> str:
    """What the person's last message was taken for; Rasa's own helper reads the classifier's ranking instead."""
    return str(tracker.latest_message["intent"]["name"])


class ValidateImportanceForm(FormValidationAction):
    """Reads a number in figures or words. Who talks about something else has left the ruler."""

    def name(self) -> str:
        """Rasa's name for the validation of the form."""
        return "validate_importance_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> list[str]:
        """The number, as long as the person seems to be answering."""
        return domain_slots if latest_intent(tracker) in ANSWERING else []

    def validate_importance(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A number from 0 to 10; for an answer without a number a word before the question comes again."""
        found = number(normalise(str(value)))
        if found is None and latest_intent(tracker) in ANSWERING:
            dispatcher.utter_message(response="utter_cijfer_opnieuw")
        return {"importance": found}


class FollowRuler(Action):
    """Answers the number, or whatever else the person came to speak about."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_follow_ruler"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say what fits a low, a middle or a high number; without a number, answer the message itself."""
        value = tracker.get_slot("importance")
        if isinstance(value, int | float):
            dispatcher.utter_message(response=f"utter_{band(value)}")
            return [SlotSet("importance", None)]
        # The slot may hold the text of a message that was no answer.
        return [SlotSet("importance", None), FollowupAction(f"utter_{latest_intent(tracker)}")]
