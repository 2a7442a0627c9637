"""Conversations in the Redis that several processes share."""

from __future__ import annotations

import redis

from bot.privacy.tracker_store import Kept
from bot.shared.redis_server import PREFIX

_PREFIX = PREFIX + "tracker:"


class SharedShelf:
    """Where conversations stand until their time is over; Redis forgets them by itself."""

    def __init__(self, client: redis.Redis, ttl: int) -> None:
        """Create.

        Args:
            client: of the Redis.
            ttl: seconds of silence after which a conversation is forgotten.
        """
        self._client, self._ttl = client, ttl

    def put(self, key: str, kept: Kept) -> None:
        """Keep one, with its time started anew."""
        self._client.set(_PREFIX + key, f"{kept.events}\n{kept.text}", ex=self._ttl)

    def get(self, key: str) -> Kept | None:
        """One that is kept."""
        found = self._client.get(_PREFIX + key)
        if not found:
            return None
        events, _, text = found.decode().partition("\n")
        return Kept(text, int(events))

    def remove(self, key: str) -> None:
        """Forget one now."""
        self._client.delete(_PREFIX + key)

    def keys(self) -> list[str]:
        """The keys of those that are kept."""
        return [found.decode().removeprefix(_PREFIX) for found in self._client.scan_iter(_PREFIX + "*")]

    def sweep(self) -> None:
        """Redis does it."""
