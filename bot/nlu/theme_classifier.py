"""Rasa's LogisticRegressionClassifier for the themes, together with the tuned layers of the encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.encoder import Vectors
from bot.nlu.sentence_encoder import PIECE_VECTORS
from bot.nlu.tuned_view import mixed


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThemeClassifier(LogisticRegressionClassifier):
    """Rasa's classifier, with its weights laid out for one message at a time, and what the tuned layers say mixed in.

    As scikit-learn keeps the weights each message would copy all of them, which takes five milliseconds.

    Settings:
        tuned: how much the tuned layers count, from 0 to 1 (chosen on `tests/evaluation/themes_dev.jsonl`).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {**LogisticRegressionClassifier.get_default_config(), "tuned": 0.5}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ThemeClassifier:
        """Load the trained classifier."""
        component: ThemeClassifier = super().load(config, model_storage, resource, execution_context, **kwargs)
        if hasattr(component.clf, "coef_"):
            component.clf.coef_ = np.asfortranarray(component.clf.coef_)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in super().process(messages):
            ranking = message.get("intent_ranking")
            vectors = message.get(PIECE_VECTORS)
            if ranking and vectors is not None:
                self._mix(message, ranking, vectors)
        return messages

    def _mix(self, message: Message, ranking: list[dict[str, Any]], vectors: Vectors) -> None:
        confidence = {guess["name"]: float(guess["confidence"]) for guess in ranking}
        names = list(dict.fromkeys([*confidence, *self.clf.classes_]))
        learned = np.array([[confidence.get(name, 0.0) for name in names]])
        found = mixed("theme", names, learned, vectors.mean(axis=0, keepdims=True), self.config["tuned"])[0]
        best = np.argsort(-found, kind="stable")[: len(ranking)]
        mixed_ranking = [{"name": names[i], "confidence": float(found[i])} for i in best]
        message.set("intent", mixed_ranking[0], add_to_output=True)
        message.set("intent_ranking", mixed_ranking, add_to_output=True)
