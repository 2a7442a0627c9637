"""`python -m bot themes report`: the published numbers as a table, CSV or JSON. The overview exports by the same functions."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby

from bot.themes.published import Choice, Number
from bot.themes.suppression import ROUNDED_TO, K

COLUMNS = ("first_week", "last_week", "channel", "organisation", "fact", "name", "count")
EMPTY = (
    "Nothing to show from {first} to {last}. Numbers come when a period is over (usually a month of weeks, see docs/themes.md) "
    "and stand for at least {k} conversations."
)


def as_csv(numbers: list[Number]) -> str:
    """One line a number, with a line of names first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(numbers)
    return out.getvalue()


def as_json(numbers: list[Number], choice: Choice) -> str:
    """The choice, the rules of anonymity, and the numbers."""
    data = {
        "first_week": choice.first,
        "last_week": choice.last,
        "fewest_conversations": K,
        "rounded_to": ROUNDED_TO,
        "numbers": [dict(zip(COLUMNS, number, strict=True)) for number in numbers],
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def as_table(numbers: list[Number], choice: Choice) -> str:
    """For a person to read: a block for each period and group."""
    if not numbers:
        return EMPTY.format(first=choice.first, last=choice.last, k=K) + "\n"
    lines = [f"At least {K} conversations behind each number, rounded to {ROUNDED_TO}. What is not here is not shown."]
    for (first, last, channel, organisation), block in groupby(numbers, key=lambda n: n[:4]):
        weeks = first if first == last else f"{first} to {last}"
        lines += ["", f"{weeks}, {channel}, {organisation or 'no organisation'}"]
        lines += [f"  {n.fact:<14}{n.name:<40}{n.counted:>7}" for n in block]
    return "\n".join(lines) + "\n"
