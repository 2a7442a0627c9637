"""Reads the lexicon in `content/safety/lexicon/` and compiles its little language to regular expressions.

A phrase is written as words; see content/safety/README.md for whoever extends it:

    <ik> wil .. dood            a word class from words.yml; up to four words in between
    (keel|nek) (dicht|toe)*     one of these; a word that starts so
    [gewoon] weg                a word that may be left out
    201#                        # is any digit
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.levels import KINDS, LEVELS

LEXICON = Path(__file__).resolve().parent.parent.parent / "content" / "safety" / "lexicon"
GAP_WORDS = 4
START = "(?<= )"
COMMON = frozenset(
    "ik je hij ze zij het een de en in is dat van niet op te met voor zijn aan er maar om hem haar mijn mij me dan als wat nog "
    "nu ook wel al bij uit door naar heb hebt heef had ben was word kan wil moet gaan gaat doe doen weer geen dit die hoe over "
    "meer zo alle iets niks toen want tot of mezel jezel echt even kom komt zeg zegt ga thui kind zoon doch vrou man".split()
)
"""Beginnings (four letters) of the commonest words of this audience: poor anchors."""

_TOKEN = re.compile(r"(?:<\w+>\*?|\([^()]*\)\*?|\[[^\[\]]*\]|\.\.|[^\s<>()\[\]]+)(?=\s|$)")
_GAP = rf"(?:[^ .!?]+ ){{0,{GAP_WORDS}}}"


class LexiconError(ValueError):
    """A lexicon file that cannot be used; the message names file, pattern and phrase."""


@dataclass(frozen=True)
class Pattern:
    """One sign of danger.

    Attributes:
        name: `kind/id`.
        kinds: what it is a sign of, the main one first.
        level: the level it gives by itself.
        acute_with: names of word classes; when one occurs in the message the level is `acute`.
        keep: which excuses do not count: any of `negation`, `past`, `others`, `question`.
        past_level: the level when it is told as long ago and over; `none` but for what stays dangerous.
        months_level: the level when it is told as weeks or months ago and over.
        phrases: the compiled phrases, and for each the literal beginnings one of which must occur.
        matches: sentences in which it must fire.
        misses: sentences in which it must not.
    """

    name: str
    kinds: tuple[str, ...]
    level: str
    acute_with: tuple[str, ...]
    keep: frozenset[str]
    past_level: str
    months_level: str
    phrases: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    matches: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All patterns, and the word classes, figures of speech and spellings they lean on."""

    patterns: tuple[Pattern, ...]
    classes: dict[str, re.Pattern[str]]
    figures: re.Pattern[str]
    spellings: dict[str, str]
    unsigned: tuple[str, ...]


def load_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Read and compile every file of the lexicon.

    Raises:
        LexiconError: a label, class or phrase cannot be used.
    """
    words = yaml.safe_load((folder / "words.yml").read_text(encoding="utf-8"))
    classes: dict[str, list[str]] = words["classes"]
    figures = [_phrase(f, classes, "words.yml")[0].pattern.removeprefix(START) for f in words["figures_of_speech"]]
    patterns: list[Pattern] = []
    unsigned: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name == "words.yml":
            continue
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not data.get("reviewed_by"):
            unsigned.append(path.name)
        patterns += [_pattern(path.stem, data["kind"], entry, classes) for entry in data["patterns"]]
    return Lexicon(
        patterns=tuple(patterns),
        classes={name: _phrase(f"<{name}>", classes, name)[0] for name in classes},
        figures=re.compile(f"{START}(?:{'|'.join(figures)})"),
        spellings=words["spellings"],
        unsigned=tuple(unsigned),
    )


def _pattern(file: str, kind: str, entry: dict[str, Any], classes: dict[str, list[str]]) -> Pattern:
    name = f"{file}/{entry['id']}"
    kinds = (kind, *entry.get("also", []))
    for label, known in ((entry["level"], LEVELS), *((k, KINDS) for k in kinds)):
        if label not in known:
            raise LexiconError(f"{name}: {label!r} is not one of {', '.join(known)}")
    if not entry.get("matches") or not entry.get("misses"):
        raise LexiconError(f"{name}: needs sentences under `matches` and under `misses`")
    for marker in entry.get("acute_with", []):
        if marker not in classes:
            raise LexiconError(f"{name}: acute_with {marker!r} is no word class")
    return Pattern(
        name=name,
        kinds=kinds,
        level=entry["level"],
        acute_with=tuple(entry.get("acute_with", [])),
        keep=frozenset(entry.get("keep", [])),
        past_level=entry.get("past_level", "none"),
        months_level=entry.get("months_level", entry["level"]),
        phrases=tuple(_phrase(p, classes, name) for p in entry["phrases"]),
        matches=tuple(entry["matches"]),
        misses=tuple(entry["misses"]),
    )


def _phrase(phrase: str, classes: dict[str, list[str]], where: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Compile one phrase, and find words by which a message can be told to be no candidate."""
    parts: list[str] = []
    anchors: frozenset[str] | None = None
    tokens = _TOKEN.findall(phrase)
    if " ".join(tokens) != " ".join(phrase.split()):
        raise LexiconError(f"{where}: cannot read {phrase!r}; brackets and stars stand around or behind whole words")
    for token in tokens:
        if token == "..":
            parts.append(f"({_GAP})")
            continue
        optional = token.startswith("[")
        words = _alternatives(token, classes, where, phrase)
        inner = "|".join(_word(w) for w in words)
        parts.append(f"(?:(?:{inner}) )" + ("?" if optional else ""))
        if not optional:
            here = frozenset(w.split()[0].rstrip("*").split("#")[0][:4] for w in words)
            if "" in here:
                continue
            if anchors is None or _expected_tries(here) < _expected_tries(anchors):
                anchors = here
    if anchors is None:
        raise LexiconError(f"{where}: {phrase!r} has no word that must occur")
    return re.compile(START + "".join(parts)), anchors


def _expected_tries(anchors: frozenset[str]) -> float:
    """Roughly how often a message holds one of these beginnings; the lowest makes the best anchor."""
    return sum(0.3 if a in COMMON else 0.1 if len(a) < 3 else 0.01 for a in anchors)


def _alternatives(token: str, classes: dict[str, list[str]], where: str, phrase: str) -> list[str]:
    star = "*" if token.endswith("*") and token[0] in "<(" else ""
    body = token.rstrip("*") if token[0] in "<(" else token
    if body.startswith("<"):
        name = body[1:-1]
        if name not in classes:
            raise LexiconError(f"{where}: <{name}> in {phrase!r} is no word class")
        words = classes[name]
    elif body[0] in "([":
        words = body[1:-1].split("|")
    else:
        words = [body]
    expanded: list[str] = []
    for word in words:
        word = word.strip()
        if word.startswith("<"):
            expanded += _alternatives(word, classes, where, phrase)
        else:
            expanded.append(word + star)
    return expanded


def _word(word: str) -> str:
    return " ".join(
        re.escape(w.rstrip("*")).replace(r"\#", r"\d") + (r"[\w']*" if w.endswith("*") else "") for w in word.split()
    )
