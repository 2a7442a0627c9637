"""A message that names what it is about gets the step on just that, and not the first reply to its theme.

"ik heb een huisverbod" and "krijg ik nog een vog" have one theme. Which words name a step stands with the step in the content.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import project_content
from bot.heard import steps_heard
from bot.nlu.change_talk import HEARD
from bot.nlu.question import is_question
from bot.nlu.teller import is_not_the_doer
from bot.themes import THEMES, theme_of
from bot.told import NONE, TELLING

_END = r"(?!\w)"


class Named(NamedTuple):
    """A step that can be named: in which themes, by which words, and which take that away."""

    step: str
    themes: frozenset[str]
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    asked: bool


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words; one that ends in * is the beginning of a word."""
    found = "|".join(rf"{re.escape(word.rstrip('*'))}{'' if word.endswith('*') else _END}" for word in words)
    return re.compile(rf"(?<!\w)(?:{found})")


@lru_cache(maxsize=1)
def _named() -> tuple[Named, ...]:
    found = []
    for step in project_content().steps.values():
        if named := step.named:
            unless = _any_of(named.unless) if named.unless else None
            found.append(Named(step.name, frozenset(named.themes), _any_of(named.words), unless, named.asked))
    return tuple(found)


def named_step(text: str, theme: str, heard: set[str]) -> str | None:
    """The step that a (normalised) message names and that this conversation has not heard, or None.

    Args:
        text: the message.
        theme: what it is about, empty when that is unclear.
        heard: the steps that were said.
    """
    for named in _named():
        if named.step in heard or (named.themes and theme not in named.themes):
            continue
        fits = named.words.search(text) and not (named.unless and named.unless.search(text))
        if fits and (is_question(text) or not named.asked):
            return named.step
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NamedStep(GraphComponent):
    """Sets the intent of a message to the step that it names.

    Settings:
        threshold: the theme must be at least so likely. The words say the rest, so it may be lower than for a theme itself.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.4}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NamedStep:
        """Create the component."""
        return cls(config["threshold"])

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at the words of each message."""
        for message in messages:
            theme, confidence = theme_of({"intent_ranking": message.get("intent_ranking") or []})
            about = theme if confidence >= self._threshold else ""
            step = named_step(message.get(TEXT) or "", about, steps_heard(tracker) if tracker else set())
            if step and self._may_name(message, tracker):
                intent = {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: confidence}
                message.set(INTENT, intent, add_to_output=True)
        return messages

    def _may_name(self, message: Message, tracker: DialogueStateTracker | None) -> bool:
        """Not where the message answers the last question; and the steps speak to who uses violence."""
        role = (message.get(HEARD) or {}).get("role", NONE)
        remembered = tracker.get_slot("role") if tracker else None
        of_theme = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) in {*THEMES, TELLING, "nlu_fallback"}
        return of_theme and not is_not_the_doer(role, remembered)
