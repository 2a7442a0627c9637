"""Rasa's locks, so that a conversation has one message under way at a time, without Rasa's wait of a second between looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager

import redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore

from bot.shared.redis_server import PREFIX

LOOK_SECONDS = 0.02
LIFETIME_SECONDS = 10
"""A reply takes five seconds at most. The ticket of a process that died is worth nothing after this."""


class _LookOften(LockStore):
    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LIFETIME_SECONDS,
        wait_time_in_seconds: float = LOOK_SECONDS,
    ) -> AsyncIterator[TicketLock]:
        """Wait for this conversation's turn; see Rasa's `LockStore`."""
        async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as lock:
            yield lock


class OwnLockStore(_LookOften, InMemoryLockStore):
    """The locks of one process."""


class SharedLockStore(_LookOften, RedisLockStore):
    """The locks of several processes.

    Rasa reads a lock, changes it and writes it back; two processes that do so at once would both have the turn. So each
    change is made under a lock of Redis, and what is kept expires.
    """

    def __init__(self, client: redis.Redis) -> None:
        """Create with a client of the Redis that is shared."""
        self.red = client
        self.key_prefix = PREFIX + "lock:"

    def _alone(self, conversation_id: str) -> AbstractContextManager[object]:
        return self.red.lock(PREFIX + "change:" + conversation_id, timeout=2, sleep=0.002, blocking_timeout=1)

    def issue_ticket(self, conversation_id: str, lock_lifetime: float = LIFETIME_SECONDS) -> int:
        """Take a number."""
        with self._alone(conversation_id):
            return super().issue_ticket(conversation_id, lock_lifetime)

    def update_lock(self, conversation_id: str) -> None:
        """Throw away numbers whose time is over."""
        with self._alone(conversation_id):
            super().update_lock(conversation_id)

    def cleanup(self, conversation_id: str, ticket_number: int) -> None:
        """Give the number back."""
        with self._alone(conversation_id):
            super().cleanup(conversation_id, ticket_number)

    def save_lock(self, lock: TicketLock) -> None:
        """Keep the numbers for as long as they are worth something."""
        self.red.set(self.key_prefix + lock.conversation_id, lock.dumps(), ex=LIFETIME_SECONDS * 2)
