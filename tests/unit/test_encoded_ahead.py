"""A message is encoded once, before Rasa takes it, and nothing of it is kept after its turn."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from bot.nlu import ahead
from bot.nlu.ahead import encoded_ahead, vectors_of
from bot.nlu.encoder import DIMENSIONS


class Counting:
    """An encoder that tells when it works, and in which thread."""

    name = "counting"

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.threads: set[str] = set()

    def encode(self, texts: list[str]) -> np.ndarray:
        self.encoded += texts
        self.threads.add(threading.current_thread().name)
        return np.ones((len(texts), DIMENSIONS), dtype=np.float32)


async def test_the_vectors_are_there_during_the_turn_and_gone_after_it():
    encoder = Counting()
    async with encoded_ahead("Kga ff WEG", encoder):
        assert vectors_of("ik ga even weg").shape == (1, DIMENSIONS)
    assert vectors_of("ik ga even weg") is None
    assert encoder.encoded == ["ik ga even weg"]


async def test_they_are_gone_when_the_turn_fails():
    with pytest.raises(ValueError, match="broken"):
        async with encoded_ahead("ik ga weg", Counting()):
            raise ValueError("broken")
    assert ahead._waiting == {}


async def test_the_work_is_done_beside_the_event_loop():
    encoder = Counting()
    async with encoded_ahead("een", encoder), encoded_ahead("twee", encoder):
        await asyncio.sleep(0)
    assert all(name.startswith("encoder") for name in encoder.threads)


@pytest.mark.parametrize(("text", "encoder"), [("", Counting()), ("hallo", None)])
async def test_without_words_or_an_encoder_there_is_nothing_to_do(text, encoder):
    async with encoded_ahead(text, encoder):
        assert vectors_of(text) is None
