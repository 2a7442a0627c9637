"""Vectors of training examples, remembered on disk between trainings: after a small change only what is new is encoded.

Encoding fifty thousand examples is most of a training. The file holds numbers under hashes of the project's own
examples; nothing that a person typed comes here.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.nlu.encoder import DIMENSIONS, Encoder, Vectors, pieces
from bot.settings import PROJECT

REMEMBERED = PROJECT / ".rasa" / "vectors.npz"
"""Beside Rasa's own training cache; `make clean` removes both."""

THREADS = min(os.cpu_count() or 1, 4)
"""A container may say that it has more cores than it may use."""

AT_ONCE = 64
"""Pieces that a thread takes at a time."""


def example_vectors(encoder: Encoder | None, texts: list[str], memory: Path = REMEMBERED) -> Vectors:
    """The mean piece vector of each example.

    Args:
        encoder: None gives zeros.
        texts: normalised examples.
        memory: file to read from and add to; one that cannot be read is made anew.

    Returns:
        One row of `DIMENSIONS` numbers a text.
    """
    if encoder is None:
        return np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    known = _read(memory)
    keys = [hashlib.sha256(f"{encoder.name}\n{text}".encode()).hexdigest() for text in texts]
    new = {key: pieces(text) or ["."] for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        known |= zip(new, mean_vectors(encoder, list(new.values())), strict=True)
        _write(memory, known)
    return np.stack([known[key] for key in keys])


def mean_vectors(encoder: Encoder, examples: list[list[str]]) -> list[Vectors]:
    """The mean vector of the pieces of each example; a thread for each core."""
    flat = [piece for example in examples for piece in example]
    parts = [flat[i : i + AT_ONCE] for i in range(0, len(flat), AT_ONCE)]
    with ThreadPoolExecutor(THREADS) as pool:
        vectors = np.vstack(list(pool.map(encoder.encode, parts)))
    ends = np.cumsum([len(example) for example in examples])
    return [part.mean(axis=0) for part in np.split(vectors, ends[:-1])]


def _read(memory: Path) -> dict[str, Vectors]:
    try:
        with np.load(memory) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


def _write(memory: Path, known: dict[str, Vectors]) -> None:
    memory.parent.mkdir(exist_ok=True)
    # Written aside and moved: a training that is stopped halfway leaves the old file.
    aside = memory.with_suffix(".new.npz")
    np.savez(aside, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    aside.replace(memory)
