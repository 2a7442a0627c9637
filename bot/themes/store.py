"""The file with counts (SQLite): `running` holds the counts of periods that are not over, `published` what may be shown.

When a period is published its counts are deleted, so a file that falls into wrong hands holds at most the running periods.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.themes.facts import Fact
from bot.themes.suppression import publishable
from bot.themes.weeks import Period, Rhythm, period_of, quarter_before, today, week_of

BUSY_SECONDS = 2.0
DAYS_AFTER = 1
"""A period is published when it has been over for a whole day, so that every count of it is in."""

LEAST_A_QUARTER: dict[Rhythm, int] = {"week": 2600, "month": 300}
"""Conversations in the quarter before, from which a group's figures come by the week or by the month; else by the quarter."""

migrations = Migrations("themes")


@migrations()
def create_counts(db: Database) -> None:
    """The first tables."""
    group = {"channel": str, "organisation": str}
    cell = {**group, "fact": str, "name": str, "count": int}
    db.table("running").create(
        {"week": str, **cell}, pk=("week", "channel", "organisation", "fact", "name"), strict=True
    )
    db.table("published").create(
        {"first_week": str, "last_week": str, **cell},
        pk=("first_week", "channel", "organisation", "fact", "name"),
        strict=True,
    )
    db.table("closed").create(
        {**group, "first_week": str, "last_week": str}, pk=("channel", "organisation"), strict=True
    )
    db.table("about").create({"key": str, "value": str}, pk="key", strict=True)


@migrations()
def index_by_name(db: Database) -> None:
    """All that sums over groups need, in the order in which they need it: three years of figures in a tenth of a second."""
    db.table("published").create_index(
        ["fact", "name", "first_week", "last_week", "channel", "organisation", "count"], index_name="published_by_name"
    )


@migrations()
def create_totals(db: Database) -> None:
    """What was published, added up over organisations; and an index for the figures of one of them."""
    cell = {"channel": str, "fact": str, "name": str, "count": int, "numbers": int}
    db.table("totals").create(
        {"first_week": str, "last_week": str, **cell},
        pk=("fact", "name", "first_week", "last_week", "channel"),
        strict=True,
    )
    db.conn.execute(
        "INSERT INTO totals SELECT first_week, last_week, channel, fact, name, sum(count), count(*) FROM published"
        " GROUP BY first_week, last_week, channel, fact, name"
    )
    db.table("published").create_index(
        ["organisation", "fact", "name", "first_week", "last_week", "channel", "count"],
        index_name="published_by_organisation",
    )


class ThemesError(RuntimeError):
    """The file with counts cannot be used; the message says why."""


@dataclass(frozen=True, order=True)
class Group:
    """Whose conversations: a channel, and the organisation on whose site they were (empty for none)."""

    channel: str
    organisation: str = ""


@dataclass(frozen=True, order=True)
class Cell:
    """One count to write."""

    week: str
    group: Group
    fact: Fact


@contextmanager
def opened(path: Path, migrate: Migrations = migrations) -> Iterator[Database]:
    """The file, made when it is not there, readable by this user only, with its tables up to date.

    Raises:
        sqlite3.Error: it is locked, damaged, no database, or the disk is full.
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        db = Database(connection)
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA secure_delete=ON")
        if migrate.pending(db):
            db.enable_wal()
            migrate.apply(db)
        yield db


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """All or nothing; waits for its turn at the beginning, not halfway."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def add(db: Database, cells: Mapping[Cell, int]) -> None:
    """Add counts to what is there, in one go."""
    rows = sorted((c.week, c.group.channel, c.group.organisation, *c.fact, count) for c, count in cells.items())
    with writing(db):
        db.conn.executemany(
            "INSERT INTO running (week, channel, organisation, fact, name, count) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET count = count + excluded.count",
            rows,
        )


def rhythm(db: Database, group: Group, week: str) -> Rhythm:
    """How often figures of a group come in the quarter of a week; follows from what was published of the quarter before."""
    before = quarter_before(week)
    known = db.execute(
        "SELECT 1 FROM closed WHERE channel = ? AND organisation = ? AND first_week <= ?",
        [group.channel, group.organisation, before.last],
    ).fetchone()
    if not known:
        return "month"
    (total,) = db.execute(
        "SELECT coalesce(sum(count), 0) FROM published WHERE fact = 'conversations' AND channel = ? AND organisation = ?"
        " AND first_week BETWEEN ? AND ?",
        [group.channel, group.organisation, before.first, before.last],
    ).fetchone()
    return next((name for name, least in LEAST_A_QUARTER.items() if total >= least), "quarter")


def publish(db: Database, week: str | None = None) -> list[tuple[Group, Period]]:
    """Publish every period that is over, and delete its counts. A period is published once; what comes later is dropped.

    Args:
        db: the file with counts.
        week: what to take for the running week; by default the one it is (a day later, see `DAYS_AFTER`).

    Returns:
        The groups and periods that were over now, also those of which nothing may be shown.
    """
    running = week or _running_week()
    done: list[tuple[Group, Period]] = []
    with writing(db):
        weeks = db.execute(
            "SELECT DISTINCT channel, organisation, week FROM running WHERE week < ? ORDER BY 1, 2, 3", [running]
        ).fetchall()
        for channel, organisation, counted in weeks:
            group = Group(channel, organisation)
            period = period_of(counted, rhythm(db, group, counted))
            if period.last < running and (group, period) not in done:
                _publish_one(db, group, period)
                done.append((group, period))
    if done:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def _running_week() -> str:
    """The running week; on its first day still the week before, so that that is not published yet."""
    return week_of(today() - timedelta(days=DAYS_AFTER))


def _publish_one(db: Database, group: Group, period: Period) -> None:
    where = "channel = ? AND organisation = ? AND week BETWEEN ? AND ?"
    key = [group.channel, group.organisation, period.first, period.last]
    raw = Counter[Fact]()
    for fact, name, count in db.execute(f"SELECT fact, name, count FROM running WHERE {where}", key):  # noqa: S608
        raw[fact, name] += count
    closed = db.execute("SELECT last_week FROM closed WHERE channel = ? AND organisation = ?", key[:2]).fetchone()
    if closed is None or closed[0] < period.first:
        shown = sorted(publishable(raw).items())
        db.conn.executemany(
            "INSERT INTO published VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(period.first, period.last, *key[:2], *fact, count) for fact, count in shown],
        )
        db.conn.executemany(
            "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT DO UPDATE SET count = count + excluded.count, numbers = numbers + 1",
            [(period.first, period.last, group.channel, *fact, count) for fact, count in shown],
        )
        db.execute(
            "INSERT INTO closed VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_week = excluded.last_week", key
        )
    db.execute(f"DELETE FROM running WHERE {where}", key)  # noqa: S608


def forget_before(db: Database, week: str) -> int:
    """Delete what was published of periods that ended before a week.

    Returns:
        How many numbers were deleted.
    """
    with writing(db):
        gone = db.execute("DELETE FROM published WHERE last_week < ?", [week]).rowcount
        db.execute("DELETE FROM totals WHERE last_week < ?", [week])
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(gone)


def is_demo(db: Database) -> bool:
    """Whether the file holds made-up counts, in which no real ones may come."""
    return db.execute("SELECT 1 FROM about WHERE key = 'demo'").fetchone() is not None
