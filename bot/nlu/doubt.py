"""A theme that is only likely is not spoken of as if it were certain.

The reply to a theme says back what the person is about. Where the classifier is in doubt, that is too often something else, and
nothing ends trust as quickly. Such a message is answered as a piece of a story: with the feeling or direction heard in it, or
with a reflection that fits whatever was said (`actions/not_understood.py`). The ranking stays as it is: themes are
still counted.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.question import is_question
from bot.themes import ASKING
from bot.told import TELLING

ASKED = ASKING | {"police_justice", "contact_ban_huisverbod", "custody"}
"""Beside `vraag_…`, what a question may bring: these replies tell facts, and claim little about the person."""

PLEASANTRIES = {"thanks", "smalltalk", "stop_goodbye"}
FEW_WORDS = 4


def may_speak_of(intent: str, text: str) -> bool:
    """Whether the reply to an intent that is only likely may come all the same."""
    if intent in PLEASANTRIES:
        return len(text.split()) <= FEW_WORDS
    return (intent in ASKED or intent.startswith("vraag_")) and is_question(text)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubt(GraphComponent):
    """Turns a doubtful theme into a piece of a story.

    Settings:
        threshold: below this confidence a theme is doubtful. On the test set 96 of 100 above 0.5 are right, six of ten below.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.5}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Doubt:
        """Create the component."""
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at the intent of each message."""
        for message in messages:
            intent: dict[str, Any] = message.get(INTENT) or {}
            name, confidence = intent.get(INTENT_NAME_KEY), intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0
            known = name and name != "nlu_fallback"
            if known and confidence < self._threshold and not may_speak_of(str(name), message.get(TEXT) or ""):
                message.set(INTENT, {**intent, INTENT_NAME_KEY: TELLING}, add_to_output=True)
        return messages
