"""Reads what may be shown. The overview, its exports and the report take their numbers from here alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.themes.weeks import Period

COLUMNS = ("first_week", "last_week", "channel", "organisation", "fact", "name", "count")
KEY = "first_week, channel, organisation, fact, name"
"""The order in which the numbers stand in the file: any other would have to be sorted."""


@dataclass(frozen=True)
class Choice:
    """Which numbers to read.

    Attributes:
        first: the first week; a period that began before it is left out.
        last: the last week; a period that ends after it is left out.
        channel: `web` or `telegram`; None for both.
        organisation: a name, `""` for conversations outside any organisation's site; None for all.
    """

    first: str
    last: str
    channel: str | None = None
    organisation: str | None = None


class Number(NamedTuple):
    """A number that may be shown, of the weeks from `first` to `last`: at least ten conversations, rounded to five."""

    first: str
    last: str
    channel: str
    organisation: str
    fact: str
    name: str
    counted: int

    @property
    def period(self) -> Period:
        """Those weeks."""
        return Period(self.first, self.last)


def numbers(path: Path, choice: Choice) -> list[Number]:
    """The published numbers of a choice, in order of time.

    Args:
        path: the file with counts; nothing is read when it is not there yet.
        choice: which.

    Raises:
        sqlite3.Error: the file is locked, damaged or no database.
    """
    return [Number._make(row) for row in rows(path, choice)]


def rows(path: Path, choice: Choice) -> list[tuple]:
    """The numbers as plain rows of `COLUMNS`; three years of an installation are a hundred thousand and more."""
    where, values = _where(choice)
    return _rows(path, f"SELECT {', '.join(COLUMNS)} FROM published WHERE {where} ORDER BY {KEY}", values)  # noqa: S608


def rows_as_json(path: Path, choice: Choice) -> str:
    """The rows as a JSON list of objects, which the database writes in a fifth of the time that Python needs."""
    where, values = _where(choice)
    columns = ", ".join(f"'{name}', {name}" for name in COLUMNS)
    found = _rows(
        path,
        f"SELECT json_group_array(json_object({columns}))"  # noqa: S608
        f" FROM (SELECT * FROM published WHERE {where} ORDER BY {KEY})",
        values,
    )
    return str(found[0][0]) if found else "[]"


@dataclass(frozen=True)
class Sum:
    """Some published numbers added up.

    Attributes:
        count: the sum.
        numbers: of how many; each may be two off by rounding.
    """

    count: int
    numbers: int

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, self.numbers + other.numbers)


Sums = dict[str, dict[str, dict[Period, Sum]]]
"""Fact → name → period → sum."""


def sums(path: Path, choice: Choice) -> Sums:
    """The numbers of a choice, added up over its groups.

    A sum is of numbers that are shown themselves; no two of them count the same conversation for the same fact.
    """
    where, values = _where(choice)
    # Over all organisations the sums stand ready: three years of figures are then read in a tenth of a second.
    summed, table = (
        ("sum(count), sum(numbers)", "totals") if choice.organisation is None else ("sum(count), count(*)", "published")
    )
    found: Sums = {}
    rows = _rows(
        path,
        f"SELECT fact, name, first_week, last_week, {summed} FROM {table}"  # noqa: S608
        f" WHERE {where} GROUP BY 1, 2, 3, 4",
        values,
    )
    period = cache(Period)
    for fact, name, first, last, count, numbers_added in rows:
        found.setdefault(fact, {}).setdefault(name, {})[period(first, last)] = Sum(count, numbers_added)
    return found


def published_weeks(path: Path) -> tuple[str, str] | None:
    """The first and the last week of which anything is shown."""
    for first, last in _rows(path, "SELECT min(first_week), max(last_week) FROM published", []):
        return (first, last) if first else None
    return None


def organisations(path: Path) -> frozenset[str]:
    """The organisations of which anything is shown."""
    return frozenset(row[0] for row in _rows(path, "SELECT DISTINCT organisation FROM published", [])) - {""}


def demo(path: Path) -> bool:
    """Whether the numbers are made up."""
    return bool(_rows(path, "SELECT 1 FROM about WHERE key = 'demo'", []))


def _where(choice: Choice) -> tuple[str, list[str]]:
    conditions, values = ["first_week >= ?", "last_week <= ?"], [choice.first, choice.last]
    for column, value in (("channel", choice.channel), ("organisation", choice.organisation)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    return " AND ".join(conditions), values


def _rows(path: Path, query: str, values: list[str]) -> list[tuple]:
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path, timeout=2.0)) as connection:
        connection.execute("PRAGMA query_only=ON")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'published'").fetchone():
            return []
        return connection.execute(query, values).fetchall()
