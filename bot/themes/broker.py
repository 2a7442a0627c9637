"""Rasa's event broker that counts themes. Rasa hands it every event with its full text; it lets go of that at once.

`bot.agent` makes it; it cannot be named in a file of endpoints.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from rasa.core.brokers.broker import EventBroker

from bot.themes.facts import CHANNELS, Facts
from bot.themes.store import Group
from bot.themes.writer import Counts

logger = logging.getLogger(__name__)


class OpenFacts(Protocol):
    """The facts of the conversations that are open."""

    def get(self, key: str) -> Facts | None:
        """Those of one conversation; None when there are none or it has ended."""

    def put(self, key: str, facts: Facts) -> None:
        """Keep them, with the conversation's time started anew."""

    def drop(self, key: str) -> None:
        """Forget those of one conversation."""

    def ended(self) -> Iterable[Facts]:
        """Take out those in which nothing was said for too long."""

    def stop(self) -> Iterable[Facts]:
        """Take out those that end with this process."""


class OwnFacts:
    """In the memory of this process."""

    def __init__(self, ttl: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Create without conversations.

        Args:
            ttl: seconds of silence after which a conversation has ended.
            clock: seconds, ever growing.
        """
        self._ttl, self._clock = ttl, clock
        self._open: dict[str, tuple[float, Facts]] = {}
        self._late: list[Facts] = []

    def get(self, key: str) -> Facts | None:
        """Those of one conversation; one that has ended waits for `ended`."""
        ends, facts = self._open.get(key, (0.0, None))
        if facts and ends <= self._clock():
            self._late.append(self._open.pop(key)[1])
            return None
        return facts

    def put(self, key: str, facts: Facts) -> None:
        """Keep them."""
        self._open[key] = (self._clock() + self._ttl, facts)

    def drop(self, key: str) -> None:
        """Forget those of one conversation."""
        self._open.pop(key, None)

    def ended(self) -> Iterable[Facts]:
        """Take out those in which nothing was said for too long."""
        now = self._clock()
        over = [key for key, (ends, _) in self._open.items() if ends <= now]
        found, self._late = [*self._late, *(self._open.pop(key)[1] for key in over)], []
        return found

    def stop(self) -> Iterable[Facts]:
        """Take out all."""
        found, self._open = [facts for _, facts in self._open.values()], {}
        return [*self.ended(), *found]


class ThemeBroker(EventBroker):
    """Notes the facts of open conversations, and hands their counts on when a conversation ends."""

    def __init__(self, counts: Counts, facts: OpenFacts) -> None:
        """Create without conversations.

        Args:
            counts: where counts go.
            facts: where the facts of open conversations are.
        """
        self._counts, self._facts = counts, facts
        self._failing = False

    def publish(self, event: dict[str, Any]) -> None:
        """Note what is counted of one event."""
        self.publish_turn(str(event.get("sender_id")), [event])

    def publish_turn(self, key: str, events: list[dict[str, Any]]) -> None:
        """Note what is counted of the events of a turn. Never raises: a mistake here must not cost a reply."""
        self._try(lambda: self._note(key, events))

    def _note(self, key: str, events: list[dict[str, Any]]) -> None:
        facts = self._facts.get(key)
        for event in events:
            if facts is None:
                if event.get("event") != "user" or event.get("input_channel") not in CHANNELS:
                    continue
                facts = Facts(event["input_channel"])
            facts.note(event)
        if facts is not None:
            self._facts.put(key, facts)

    def sweep(self) -> None:
        """Count the conversations that ended."""
        self._try(lambda: self._count(self._facts.ended()))

    def drop(self, key: str) -> None:
        """Forget a conversation without counting it: the person wiped it."""
        self._try(lambda: self._facts.drop(key))

    def stop(self) -> None:
        """Count what ends with this process, and write."""
        self._try(lambda: self._count(self._facts.stop()))
        self._counts.stop()

    def _count(self, ended: Iterable[Facts]) -> None:
        for facts in ended:
            self._counts.add(Group(facts.channel, facts.organisation), facts.counts())

    def _try(self, work: Callable[[], None]) -> None:
        """Do it; say once when it goes wrong, and once when it goes well again."""
        try:
            work()
        except Exception as error:
            if not self._failing:
                logger.error("Themes: conversations cannot be counted (%s)", type(error).__name__)
            self._failing = True
        else:
            if self._failing:
                logger.warning("Themes: conversations are counted again")
            self._failing = False
