"""Sessions of the web channel: the server hands out a random token; what it keeps is a key made from it, and a clock."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.privacy.pseudonyms import Pseudonyms

CHANNEL = "web"
MAX_SESSIONS = 50_000
MAX_MESSAGES = 1_000
"""In one conversation; then it is over and a new one begins. Nobody types so much: it stops a program that does."""


class Bucket:
    """A token bucket: so many at once, and so many a second after that."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._left, self._at = float(burst), clock()

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass
class Session:
    """One open conversation on the web.

    Attributes:
        key: the conversation's key in Rasa; the token cannot be found from it.
        organisation: whose site it was opened on.
        bucket: limits how fast one person can type.
        expires: on the monotonic clock, in seconds.
        messages: how many were sent.
    """

    key: str
    organisation: str | None
    bucket: Bucket
    expires: float = field(default=0.0)
    messages: int = 0


class Sessions(Protocol):
    """The open conversations on the web."""

    async def open(self, organisation: str | None = None) -> tuple[str, Session] | None:
        """A new token and its session; None when there are too many."""

    async def find(self, token: str) -> Session | None:
        """The session of a token, with its time started anew; None for a wrong or expired one."""

    async def count(self, session: Session) -> int:
        """Count a message; how many there were, with this one."""

    async def close(self, session: Session) -> None:
        """Forget a session."""


class OwnSessions:
    """In the memory of this process."""

    def __init__(self, ttl: int, pseudonyms: Pseudonyms, clock: Callable[[], float] = time.monotonic) -> None:
        """Create an empty register.

        Args:
            ttl: seconds of silence after which a token is worth nothing.
            pseudonyms: makes the keys of conversations.
            clock: seconds, ever growing.
        """
        self._ttl, self._pseudonyms, self._clock = ttl, pseudonyms, clock
        self._open: dict[str, Session] = {}
        self._next_sweep = 0.0

    async def open(self, organisation: str | None = None) -> tuple[str, Session] | None:
        """A new token and its session; None when there are too many.

        When it is full, the oldest one in which nothing was said makes room, so that a program that opens sessions and says
        nothing keeps nobody out.
        """
        self._sweep()
        if len(self._open) >= MAX_SESSIONS and not self._drop_unused():
            return None
        token = new_token()
        session = Session(self._pseudonyms.key(CHANNEL, token), organisation, new_bucket(self._clock))
        session.expires = self._clock() + self._ttl
        self._open[session.key] = session
        return token, session

    async def find(self, token: str) -> Session | None:
        """The session of a token, with its time started anew."""
        session = self._open.get(self._pseudonyms.key(CHANNEL, token))
        if session is None or session.expires <= self._clock():
            return None
        session.expires = self._clock() + self._ttl
        return session

    async def count(self, session: Session) -> int:
        """Count a message."""
        session.messages += 1
        return session.messages

    async def close(self, session: Session) -> None:
        """Forget a session."""
        self._open.pop(session.key, None)

    def _drop_unused(self) -> bool:
        unused = next((s for s in self._open.values() if not s.messages), None)
        if unused is not None:
            del self._open[unused.key]
        return unused is not None

    def _sweep(self) -> None:
        now = self._clock()
        if now >= self._next_sweep:
            self._next_sweep = now + 30
            self._open = {k: s for k, s in self._open.items() if s.expires > now}


def new_token() -> str:
    """A random token that nobody can guess."""
    return secrets.token_urlsafe(24)


def new_bucket(clock: Callable[[], float] = time.monotonic) -> Bucket:
    """How fast one person may type."""
    return Bucket(20, 2.0, clock)
