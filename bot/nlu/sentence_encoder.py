"""The sentence encoder as a dense featurizer of Rasa: each message is encoded once and the vectors are shared."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.ahead import vectors_of
from bot.nlu.context import joined_text
from bot.nlu.encoder import DIMENSIONS, load_encoder, pieces, plain
from bot.nlu.example_vectors import example_vectors

PIECE_VECTORS = "piece_vectors"
"""Key under which a message carries the vectors of its pieces, one row a piece, with those of the tuned layers."""

JOINED_TEXT, JOINED_VECTOR = "joined_text", "joined_vector"
"""Keys of the message together with the short ones just before it, and of its vector."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the mean of a message's piece vectors as its sentence feature.

    Settings:
        scale: what the vectors are multiplied by. They have length one, n-gram counts do not; with plain L2
            regularisation the larger scale is trusted more (docs/decisions/0002-encoder.md).
        folder: an operator's own ONNX model.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {**DenseFeaturizer.get_default_config(), "scale": 20.0, "folder": None}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = load_encoder(config["folder"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Create the component with an encoder, or without one when none can be loaded."""
        return cls(config, execution_context.node_name)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Encode each message and add its features; without an encoder the features are zero."""
        for message in messages:
            self._encode(message)
            joined = joined_text(message.get(TEXT) or "", tracker)
            if joined:
                message.set(JOINED_TEXT, joined)
                message.set(JOINED_VECTOR, self._vectors(joined).mean(axis=0))
        return messages

    def _encode(self, message: Message) -> None:
        if message.get(TEXT) is not None:
            self._set(message, self._vectors(message.get(TEXT)))

    def _set(self, message: Message, vectors: Any) -> None:
        message.set(PIECE_VECTORS, vectors)
        self._add_features(message, plain(vectors).mean(axis=0, keepdims=True) * self._config["scale"])

    def _vectors(self, text: str) -> Any:
        ahead = vectors_of(text)
        if ahead is not None:
            return ahead
        parts = pieces(text)
        if self._encoder is None or not parts:
            return np.zeros((1, DIMENSIONS), dtype=np.float32)
        return self._encoder.encode(parts)

    def _add_features(self, message: Message, sentence: Any) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS]
        # Rasa pairs sentence features with features for each token; one zero column is enough.
        words = np.zeros((max(len(message.get(TOKENS_NAMES[TEXT], [])), 1), 1), dtype=np.float32)
        message.add_features(Features(words, FEATURE_TYPE_SEQUENCE, TEXT, alias))
        message.add_features(Features(sentence, FEATURE_TYPE_SENTENCE, TEXT, alias))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode the examples."""
        examples = [e for e in training_data.training_examples if e.get(TEXT) is not None]
        encoder = load_encoder(self._config["folder"], tuned=False)
        vectors = example_vectors(encoder, [e.get(TEXT) for e in examples])
        for example, vector in zip(examples, vectors, strict=True):
            self._set(example, vector[np.newaxis])
        return training_data

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again with another encoder."""
        encoder = load_encoder(config.get("folder"))
        return encoder.name if encoder else "none"

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate beyond Rasa's own."""
