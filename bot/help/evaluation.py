"""How often a place is understood right, and how often the wrong region would be named: on a labelled file of answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.help.places import Place, find, gazetteer


@dataclass
class PlaceReport:
    """What came out.

    Attributes:
        right: per expected kind, how many were right.
        all: per expected kind, how many there were.
        wrong_region: the ids for which another region or country would have been named.
    """

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    wrong_region: list[str] = field(default_factory=list)

    def share(self) -> float:
        """The share that was right, from 0 to 1."""
        return sum(self.right.values()) / sum(self.all.values())

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{kind:14} {self.right[kind]:3} of {count:3}" for kind, count in sorted(self.all.items())]
        lines.append(f"right: {self.share():.3f}; wrong region: {len(self.wrong_region)} {' '.join(self.wrong_region)}")
        return "\n".join(lines)


def read_places(path: Path) -> list[dict[str, Any]]:
    """The rows of a file with `{id, text, expect, municipality, province}` a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def evaluate_places(rows: Iterable[dict[str, Any]]) -> PlaceReport:
    """Hold what is understood of each answer to "waar woon je ongeveer?" against what a person understood."""
    report = PlaceReport()
    for row in rows:
        place = find(row["text"], asked=True)
        report.all[row["expect"]] += 1
        report.right[row["expect"]] += _is_right(place, row)
        if _names_wrong_region(place, row):
            report.wrong_region.append(row["id"])
    return report


def _province(row: dict[str, Any]) -> str | None:
    return "Friesland" if row["province"] == "Fryslân" else row["province"]


def _is_right(place: Place, row: dict[str, Any]) -> bool:
    kind = "municipality" if row["expect"] == "postcode" else row["expect"]
    named = not row["municipality"] or place.municipality == row["municipality"]
    return place.kind == kind and named and (kind != "region" or _province(row) in (None, place.province))


def _names_wrong_region(place: Place, row: dict[str, Any]) -> bool:
    if place.kind in ("be", "cn"):
        return place.kind != row["expect"]
    asked_rightly = place.kind == row["expect"] == "ambiguous"  # all that may be meant lies in that region
    if place.region is None or asked_rightly:
        return False
    true = gazetteer().municipalities.get(row["municipality"] or "")
    if true:
        return place.region != true.region
    return row["expect"] != "region" or _province(row) not in (None, place.province)
