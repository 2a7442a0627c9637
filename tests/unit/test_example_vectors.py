"""Vectors of examples are remembered between trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import DIMENSIONS, Vectors
from bot.nlu.example_vectors import example_vectors


class CountingEncoder:
    """Notes what it was asked to encode."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> Vectors:
        """Vectors that tell the texts apart by their length."""
        self.asked += texts
        return np.array([np.full(DIMENSIONS, len(t)) for t in texts], dtype=np.float32)


def test_an_example_is_encoded_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = example_vectors(encoder, ["ik ben boos", "help"], tmp_path / "vectors.npz")
    again = example_vectors(encoder, ["help", "ik ben boos", "nieuw"], tmp_path / "vectors.npz")
    assert encoder.asked == ["ik ben boos", "help", "nieuw"]
    assert np.array_equal(again[:2], first[::-1])


def test_another_encoder_encodes_again(tmp_path: Path) -> None:
    example_vectors(CountingEncoder(), ["help"], tmp_path / "vectors.npz")
    other = CountingEncoder()
    other.name = "other"
    example_vectors(other, ["help"], tmp_path / "vectors.npz")
    assert other.asked == ["help"]


@pytest.mark.parametrize("content", [b"", b"half a file", b"PK\x03\x04 broken"])
def test_a_broken_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    memory = tmp_path / "vectors.npz"
    memory.write_bytes(content)
    example_vectors(CountingEncoder(), ["help"], memory)
    encoder = CountingEncoder()
    example_vectors(encoder, ["help"], memory)
    assert encoder.asked == []


def test_without_an_encoder_the_vectors_are_zero(tmp_path: Path) -> None:
    assert not example_vectors(None, ["help"], tmp_path / "vectors.npz").any()
    assert not (tmp_path / "vectors.npz").exists()


def test_the_file_holds_no_text(tmp_path: Path) -> None:
    example_vectors(CountingEncoder(), ["kanariewoord"], tmp_path / "vectors.npz")
    assert b"kanariewoord" not in (tmp_path / "vectors.npz").read_bytes()
