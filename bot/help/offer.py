"""What fits: by need, by barrier, by place; at most three lines, the first one explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.content_files import read_yaml
from bot.help.directory import Country, HelpLine
from bot.help.places import Meaning, Place, fold, gazetteer
from bot.settings import CONTENT

TEXTS = CONTENT / "help" / "texts" / "offer.yml"
MOST_OPTIONS = 3
NATIONAL = {None: "veilig_thuis", "be": "lijn_1712", "cn": "guiami"}
"""The line that is among the options always, by country."""

_LINES_OF = {None: "NL", "be": "BE", "cn": "CN"}


@dataclass(frozen=True)
class Wish:
    """What somebody looks for, and what holds them back, as far as the conversation told."""

    need: str | None = None
    barrier: str | None = None


@lru_cache(maxsize=1)
def _offer() -> dict[str, Any]:
    offer: dict[str, Any] = read_yaml(TEXTS)
    return offer


def texts() -> dict[str, str]:
    """The sentences of the answer."""
    found: dict[str, str] = _offer()["texts"]
    return found


def all_texts() -> dict[str, str]:
    """Every sentence of the file, for the content check."""
    barriers = {f"barriers.{name}": barrier["said"] for name, barrier in _offer()["barriers"].items()}
    return texts() | barriers


def wish(steps: Sequence[str], typed: Iterable[str]) -> Wish:
    """What the last turns tell of need and barrier.

    Args:
        steps: steps and themes of the last turns, the newest first.
        typed: what the person typed in them.
    """
    offer = _offer()
    end = next((i for i, s in enumerate(steps) if s in offer["starts_again"]), len(steps))
    said = " ".join(fold(t) for t in typed)
    found = [_told(offer[group], steps[:end], said) for group in ("needs", "barriers")]
    return Wish(*found)


def _told(known: dict[str, Any], steps: Sequence[str], said: str) -> str | None:
    by_word = (name for name, signs in known.items() if any(f" {fold(w)}" in f" {said}" for w in signs["words"]))
    by_step = (name for step in steps for name, signs in known.items() if step in signs["steps"])
    return next(by_word, None) or next(by_step, None)


def fitting(
    lines: Iterable[HelpLine],
    place: Place,
    wished: Wish,
    careful: bool = False,
    own: Sequence[HelpLine] = (),
    nearby: Sequence[HelpLine] = (),
) -> list[HelpLine]:
    """The lines that fit, at most three, the best first.

    Args:
        lines: the directory, in its order.
        place: where somebody lives.
        wished: what somebody looks for.
        careful: careful mode, in which some lines must not be named.
        own: what the organisation offers on whose site the conversation was started; these come first.
        nearby: what organisations offer that work where somebody lives.
    """
    country = country_of(place)
    need = wished.need or "praten"

    def usable(line: HelpLine) -> bool:
        return line.verified and not (careful and line.not_in_careful_mode)

    def rank(line: HelpLine) -> tuple[bool, bool, int, bool]:
        here = line.near is not None and place.municipality in line.near.municipalities
        return (not here, line.near is None, line.needs.index(need), wished.barrier not in line.eases)

    known = [line for line in lines if usable(line) and line.region == _LINES_OF[country]]
    near = [x for x in nearby if usable(x)] + [x for x in known if _is_near(x, place)]
    chosen = sorted((x for x in near if need in x.needs), key=rank)
    first = sorted((x for x in own if usable(x)), key=lambda x: need not in x.needs)
    always = next(line for line in known if line.id == NATIONAL[country])
    options = list({line.id: line for line in (*first, *chosen)}.values())[:MOST_OPTIONS]
    if not any(line.phone == always.phone for line in options):
        options = [*options[: MOST_OPTIONS - 1], always]
    return options


def country_of(place: Place) -> Country | None:
    """`be` or `cn` for a place there."""
    return place.kind if place.kind == "be" or place.kind == "cn" else None


def _is_near(line: HelpLine, place: Place) -> bool:
    if line.near is None:
        return True
    towns = (gazetteer().municipalities[name] for name in line.near.municipalities)
    regions = {*line.near.regions, *(t.region for t in towns)} - {None}
    return place.region in regions or (place.municipality in line.near.municipalities)


def answer(
    options: Sequence[HelpLine], place: Place, wished: Wish, now: datetime, organisation: str | None = None
) -> list[str]:
    """The answer as bubbles: where and which lines, then the first line explained.

    Args:
        options: what fits, from `fitting`.
        place: where somebody lives.
        wished: what somebody looks for.
        now: for whether the lines are open.
        organisation: name of the organisation whose offer stands first.
    """
    said = texts()
    lead = said["organisation"].format(name=organisation) if organisation else said["options"]
    listed = "\n".join(said["option"].format(number=i, line=x.line(now)) for i, x in enumerate(options, 1))
    barrier = _offer()["barriers"][wished.barrier]["said"] if wished.barrier else ""
    first = options[0]
    explained = said["explained"].format(
        name=first.name, what=first.what, happens=first.what_happens, holds_back=first.holds_back, reach=first.reach()
    )
    return ["\n\n".join(filter(None, (_where(place), f"{lead}\n{listed}", barrier))), explained.strip()]


def _where(place: Place) -> str:
    said = texts()
    if place.kind in ("be", "cn", "unknown"):
        return said[place.kind]
    return said["region"].format(region=gazetteer().regions[place.region]) if place.region else said["no_region"]


def question(place: Place) -> tuple[str, list[str]]:
    """The question which of several places is meant, and the answers to choose from, each of which `find` understands."""
    said = texts()
    same_name = all(fold(m.municipality or place.name).startswith(fold(place.name)) for m in place.choices)
    text = said["which"].format(name=place.name) if same_name else said["which_of"]
    return text, [_choice(m, place) for m in place.choices]


def _choice(meaning: Meaning, place: Place) -> str:
    said = texts()
    if meaning.kind != "municipality":
        return said[f"choice_{meaning.kind}"].format(name=place.name)
    municipality = re.sub(r" \(.*\)", "", str(meaning.municipality))
    if not fold(municipality).startswith(fold(place.name)):
        form = "choice_village"
    elif [m.province for m in place.choices].count(meaning.province) > 1:
        form = "choice_municipality"
    else:
        form = "choice_town"
    return said[form].format(name=place.name, municipality=municipality, province=meaning.province)
