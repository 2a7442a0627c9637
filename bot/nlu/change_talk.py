"""Hears which way a message speaks, for change or for leaving things as they are, its main feeling, and what it tells.

After motivational interviewing: change talk (desire, ability, reasons, need, commitment) and sustain talk (minimising,
blaming, hopelessness) are answered differently. A moment is what deserves an answer of its own where there is no theme: someone
who helps, the own share, an own step. The role is who types: who uses violence, who bears it, who sees it with others.
Trained on `data/talk/`. They become entities that fill the slots `talk`, `feeling` and `moment`, of the
latest message only, and `role`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.chat_dutch import normalise
from bot.nlu.encoder import load_encoder, plain
from bot.nlu.example_vectors import example_vectors
from bot.nlu.question import is_question
from bot.nlu.sentence_encoder import PIECE_VECTORS
from bot.nlu.text_features import Vectors, features, fit_each, fit_features, probabilities
from bot.nlu.trained_parts import Rows, fingerprint_of, read_parts, read_rows, write_parts
from bot.nlu.tuned_view import mixed
from bot.settings import PROJECT
from bot.told import CONTACT, FEELINGS, MOMENTS, NONE, ROLES, TALKS

EXAMPLES = PROJECT / "data" / "talk"
HEARD = "heard_talk"
"""Key of what was heard in a message: `{"talk": …, "feeling": …, "moment": …, "role": …}`."""

HEADS = {"talk": TALKS, "feeling": FEELINGS, "moment": MOMENTS, "role": ROLES}


def read_examples(folder: Path = EXAMPLES) -> Rows:
    """Rows with text, talk, feeling, and moment where the writer looked for it."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in read_rows(path)]


class TalkModel:
    """The trained parts, without Rasa."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts

    @classmethod
    def train(cls, rows: Rows, vectors: Vectors, settings: dict[str, Any]) -> TalkModel:
        """Fit everything.

        Args:
            rows: with text, talk, feeling, and moment where the writer looked for it.
            vectors: of the normalised texts.
            settings: see `ChangeTalk`.
        """
        texts = [normalise(r["text"]) for r in rows]
        model = cls(fit_features(texts, vectors, slice(0, len(texts)), settings))
        x = features(model.parts, texts, vectors)
        for head, names in HEADS.items():
            known = [i for i, r in enumerate(rows) if head in r]
            targets = [np.array([rows[i][head] == name for i in known]) for name in names]
            model.parts[head] = fit_each(x[known], targets, settings["C"])
        return model

    def heard(self, text: str, vector: Vectors, settings: dict[str, Any]) -> dict[str, str]:
        """Talk, feeling, moment and role of one normalised message; `none` below the threshold."""
        row = vector[np.newaxis]
        x = features(self.parts, [text], plain(row))
        found = {}
        for head, names in HEADS.items():
            p = mixed(head, names, probabilities(self.parts[head], x), row, settings["tuned"])[0]
            name = names[int(p.argmax())]
            found[head] = name if p.max() >= settings.get(name, settings[head]) else NONE
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ChangeTalk(GraphComponent):
    """Sets what was heard on each message; `SafetyScreen` makes entities of it.

    Settings:
        talk, feeling, moment, role: thresholds on the probability.
        contact: of that moment, whose reply says more than what was told.
        tuned: how much the tuned layers of the encoder count beside what is trained here, from 0 to 1.
        C, gamma, components, scale: of training.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {
            "talk": 0.6,
            "feeling": 0.55,
            "moment": 0.5,
            "role": 0.7,
            CONTACT: 0.5,
            "tuned": 0.5,
            "C": 10.0,
            "gamma": 0.5,
            "components": 300,
            "scale": 4.0,
        }

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: TalkModel | None = None
    ):
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChangeTalk:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on `data/talk/`."""
        rows = read_examples()
        vectors = example_vectors(load_encoder(tuned=False), [normalise(r["text"]) for r in rows])
        self._model = TalkModel.train(rows, vectors, self._config)
        write_parts(self._storage, self._resource, self._model.parts)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ChangeTalk:
        """Load the trained parts.

        Raises:
            ValueError: they are those of an older version.
        """
        parts = read_parts(model_storage, resource)
        if not HEADS.keys() <= parts.keys():
            raise ValueError("the model was trained by an older version")
        return cls(config, model_storage, resource, TalkModel(parts))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what was heard."""
        for message in messages:
            if self._model is not None and any(c.isalnum() for c in message.get(TEXT) or ""):
                text, vector = message.get(TEXT), message.get(PIECE_VECTORS).mean(axis=0)
                heard = self._model.heard(text, vector, self._config)
                if is_question(text):
                    # Who asks, speaks neither way: "en bij vrouwen?", "moet dat echt".
                    heard |= {"talk": NONE, "moment": heard["moment"] if heard["moment"] == CONTACT else NONE}
                message.set(HEARD, heard)
        return messages

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when an example or the code changes."""
        return fingerprint_of(EXAMPLES)
