"""Who types, in this message and in the conversation so far (`teller.py`), and whether that person seeks contact."""

from __future__ import annotations

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.heard import steps_heard
from bot.nlu import contact
from bot.nlu.change_talk import HEARD
from bot.nlu.teller import TOLD_WORDS, heard_role, is_told_by_others
from bot.told import NONE


def role_before(tracker: DialogueStateTracker | None) -> str | None:
    """The role that the conversation has shown before."""
    return tracker.get_slot("role") if tracker else None


def role_heard(message: Message, tracker: DialogueStateTracker | None) -> str:
    """Who tells this, as far as the message itself shows."""
    return heard_role(message.get(TEXT) or "", str((message.get(HEARD) or {}).get("role", NONE)), role_before(tracker))


def told_by_others(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is typed by somebody who is not the one who uses violence, as far as is known."""
    return is_told_by_others(role_heard(message, tracker), role_before(tracker))


def seeks_contact(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is about contact with somebody who lives apart, told by the one who seeks it."""
    text, moment = message.get(TEXT) or "", (message.get(HEARD) or {}).get("moment", NONE)
    known = steps_heard(tracker) if tracker else set()
    says_enough = len(text.split()) >= TOLD_WORDS
    return says_enough and contact.seeks_contact(
        text, moment, role_heard(message, tracker), role_before(tracker), known
    )
