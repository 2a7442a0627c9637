"""Writes counts in a thread of its own, in batches, and tries again when the file cannot be written.

A batch holds several conversations, so that one write does not tell what one conversation was about. A locked file or a
full disk delays the writing, never a reply; it is said once.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from bot.themes.facts import Fact
from bot.themes.store import Cell, Group, add, is_demo, opened, publish
from bot.themes.weeks import this_week

LEAST_CONVERSATIONS = 10
TICK_SECONDS = 30.0
PUBLISH_TICKS = 120
STOP_SECONDS = 5.0
logger = logging.getLogger(__name__)


class Counts(Protocol):
    """Where the counts of conversations that ended go."""

    def add(self, group: Group, facts: Iterable[Fact]) -> None:
        """Count one conversation. Returns at once, never raises."""

    def stop(self) -> None:
        """Write what is left."""


class CountWriter:
    """Collects the counts of conversations that ended, and writes them to the file."""

    def __init__(self, path: Path, tick: float = TICK_SECONDS) -> None:
        """Start the thread.

        Args:
            path: the SQLite file.
            tick: seconds between looks at whether there is something to write.
        """
        self._path, self._tick = path, tick
        self._lock = threading.Lock()
        self._waiting = Counter[Cell]()
        self._conversations = 0
        self._stopping = threading.Event()
        self._failing = ""
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
        ticks = 0
        while not self._stopping.is_set():
            if ticks % PUBLISH_TICKS == 0:
                self._try(self._publish)
            ticks += 1
            self._stopping.wait(self._tick)
            if self._conversations >= LEAST_CONVERSATIONS or self._week_is_over():
                self._try(self._write)
        if self._conversations:
            self._try(self._write)

    def _week_is_over(self) -> bool:
        with self._lock:
            return any(cell.week != this_week() for cell in self._waiting)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (sqlite3.Error, OSError) as error:
            if not self._failing:
                logger.error("Themes: counts cannot be written (%s); they wait in memory", error)
            self._failing = type(error).__name__
        else:
            if self._failing:
                logger.warning("Themes: counts are written again")
            self._failing = ""

    def _write(self) -> None:
        with self._lock:
            batch, conversations = self._waiting, self._conversations
            self._waiting, self._conversations = Counter(), 0
        try:
            with opened(self._path) as db:
                if is_demo(db):
                    raise OSError("it is a demo file; set THEMES_DB to another")
                add(db, batch)
        except BaseException:
            with self._lock:
                self._waiting.update(batch)
                self._conversations += conversations
            raise

    def _publish(self) -> None:
        with opened(self._path) as db:
            publish(db)
