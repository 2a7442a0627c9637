"""The open conversations on Telegram, and the order in which what people send is answered.

What is kept of a person is a key made from the chat's id with a secret of this process, and with it what `Conversation`
holds. The chat's id itself lives in `Incoming`, for as long as an answer is under way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.answer import MAX_CHARACTERS, as_payload, screen
from bot.channels.sessions import Bucket
from bot.channels.telegram_updates import Incoming
from bot.safety import Screening

JOIN_SECONDS = 0.7
"""So long a message waits for the next one of the same breath."""

DELETABLE_SECONDS = 48 * 3600
REMEMBERED_UPDATES = 10_000
logger = logging.getLogger(__name__)


@dataclass
class Conversation:
    """What is kept of an open conversation beside Rasa's part.

    Attributes:
        bucket: limits how fast one person is answered.
        organisation: by whose link the person came.
        chosen: messages whose buttons were pressed.
        offered: what the buttons of the last replies answer.
        messages: messages of both sides and when they came, for deleting them.
        expires: on the monotonic clock, in seconds.
    """

    bucket: Bucket
    organisation: str | None = None
    chosen: set[int] = field(default_factory=set)
    offered: frozenset[str] = frozenset()
    messages: deque[tuple[int, float]] = field(default_factory=deque)
    expires: float = 0.0

    def remember(self, *messages: int) -> None:
        """Keep the ids of messages for as long as Telegram lets a bot delete them."""
        now = time.monotonic()
        self.messages.extend((m, now) for m in messages)
        while self.messages and now - self.messages[0][1] > DELETABLE_SECONDS:
            self.messages.popleft()

    def deletable(self) -> list[int]:
        """The ids that are kept, each once."""
        return list(dict.fromkeys(m for m, _ in self.messages))


class Conversations:
    """The open conversations of this process, by key."""

    def __init__(self, ttl: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Create an empty register.

        Args:
            ttl: seconds of silence after which a conversation is forgotten.
            clock: seconds, ever growing.
        """
        self._ttl, self._clock = ttl, clock
        self._open: dict[str, Conversation] = {}

    def open(self, key: str) -> Conversation:
        """The conversation, with its time started anew; a new one when there is none."""
        found = self._open.get(key)
        if found is None or found.expires <= self._clock():
            found = self._open[key] = Conversation(Bucket(20, 2.0, self._clock))
        found.expires = self._clock() + self._ttl
        return found

    def forget(self, key: str) -> None:
        """Forget one now."""
        self._open.pop(key, None)

    def forget_expired(self) -> None:
        """Forget those that have been silent too long."""
        now = self._clock()
        self._open = {k: c for k, c in self._open.items() if c.expires > now}

    def __len__(self) -> int:
        return len(self._open)


@dataclass
class Turn:
    """What is answered at once: one message, or several sent in one breath.

    Attributes:
        parts: in the order in which they were sent.
        text: together.
        seen: the highest that the rules saw in one of them, apart from what they see in all together.
    """

    parts: list[Incoming]
    text: str
    seen: Screening

    @property
    def last(self) -> Incoming:
        """The part that came last."""
        return self.parts[-1]


@dataclass
class _Waiting:
    incoming: Incoming
    screening: Screening
    since: float
    done: asyncio.Future[None]

    @property
    def at_once(self) -> bool:
        """Whether it is answered without waiting for more."""
        return (
            self.incoming.kind == "button"
            or self.screening.level != "none"
            or as_payload(self.incoming.text) is not None
            or len(self.incoming.text) > MAX_CHARACTERS
        )

    def joins(self, first: _Waiting) -> bool:
        """Whether it can be read together with the one that opened the turn."""
        kinds = {self.incoming.kind, first.incoming.kind}
        return kinds == {"other"} or (kinds == {"text"} and not (_stands_alone(self) or _stands_alone(first)))


def _stands_alone(waiting: _Waiting) -> bool:
    text = waiting.incoming.text
    return text.startswith("/") or as_payload(text) is not None or len(text) > MAX_CHARACTERS


def _screened(incoming: Incoming) -> Screening:
    try:
        return screen(incoming.text)
    except Exception as error:
        logger.warning("The rules could not screen a message (%s)", type(error).__name__)
        return Screening()


class Line:
    """What one chat has sent and not been answered for yet."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._news = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, incoming: Incoming) -> asyncio.Future[None]:
        """Put a message in line; the future is done once it was answered. The rules screen it now."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(incoming, _screened(incoming), time.monotonic(), done))
        self._waiting.sort(key=lambda w: w.incoming.update)
        self._news.set()
        return done

    async def breath(self) -> None:
        """Wait until the person seems to have said it: `JOIN_SECONDS`, or less when something cannot wait."""
        until = min(w.since for w in self._waiting) + JOIN_SECONDS
        while not any(w.at_once for w in self._waiting):
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                return

    def next_turn(self) -> tuple[Turn, list[asyncio.Future[None]]]:
        """Take the next turn out of the line, and what is to be marked done after it."""
        first, *rest = self._waiting
        taken = [first]
        length = len(first.incoming.text)
        for waiting in rest:
            length += 1 + len(waiting.incoming.text)
            if not waiting.joins(first) or length > MAX_CHARACTERS:
                break
            taken.append(waiting)
        del self._waiting[: len(taken)]
        seen = Screening()
        for waiting in taken:
            seen = seen.together_with(waiting.screening)
        text = "\n".join(w.incoming.text for w in taken if w.incoming.text)
        return Turn([w.incoming for w in taken], text, seen), [w.done for w in taken]


class Lines:
    """The lines of all chats: within a chat one turn after the other, chats beside each other."""

    def __init__(self, take_turn: Callable[[str, Turn], Awaitable[None]]) -> None:
        """Create without any.

        Args:
            take_turn: answers one turn of the conversation with this key.
        """
        self._take_turn = take_turn
        self._lines: dict[str, Line] = {}
        self._work: set[asyncio.Task[None]] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def add(self, key: str, incoming: Incoming) -> asyncio.Future[None]:
        """Put a message in the line of its conversation; the future is done once it was answered."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line()
            done = line.add(incoming)
            task = asyncio.create_task(self._answer(key, line))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
            return done
        return line.add(incoming)

    async def _answer(self, key: str, line: Line) -> None:
        try:
            while line:
                await line.breath()
                turn, done = line.next_turn()
                try:
                    await self._take_turn(key, turn)
                except Exception as error:
                    logger.error("A message on Telegram could not be answered (%s)", type(error).__name__)
                finally:
                    for future in done:
                        if not future.done():
                            future.set_result(None)
        finally:
            del self._lines[key]

    async def finish(self, seconds: float) -> None:
        """Let what is under way come to an end, and stop what takes longer."""
        if self._work:
            _, late = await asyncio.wait(self._work, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class Seen:
    """Numbers of updates that came, so that one that comes again is not answered again."""

    def __init__(self, most: int = REMEMBERED_UPDATES) -> None:
        """Remember the last `most` updates."""
        self._most = most
        self._known: OrderedDict[int, asyncio.Future[None]] = OrderedDict()

    def before(self, update: int) -> asyncio.Future[None] | None:
        """What is done once this update, which came before, is answered; None for a new one."""
        return self._known.get(update)

    def add(self, update: int) -> asyncio.Future[None]:
        """Remember an update; the future is to be set once it is answered."""
        self._known[update] = asyncio.get_running_loop().create_future()
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return self._known[update]


class Answered(Protocol):
    """Updates that were answered by whichever process."""

    async def holds(self, update: int) -> bool:
        """Whether the update was answered."""

    async def add(self, update: int) -> None:
        """Note that it is."""


class NoOthers:
    """This process is the only one, and `Seen` knows what it answered."""

    async def holds(self, update: int) -> bool:
        """None was answered elsewhere."""
        return False

    async def add(self, update: int) -> None:
        """Nobody needs to know."""
