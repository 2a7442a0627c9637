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
from bot.nlu.trained_parts import Rows, read_rows
from bot.safety import KINDS, LEVELS
from bot.settings import PROJECT
from bot.told import HARM, NONE

TALKS = PROJECT / "data" / "in_talk"
PLAYED = TALKS / "played.jsonl"
"""Of these the talks that people played with the bot itself: as it will be typed to."""

TWINS = TALKS / "twins.jsonl"
"""And short ones that begin alike, of which one comes to a danger in pieces, and the other to none."""

SITUATIONS = PROJECT / "data" / "situations"
QUESTIONS = PROJECT / "data" / "questions"


@dataclass
class Reading:
    """A message beside another text, and what is known of it there.

    Attributes:
        text: the message, normalised.
        beside: the other text.
        levels: for each level from `concern` on whether it is one.
        kinds: the same for each kind of danger.
        situation: that it tells of.
        act: what the person does with it.
        question: the step that answers what it asks.
    """

    text: str
    beside: str
    levels: list[float] | None = None
    kinds: list[float] | None = None
    situation: str | None = None
    act: str | None = None
    question: str | None = None


def lines_of_talks(folder: Path = TALKS, wording: int = 0) -> Iterator[Reading]:
    """The lines of talks, each beside what was said before it.

    Args:
        folder: with files of talks, or one file.
        wording: which of the wordings of each reply.
    """
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else [folder]:
        for talk in read_rows(path):
            yield from _lines(talk["turns"], wording)


def _lines(turns: Rows, wording: int) -> Iterator[Reading]:
    steps = project_content().steps
    typed: list[str] = []
    for turn in turns:
        asked = steps.get(turn["asked"])
        wordings = (asked.variations if asked else ()) or ("",)
        line = _line(turn["text"], before(typed, wordings[wording % len(wordings)]), turn["level"], turn["kinds"])
        line.situation, line.act = turn.get("situation", NONE), turn.get("act")
        line.question = turn.get("question", None if str(line.act).startswith("asks") else NONE)
        if turn["text"].startswith("/"):  # a button ends the row (`typed_before`), and is not read
            typed = []
            continue
        yield line
        typed.append(turn["text"])


def examples_alone(most: int) -> Iterator[Reading]:
    """Some examples of danger and of none that stand alone."""
    risks, _ = risk_classifier.read_examples()
    for row in random.sample(risks, min(most, len(risks))):
        yield _line(row["text"], "", row["level"], row["kinds"])


def harm_in_talks(most: int) -> Iterator[Reading]:
    """Some requests for help with harm, each beside what was said before some line of a talk: in the talks there are few."""
    _, misuse = risk_classifier.read_examples()
    requests = [row["text"] for row in misuse if row["misuse"] != risk_classifier.NO_MISUSE]
    beside = [line.beside for line in lines_of_talks()]
    for text, said in zip(random.sample(requests, most), random.sample(beside, most), strict=True):
        yield Reading(normalise(text), said, act=HARM)


def situations_alone(folder: Path = SITUATIONS) -> Iterator[Reading]:
    """The messages that were written for a situation, and those that only look like one."""
    for path in sorted(folder.glob("*.jsonl")):
        for row in read_rows(path):
            yield Reading(normalise(row["text"]), "", situation=row["situation"])


def questions(folder: Path = QUESTIONS) -> Iterator[Reading]:
    """Questions with the step that answers each, and what only looks like one: every other one beside a line of a talk."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in read_rows(path)]
    beside = random.sample([line.beside for line in lines_of_talks()], len(rows))
    for number, (row, said) in enumerate(zip(rows, beside, strict=True)):
        yield Reading(normalise(row["text"]), said if number % 2 else "", question=row["step"])


def _line(text: str, beside: str, level: str, kinds: list[str]) -> Reading:
    rank = LEVELS.index(level)
    levels = [float(rank >= k) for k in range(1, len(LEVELS))]
    of_kind = [float(kind in kinds) for kind in KINDS] if kinds else None
    return Reading(normalise(text), beside, levels, of_kind)
