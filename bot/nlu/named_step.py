"""A message that names what it is about gets the step on just that, and not the first reply to its theme.

"ik heb een huisverbod" and "krijg ik nog een vog" have one theme. Which words name a step stands with the step in the content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
from bot.nlu.context import kinds_lately
from bot.nlu.intent import intent_of, likely_theme
from bot.nlu.question import is_question
from bot.nlu.role import role_before, role_heard
from bot.nlu.teller import SELF, is_told_by_others
from bot.themes import THEMES
from bot.told import NONE, TELLING

_END = r"(?!\w)"
_NEVER = re.compile(r"(?!)")

DOER, UNKNOWN, BEARS_IT, ONLOOKER, PROFESSIONAL = "doer", "unknown", "victim", "onlooker", "professional"
SPEAKS_TO = {
    DOER: frozenset({DOER, UNKNOWN}),
    BEARS_IT: frozenset({BEARS_IT}),
    ONLOOKER: frozenset({ONLOOKER}),
    PROFESSIONAL: frozenset({PROFESSIONAL}),
    "others": frozenset({BEARS_IT, ONLOOKER, PROFESSIONAL}),
    "unless_doer": frozenset({UNKNOWN, BEARS_IT, ONLOOKER, PROFESSIONAL}),
    "anyone": frozenset({DOER, UNKNOWN, BEARS_IT, ONLOOKER, PROFESSIONAL}),
}
"""Who types, by what a step says of whom it speaks to (content: `to`)."""


TELLER_OF = {"slachtoffer": BEARS_IT, "omstander": ONLOOKER, "hulpverlener": PROFESSIONAL}
"""Who types, by the role that was heard."""


class Named(NamedTuple):
    """A step that can be named: in which themes, by which words, by which alone, what takes it away, to whom, when."""

    step: str
    themes: frozenset[str]
    words: re.Pattern[str]
    clear: re.Pattern[str]
    unless: re.Pattern[str]
    asked: bool
    to: frozenset[str]
    open: frozenset[str]


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words; one that ends in * is the beginning of a word."""
    found = "|".join(rf"{re.escape(word.rstrip('*'))}{'' if word.endswith('*') else _END}" for word in words)
    return re.compile(rf"(?<!\w)(?:{found})") if words else _NEVER


@lru_cache(maxsize=1)
def _named() -> tuple[Named, ...]:
    return tuple(
        Named(
            step.name,
            frozenset(named.themes),
            _any_of(named.words),
            _any_of(named.clear),
            _any_of(named.unless),
            named.asked,
            SPEAKS_TO[named.to],
            frozenset(named.open),
        )
        for step in project_content().steps.values()
        if (named := step.named)
    )


def named_step(
    text: str, theme: str, heard: set[str], teller: str = UNKNOWN, open_kinds: Iterable[str] = (), clearly: bool = False
) -> str | None:
    """The step that a (normalised) message names and that this conversation has not heard, or None.

    Args:
        text: the message.
        theme: what it is about, empty when that is unclear.
        heard: the steps that were said.
        teller: who types, one of `DOER`, `UNKNOWN`, `BEARS_IT`, `ONLOOKER` and `PROFESSIONAL`.
        open_kinds: of the danger that is open.
        clearly: only by words that are clear by themselves.
    """
    for named in _named():
        if named.step in heard or teller not in named.to or named.unless.search(text):
            continue
        if named.open and named.open.isdisjoint(open_kinds):
            continue
        of_theme = not clearly and (not named.themes or theme in named.themes)
        fits = named.clear.search(text) or (of_theme and named.words.search(text))
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
            theme, confidence = likely_theme(message)
            about = theme if confidence >= self._threshold else ""
            heard = steps_heard(tracker) if tracker else set()
            kinds = kinds_lately(tracker)
            clearly = _asks_about_help(message)
            step = named_step(message.get(TEXT) or "", about, heard, _teller(message, tracker), kinds, clearly)
            if step and (clearly or _may_name(message)):
                intent = {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: confidence}
                message.set(INTENT, intent, add_to_output=True)
        return messages


def _asks_about_help(message: Message) -> bool:
    """Whether it was read as one of the questions about help; only words that are clear by themselves say something else."""
    return intent_of(message).startswith("vraag_") and not message.get("answers_last_question")


def _may_name(message: Message) -> bool:
    """Not where the message answers the last question."""
    return intent_of(message) in {*THEMES, TELLING, "nlu_fallback"}


def _teller(message: Message, tracker: DialogueStateTracker | None) -> str:
    role, remembered = role_heard(message, tracker), role_before(tracker)
    if not is_told_by_others(role, remembered):
        return DOER if SELF in (role, remembered) else UNKNOWN
    return TELLER_OF[role if role != NONE else str(remembered)]
