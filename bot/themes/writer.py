"""Writes counts in a thread of its own, in batches, and tries again when the file cannot be written.

A batch holds several conversations, so that one write does not tell what one conversation was about. A locked file or a
full disk delays the writing, never a reply; it is said once.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from redis import RedisError

from bot.themes.facts import Fact
from bot.themes.store import Cell, Group, add, is_demo, opened, publish
from bot.themes.weeks import this_week

LEAST_CONVERSATIONS = 10
TICK_SECONDS = 30.0
PUBLISH_SECONDS = 3600.0
STOP_SECONDS = 5.0
logger = logging.getLogger(__name__)


class Counts(Protocol):
    """Where the counts of conversations that ended go."""

    def add(self, group: Group, facts: Iterable[Fact]) -> None:
        """Count one conversation. Returns at once, never raises."""

    def stop(self) -> None:
        """Write what is left."""


class Destination(Protocol):
    """Where batches of counts are written."""

    def write(self, batch: Counter[Cell]) -> None:
        """Write a batch; raises when it cannot be written now."""

    def tend(self) -> None:
        """What else is to be done from time to time."""


class CountFile:
    """The SQLite file with counts."""

    def __init__(self, path: Path) -> None:
        """Create for the file at `path`, which need not exist yet."""
        self._path = path
        self._next_publishing = 0.0

    def write(self, batch: Counter[Cell]) -> None:
        """Add the counts to those of the file.

        Raises:
            sqlite3.Error: the file is locked or broken.
            OSError: it cannot be written, or holds the figures of a demo.
        """
        with opened(self._path) as db:
            if is_demo(db):
                raise OSError("it is a demo file; set THEMES_DB to another")
            add(db, batch)

    def tend(self) -> None:
        """Publish the periods that are over, once an hour."""
        if time.monotonic() >= self._next_publishing:
            with opened(self._path) as db:
                publish(db)
            self._next_publishing = time.monotonic() + PUBLISH_SECONDS


class CountWriter:
    """Collects the counts of conversations that ended, and writes them in batches."""

    def __init__(self, destination: Destination, tick: float = TICK_SECONDS) -> None:
        """Start the thread.

        Args:
            destination: where batches go.
            tick: seconds between looks at whether there is something to write.
        """
        self._destination, self._tick = destination, tick
        self._lock = threading.Lock()
        self._waiting = Counter[Cell]()
        self._conversations = 0
        self._stopping = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="themes", daemon=True)
        self._thread.start()

    def add(self, group: Group, facts: Iterable[Fact]) -> None:
        """Count one conversation in the week that it is now. Returns at once."""
        week = this_week()
        cells = [Cell(week, group, fact) for fact in facts]
        with self._lock:
            self._waiting.update(cells)
            self._conversations += bool(cells)

    def stop(self) -> None:
        """Write what is left, and end the thread."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)
        if self._conversations:
            logger.error(
                "Themes: the counts of %d conversations could not be written and are lost", self._conversations
            )

    def _run(self) -> None:
        self._try()
        while not self._stopping.wait(self._tick):
            self._try()
        self._try(at_once=True)

    def _week_is_over(self) -> bool:
        with self._lock:
            return any(cell.week != this_week() for cell in self._waiting)

    def _try(self, at_once: bool = False) -> None:
        """Write what is ready, all of it when `at_once`; say once when that goes wrong, and once when it goes well again."""
        try:
            if self._conversations >= LEAST_CONVERSATIONS or self._week_is_over() or (at_once and self._conversations):
                self._write()
            self._destination.tend()
        except (sqlite3.Error, OSError) as error:
            self._say_failing(str(error))
        except RedisError as error:  # its text would hold the counts
            self._say_failing(type(error).__name__)
        else:
            if self._failing:
                logger.warning("Themes: counts are written again")
            self._failing = False

    def _say_failing(self, why: str) -> None:
        if not self._failing:
            logger.error("Themes: counts cannot be written (%s); they wait in memory", why)
        self._failing = True

    def _write(self) -> None:
        with self._lock:
            batch, conversations = self._waiting, self._conversations
            self._waiting, self._conversations = Counter(), 0
        try:
            self._destination.write(batch)
        except BaseException:
            with self._lock:
                self._waiting.update(batch)
                self._conversations += conversations
            raise
