"""Facts of open conversations in the Redis that several processes share: whichever of them answers next adds to them.

They are names from fixed lists (`bot.themes.facts`), stand under a pseudonym and expire. Nothing of Redis reaches a disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import redis

from bot.shared.redis_server import PREFIX
from bot.themes.facts import Facts

_FACTS, _ENDS = PREFIX + "facts:", PREFIX + "ends"
SPARE_SECONDS = 600
"""So long facts outlive their conversation, for a process to come and count them."""


class SharedFacts:
    """The facts of the conversations that are open on any of the processes."""

    def __init__(self, client: redis.Redis, ttl: int, clock: Callable[[], float] = time.time) -> None:
        """Create.

        Args:
            client: of the Redis.
            ttl: seconds of silence after which a conversation has ended.
            clock: seconds, the same on all machines.
        """
        self._client, self._ttl, self._clock = client, ttl, clock

    def get(self, key: str) -> Facts | None:
        """Those of one conversation; None when there are none or it has ended."""
        ends, found = self._client.pipeline().zscore(_ENDS, key).get(_FACTS + key).execute()
        if ends is None or found is None:
            return None
        if ends <= self._clock():
            self._put_aside(key, found)
            return None
        return _read(found)

    def _put_aside(self, key: str, found: bytes) -> None:
        """Give facts that ended another name, since their conversation begins anew; `ended` finds them there."""
        if self._client.zrem(_ENDS, key):  # else another process has just counted them
            self._keep(f"{key}:{self._clock()}", found, self._clock())

    def put(self, key: str, facts: Facts) -> None:
        """Keep them, with the conversation's time started anew."""
        body = {name: sorted(value) if isinstance(value, set) else value for name, value in asdict(facts).items()}
        self._keep(key, json.dumps(body), self._clock() + self._ttl)

    def _keep(self, key: str, body: str | bytes, ends: float) -> None:
        both = self._client.pipeline()
        both.set(_FACTS + key, body, ex=self._ttl + SPARE_SECONDS)
        both.zadd(_ENDS, {key: ends})
        both.expire(_ENDS, self._ttl + SPARE_SECONDS)
        both.execute()

    def drop(self, key: str) -> None:
        """Forget those of one conversation."""
        self._client.pipeline().delete(_FACTS + key).zrem(_ENDS, key).execute()

    def ended(self) -> Iterable[Facts]:
        """Take out those in which nothing was said for too long. Each is given to one process only."""
        for name in self._client.zrangebyscore(_ENDS, "-inf", self._clock()):
            if self._client.zrem(_ENDS, name):
                found = self._client.getdel(_FACTS + name.decode())
                if found:
                    yield _read(found)

    def stop(self) -> Iterable[Facts]:
        """None: the other processes go on with them."""
        return ()


def _read(raw: bytes) -> Facts:
    body: dict[str, Any] = json.loads(raw)
    facts = Facts("")
    for name, value in body.items():
        setattr(facts, name, set(value) if isinstance(getattr(facts, name), set) else value)
    return facts
