"""Dutch words for the names that are counted."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.content import project_content
from bot.themes.weeks import Period, monday

MONTHS = ("jan", "feb", "mrt", "apr", "mei", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


@lru_cache(maxsize=1)
def _labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("labels.yml").read_text(encoding="utf-8")
    )
    return found


FAMILY = {"unclear_near": "theme", "finished": "journey", "ruler_first": "ruler", "ruler_last": "ruler"}


def label(fact: str, name: str) -> str:
    """What a counsellor reads for a counted name; joined names (`urgent+acute`) read as "dringend of acuut"."""
    if fact == "pair":
        return " en ".join(label("theme", part) for part in name.split("+"))
    if fact == "step":
        return _titles().get(name, name)
    if fact == "help":
        line = project_content().lines.get(name)
        return line.name if line else name
    words = _labels().get(FAMILY.get(fact, fact), {})
    return " of ".join(words.get(part, part) for part in name.split("+"))


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    """For a step the words of the first button that leads to it."""
    found: dict[str, str] = {}
    for step in project_content().steps.values():
        for button in step.buttons:
            found.setdefault(button.to, f"“{button.title}”")
    return found


def weeks(period: Period) -> str:
    """A period in words, such as "week 40 tot en met 43 van 2026"."""
    first, last = int(period.first[6:]), int(period.last[6:])
    if period.first == period.last:
        return f"week {first} van {period.first[:4]}"
    return f"week {first} tot en met {last} van {period.first[:4]}"


def short_weeks(period: Period) -> str:
    """The same for an axis or the head of a column, such as "40–43"."""
    first, last = int(period.first[6:]), int(period.last[6:])
    return str(first) if first == last else f"{first}–{last}"


def day(week: str) -> str:
    """The Monday of a week, such as "5 okt 2026"."""
    date = monday(week)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
