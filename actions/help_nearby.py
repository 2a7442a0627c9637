"""Help near somebody: asks where they live, names the region and what fits. The place itself is kept nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.ruler import latest_intent
from bot.content import project_content
from bot.help.offer import answer, country_of, fitting, question, wish
from bot.help.places import UNKNOWN, Place, declines, find
from bot.organisations import ORGANISATION, offered_by, offered_in
from bot.told import TELLING

ASKING = {"find_help_nearby", "hulp_andere_plaats"}
"""Intents of who asks what is near; their replies end with the question for the place."""

ANSWERING = ASKING | {
    "nlu_fallback",
    "vertelt",
    "deny",
    "unsure",
    "give_number",
    "out_of_scope",
    "smalltalk",
    "loneliness",
}
"""Intents that a message may be taken for when it holds only a place, or no place at all."""

TELLS = {"nlu_fallback", TELLING}
"""Intents of a longer message that tells something else, where it names no place."""

ASK = "find_help_nearby"
GO_ON_WITH = {ASK: "place_form", "ask_importance": "importance_form", TELLING: "action_not_understood"}
"""Steps that are more than a reply: asked by a form, or chosen by what was told."""

SHORT = 5
"""Words up to which a message after the question is taken for an answer to it, whatever its theme."""


def typed(tracker: Tracker) -> list[str]:
    """What the person typed in the turns that are kept, the newest first; no buttons."""
    users = [e for e in reversed(tracker.events) if e.get("event") == "user"]
    return [e["text"] for e in users if e.get("text") and not e["text"].startswith("/")]


def place_of(tracker: Tracker) -> Place:
    """The place that the last message names, read together with the one before it when that was ambiguous."""
    text = str(tracker.latest_message.get("text") or "")
    if text.startswith("/"):
        return UNKNOWN
    place = find(text, asked=latest_intent(tracker) in ANSWERING or len(text.split()) <= SHORT)
    before = typed(tracker)[1:2]
    if place.kind != "municipality" and before and find(before[0], asked=True).kind == "ambiguous":
        chosen = find(f"{before[0]}, {text}", asked=True)
        return chosen if chosen.kind in ("municipality", "be", "cn") else place
    return place


class AskPlaceGiven(Action):
    """Asks for the place: which of several, or where somebody lives."""

    def name(self) -> str:
        """Rasa's name of the question of the form."""
        return "action_ask_place_given"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Ask; a choice is answered with its own words, which are understood as typed ones."""
        place = place_of(tracker)
        if place.kind == "ambiguous":
            text, choices = question(place)
            dispatcher.utter_message(text=text, buttons=[{"title": c, "payload": c} for c in choices])
        else:
            intent = latest_intent(tracker)
            dispatcher.utter_message(response=f"utter_{intent if intent in ASKING else 'find_help_nearby'}")
        return []


class ValidatePlaceForm(FormValidationAction):
    """Asks once. Whatever comes next is dealt with by `HelpNearby`, so no slot ever holds a place."""

    def name(self) -> str:
        """Rasa's name for the validation of the form."""
        return "validate_place_form"

    async def extract_place_given(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """That something was said after the question."""
        return {"place_given": True if tracker.slots.get("requested_slot") == "place_given" else None}

    def validate_place_given(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Nothing to check."""
        return {"place_given": value}


class HelpNearby(Action):
    """Answers with the region and what fits, asks for the place, or answers whatever else the person came to speak about."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_help_nearby"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Find the place, say what fits; keep the region only."""
        place = place_of(tracker)
        elsewhere = self._elsewhere(tracker, place)
        if elsewhere in GO_ON_WITH:
            return [SlotSet("place_given", None), FollowupAction(GO_ON_WITH[elsewhere])]
        if elsewhere:
            dispatcher.utter_message(response=f"utter_{elsewhere}")
            return [SlotSet("place_given", None)]
        country = tracker.get_slot("country")
        if place.kind == "unknown" and country:
            place = Place(country)
        elif place.kind == "unknown" and not tracker.get_slot("place_given"):
            place = Place("region", region=tracker.get_slot("region"))
        self._answer(dispatcher, tracker, place)
        return [SlotSet("place_given", None), SlotSet("region", place.region), SlotSet("country", country_of(place))]

    def _elsewhere(self, tracker: Tracker, place: Place) -> str | None:
        """The step that must come instead of an answer: ask for the place, leave it be, speak of something else."""
        intent, text = latest_intent(tracker), str(tracker.latest_message.get("text") or "")
        answers = tracker.get_slot("place_given") and not text.startswith("/")
        if place.kind == "ambiguous" and not place.region:
            return ASK
        if place.kind != "unknown":
            return None
        if intent in ASKING and not answers:
            known = tracker.get_slot("region") or tracker.get_slot("country")
            return None if known and intent != "hulp_andere_plaats" else ASK
        if declines(text):
            return "hulp_zonder_plaats"
        if intent in ANSWERING:
            return TELLING if answers and intent in TELLS and len(text.split()) > SHORT else None
        return intent

    def _answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, place: Place) -> None:
        users = [e for e in reversed(tracker.events) if e.get("event") == "user"]
        wished = wish([e["parse_data"]["intent"]["name"] for e in users], typed(tracker))
        organisation = offered_by((tracker.latest_message.get("metadata") or {}).get(ORGANISATION))
        options = fitting(
            project_content().lines.values(),
            place,
            wished,
            careful=bool(tracker.get_slot("careful")),
            own=organisation.help if organisation else (),
            nearby=offered_in(place.region),
        )
        name = organisation.name if organisation and organisation.help else None
        for bubble in answer(options, place, wished, datetime.now(UTC), name):
            dispatcher.utter_message(text=bubble)
        dispatcher.utter_message(response="utter_hulp_na_plaats")
