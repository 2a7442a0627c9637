"""Web sessions in the Redis that several processes share: a token of one is good on all."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import redis.asyncio

from bot.channels.sessions import CHANNEL, Bucket, Session, new_bucket, new_token
from bot.privacy.pseudonyms import Pseudonyms
from bot.shared.redis_server import PREFIX

_PREFIX = PREFIX + "session:"
MOST_BUCKETS = 50_000


class SharedSessions:
    """The open conversations of all processes. Under a pseudonym stand the organisation and the number of messages.

    How fast one person types is limited by each process by itself. How many sessions there can be follows from how fast they
    may be opened, since Redis forgets those that are silent.
    """

    def __init__(self, client: redis.asyncio.Redis, pseudonyms: Pseudonyms, ttl: int) -> None:
        """Create.

        Args:
            client: of the Redis.
            pseudonyms: with the secret that the processes share.
            ttl: seconds of silence after which a token is worth nothing.
        """
        self._client, self._pseudonyms, self._ttl = client, pseudonyms, ttl
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    async def open(self, organisation: str | None = None) -> tuple[str, Session] | None:
        """A new token and its session."""
        token = new_token()
        session = Session(self._pseudonyms.key(CHANNEL, token), organisation, new_bucket())
        values: dict[Any, Any] = {"organisation": organisation or "", "messages": 0}
        both = self._client.pipeline().hset(_PREFIX + session.key, mapping=values)
        await both.expire(_PREFIX + session.key, self._ttl).execute()
        return token, session

    async def find(self, token: str) -> Session | None:
        """The session of a token, with its time started anew; None for a wrong or expired one."""
        key = self._pseudonyms.key(CHANNEL, token)
        found, _ = await self._client.pipeline().hgetall(_PREFIX + key).expire(_PREFIX + key, self._ttl).execute()
        if b"organisation" not in found:
            return None
        return Session(key, found[b"organisation"].decode() or None, self._bucket(key))

    async def count(self, session: Session) -> int:
        """Count a message."""
        both = self._client.pipeline().hincrby(_PREFIX + session.key, "messages", 1)
        count, _ = await both.expire(_PREFIX + session.key, self._ttl).execute()
        return int(count)

    async def close(self, session: Session) -> None:
        """Forget a session."""
        self._buckets.pop(session.key, None)
        await self._client.delete(_PREFIX + session.key)

    def _bucket(self, key: str) -> Bucket:
        bucket = self._buckets.setdefault(key, new_bucket())
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket
