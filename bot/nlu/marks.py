"""What stays with the conversation of a message, as entities that fill slots: careful mode, the country, what was told."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import project_content
from bot.nlu.change_talk import HEARD
from bot.nlu.intent import intent_of, likely_theme
from bot.nlu.person import whom
from bot.nlu.places import country
from bot.nlu.role import role_heard, seeks_contact
from bot.nlu.teller import SELF
from bot.told import CONTACT, NONE, OTHER, as_entities, marks_of_step

CAREFUL_KINDS = {"strangulation", "stalking"}

CAREFUL_THEMES = {"jealousy_control", "digital_control", "contact_ban_huisverbod"}

CAREFUL_MISUSE = {"find_person", "watch_person", "reach_despite_ban", "evade_ban", "make_obey"}

CAREFUL_CONFIDENCE = 0.5

TOLD_CONFIDENCE = 0.4
"""A theme is remembered for the summary from here on."""


def set_marks(message: Message, data: dict[str, Any], misuse: str | None, tracker: DialogueStateTracker | None) -> None:
    """What stays with the conversation, as entities that fill slots: careful mode, the country, what was told."""
    text = message.get(TEXT) or ""
    theme, confidence = likely_theme(message)
    confidence = confidence if any(c.isalpha() for c in text) else 0.0
    careful = (
        bool(CAREFUL_KINDS.intersection(data["kinds"]))
        or misuse in CAREFUL_MISUSE
        or (theme in CAREFUL_THEMES and confidence >= CAREFUL_CONFIDENCE)
        or seeks_contact(message, tracker)
    )
    marks: dict[str, Any] = {"careful": True} if careful else {}
    where = country(text)
    if where:
        marks["country"] = where
    marks |= _told(message, theme if confidence >= TOLD_CONFIDENCE else None, tracker)
    if data["level"] == "none" or "asked" in data or "reply" in data:
        marks |= marks_of_step(project_content(), intent_of(message))
    message.set(ENTITIES, (message.get(ENTITIES) or []) + as_entities(marks), add_to_output=True)


def _told(message: Message, theme: str | None, tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """Which way the message speaks, its feeling and moment, its theme, and whom it is about."""
    slots = tracker.current_slot_values() if tracker else {}
    told: dict[str, Any] = {"talk": NONE, "feeling": NONE, "moment": NONE}
    if not message.get("answers_last_question"):  # the words of a button are not the person's own
        told |= {name: value for name, value in (message.get(HEARD) or {}).items() if name != "role"}
        if told["moment"] == CONTACT and not seeks_contact(message, tracker):
            told["moment"] = NONE
        role = role_heard(message, tracker)
        # Who told of own violence is known as such, whatever the other does too.
        told |= {"role": role} if role != NONE and slots.get("role") != SELF else {}
        known = slots.get("ander")
        told |= _added(slots, "themes_heard", theme) | _added(slots, "feelings_heard", told["feeling"])
        named = whom(message.get(TEXT) or "", known if known != OTHER else None)
        told |= {"ander": named} if named else {}
    return told


def _added(slots: dict[str, Any], slot: str, name: str | None) -> dict[str, Any]:
    """A list of names with one more at its end, each name once."""
    if not name or name == NONE:
        return {}
    return {slot: [n for n in slots.get(slot) or [] if n != name] + [name]}
