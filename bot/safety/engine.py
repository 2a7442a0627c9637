"""Screens one message with the lexicon: which signs of danger are in it, and what takes them away again."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

from bot.chat_dutch import normalise
from bot.safety.levels import KINDS, LEVELS, Screening, highest
from bot.safety.lexicon import LEXICON, Lexicon, Pattern, load_lexicon

MAX_CHARACTERS = 20_000
NEGATION_BEFORE = 4
NEGATION_AFTER = 2
CLAUSE_CHARACTERS = 240
"""More than the few words that are looked at before and after a match take."""

_NOT_A_WORD = re.compile(r"[^\w'.,!?]+")
_PUNCTUATION = re.compile(r"([.,!?]+)")
_T_FOR_HET = re.compile(r" '?t (?=\w)")
_ME_FOR_MY = re.compile(
    r" me (?=(?:vader|moeder|ma|pa|man|vrouw|ex|vriend|vriendin|broer|broertje|zus|zusje|zoon|zoontje|dochter|kinderen|kind"
    r"|hand|handen|hoofd|nek|keel|pols|polsen|kamer|leven|jas|tas|zak) )"
)
# "Hij sloeg mij. Dat is twintig jaar geleden.": the second sentence says when the first was.
_SENTENCE = re.compile(r"[.!?](?! (?:dat|het) (?:is|was) )")


def prepare(text: str) -> str:
    """The message as the patterns read it: normalised, words and punctuation apart, closed, a space at both ends."""
    text = _PUNCTUATION.sub(r" \1 ", normalise(text[:MAX_CHARACTERS]))
    text = f" {' '.join(_NOT_A_WORD.sub(' ', text).split())} "
    if text[-2:-1] not in ".!? ":
        text += ". "
    return _ME_FOR_MY.sub(" mijn ", _T_FOR_HET.sub(" het ", text))


# "Zelfmoord? Nee zeg.": the person says the question over, and answers it.
_ASKED_AND_DENIED = re.compile(
    r"\?+ (?:nee|neen|nope|welnee|nooit)(?: (?:zeg|hoor|joh|man|totaal|helemaal|echt|zeker|absoluut|niet|,))* (?:[.!]|$)"
    r"|\?+ (?:(?:nee|welnee) (?:joh|hoor|zeg|man)|nooit) ,"
    r"|\?+ (?:daar )?(?:moet ik niks van|ben ik (?:veel )?te )"
    r"|\?+ (?:nee|neen|nah)(?: (?:joh|hoor|man|zeg))* (?:daar|dat|zo)(?: [^.!? ]+){0,6}? (?:niet|geen|nooit|niks)\b"
    r"|, (?:nee|neen)(?: (?:joh|hoor|man|zeg))* [.!]"
)


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
        prepared = self._spelled(prepare(text))
        masked = self.lexicon.figures.sub(lambda m: "~ " * len(m.group().split()), prepared)
        found: dict[str, tuple[str, Pattern]] = {}
        reading = _Reading(masked, self.lexicon.classes)
        for pattern, match in self._candidates(masked):
            level = _level(pattern, match, reading)
            if level != "none" and LEVELS.index(level) > LEVELS.index(found.get(pattern.name, ("none", pattern))[0]):
                found[pattern.name] = (level, pattern)
        return _combine(found)

    def _spelled(self, text: str) -> str:
        """As usual: misspelt words that matter here ("geslage", "gistere") written right."""
        spellings = self.lexicon.spellings
        return f" {' '.join(spellings.get(word, word) for word in text.split())} "

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


class _Reading:
    """One prepared message, and what was found out about it: a long one is asked the same many times."""

    def __init__(self, text: str, classes: dict[str, re.Pattern[str]]) -> None:
        self.text, self._classes = text, classes
        self._ends = [(m.start(), m.end()) for m in _SENTENCE.finditer(text)]
        self._starts = [start for start, _ in self._ends]
        self._known: dict[tuple[str, int, int], bool] = {}

    def sentence(self, match: re.Match[str]) -> tuple[int, int]:
        """Where the sentence of a match begins and ends."""
        before = bisect_left(self._starts, match.start())
        after = bisect_left(self._starts, match.end())
        start = self._ends[before - 1][1] if before else 0
        return start, self._starts[after] if after < len(self._starts) else len(self.text)

    def has(self, word_class: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a word of a class occurs between two places."""
        place = (word_class, start, len(self.text) if end is None else end)
        if place not in self._known:
            self._known[place] = self.found(word_class, self.text[place[1] : place[2]])
        return self._known[place]

    def found(self, word_class: str, text: str) -> bool:
        """Whether a word of a class occurs in a few words."""
        return self._classes[word_class].search(f" {text.strip()} ") is not None

    def last_clause(self, start: int, end: int) -> list[str]:
        """The last words between two places, from the last comma or conjunction on."""
        near = self.text[max(start, end - CLAUSE_CHARACTERS) : end]
        padded = f" {near.strip()} "
        cut = max([m.end() for m in self._classes["clause"].finditer(padded)] + [padded.rfind(",") + 1, 0])
        return padded[cut:].split()[-NEGATION_BEFORE:]


def _level(pattern: Pattern, match: re.Match[str], reading: _Reading) -> str:
    start, end = reading.sentence(match)
    if "question" not in pattern.keep and reading.has("information_question", start, end):
        return "none"
    fiction = "others" not in pattern.keep and reading.has("fiction_and_news", start, end)
    if fiction and not reading.found("done_to_me", match.group()):
        return "none"
    if "negation" not in pattern.keep and _negated(match, reading, start, end):
        return "concern" if reading.has("but", match.end() - 1) else "none"
    if "past" not in pattern.keep and _is_over("long_ago", match, reading, start, end):
        return pattern.past_level
    if any(reading.has(marker) for marker in pattern.acute_with):
        return "acute"
    # When it was is often told in a sentence of its own: "ik heb haar geslagen. dat was in juli".
    if pattern.months_level != pattern.level and _is_over("months_ago", match, reading, 0, len(reading.text)):
        return pattern.months_level
    return pattern.level


def _is_over(when: str, match: re.Match[str], reading: _Reading, start: int, end: int) -> bool:
    """Whether it is told between two places as long or some time ago (`when`) and over: in no present tense, nothing recent."""
    if not reading.has(when, start, end) or reading.has("still", start, end):
        return False
    if reading.has("once_more") or reading.has("recent"):
        return False
    words = match.group()
    return reading.found("told_as_past", words) or not reading.found("told_as_present", words)


def _negated(match: re.Match[str], reading: _Reading, start: int, end: int) -> bool:
    if _ASKED_AND_DENIED.match(reading.text, match.end()):
        return True
    before = reading.last_clause(start, match.start())
    after = reading.text[match.end() : min(end, match.end() + CLAUSE_CHARACTERS)].split()[:NEGATION_AFTER]
    gaps = [word for gap in match.groups() if gap for word in gap.split()]
    after = after[: after.index(",")] if "," in after else after
    return reading.found("negator", " ".join(before + gaps)) or reading.found("negator_after", " ".join(after))


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
