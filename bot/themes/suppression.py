"""From the counts of one period to what may be shown. Pure: numbers in, numbers out.

Every number that is shown stands for at least `K` conversations, and so does every difference of two numbers of which one
group lies within the other (docs/decisions/0008-anonymity.md). What is not shown looks the same whatever it was, nought
included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.safety import KINDS, LEVELS
from bot.themes import THEMES
from bot.themes.facts import BANDS, Fact, steps

K = 10
"""The fewest conversations behind a number, or behind a difference of two numbers."""

ROUNDED_TO = 5
MOST_PAIRS = 10

Counts = Mapping[Fact, int]


def rounded(count: int) -> int:
    """To the nearest multiple of five."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def publishable(raw: Counts) -> dict[Fact, int]:
    """What may be shown of the counts of one group of conversations in one period.

    Args:
        raw: how many conversations each fact holds for.

    Returns:
        The facts that may be shown, rounded to five. Neighbours on a scale that are too small alone stand as one,
        `urgent+acute`.
    """
    total = raw.get(("conversations", ""), 0)
    if total < K:
        return {}
    shown: dict[Fact, int] = {("conversations", ""): total}
    for fact in ("theme", "region", "help", "journey"):
        shown |= within(total, _named(raw, fact))
    shown |= _pairs(raw, shown, total)
    shown |= _scales(raw, total)
    at_risk = total - raw.get(("level", "none"), 0)
    shown |= cover(at_risk, _all(raw, "kind", KINDS))
    unclear = within(total, _named(raw, "unclear"))
    shown |= unclear
    shown |= cover(raw.get(("unclear", ""), 0), _all(raw, "unclear_near", THEMES)) if unclear else {}
    shown |= _journeys(raw, shown)
    return {fact: rounded(count) for fact, count in shown.items()}


def _named(raw: Counts, kind: str) -> dict[Fact, int]:
    return {fact: count for fact, count in raw.items() if fact[0] == kind}


def _all(raw: Counts, kind: str, names: Iterable[str]) -> dict[Fact, int]:
    return {(kind, name): raw.get((kind, name), 0) for name in names}


def within(whole: int, parts: Counts) -> dict[Fact, int]:
    """Those parts of a whole that are large enough, and leave a rest that is large enough."""
    return {fact: count for fact, count in parts.items() if count >= K and whole - count >= K}


def cover(whole: int, parts: Counts) -> dict[Fact, int]:
    """The same where the parts may together make up the whole, so that a hidden one could be worked out.

    The smallest are hidden too, until at least two are hidden that hold `K` conversations together. A part that nobody
    was in counts as hidden: who knows the list knows that it is there.
    """
    shown = within(whole, parts)
    hidden = [count for fact, count in parts.items() if fact not in shown]
    for fact in sorted(shown, key=lambda f: (shown[f], f)):
        if len(hidden) >= 2 and sum(hidden) >= K:
            break
        hidden.append(shown.pop(fact))
    return shown


def merged(names: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    """The steps of a scale, neighbours joined from the highest down until each holds `K`.

    Args:
        names: from low to high.
        counts: as many.

    Returns:
        Name or joined names (`urgent+acute`) to count; empty when nothing can be told apart.
    """
    groups: list[tuple[list[str], int]] = []
    for name, count in zip(reversed(names), reversed(counts), strict=True):
        if groups and groups[-1][1] < K:
            below, sum_below = groups[-1]
            groups[-1] = ([name, *below], sum_below + count)
        else:
            groups.append(([name], count))
    if len(groups) > 1 and groups[-1][1] < K:
        lowest, small = groups.pop()
        groups[-1] = (lowest + groups[-1][0], groups[-1][1] + small)
    return {"+".join(group): count for group, count in groups} if len(groups) > 1 else {}


def _scales(raw: Counts, total: int) -> dict[Fact, int]:
    levels = merged(LEVELS, [raw.get(("level", name), 0) for name in LEVELS])
    shown: dict[Fact, int] = {("level", name): count for name, count in levels.items()}
    for fact in ("ruler_first", "ruler_last"):
        counts = [raw.get((fact, name), 0) for name in BANDS]
        if sum(counts) >= K and total - sum(counts) >= K:
            shown |= {(fact, name): count for name, count in merged(BANDS, counts).items()}
    return shown


def _pairs(raw: Counts, shown: Counts, total: int) -> dict[Fact, int]:
    """Themes that occur together: all four corners of their table hold `K`. The most frequent ones only."""
    found: dict[Fact, int] = {}
    for (_, name), both in _named(raw, "pair").items():
        first, second = (shown.get(("theme", theme), 0) for theme in name.split("+"))
        if first and second and min(both, first - both, second - both, total - first - second + both) >= K:
            found["pair", name] = both
    largest = sorted(found, key=lambda fact: (-found[fact], fact))[:MOST_PAIRS]
    return {fact: found[fact] for fact in largest}


def _journeys(raw: Counts, shown: Counts) -> dict[Fact, int]:
    """Who finished lies within who entered; who chose a step lies within who finished."""
    found: dict[Fact, int] = {}
    for (_, journey), finished in _named(raw, "finished").items():
        entered = shown.get(("journey", journey), 0)
        if finished >= K and entered - finished >= K:
            found["finished", journey] = finished
            chosen = [name for name, step in steps().items() if step.journey == journey and step.chosen]
            found |= cover(finished, _all(raw, "step", chosen))
    return found
