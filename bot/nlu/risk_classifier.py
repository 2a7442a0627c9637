"""Notices what no rule can: danger without a danger word, and requests for help with harm.

Trained on the examples in `data/safety/`, apart from the themes. It may raise the level that the rules found, never lower
it. Thresholds were chosen on `tests/evaluation/safety_dev.jsonl` (docs/safety.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from scipy.special import expit, logit

from bot.chat_dutch import normalise
from bot.nlu.context import OF_LIFE, only_acute_counts, told_calmly
from bot.nlu.encoder import load_encoder, pieces, plain
from bot.nlu.example_vectors import example_vectors
from bot.nlu.in_talk import IN_TALK
from bot.nlu.sentence_encoder import JOINED_TEXT, JOINED_VECTOR, PIECE_VECTORS
from bot.nlu.text_features import (
    Vectors,
    features,
    fit_each,
    fit_features,
    fit_narrow,
    fit_near,
    fit_networks,
    narrow,
    near,
    network_probabilities,
    probabilities,
)
from bot.nlu.trained_parts import Rows, fingerprint_of, read_parts, read_rows, write_parts
from bot.nlu.tuned_view import mixed
from bot.safety import KINDS, LEVELS
from bot.settings import PROJECT

EXAMPLES = PROJECT / "data" / "safety"
RISK = "risk_estimate"
"""Key of the classifier's estimate in a message: level, kinds, misuse."""

NEAR_SHARE = np.array([0.35, 0.35, 0.0])
"""How much the nearest examples count for concern, urgent and acute. Of 605 dangers that no rule sees they bring 2 in 100 more
at the same number of false alarms; for acute they bring nothing."""

TUNED_SHARE = {"level": 0.5, "kinds": 0.3, "asked": 0.3, "sort": 0.4}
"""How much the tuned layers of the encoder count beside what is trained here."""

NO_MISUSE = "none"
UNCLEAR = "unclear"


def read_examples(folder: Path = EXAMPLES) -> tuple[Rows, Rows]:
    """The examples of risks and their look-alikes, and those of misuse."""
    risks: Rows = []
    for path in sorted(folder.glob("*.jsonl")):
        rows = read_rows(path)
        if path.stem == "misuse":
            misuse = rows
        else:
            risks += rows
    return risks, misuse


class RiskModel:
    """The trained parts, without Rasa: texts and their vectors in, probabilities out."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self._parts = parts

    @property
    def parts(self) -> dict[str, Any]:
        """What is saved."""
        return self._parts

    @classmethod
    def train(
        cls, risks: Rows, misuse: Rows, everyday: list[tuple[str, Vectors]], settings: dict[str, Any]
    ) -> RiskModel:
        """Fit everything.

        Args:
            risks: rows with text, level, kinds.
            misuse: rows with text, misuse.
            everyday: (normalised) examples of themes with their vectors, which count as harmless.
            settings: see `RiskClassifier`.
        """
        examples = [normalise(r["text"]) for r in (*risks, *misuse)]
        texts = examples + [text for text, _ in everyday]
        vectors = np.vstack([example_vectors(load_encoder(tuned=False), examples), *(vector for _, vector in everyday)])
        of_risks = slice(0, len(risks))
        model = cls(fit_features(texts, vectors, of_risks, settings))
        x = model.features(texts, vectors)

        def fit(rows: Any, targets: list[Any], weight: Any = None, **kwargs: Any) -> tuple[Vectors, Vectors]:
            return fit_each(x[rows], targets, settings["C"], weight, **kwargs)

        counted = np.r_[np.arange(len(risks)), np.arange(len(risks) + len(misuse), len(texts))]
        weight = np.r_[np.ones(len(risks)), np.full(len(everyday), settings["everyday_weight"])]
        rank = np.r_[[LEVELS.index(r["level"]) for r in risks], np.zeros(len(everyday), dtype=int)]
        model.parts["levels"] = fit(counted, [rank >= k for k in range(1, len(LEVELS))], weight)
        model.parts.update(fit_narrow(model.parts, x[counted], settings["kept"], settings["directions"]))
        z = model.narrow(x, vectors)
        model.parts["level_networks"] = fit_networks(z[counted], rank, settings["networks"])
        at_least = rank[: len(risks), np.newaxis] >= np.arange(1, len(LEVELS))
        model.parts.update(fit_near(model.parts, vectors[of_risks], at_least, settings["axes"]))
        risky = [i for i, r in enumerate(risks) if r["kinds"]]
        of_kind = [np.array([kind in risks[i]["kinds"] for i in risky]) for kind in KINDS]
        model.parts["kinds"] = fit(risky, of_kind, class_weight="balanced")
        harmless = [i for i, r in enumerate(risks) if r["level"] == "none"]
        asked = np.r_[np.arange(len(risks), len(texts)), harmless].astype(int)
        others = len(everyday) + len(harmless)
        labels = np.array([r["misuse"] for r in misuse] + [NO_MISUSE] * others)
        misuse_weight = np.r_[np.ones(len(misuse)), np.full(others, settings["misuse_others_weight"])]
        model.parts["misuse"] = fit(asked, [labels != NO_MISUSE], misuse_weight)
        model.parts["misuse_networks"] = fit_networks(z[asked], (labels != NO_MISUSE).astype(int), settings["networks"])
        sorts = sorted(set(labels) - {NO_MISUSE})
        requests = labels != NO_MISUSE
        of_sort = [labels[requests] == sort for sort in sorts]
        model.parts["misuse_sorts"] = fit(asked[requests], of_sort, class_weight="balanced")
        model.parts["sorts"] = sorts
        return model

    def levels(self, vectors: Vectors, x: sparse.csr_matrix, z: Vectors) -> npt.NDArray[np.float64]:
        """The probability of at least concern, urgent and acute; one row a text.

        Args:
            vectors: of the encoder, one row a text.
            x: from `features`.
            z: from `narrow`.
        """
        by_networks = network_probabilities(self._parts["level_networks"], z)
        at_least = np.cumsum(by_networks[:, ::-1], axis=1)[:, ::-1][:, 1:]
        learned = (self._learned("levels", x) + at_least) / 2
        if not vectors.any():  # without an encoder every text has the same neighbours
            return learned
        learned += NEAR_SHARE * (near(self._parts, plain(vectors)) - learned)
        return mixed("level", LEVELS[1:], learned, vectors, TUNED_SHARE["level"])

    def asks_for_harm(self, vectors: Vectors, x: sparse.csr_matrix, z: Vectors) -> npt.NDArray[np.float64]:
        """The probability that help with harm is asked for, whatever its sort; arguments as for `levels`."""
        by_networks = network_probabilities(self._parts["misuse_networks"], z)[:, 1:]
        learned = (self._learned("misuse", x) + by_networks) / 2
        return mixed("asked", ["asked"], learned, vectors, TUNED_SHARE["asked"])[:, 0]

    def kinds(self, vectors: Vectors, x: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """The probability of each of `KINDS`, given a risk; arguments as for `levels`."""
        return mixed("kinds", KINDS, self._learned("kinds", x), vectors, TUNED_SHARE["kinds"])

    def sorts(self, vectors: Vectors, x: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """The probability of each of the sorts (in `parts`), given a request for help with harm; arguments as for `levels`."""
        learned = self._learned("misuse_sorts", x)
        return mixed("sort", self._parts["sorts"], learned, vectors, TUNED_SHARE["sort"])

    def features(self, texts: list[str], vectors: Vectors) -> sparse.csr_matrix:
        """One row a text."""
        return features(self._parts, texts, plain(vectors))

    def narrow(self, x: sparse.csr_matrix, vectors: Vectors) -> Vectors:
        """One row a text; what the networks read."""
        return narrow(self._parts, x, plain(vectors))

    def _learned(self, head: str, x: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        return probabilities(self._parts[head], x)


def _weighed(alone: npt.NDArray[np.float64], in_talk: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.float64]:
    """Probabilities of a message by itself and of the same beside what was said before, by their odds: each can rule out."""
    odds = (1 - share) * logit(alone.clip(0.003, 0.997)) + share * logit(in_talk.clip(0.003, 0.997))
    return np.asarray(expit(odds))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskClassifier(GraphComponent):
    """Sets an estimate of level, kinds and misuse on each message.

    Settings:
        concern, urgent, acute: thresholds on the probability of at least that level.
        short_words, short_margin: a message of at most so many words says little; it needs so much more for `urgent`.
        fragment_words: a message of at most so many words is by itself never `acute`: "hij ligt" waits for what comes.
        joined_margin: what harmless messages say only together needs so much more for `urgent` and `acute`.
        talk_margin: where the person has been telling things without danger, `concern` needs so much more.
        acute_agreed: a lower threshold for `acute`, for what the rules see as urgent already.
        in_talk: how much it counts what a message tells beside what was said before it, from 0 to 1.
        thresholds_in_talk: the three thresholds where that is known.
        calm_in_talk: below this probability of `concern`, beside what was said before, a message is harmless there.
        surely_calm: below this one it is surely, so that what only the classifier suspected before is none.
        kind: a kind counts when its probability is at least this, or when it is the likeliest.
        kind_sure: below it the likeliest kind is wrong more than every third time, and the reply does not speak of it.
        life_sure: the same for a kind in which somebody may take a life, from `urgent` on.
        level_sure: nor does it where `concern` or `urgent` is reached by less than this.
        misuse, sort: thresholds on the probability of a request for help with harm, and on its likeliest sort, given one.
        misuse_unclear: threshold when no sort is likely enough.
        misuse_sure: from here on a request is as good as certain, and tells of danger itself.
        C, gamma, components, scale, kept, directions, axes, networks, everyday_weight, misuse_others_weight: of training.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {
            "concern": 0.35,
            "urgent": 0.3,
            "acute": 0.4,
            "short_words": 7,
            "short_margin": 0.1,
            "fragment_words": 2,
            "joined_margin": 0.1,
            "talk_margin": 0.1,
            "acute_agreed": 0.34,
            "in_talk": 0.9,
            "thresholds_in_talk": {"concern": 0.3, "urgent": 0.3, "acute": 0.35},
            "calm_in_talk": 0.2,
            "surely_calm": 0.1,
            "kind": 0.5,
            "kind_sure": 0.7,
            "life_sure": 0.5,
            "level_sure": 0.3,
            "misuse": 0.53,
            "misuse_unclear": 0.75,
            "misuse_sure": 0.65,
            "sort": 0.5,
            "C": 10.0,
            "gamma": 0.5,
            "components": 500,
            "scale": 4.0,
            "kept": 20_000,
            "directions": 400,
            "axes": 128,
            "networks": 4,
            "everyday_weight": 0.7,
            "misuse_others_weight": 0.15,
        }

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: RiskModel | None = None
    ):
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskClassifier:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on `data/safety/`, with the examples of themes as everyday talk."""
        risks, misuse = read_examples()
        labelled = {normalise(row["text"]) for row in risks}
        everyday = [
            (m.get(TEXT), m.get(PIECE_VECTORS).mean(axis=0))
            for m in training_data.intent_examples
            if m.get(INTENT) and m.get(TEXT) not in labelled
        ]
        self._model = RiskModel.train(risks, misuse, everyday, self._config)
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
    ) -> RiskClassifier:
        """Load the trained parts.

        Raises:
            ValueError: they are those of an older version.
        """
        parts = read_parts(model_storage, resource)
        if "near_rows" not in parts:
            raise ValueError("the model was trained by an older version")
        return cls(config, model_storage, resource, RiskModel(parts))

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Estimate each message: whole, piece by piece, and joined with what was typed just before it."""
        for message in messages:
            if self._model is not None and any(c.isalnum() for c in message.get(TEXT) or ""):
                margin = self._config["talk_margin"] if told_calmly(tracker) else 0.0
                message.set(RISK, self._estimate(self._model, message, only_acute_counts(tracker), margin))
        return messages

    def _estimate(self, model: RiskModel, message: Message, joined_acute: bool, margin: float) -> dict[str, Any]:
        text, vectors = message.get(TEXT), message.get(PIECE_VECTORS)
        texts, rows = [text], [vectors.mean(axis=0)]
        if len(vectors) > 1:
            texts += pieces(text)
            rows += list(vectors)
        if message.get(JOINED_TEXT):
            texts.append(message.get(JOINED_TEXT))
            rows.append(message.get(JOINED_VECTOR))
        seen = np.stack(rows)
        x = model.features(texts, seen)
        z = model.narrow(x, seen)
        p = model.levels(seen, x, z)
        in_talk = message.get(IN_TALK)
        if in_talk is not None:
            whole = [0, len(p) - 1] if message.get(JOINED_TEXT) else [0]
            p[whole] = _weighed(p[whole], in_talk["levels"], self._config["in_talk"])
            if len(vectors) > 1:
                p[1 : 1 + len(vectors)] = _weighed(p[1 : 1 + len(vectors)], in_talk["pieces"], self._config["in_talk"])
        if len(text.split()) <= self._config["fragment_words"]:
            p[0, -1] = 0.0
        if message.get(JOINED_TEXT) and joined_acute:
            p[-1, :-1] = 0.0
        elif message.get(JOINED_TEXT):
            p[-1, 1:] -= self._config["joined_margin"]
        p[:, 0] -= margin
        level, row = self._level(p, len(text.split()), in_talk is not None)
        # What harmless pieces say only together says less of what it is about: "ik loop weg als ik het voel", "hij is 9".
        is_joined = bool(message.get(JOINED_TEXT)) and row == len(rows) - 1
        by_kind = model.kinds(seen[row : row + 1], x[row])[0]
        if in_talk is not None and row == 0:
            by_kind += self._config["in_talk"] * (in_talk["kinds"] - by_kind)
        return {
            "level": level,
            "kinds": self._kinds(by_kind) if level != "none" else [],
            "kind_sure": not is_joined and self._kind_is_sure(by_kind, p[row], level),
            **self._misuse(
                model, float(model.asks_for_harm(seen[:1], x[:1], z[:1])[0]), model.sorts(seen[:1], x[:1])[0]
            ),
            "calm_in_talk": in_talk is not None and bool(in_talk["levels"][0] < self._config["calm_in_talk"]),
            "surely_calm": in_talk is not None and bool(in_talk["levels"][0] < self._config["surely_calm"]),
            "acute_if_urgent": bool(p[:, -1].max() >= self._config["acute_agreed"]),
            "probabilities": p.max(axis=0).round(4).tolist(),
        }

    def _level(self, p: npt.NDArray[np.float64], words: int, in_talk: bool) -> tuple[str, int]:
        margin = {"urgent": self._config["short_margin"] if words <= self._config["short_words"] else 0.0}
        thresholds = self._config["thresholds_in_talk"] if in_talk else self._config
        for rank in range(len(LEVELS) - 1, 0, -1):
            column = p[:, rank - 1]
            if column.max() >= thresholds[LEVELS[rank]] + margin.get(LEVELS[rank], 0.0):
                return LEVELS[rank], int(column.argmax())
        return "none", 0

    def _kind_is_sure(self, by_kind: npt.NDArray[np.float64], p: npt.NDArray[np.float64], level: str) -> bool:
        """Whether the likeliest kind may be spoken of; that somebody may take a life is asked about sooner than others."""
        if level in ("urgent", "acute") and KINDS[int(by_kind.argmax())] in OF_LIFE:
            return bool(by_kind.max() >= self._config["life_sure"])
        return bool(by_kind.max() >= self._config["kind_sure"]) and self._is_sure(p, level)

    def _is_sure(self, p: npt.NDArray[np.float64], level: str) -> bool:
        """Whether a level is more than just reached; where it is acute there is no time to doubt."""
        if level not in ("concern", "urgent"):
            return True
        return bool(p[LEVELS.index(level) - 1] >= self._config[level] + self._config["level_sure"])

    def _misuse(self, model: RiskModel, asked: float, sorts: npt.NDArray[np.float64]) -> dict[str, Any]:
        """What sort of help with harm is asked for.

        `misuse` is the sort, `unclear` when it is asked but not clear which, None when not; `misuse_sure` says whether it is
        as good as certain; `misuse_probability` is that of any request.
        """
        clear = sorts.max() >= self._config["sort"]
        sort = str(model.parts["sorts"][int(sorts.argmax())])
        threshold = self._config["misuse" if clear else "misuse_unclear"]
        return {
            "misuse": (sort if clear else UNCLEAR) if asked >= threshold else None,
            "misuse_sure": bool(clear and asked >= self._config["misuse_sure"]),
            "misuse_probability": round(asked, 4),
        }

    def _kinds(self, p: npt.NDArray[np.float64]) -> list[str]:
        order = np.argsort(-p)
        return [KINDS[i] for n, i in enumerate(order) if n == 0 or p[i] >= self._config["kind"]]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when an example or the code changes."""
        return fingerprint_of(EXAMPLES)
