"""When a line is open: data in, "nu open" or "nu dicht, opent maandag om 9 uur" out. Summer time and holidays included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import holidays
from pydantic import Field, root_validator, validator

from bot.content_files import Strict, read_yaml
from bot.settings import CONTENT

TEXTS = CONTENT / "help" / "texts" / "hours.yml"
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
SEARCHED_DAYS = 21
"""How far ahead an opening is looked for; more than any row of holidays."""

_ONE_DAY = timedelta(days=1)


class Weekly(Strict):
    """Hours that come back every week.

    Attributes:
        days: such as `ma-vr` or `di, do`.
        start: in the YAML `from`, such as `'9:00'`, local time.
        end: in the YAML `to`; `'0:00'` is midnight, and an hour before `from` is on the next day.
    """

    days: tuple[int, ...]
    start: time = Field(alias="from")
    end: time = Field(alias="to")

    @validator("days", pre=True)
    def _read_days(cls, written: Any) -> tuple[int, ...]:
        found: list[int] = []
        for part in str(written).split(","):
            first, _, last = (p.strip() for p in part.partition("-"))
            if first not in DAYS or (last or first) not in DAYS or DAYS.index(last or first) < DAYS.index(first):
                raise ValueError(f"{part.strip()!r} is no row of days; write ma-vr, or di, do")
            found += range(DAYS.index(first), DAYS.index(last or first) + 1)
        return tuple(found)

    @validator("start", "end", pre=True)
    def _is_a_time(cls, written: Any) -> time:
        hour, _, minute = str(written).partition(":")
        if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
            raise ValueError(f"{written!r} is no time; write it between quotes as '9:00'")
        return time(int(hour), int(minute))


class Hours(Strict):
    """When a line is open. One of `always`, `weekly` and `note`.

    Attributes:
        always: day and night.
        weekly: hours that come back every week.
        note: what to say when the hours are not known, such as where to find them.
        holidays: whether the weekly hours hold on public holidays.
        zone: where the hours are local time, and whose holidays count.
    """

    always: bool = False
    weekly: tuple[Weekly, ...] = ()
    note: str | None = None
    holidays: Literal["open", "closed", "unknown"] = "unknown"
    zone: Literal["NL", "BE", "BQ"] = "NL"

    @root_validator
    def _says_one_thing(cls, values: dict[str, Any]) -> dict[str, Any]:
        if [bool(values.get(k)) for k in ("always", "weekly", "note")].count(True) != 1:
            raise ValueError("needs one of: always, weekly, note")
        return values

    def __str__(self) -> str:
        """The hours in words: "dag en nacht", "maandag tot en met vrijdag 9 tot 21 uur"."""
        said = _texts()
        if self.always:
            return str(said["always"])
        return self.note or str(said["and"]).join(
            said["hours"].format(days=_days_in_words(w.days), start=_clock(w.start), end=_clock(w.end, midnight=24))
            for w in self.weekly
        )

    def now_text(self, now: datetime) -> str | None:
        """Whether the line is open at a moment, and if not, when it opens. None when always open, or not known.

        Args:
            now: with a time zone.
        """
        if not self.weekly:
            return None
        said = _texts()
        local = now.astimezone(_ZONES[self.zone])
        current = [day for day, start, end in self._openings(local.date() - _ONE_DAY) if start <= now < end]
        if current:
            return str(said["open" if any(self._is_sure(day) for day in current) else "holiday"])
        coming = [
            (day, start) for day, start, _ in self._openings(local.date()) if start > now and self._is_sure(day)
        ]  # fmt: skip
        if not coming:
            return str(said["closed"])
        day, start = min(coming, key=lambda opening: opening[1])
        away = (day - local.date()).days
        which = ("opens_today", "opens_tomorrow")[away] if away < 2 else "opens_on" if away < 7 else "opens_next_week"
        clock = _clock(start.astimezone(_ZONES[self.zone]).time())
        return str(said[which]).format(day=said["days"][day.weekday()], time=clock)

    def is_open(self, now: datetime) -> bool:
        """Whether the line is certainly open at a moment (with a time zone)."""
        return self.always or self.now_text(now) == _texts()["open"]

    def _openings(self, first: date) -> list[tuple[date, datetime, datetime]]:
        """From a day on: the day, and start and end in UTC, for moments of one time zone compare by wall clock."""
        zone = _ZONES[self.zone]
        found = []
        for day in (first + i * _ONE_DAY for i in range(SEARCHED_DAYS)):
            for weekly in self.weekly:
                if day.weekday() in weekly.days and not (self.holidays == "closed" and _is_holiday(day, self.zone)):
                    last = day if weekly.end > weekly.start else day + _ONE_DAY
                    start = datetime.combine(day, weekly.start, zone).astimezone(UTC)
                    found.append((day, start, datetime.combine(last, weekly.end, zone).astimezone(UTC)))
        return found

    def _is_sure(self, day: date) -> bool:
        return self.holidays != "unknown" or not _is_holiday(day, self.zone)


_ZONES = {"NL": ZoneInfo("Europe/Amsterdam"), "BE": ZoneInfo("Europe/Brussels"), "BQ": ZoneInfo("America/Kralendijk")}


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = read_yaml(TEXTS)
    return texts


@lru_cache(maxsize=3)
def _calendar(country: str) -> Any:
    return holidays.country_holidays(country)


def _is_holiday(day: date, country: str) -> bool:
    return day in _calendar(country)


def _clock(moment: time, midnight: int = 0) -> str:
    return f"{moment.hour}.{moment.minute:02}" if moment.minute else str(moment.hour or midnight)


def _days_in_words(days: tuple[int, ...]) -> str:
    """Such as "elke dag", "maandag tot en met vrijdag", "dinsdag en donderdag"."""
    said = _texts()
    if len(days) == len(DAYS):
        return str(said["every_day"])
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return str(said["days_in_a_row"]).format(first=said["days"][days[0]], last=said["days"][days[-1]])
    return str(said["and"]).join(said["days"][d] for d in days)
