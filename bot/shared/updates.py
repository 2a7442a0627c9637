"""Numbers of Telegram's updates that were answered, in the Redis that several processes share."""

from __future__ import annotations

import redis.asyncio

from bot.shared.redis_server import PREFIX

RESENT_SECONDS = 24 * 3600
"""So long Telegram keeps an update that nobody took."""


class SharedAnswered:
    """What was answered is not answered again, by a process that was restarted either.

    Marked once it is said, not before: rather an answer twice than none to somebody in danger.
    """

    def __init__(self, client: redis.asyncio.Redis) -> None:
        """Create with a client of the Redis."""
        self._client = client

    async def holds(self, update: int) -> bool:
        """Whether the update was answered."""
        return bool(await self._client.exists(f"{PREFIX}update:{update}"))

    async def add(self, update: int) -> None:
        """Note that it is."""
        await self._client.set(f"{PREFIX}update:{update}", 1, ex=RESENT_SECONDS)
