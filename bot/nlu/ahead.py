"""Encodes a message before Rasa takes it, in a small pool of threads.

Rasa works on one message after another; the encoder takes more than half of the time of a typed message and needs nothing
of Rasa. While it works on one person's words, Rasa answers another.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from bot.chat_dutch import normalise, without_greeting
from bot.nlu.encoder import Encoder, Vectors, pieces

MOST_THREADS = 4
"""A container may say that it has more cores than it may use."""

_pool = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS), thread_name_prefix="encoder")
_waiting: dict[str, Vectors] = {}


@asynccontextmanager
async def encoded_ahead(text: str, encoder: Encoder | None) -> AsyncIterator[None]:
    """Encode a message; `vectors_of` finds its vectors until this ends. Nothing is kept after that.

    Args:
        text: as it was typed.
        encoder: the one of the pipeline; without one there is nothing to do.
    """
    text = without_greeting(normalise(text))
    parts = pieces(text)
    if encoder and parts:
        _waiting[text] = await asyncio.get_running_loop().run_in_executor(_pool, encoder.encode, parts)
    try:
        yield
    finally:
        _waiting.pop(text, None)


def vectors_of(text: str) -> Vectors | None:
    """The vectors of the pieces of a normalised message that was encoded ahead."""
    return _waiting.get(text)
