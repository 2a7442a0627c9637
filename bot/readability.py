"""How easy a Dutch text reads, by the formula of Flesch as Douma fitted it to Dutch."""

from __future__ import annotations

import re
from functools import lru_cache

import pyphen

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|(?<=:)\s+")


@lru_cache(maxsize=1)
def _hyphenator() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="nl_NL")


def words(text: str) -> list[str]:
    """The words of a text; numbers and marks are none."""
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends one too."""
    return [s.strip() for s in _SENTENCE.split(text) if WORD.search(s)]


def syllables(word: str) -> int:
    """Syllables by hyphenation, at least one."""
    return len(_hyphenator().positions(word)) + 1


def flesch_douma(text: str) -> float:
    """Reading ease: 100 and above very easy, 80 about B1, 60 average, below 30 very hard.

    Source: Douma (1960), 206.84 - 0.77 x syllables in 100 words - 0.93 x words a sentence.
    """
    found = words(text)
    if not found:
        return 120.0
    per_100 = 100 * sum(map(syllables, found)) / len(found)
    return 206.84 - 0.77 * per_100 - 0.93 * len(found) / max(1, len(sentences(text)))
