"""Last of the pipeline: level and kinds of risk become attributes of the message, and outrank what classifiers said."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.safety import LEVELS, Screening, load_engine

SAFETY = "safety"
"""Key of the screening in a message, in Rasa's parse data and in the metadata a channel sends along."""

SAFETY_INTENTS = tuple(f"safety_{level}" for level in LEVELS if level != "none")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Takes over the channel's screening, or screens itself, and sets the intent `safety_<level>` where there is a risk."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `safety` on each message, and its intent where there is a risk."""
        for message in messages:
            carried = (message.get("metadata") or {}).get(SAFETY)
            screening = Screening.from_dict(carried) if carried else load_engine().screen(message.get(TEXT) or "")
            message.set(SAFETY, screening.as_dict(), add_to_output=True)
            if screening.level != "none":
                intent = {INTENT_NAME_KEY: f"safety_{screening.level}", PREDICTED_CONFIDENCE_KEY: 1.0}
                message.set(INTENT, intent, add_to_output=True)
        return messages
