"""Which button a message means that says it in own words: "kan niet weg, de kleine slaapt" is "nee, weggaan kan niet".

A message is compared with the titles of the buttons on the screen, and with what others typed who meant a button to the same
step (`data/answers/`). How much each likeness tells is learned from the same examples, each seen without its own writer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from sklearn.linear_model import LogisticRegression

from bot.chat_dutch import normalise
from bot.content import Button, Content
from bot.nlu.encoder import Encoder, Vectors, pieces, plain, tuned_part
from bot.nlu.example_vectors import mean_vectors
from bot.nlu.last_question import NEGATIONS
from bot.nlu.trained_parts import Rows

DENIES = NEGATIONS | {"nee"}
NEAREST = 3
"""So many of the most alike examples are averaged."""


class ButtonModel:
    """The trained parts, without Rasa."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts
        self._titles = {title: row for title, row in zip(parts["titles"], parts["title_rows"], strict=True)}
        self._examples: dict[str, Vectors] = {
            step: parts["example_rows"][np.array(parts["example_steps"]) == step]
            for step in set(parts["example_steps"])
        }

    @classmethod
    def train(cls, rows: Rows, content: Content, encoder: Encoder) -> ButtonModel:
        """Fit everything.

        Args:
            rows: with `asked` (the step that was said), `text`, `to` (where the button leads that is meant, or None), `writer`.
            content: with the buttons under each step.
            encoder: of the messages too.
        """
        rows = [row for row in rows if row["asked"] in content.steps]
        titles = sorted({normalise(button.title) for step in content.steps.values() for button in step.buttons})
        texts = [normalise(row["text"]) for row in rows]
        vectors = np.stack(mean_vectors(encoder, [pieces(text) or ["."] for text in (*titles, *texts)]))
        meant = [i for i, row in enumerate(rows) if row["to"]]
        parts = {"mean": vectors.mean(axis=0), "spread": np.maximum(vectors.std(axis=0), 1e-6), "titles": titles}
        turned = _turned(vectors, parts)
        typed = turned[len(titles) :]
        parts |= {"title_rows": turned[: len(titles)], "example_rows": typed[meant]}
        parts["example_steps"] = [rows[i]["to"] for i in meant]
        model = cls(parts)
        writers = np.array([(rows[i]["writer"], rows[i]["asked"]) for i in meant])
        seen: list[npt.NDArray[np.float64]] = []
        right: list[bool] = []
        for row, text, vector in zip(rows, texts, typed, strict=True):
            others = ~((writers[:, 0] == row["writer"]) & (writers[:, 1] == row["asked"]))
            buttons = content.steps[row["asked"]].buttons
            seen.append(model._features(text, vector, buttons, others))
            right += [button.to == row["to"] for button in buttons]
        x = np.vstack(seen)
        parts |= {"centre": x.mean(axis=0), "scale": np.maximum(x.std(axis=0), 1e-6)}
        fitted = LogisticRegression(max_iter=2000).fit((x - parts["centre"]) / parts["scale"], right)
        parts |= {"weights": fitted.coef_[0], "constant": float(fitted.intercept_[0])}
        return model

    def probabilities(self, text: str, vector: Vectors, buttons: Sequence[Button]) -> npt.NDArray[np.float64]:
        """How likely a message means each button.

        Args:
            text: normalised.
            vector: of the encoder.
            buttons: those on the screen; at least one.
        """
        if (
            vector.shape != self.parts["mean"].shape
        ):  # trained with tuned layers, which are not there now, or the other way
            return np.zeros(len(buttons))
        x = self._features(text, _turned(vector[np.newaxis], self.parts)[0], buttons)
        z = (x - self.parts["centre"]) / self.parts["scale"] @ self.parts["weights"] + self.parts["constant"]
        return np.asarray(1 / (1 + np.exp(-z)))

    def _features(
        self, text: str, vector: Vectors, buttons: Sequence[Button], which: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.float64]:
        """What the likenesses are; one row a button.

        Args:
            text: normalised.
            vector: turned.
            buttons: those on the screen.
            which: the examples that may be looked at; None for all.
        """
        likeness = np.stack([self._likeness(vector, button, which) for button in buttons])
        ahead = likeness[:, :4] - np.stack(
            [np.delete(likeness[:, :4], i, axis=0).max(axis=0, initial=0) for i in range(len(buttons))]
        )
        words = np.array([_words(text, normalise(button.title)) for button in buttons])
        return np.hstack([likeness, ahead, words])

    def _likeness(
        self, vector: Vectors, button: Button, which: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.float64]:
        """To the title and to the examples, each as the encoder is and as it was tuned."""
        title = self._titles.get(normalise(button.title), np.zeros_like(vector))
        examples = self._examples.get(button.to, vector[np.newaxis][:0])
        if which is not None:
            examples = examples[which[np.array(self.parts["example_steps"]) == button.to]]
        to_title = [plain(vector) @ plain(title), tuned_part(vector) @ tuned_part(title)]
        to_examples = [
            np.sort(part(examples) @ part(vector))[::-1][:NEAREST] if len(examples) else np.zeros(1)
            for part in (plain, tuned_part)
        ]
        best, mean = [near[0] for near in to_examples], [near.mean() for near in to_examples]
        return np.array([*to_title, *best, *mean, len(examples) > 0], dtype=float)


def _turned(vectors: Vectors, parts: dict[str, Any]) -> Vectors:
    """Vectors around their mean, each half of length one: what all texts have in common tells nothing."""
    around = vectors - parts["mean"]
    halves = [plain(around), tuned_part(around / parts["spread"])]
    rows: Vectors = np.hstack([half / np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-9) for half in halves])
    return rows.astype(np.float32)


def _words(text: str, title: str) -> list[float]:
    """How a text and a title are alike in their words."""
    denied, denies = (not DENIES.isdisjoint(said.split()) for said in (title, text))
    return [
        fuzz.token_set_ratio(text, title) / 100,
        fuzz.ratio(text, title) / 100,
        denied == denies,
        denied and denies,
        len(text.split()) / 10,
        text.startswith("ja"),
        text.startswith("nee"),
    ]
