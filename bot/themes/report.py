"""`python -m bot themes report`: the published numbers as a table, CSV or JSON. The overview exports by the same functions."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby
from pathlib import Path

from bot.themes.published import COLUMNS, Choice, numbers, rows, rows_as_json
from bot.themes.suppression import ROUNDED_TO, K

EMPTY = (
    "Nothing to show from {first} to {last}. Numbers come when a period is over (usually a month of weeks, see docs/themes.md) "
    "and stand for at least {k} conversations."
)


def as_csv(path: Path, choice: Choice) -> str:
    """One line a number, with a line of names first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(path, choice))
    return out.getvalue()


def as_json(path: Path, choice: Choice) -> str:
    """The choice, the rules of anonymity, and the numbers."""
    about = {
        "first_week": choice.first,
        "last_week": choice.last,
        "fewest_conversations": K,
        "rounded_to": ROUNDED_TO,
    }
    return f'{json.dumps(about)[:-1]}, "numbers": {rows_as_json(path, choice)}}}\n'


def as_table(path: Path, choice: Choice) -> str:
    """For a person to read: a block for each period and group."""
    found = sorted(numbers(path, choice), key=lambda n: (n[:5], -n.counted, n.name))
    if not found:
        return EMPTY.format(first=choice.first, last=choice.last, k=K) + "\n"
    lines = [f"At least {K} conversations behind each number, rounded to {ROUNDED_TO}. What is not here is not shown."]
    for (first, last, channel, organisation), block in groupby(found, key=lambda n: n[:4]):
        weeks = first if first == last else f"{first} to {last}"
        lines += ["", f"{weeks}, {channel}, {organisation or 'no organisation'}"]
        lines += [f"  {n.fact:<14}{n.name:<40}{n.counted:>7}" for n in block]
    return "\n".join(lines) + "\n"
