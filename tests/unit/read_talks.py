"""The lines of talks of other hands as the layers read them, read once for all tests."""

from functools import lru_cache
from pathlib import Path

from bot.nlu.e5.in_talk import Read, load_in_talk
from bot.nlu.talk_examples import Reading, lines_of_talks
from bot.settings import PROJECT

TALKS = PROJECT / "tests" / "evaluation" / "talks_test.jsonl"
"""Talks that a writer wrote."""

PLAYED = PROJECT / "tests" / "evaluation" / "played_test.jsonl"
"""Talks that people played with the bot itself."""


@lru_cache(maxsize=2)
def read_talks(path: Path) -> list[tuple[Reading, Read]]:
    """Each line beside what was said before it, and what is read of it."""
    model = load_in_talk()
    assert model
    return [(line, model.read(line.text, line.beside)) for line in lines_of_talks(path)]
