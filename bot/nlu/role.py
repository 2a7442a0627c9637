"""Who types, in this message and in the conversation so far (`teller.py`), and whether that person seeks contact."""

from __future__ import annotations

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.heard import steps_heard
from bot.nlu import contact
from bot.nlu.act import TELLS, likelihood
from bot.nlu.change_talk import HEARD
from bot.nlu.context import OF_LIFE, kinds_lately
from bot.nlu.in_talk import IN_TALK, SITUATION_READ
from bot.nlu.teller import ONLOOKER, TOLD_WORDS, VICTIM, heard_role, is_told_by_others
from bot.told import NONE

NOT_OTHERS = 0.05
"""Below it nothing in the talk says that somebody else types than who uses violence."""

SURELY_TELLS = 0.75
"""From here on it is told, and not asked, so that who types would show."""

SURELY_OTHERS = 0.7
"""From here on somebody else types, whatever the message says by itself."""

TELLS_OF = 0.5
"""From here on a message tells of a situation, and of contact only where that is about it."""


def role_before(tracker: DialogueStateTracker | None) -> str | None:
    """The role that the conversation has shown before."""
    return tracker.get_slot("role") if tracker else None


def role_heard(message: Message, tracker: DialogueStateTracker | None) -> str:
    """Who tells this, as far as the message itself shows."""
    role = str((message.get(HEARD) or {}).get("role", NONE))
    borne, seen = likelihood(message, "victim"), likelihood(message, "onlooker")
    if borne is not None and seen is not None and message.get(IN_TALK) is not None:
        # Beside what was said before: "haar broer maakt grapjes over vroeger" is told by who it is about.
        told = (likelihood(message, TELLS) or 0.0) >= SURELY_TELLS
        if told and role in (VICTIM, ONLOOKER) and borne + seen < NOT_OTHERS:
            role = NONE
        elif role == NONE and max(borne, seen) >= SURELY_OTHERS:
            role = VICTIM if borne > seen else ONLOOKER
    return heard_role(message.get(TEXT) or "", role, role_before(tracker))


def told_by_others(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is typed by somebody who is not the one who uses violence, as far as is known."""
    return is_told_by_others(role_heard(message, tracker), role_before(tracker))


def seeks_contact(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is about contact with somebody who lives apart, told by the one who seeks it."""
    if not OF_LIFE.isdisjoint(kinds_lately(tracker)):
        return False  # whom somebody calls who may take a life, may save it
    text, moment = message.get(TEXT) or "", (message.get(HEARD) or {}).get("moment", NONE)
    situations: dict[str, float] = message.get(SITUATION_READ) or {}
    elsewhere = any(p >= TELLS_OF and name not in {NONE, *contact.OF_CONTACT} for name, p in situations.items())
    if elsewhere and message.get(IN_TALK) is not None:
        moment = NONE
    known = steps_heard(tracker) if tracker else set()
    says_enough = len(text.split()) >= TOLD_WORDS
    return says_enough and contact.seeks_contact(
        text, moment, role_heard(message, tracker), role_before(tracker), known
    )
