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
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.content import SITUATION, project_content
from bot.heard import steps_heard
from bot.nlu.act import ABOUT_HELP_OR_CHAT, IN_OTHER_WORDS, asks_something
from bot.nlu.in_talk import SITUATION_READ
from bot.nlu.intent import intent_of
from bot.nlu.last_question import last_said
from bot.nlu.role import told_by_others
from bot.told import NONE

WITH_NORM = frozenset({"minimise_deny", "blame_partner", "jealousy_control", "digital_control", "sexual_boundaries"})
"""Themes that are answered with the norm: only a reply that has it too may take the place of theirs."""

THEME_FIRST = WITH_NORM | {"contact_ban_huisverbod", "police_justice", "custody"}
"""Themes whose own reply comes first, once: it has the norm, or facts."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Situation(GraphComponent):
    """Sets the intent of a message to the step of the situation that it tells of, or of its subject.

    Not of a question, of an answer that a journey listens for, nor twice in a row; nor of who is not the one who uses
    violence: the replies speak to who does.

    Settings:
        threshold: how likely the situation must be.
        subject: how likely all situations of a subject must be together, where none of them is likely enough by itself.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.5, "subject": 0.5}

    def __init__(self, threshold: float, subject: float) -> None:
        self._threshold, self._subject = threshold, subject

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Situation:
        """Create the component."""
        return cls(config["threshold"], config["subject"])

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at what each message tells."""
        for message in messages:
            likely: dict[str, float] = message.get(SITUATION_READ) or {}
            told = {f"{SITUATION}{name}": p for name, p in likely.items() if name != NONE and p >= self._threshold}
            about = {step: p for step, p in _subjects(likely).items() if p >= self._subject}
            for step, p in [*_likeliest(told), *_likeliest(about)]:
                if _may_answer(step, message, tracker):
                    message.set(INTENT, {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: p}, add_to_output=True)
                    break
        return messages


def _likeliest(steps: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(steps.items(), key=lambda step: -step[1])[:1]


def _subjects(likely: dict[str, float]) -> dict[str, float]:
    """How likely a message is about the subject of each step that takes one up."""
    return {
        name: sum(likely.get(situation, 0.0) for situation in step.covers)
        for name, step in project_content().steps.items()
        if step.covers
    }


def _may_answer(step: str, message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether the reply to a situation may take the place of what the message was read as."""
    content = project_content()
    if step not in content.steps or asks_something(message) or message.get("answers_last_question"):
        return False
    said = last_said(tracker) or ""
    if tracker and (
        tracker.active_loop_name or said == step or said.removeprefix(SITUATION) in content.steps[step].covers
    ):
        return False
    if told_by_others(message, tracker):
        return False
    known_as = intent_of(message)
    if known_as in THEME_FIRST and (not tracker or known_as not in steps_heard(tracker)):
        return False
    if known_as in WITH_NORM:
        return "norm" in content.steps[step].codes
    return known_as in IN_OTHER_WORDS - ABOUT_HELP_OR_CHAT
