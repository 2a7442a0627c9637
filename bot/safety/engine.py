"""Screens one message with the lexicon: which signs of danger are in it, and what takes them away again."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from bot.chat_dutch import normalise
from bot.safety.levels import KINDS, LEVELS, Screening, highest
from bot.safety.lexicon import LEXICON, Lexicon, Pattern, load_lexicon

MAX_CHARACTERS = 20_000
NEGATION_BEFORE = 4
NEGATION_AFTER = 2
_NOT_A_WORD = re.compile(r"[^\w'.,!?]+")
_PUNCTUATION = re.compile(r"([.,!?]+)")
# "Hij sloeg mij. Dat is twintig jaar geleden.": the second sentence says when the first was.
_SENTENCE = re.compile(r"[.!?](?! (?:dat|het) (?:is|was) )")


def prepare(text: str) -> str:
    """The message as the patterns read it: normalised, words and punctuation apart, a space at both ends."""
    text = _PUNCTUATION.sub(r" \1 ", normalise(text[:MAX_CHARACTERS]))
    return f" {' '.join(_NOT_A_WORD.sub(' ', text).split())} "


class Engine:
    """The rules, ready to screen."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._by_anchor: dict[str, list[tuple[int, Pattern, re.Pattern[str]]]] = {}
        number = 0
        for pattern in lexicon.patterns:
            for phrase, anchors in pattern.phrases:
                for anchor in anchors:
                    self._by_anchor.setdefault(anchor, []).append((number, pattern, phrase))
                number += 1

    def screen(self, text: str) -> Screening:
        """What is noticed in one message.

        Args:
            text: the message as typed; what is past the first 20,000 characters is not read.

        Returns:
            Level, kinds and the patterns that fired. Never raises on any text.
        """
        prepared = prepare(text)
        masked = self.lexicon.figures.sub(lambda m: "~ " * len(m.group().split()), prepared)
        found: dict[str, tuple[str, Pattern]] = {}
        for pattern, match in self._candidates(masked):
            level = self._level(pattern, match, masked)
            if level != "none" and LEVELS.index(level) > LEVELS.index(found.get(pattern.name, ("none", pattern))[0]):
                found[pattern.name] = (level, pattern)
        return _combine(found)

    def _candidates(self, text: str) -> list[tuple[Pattern, re.Match[str]]]:
        tried: set[int] = set()
        hits: list[tuple[Pattern, re.Match[str]]] = []
        for word in set(text.split()):
            for length in range(1, min(len(word), 4) + 1):
                for number, pattern, phrase in self._by_anchor.get(word[:length], ()):
                    if number not in tried:
                        tried.add(number)
                        hits += [(pattern, match) for match in phrase.finditer(text)]
        return hits

    def _level(self, pattern: Pattern, match: re.Match[str], text: str) -> str:
        start, end = _sentence_around(text, match)
        sentence = text[start:end]
        if "question" not in pattern.keep and self._has("information_question", sentence):
            return "none"
        if "others" not in pattern.keep and self._has("fiction_and_news", sentence):
            return "none"
        if "negation" not in pattern.keep and self._negated(match, text, start, end):
            return "concern" if self._has("but", text[match.end() - 1 :]) else "none"
        if "past" not in pattern.keep and self._has("long_ago", sentence) and not self._has("still", sentence):
            return pattern.past_level
        if any(self._has(marker, text) for marker in pattern.acute_with):
            return "acute"
        return pattern.level

    def _has(self, word_class: str, text: str) -> bool:
        return self.lexicon.classes[word_class].search(f" {text.strip()} ") is not None

    def _negated(self, match: re.Match[str], text: str, start: int, end: int) -> bool:
        before = _last_clause(text[start : match.start()], self.lexicon.classes["clause"])[-NEGATION_BEFORE:]
        after = text[match.end() : end].split()[:NEGATION_AFTER]
        gaps = [word for gap in match.groups() if gap for word in gap.split()]
        after = after[: after.index(",")] if "," in after else after
        return self._has("negator", " ".join(before + gaps)) or self._has("negator_after", " ".join(after))


def _sentence_around(text: str, match: re.Match[str]) -> tuple[int, int]:
    start = max((m.end() for m in _SENTENCE.finditer(text, 0, match.start())), default=0)
    after = _SENTENCE.search(text, match.end())
    return start, after.start() if after else len(text)


def _last_clause(before: str, clause: re.Pattern[str]) -> list[str]:
    """The words between the last comma or conjunction and the match."""
    padded = f" {before.strip()} "
    cut = max([m.end() for m in clause.finditer(padded)] + [padded.rfind(",") + 1, 0])
    return padded[cut:].split()


def _combine(found: dict[str, tuple[str, Pattern]]) -> Screening:
    if not found:
        return Screening()
    level = highest(*(lvl for lvl, _ in found.values()))
    strength: dict[str, int] = {}
    for lvl, pattern in found.values():
        for kind in pattern.kinds:
            strength[kind] = max(strength.get(kind, 0), LEVELS.index(lvl))
    kinds = sorted(strength, key=lambda kind: (-strength[kind], KINDS.index(kind)))
    return Screening(level, tuple(kinds), tuple(sorted(found)))


@lru_cache(maxsize=1)
def load_engine(folder: Path = LEXICON) -> Engine:
    """The engine of this process, loaded once."""
    return Engine(load_lexicon(folder))
