"""The normaliser of chat Dutch as the first component of the pipeline.

Training examples and messages go through the same function, so that "kga ff weggg" and "ik ga even weg" meet.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.chat_dutch import WORDS_FILE, normalise, without_greeting

NO_WORDS = "."
"""Stands for a message of which nothing is left, such as a unicorn: to Rasa a message without text is none."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ChatDutchNormaliser(GraphComponent):
    """First of the pipeline: every later component reads plain Dutch."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChatDutchNormaliser:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the text of each message."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, without_greeting(normalise(message.get(TEXT))) or NO_WORDS)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Replace the text of each example."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the list of abbreviations changes."""
        return WORDS_FILE.read_text(encoding="utf-8")
