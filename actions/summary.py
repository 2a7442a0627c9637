"""A summary of this conversation, put together from written parts: never a word of the person's own."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.content import SPOKEN, Content, project_content
from bot.told import OTHER, PART, RULERS, band, of_chosen_step

MOST_PARTS = 4


def parts_of(slots: dict[str, Any], content: Content) -> list[str]:
    """The steps that say back what was told, at most four, in the order in which a person would tell it.

    What the person chose weighs most, then what they spoke of last.

    Args:
        slots: what is remembered.
        content: where the parts stand; what has none is left out.
    """

    def known(*names: str) -> list[str]:
        return [name for name in (f"{PART}{n}" for n in names) if name in content.steps]

    themes = known(*(f"thema_{theme}" for theme in slots.get("themes_heard") or []))
    feelings = known(*(f"gevoel_{feeling}" for feeling in slots.get("feelings_heard") or []))[-1:]
    rulers = [
        part
        for slot, word in RULERS.items()
        if isinstance(slots.get(slot), int | float)
        for part in known(f"{word}_{band(slots[slot])}")
    ]
    values = known(slots["value"]) if slots.get("value") else []
    step = of_chosen_step(slots.get("chosen_step") or "")
    steps = (known(step) or known("stap")) if step else []
    by_weight = [*values, *steps, *themes[-1:], *feelings, *rulers, *reversed(themes[:-1])][:MOST_PARTS]
    return [part for part in (*themes, *feelings, *rulers, *values, *steps) if part in by_weight]


def said(content: Content, part: str, ander: str, number: int) -> str:
    """One wording of a part.

    Args:
        content: where it stands.
        part: the step's name.
        ander: how the other is named.
        number: any; the same number gives the same wording.
    """
    wordings = content.steps[part].variations
    whom = {"ander": ander, "Ander": ander[0].upper() + ander[1:]}
    return SPOKEN.sub(lambda m: whom.get(m.group(1), ""), wordings[number % len(wordings)])


class Summarise(Action):
    """Says back what was told, and asks whether that is right."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_summarise"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say the summary, or that there is nothing yet to sum up."""
        content = project_content()
        slots = tracker.current_slot_values()
        parts = parts_of(slots, content)
        if not parts:
            dispatcher.utter_message(response="utter_samenvatting_leeg")
            return []
        # Which wordings come changes with the conversation and with how much has been said in it.
        number = crc32(tracker.sender_id.encode()) + len(tracker.events)
        lines = [said(content, part, slots.get("ander") or OTHER, number) for part in parts]
        dispatcher.utter_message(response="utter_samenvatting", delen="\n".join(lines))
        return []
