"""Weeks, months and quarters of weeks: the fixed periods for which figures are published.

A quarter is thirteen ISO weeks; its months are of four, four and five weeks. A year of 53 weeks has a longer last month. All
times are UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal

Rhythm = Literal["week", "month", "quarter"]
RHYTHMS: tuple[Rhythm, ...] = ("week", "month", "quarter")
MONTH_STARTS = (1, 5, 9, 14, 18, 22, 27, 31, 35, 40, 44, 48)
QUARTER_STARTS = (1, 14, 27, 40)
_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


class WeekError(ValueError):
    """A text that is not an ISO week; the message says how to write one."""


@dataclass(frozen=True, order=True)
class Period:
    """Some whole weeks in a row, written as `2026-W40`.

    Attributes:
        first: the first week.
        last: the last week; the same for a period of one week.
    """

    first: str
    last: str

    def holds(self, other: Period) -> bool:
        """Whether another period lies within this one."""
        return self.first <= other.first and other.last <= self.last


def week_of(day: date) -> str:
    """The ISO week of a day, such as `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def this_week() -> str:
    """The ISO week that is running (UTC)."""
    return week_of(today())


def today() -> date:
    """The day it is (UTC)."""
    return datetime.now(UTC).date()


def monday(week: str) -> date:
    """The first day of a week.

    Raises:
        WeekError: it is not an ISO week.
    """
    match = _WEEK.match(week)
    try:
        return date.fromisocalendar(int(match.group(1)), int(match.group(2)), 1) if match else _fail(week)
    except ValueError as error:
        raise WeekError(_message(week)) from error


def _message(week: str) -> str:
    return f"{week!r} is not a week. Write it as 2026-W40, with week 01 to 52 or 53."


def _fail(week: str) -> date:
    raise WeekError(_message(week))


def shift(week: str, weeks: int) -> str:
    """The week so many weeks later, or earlier when negative."""
    return week_of(monday(week) + timedelta(weeks=weeks))


def weeks_between(first: str, last: str) -> list[str]:
    """All weeks from the first to the last."""
    count = (monday(last) - monday(first)).days // 7
    return [shift(first, n) for n in range(count + 1)]


@cache
def length(period: Period) -> int:
    """How many weeks a period has."""
    return len(weeks_between(period.first, period.last))


@cache
def period_of(week: str, rhythm: Rhythm) -> Period:
    """The fixed period of a rhythm in which a week lies."""
    if rhythm == "week":
        return Period(week, week)
    year, number = week[:4], int(week[6:])
    starts = MONTH_STARTS if rhythm == "month" else QUARTER_STARTS
    place = max(i for i, start in enumerate(starts) if start <= number)
    weeks_in_year = date(int(year), 12, 28).isocalendar()[1]
    last = starts[place + 1] - 1 if place + 1 < len(starts) else weeks_in_year
    return Period(f"{year}-W{starts[place]:02}", f"{year}-W{last:02}")


def quarter_before(week: str) -> Period:
    """The whole quarter before the one in which a week lies."""
    return period_of(shift(period_of(week, "quarter").first, -1), "quarter")
