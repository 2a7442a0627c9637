"""The rulers from 0 to 10: how important it is to stop, and how sure the person is that it will work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.chat_dutch import normalise
from bot.nlu.last_question import number_in
from bot.told import band

ANSWERING = {"ask_importance", "ask_confidence", "give_number", "affirm", "deny", "unsure", "nlu_fallback", "vertelt"}
"""Intents of who is still with the question."""

ACTION_OF = {
    "nlu_fallback": "action_not_understood",
    "vertelt": "action_not_understood",
    "makkelijker": "action_simpler",
    "verder": "action_resume",
    "samenvatting": "action_summarise",
    "ask_importance": "importance_form",
    "ask_confidence": "confidence_form",
}
"""What answers an intent whose reply is more than one step."""


def latest_intent(tracker: Tracker) -> str:
    """What the person's last message was taken for; Rasa's own helper reads the classifier's ranking instead."""
    return str(tracker.latest_message["intent"]["name"])


def asked_again(tracker: Tracker) -> bool:
    """Whether the bot's last words were already that it found no number."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot" and event["metadata"].get("utter_action") == "utter_cijfer_opnieuw":
            return True
        if event.get("event") == "active_loop":
            return False
    return False


class _ValidateRuler(FormValidationAction, ABC):
    """Reads a number in figures or words. Who talks about something else has left the ruler."""

    @abstractmethod
    def name(self) -> str:
        """Rasa's name for the validation of the form; without one, Rasa takes this class for an action of its own."""

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> list[str]:
        """The number, as long as the person seems to be answering; it is asked for again once."""
        intent = latest_intent(tracker)
        with_it = intent in ANSWERING and (intent == "give_number" or not asked_again(tracker))
        return domain_slots if with_it else []

    def _number(self, slot: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        found = number_in(normalise(str(value)))
        if found is None and latest_intent(tracker) in ANSWERING:
            dispatcher.utter_message(response="utter_cijfer_opnieuw")
        return {slot: found}


class ValidateImportanceForm(_ValidateRuler):
    """Of importance."""

    def name(self) -> str:
        """Rasa's name for the validation of the form."""
        return "validate_importance_form"

    def validate_importance(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A number from 0 to 10; for an answer without a number a word before the question comes again."""
        return self._number("importance", value, dispatcher, tracker)


class ValidateConfidenceForm(_ValidateRuler):
    """Of confidence."""

    def name(self) -> str:
        """Rasa's name for the validation of the form."""
        return "validate_confidence_form"

    def validate_confidence(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """As `validate_importance`."""
        return self._number("confidence", value, dispatcher, tracker)


class _FollowRuler(Action, ABC):
    """Answers the number, or whatever else the person came to speak about."""

    slot: str
    replies: str

    @abstractmethod
    def name(self) -> str:
        """Rasa's name of the action."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say what fits a low, a middle or a high number; without a number, answer the message itself."""
        value = tracker.get_slot(self.slot)
        if isinstance(value, int | float):
            dispatcher.utter_message(response=f"utter_{self.replies}_{band(value)}")
            return []
        # The slot may hold the text of a message that was no answer.
        intent = latest_intent(tracker)
        return [SlotSet(self.slot, None), FollowupAction(ACTION_OF.get(intent, f"utter_{intent}"))]


class FollowImportance(_FollowRuler):
    """After the ruler of importance."""

    slot, replies = "importance", "cijfer"

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_follow_importance"


class FollowConfidence(_FollowRuler):
    """After the ruler of confidence."""

    slot, replies = "confidence", "vertrouwen"

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_follow_confidence"


class Number(Action):
    """A number without a ruler: the answer to the ruler that the bot just offered, or a number of something else."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_number"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Follow the ruler that was offered as if it had been asked; else ask what the number says."""
        found = number_in(normalise(str(tracker.latest_message.get("text") or "")))
        ruler = offered_ruler(tracker)
        if found is None or ruler is None:
            dispatcher.utter_message(response="utter_give_number")
            return []
        return [SlotSet(ruler.slot, float(found)), FollowupAction(ruler().name())]


def offered_ruler(tracker: Tracker) -> type[_FollowRuler] | None:
    """The ruler to which a button under the bot's last words leads ("Mag ik daar een cijfer voor vragen?")."""
    offers = {"/ask_importance": FollowImportance, "/ask_confidence": FollowConfidence}
    latest = max((i for i, e in enumerate(tracker.events) if e.get("event") == "user"), default=0)
    for event in reversed(tracker.events[:latest]):
        if event.get("event") == "user":
            return None
        for button in (event.get("data") or {}).get("buttons") or []:
            if button["payload"] in offers:
                return offers[button["payload"]]
    return None
