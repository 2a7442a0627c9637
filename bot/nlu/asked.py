"""A message that asks something gets the step that answers just that: "is duwen geweld ja of nee", "mag de hond mee".

Which step answers it is read beside what was said before (`in_talk.py`), from questions that people typed (data/questions).
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

from bot.content import project_content
from bot.nlu.act import IN_OTHER_WORDS, asks_something, leads_away
from bot.nlu.in_talk import QUESTION_READ
from bot.nlu.intent import intent_of, likely_theme
from bot.nlu.role import told_by_others
from bot.themes import ASKING
from bot.told import NONE

OF_ANYBODY = ("vraag_", "over_mij_", "veilig_", "verbod_huisverbod")
"""How the steps begin that answer whoever asks; the others speak to who uses violence."""


PLAIN_QUESTION = 0.9
"""From here on it is plain which theme a question is about, and only a sure step takes its place."""


def answer_to(message: Message) -> tuple[str, float]:
    """The step that most likely answers what a message asks, and how likely that is; `none` for nothing."""
    likely: dict[str, float] = message.get(QUESTION_READ) or {}
    return max(likely.items(), key=lambda step: step[1], default=(NONE, 0.0))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Asked(GraphComponent):
    """Sets the intent of a message that asks something to the step that answers it.

    Settings:
        threshold: how likely the step must be.
        sure: from here on it takes the place of a step that words of the message name.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.5, "sure": 0.8}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Asked:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at what each message asks."""
        for message in messages:
            step, likely = answer_to(message)
            if (
                step != NONE
                and likely >= self._config["threshold"]
                and self._may_answer(step, likely, message, tracker)
            ):
                intent = {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: likely}
                message.set(INTENT, intent, add_to_output=True)
        return messages

    def _may_answer(self, step: str, likely: float, message: Message, tracker: DialogueStateTracker | None) -> bool:
        content = project_content()
        if step not in content.steps or message.get("answers_last_question") or not asks_something(message):
            return False
        if tracker and tracker.active_loop_name:
            return False
        if told_by_others(message, tracker) and not step.startswith(OF_ANYBODY):
            return False
        known_as = intent_of(message)
        if likely >= self._config["sure"] and known_as in content.steps and content.steps[known_as].named is not None:
            return True
        theme, confidence = likely_theme(message)
        plain = theme == known_as and theme in ASKING and confidence >= PLAIN_QUESTION
        if plain and likely < self._config["sure"]:
            return False
        return known_as in IN_OTHER_WORDS or leads_away(known_as, tracker)
