"""The examples on which a message is read beside what was said before it: `data/in_talk` and `data/situations`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.chat_dutch import normalise
from bot.content import project_content
from bot.nlu import risk_classifier
from bot.nlu.in_talk import before
from bot.nlu.trained_parts import read_rows
from bot.safety import KINDS, LEVELS
from bot.settings import PROJECT
from bot.told import NONE

TALKS = PROJECT / "data" / "in_talk" / "talks.jsonl"
SITUATIONS = PROJECT / "data" / "situations"


@dataclass
class Reading:
    """A message beside another text, and what is known of it there: the level, the kinds, the situation that it tells of."""

    text: str
    beside: str
    levels: list[float] | None = None
    kinds: list[float] | None = None
    situation: str | None = None


def lines_of_talks(path: Path = TALKS, wording: int = 0) -> Iterator[Reading]:
    """The lines of talks, each beside what was said before it.

    Args:
        path: of the talks.
        wording: which of the wordings of each reply.
    """
    steps = project_content().steps
    for talk in read_rows(path):
        typed = ""
        for turn in talk["turns"]:
            wordings = steps[turn["asked"]].variations if turn["asked"] in steps else ("",)
            beside = before(typed, wordings[wording % len(wordings)])
            yield _line(turn["text"], beside, turn["level"], turn["kinds"], turn.get("situation", NONE))
            typed = turn["text"]


def examples_alone(most: int) -> Iterator[Reading]:
    """Some examples of danger and of none that stand alone."""
    risks, _ = risk_classifier.read_examples()
    for row in random.sample(risks, min(most, len(risks))):
        yield _line(row["text"], "", row["level"], row["kinds"])


def situations_alone(folder: Path = SITUATIONS) -> Iterator[Reading]:
    """The messages that were written for a situation, and those that only look like one."""
    for path in sorted(folder.glob("*.jsonl")):
        for row in read_rows(path):
            yield Reading(normalise(row["text"]), "", situation=row["situation"])


def _line(text: str, beside: str, level: str, kinds: list[str], situation: str | None = None) -> Reading:
    rank = LEVELS.index(level)
    levels = [float(rank >= k) for k in range(1, len(LEVELS))]
    of_kind = [float(kind in kinds) for kind in KINDS] if kinds else None
    return Reading(normalise(text), beside, levels, of_kind, situation)
