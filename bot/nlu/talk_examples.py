"""The examples on which a message is read beside what was said before it: `data/in_talk`."""

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

TALKS = PROJECT / "data" / "in_talk" / "talks.jsonl"


@dataclass
class Reading:
    """A message beside another text, and the level and kinds that it has there."""

    text: str
    beside: str
    levels: list[float]
    kinds: list[float] | None


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
            yield _line(turn["text"], beside, turn["level"], turn["kinds"])
            typed = turn["text"]


def examples_alone(most: int) -> Iterator[Reading]:
    """Some examples of danger and of none that stand alone."""
    risks, _ = risk_classifier.read_examples()
    for row in random.sample(risks, min(most, len(risks))):
        yield _line(row["text"], "", row["level"], row["kinds"])


def _line(text: str, beside: str, level: str, kinds: list[str]) -> Reading:
    rank = LEVELS.index(level)
    levels = [float(rank >= k) for k in range(1, len(LEVELS))]
    of_kind = [float(kind in kinds) for kind in KINDS] if kinds else None
    return Reading(normalise(text), beside, levels, of_kind)
