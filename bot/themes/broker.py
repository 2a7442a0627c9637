"""Rasa's event broker that counts themes. Rasa hands it every event with its full text; it lets go of that at once.

`bot.agent` makes it; it cannot be named in a file of endpoints.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from rasa.core.brokers.broker import EventBroker

from bot.themes.facts import CHANNELS, Facts
from bot.themes.store import Group
from bot.themes.writer import Counts

logger = logging.getLogger(__name__)


class ThemeBroker(EventBroker):
    """Holds the facts of open conversations in memory, and hands their counts on when a conversation ends."""

    def __init__(self, counts: Counts, ttl: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Create without conversations.

        Args:
            counts: where counts go.
            ttl: seconds of silence after which a conversation has ended.
            clock: seconds, ever growing.
        """
        self._counts, self._ttl, self._clock = counts, ttl, clock
        self._open: dict[str, tuple[float, Facts]] = {}

    def publish(self, event: dict[str, Any]) -> None:
        """Note what is counted of an event. Never raises: a mistake here must not cost a reply."""
        try:
            self._note(event)
        except Exception as error:
            logger.error("Themes: an event could not be counted (%s)", type(error).__name__)

    def _note(self, event: dict[str, Any]) -> None:
        key = event["sender_id"]
        ends, facts = self._open.get(key, (0.0, None))
        now = self._clock()
        if facts and ends <= now:
            self._end(key)
            facts = None
        if facts is None:
            if event.get("event") != "user" or event.get("input_channel") not in CHANNELS:
                return
            facts = Facts(event["input_channel"])
        facts.note(event)
        self._open[key] = (now + self._ttl, facts)

    def sweep(self) -> None:
        """End the conversations in which nothing was said for `ttl` seconds."""
        now = self._clock()
        for key in [key for key, (ends, _) in self._open.items() if ends <= now]:
            self._end(key)

    def drop(self, key: str) -> None:
        """Forget a conversation without counting it: the person wiped it."""
        self._open.pop(key, None)

    def stop(self) -> None:
        """End every conversation, and write."""
        for key in list(self._open):
            self._end(key)
        self._counts.stop()

    def _end(self, key: str) -> None:
        _, facts = self._open.pop(key)
        self._counts.add(Group(facts.channel, facts.organisation), facts.counts())
