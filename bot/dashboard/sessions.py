"""Who is signed in, and how often one may try. In memory: a restart signs everybody out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.sessions import Bucket
from bot.dashboard.accounts import Account

IDLE_SECONDS = 45 * 60
LONGEST_SECONDS = 10 * 3600
TRIES = 5
TRIES_PER_SECOND = 1 / 60
ALL_TRIES = 60
ALL_TRIES_PER_SECOND = 1.0
MOST_BUCKETS = 10_000


@dataclass
class Session:
    """One signed-in browser.

    Attributes:
        account: whose.
        form_token: stands in every form, so that another site cannot send one.
        began: seconds, on the clock of `SignedIn`.
        used: the same, of the last request.
    """

    account: Account
    form_token: str
    began: float
    used: float


class SignedIn:
    """The sessions of this process, by a hash of the random value in the cookie."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Create without sessions."""
        self._clock = clock
        self._open: dict[str, Session] = {}

    def begin(self, account: Account) -> str:
        """A new session; returns the value for the cookie."""
        now = self._clock()
        self._open = {k: s for k, s in self._open.items() if self._alive(s)}
        value = secrets.token_urlsafe(32)
        self._open[_hash(value)] = Session(account, secrets.token_urlsafe(24), now, now)
        return value

    def find(self, value: str) -> Session | None:
        """The session of a cookie, when it has not ended."""
        session = self._open.get(_hash(value))
        if session is None or not self._alive(session):
            return None
        session.used = self._clock()
        return session

    def end(self, value: str) -> None:
        """Sign out."""
        self._open.pop(_hash(value), None)

    def _alive(self, session: Session) -> bool:
        now = self._clock()
        return now - session.used < IDLE_SECONDS and now - session.began < LONGEST_SECONDS


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


class Browsers:
    """Recognises browsers in which a person has signed in before, by a cookie that holds the name and a signature."""

    def __init__(self, secret: bytes) -> None:
        """Create with the secret behind the signatures."""
        self._secret = secret

    def cookie(self, name: str) -> str:
        """A cookie for a browser in which `name` has just signed in."""
        nonce = secrets.token_hex(8)
        return f"{nonce}.{self._sign(name, nonce)}"

    def known(self, name: str, cookie: str) -> str | None:
        """What is the browser's own, when `name` has signed in with it before."""
        nonce, _, signature = cookie.partition(".")
        return nonce if hmac.compare_digest(signature.encode(), self._sign(name, nonce).encode()) else None

    def _sign(self, name: str, nonce: str) -> str:
        return hmac.new(self._secret, f"{nonce}:{name}".encode(), hashlib.sha256).hexdigest()


class Tries:
    """How often one may try a password: five times, then once a minute, for each name at each address.

    A browser in which the person signed in before has five of its own, so nobody can lock another out. All strangers
    together have sixty, then one a second, since checking a password takes work.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Create without tries."""
        self._clock = clock
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._strangers = Bucket(ALL_TRIES, ALL_TRIES_PER_SECOND, clock)

    def take(self, name: str, address: str, browser: str | None) -> bool:
        """Whether one more try is allowed now.

        Args:
            name: as typed.
            address: where the request comes from.
            browser: what `Browsers.known` said.
        """
        if browser is None and not self._strangers.take():
            return False
        key = self._key(name, address, browser)
        if len(self._buckets) >= MOST_BUCKETS:
            self._buckets.pop(next(iter(self._buckets)))
        return self._buckets.setdefault(key, Bucket(TRIES, TRIES_PER_SECOND, self._clock)).take()

    def forgive(self, name: str, address: str, browser: str | None) -> None:
        """Forget earlier tries: the password was right."""
        self._buckets.pop(self._key(name, address, browser), None)

    @staticmethod
    def _key(name: str, address: str, browser: str | None) -> tuple[str, ...]:
        return ("browser", browser) if browser else ("address", address, name)
