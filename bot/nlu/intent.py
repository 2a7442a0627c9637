"""What a message was read as, and how that is set or taken back."""

from __future__ import annotations

from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.themes import theme_of
from bot.told import TELLING

CLEAR_CONFIDENCE = 0.5
"""Below it a theme is not clear enough to be spoken of beside a danger."""


def intent_of(message: Message) -> str:
    """The name of what a message was read as; empty for nothing."""
    return str((message.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")


def likely_theme(message: Message) -> tuple[str, float]:
    """The likeliest theme of a message and the confidence in it, whatever it was read as."""
    return theme_of({"intent_ranking": message.get("intent_ranking") or []})


def set_intent(message: Message, name: str) -> None:
    """Read a message as this, for certain."""
    message.set(INTENT, {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)


def let_go(message: Message) -> None:
    """Take back what a message was read as against the last question: it is its theme, or a piece of a story."""
    theme, confidence = likely_theme(message)
    set_intent(message, theme if confidence >= CLEAR_CONFIDENCE else TELLING)
