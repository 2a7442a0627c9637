"""A message that tells of a situation gets the reply to just that: "ze heeft me overal geblokt", "hij had ons getekend".

Which situation it tells of is read beside what was said before it (`in_talk.py`); the replies are the steps `verhaal_…` of
the content.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import project_content
from bot.heard import steps_heard
from bot.nlu.in_talk import SITUATION_READ
from bot.nlu.intent import intent_of
from bot.nlu.last_question import last_said
from bot.nlu.question import is_question
from bot.nlu.role import told_by_others
from bot.themes import THEMES
from bot.told import NONE, SITUATION, TELLING

WITH_NORM = frozenset({"minimise_deny", "blame_partner", "jealousy_control", "digital_control", "sexual_boundaries"})
"""Themes that are answered with the norm: only a reply that has it too may take the place of theirs."""

THEME_FIRST = WITH_NORM | {"contact_ban_huisverbod", "police_justice", "custody"}
"""Themes whose own reply comes first, once: it has the norm, or facts."""

ABOUT_HELP_OR_CHAT = frozenset({
    "explain_change", "what_is_violence", "find_help_nearby", "what_help_exists", "cost_of_help", "privacy_anonymity",
    "delete_data", "who_are_you_bot", "talk_to_human", "stop_goodbye", "thanks", "smalltalk", "out_of_scope",
})  # fmt: skip
"""Themes that ask for something or end something, and tell no story."""

LISTENS_TO_ANYTHING = "verder_gepraat"
"""The step for an answer in own words to a question that leads nowhere in particular."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Situation(GraphComponent):
    """Sets the intent of a message to the step of the situation that it tells of.

    Not of a question, of an answer that a journey listens for, nor twice in a row; nor of who is not the one who uses
    violence: the replies speak to who does.

    Settings:
        threshold: how likely the situation must be.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.6}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Situation:
        """Create the component."""
        return cls(config["threshold"])

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at what each message tells."""
        for message in messages:
            name, likely = message.get(SITUATION_READ) or (NONE, 0.0)
            step = f"{SITUATION}{name}"
            if name != NONE and likely >= self._threshold and _may_answer(step, message, tracker):
                intent = {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: likely}
                message.set(INTENT, intent, add_to_output=True)
        return messages


def _may_answer(step: str, message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether the reply to a situation may take the place of what the message was read as."""
    text = message.get(TEXT) or ""
    content = project_content()
    if step not in content.steps or is_question(text) or message.get("answers_last_question"):
        return False
    if tracker and (tracker.active_loop_name or last_said(tracker) == step):
        return False
    if told_by_others(message, tracker):
        return False
    known_as = intent_of(message)
    if known_as in THEME_FIRST and (not tracker or known_as not in steps_heard(tracker)):
        return False
    if known_as in WITH_NORM:
        return "norm" in content.steps[step].codes
    return known_as in {*THEMES, TELLING, LISTENS_TO_ANYTHING, "nlu_fallback"} - ABOUT_HELP_OR_CHAT
