"""What a place does in its sentence: whether somebody lives there now, was there before, works there, or means another.

Works on folded words only and knows no places; which words tell what stands in `place_words.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.content_files import read_yaml
from bot.settings import CONTENT

WORDS = CONTENT / "help" / "texts" / "place_words.yml"

Role = Literal["now", "lives", "from", "own", "past", "doing", "other", "not"]
"""Somebody is there now, lives there, comes from there, only names it; was there, does something there, another lives
there; or it is said not to be the place."""

BEARING: tuple[Role, ...] = ("now", "lives", "from")
"""What outweighs a place that is only named, the weightiest first."""
BESIDE_THE_POINT: tuple[Role, ...] = ("past", "doing", "other")
"""What counts only when nothing else is named."""

_WINDOW = 6
"""Words before a place in which a word for a time says when somebody was there."""
_NEAR = 5
"""Words before a place in which it is said that somebody lives there."""


@lru_cache(maxsize=1)
def words() -> dict[str, frozenset[str]]:
    """The word lists, by name."""
    return {name: frozenset(map(str, listed)) for name, listed in read_yaml(WORDS).items()}


@dataclass(frozen=True)
class Sentence:
    """The words of a text, and where each clause starts.

    Attributes:
        tokens: the folded words.
        starts: where clauses start, the first at 0.
    """

    tokens: tuple[str, ...]
    starts: tuple[int, ...]

    def clause(self, at: int) -> tuple[int, int]:
        """First word of the clause that the word at `at` stands in, and the first one after it."""
        start = max((s for s in self.starts if s <= at), default=0)
        return start, min((s for s in self.starts if s > at), default=len(self.tokens))

    def clauses(self) -> list[tuple[int, int]]:
        """All clauses, as first word and first word after."""
        return [self.clause(start) for start in self.starts if start < len(self.tokens)]


def sentence(pieces: Iterable[Sequence[str]]) -> Sentence:
    """The clauses of a text of which the words between two punctuation marks are given."""
    tokens: list[str] = []
    starts: list[int] = []
    for piece in filter(None, pieces):
        first = len(tokens)
        begins = [0]
        for i in range(1, len(piece)):
            if _begins(piece, begins[-1], i):
                begins.append(i)
        starts += [first + b for b in begins]
        tokens += piece
    return Sentence(tuple(tokens), tuple(starts) or (0,))


def _begins(piece: Sequence[str], start: int, at: int) -> bool:
    """Whether a new clause begins at a word though there is no comma: "maar", "en woon in", "eerst in breda nu in"."""
    known = words()
    if piece[at] in known["clause_starts"]:
        return True
    if piece[at] in known["now"]:  # only where the words before it speak of another time
        return bool(known["was_there"].intersection(piece[start:at]))
    following = piece[at + 1 : at + 2]
    if piece[at] != "en" or not following:
        return False
    if following[0] in _verbs() | known["now"] | known["doing"] | known["me"]:
        return True
    if not known["persons"].intersection(piece[at + 1 : at + 3]):
        return False
    so_far, soon = set(piece[start:at]), set(piece[at + 1 : at + 5])
    ended = so_far & known["before"] or not so_far & (known["persons"] | known["me"] | known["us"])
    return bool(soon & known["third_person"] or ended)  # not "samen met mn man en mn kinderen in"


def _verbs() -> frozenset[str]:
    known = words()
    return known["living_alone"] | known["coming"] | known["living_with_me"] | known["was_there"]


def role(said: Sentence, start: int, end: int, lead: int) -> Role:
    """What the place from word `start` to `end` is in its clause.

    Args:
        said: the whole text.
        start: first word of the place.
        end: first word after it.
        lead: first word of "in het mooie" and the like before it.
    """
    known = words()
    first, last = said.clause(start)
    before, after = said.tokens[first:start], said.tokens[end:last]
    if _denied(before, after):
        return "not"
    moved = _moved(said, start)
    if moved:
        return moved
    lives = _lives(said.tokens[max(first, lead - _NEAR) : lead], lead - first <= _NEAR)
    if _another_lives(before, after):
        return "other"
    lasting = (known["living_alone"] | {"wonen"}).intersection(before)
    busy = (known["doing"] | known["future"]).intersection(before) or known["doing"].intersection(after[:3])
    if busy and not lasting:  # "ik zit op school in …", not "ik woon en werk in …"
        return "doing"
    time = _time(before, after)
    return time or lives or ("lives" if tuple(after[:2]) == ("woon", "ik") else "own")


def _denied(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a place is said not to be meant: "niet in haarlem", not "niet ver van haarlem"."""
    known = words()
    if len(after) == 1 and after[0] in known["denying"]:
        return True
    between = known["between"] | known["before"] | known["after_denying"]
    for word in reversed(before):
        if word in known["denying"]:
            return True
        if word not in between:
            return False
    return False


def _moved(said: Sentence, start: int) -> Role | None:
    """Which end of a move a place is: "verhuisd van … naar …"."""
    if not words()["moved"].intersection(said.tokens) or not start:
        return None
    lead = said.tokens[start - 1]
    if lead == "naar":
        return "now"
    return "past" if lead in ("van", "uit", "vanuit") and "naar" in said.tokens else None


def _lives(near: Sequence[str], whole: bool) -> Role | None:
    """Whether the words before a place say that the writer lives there: "ik woon net", not "mijn ouders wonen".

    Args:
        near: the last words of the clause before the place.
        whole: these are all words of the clause before it.
    """
    known = words()
    said = set(near)
    starts = next((w for w in near if w not in known["clause_starts"] | known["now"] | {"en"}), "") if whole else ""
    if said & known["living_alone"]:
        return "lives"
    if said & known["living_with_me"] and (said & known["me"] or starts in known["living_with_me"]):
        return "lives"
    if said & known["living_with_us"] and said & known["us"]:
        return "lives"
    return "from" if said & known["coming"] else None


def _another_lives(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a clause tells of another person: "me vriend woont in", not "bij mn vriend in"."""
    known = words()
    clause = [*before, *after]
    if (known["me"] | known["us"] | known["living_alone"]).intersection(clause):
        return False
    said = bool(known["third_person"].intersection(clause))
    for at, word in enumerate(before):
        if word in known["pronouns"] and said:
            return True
        led = known["staying_with"].intersection(before[max(0, at - 3) : at])
        first = at <= 2 and "van" not in before[at:]  # "mn vriendin in …", not "vader van twee uit …"
        if word in known["persons"] and not led and (said or first):
            return True
    return bool(said and not before and known["persons"].intersection(after))  # "in utrecht woont mn ex"


def _time(before: Sequence[str], after: Sequence[str]) -> Role | None:
    """Whether somebody is there now or was there before, by the nearest word that says so."""
    known = words()
    for word in reversed(before[-_WINDOW:]):
        if word in known["now"]:
            return "now"
        if word in known["was_there"]:
            return "past"
    if known["was_there_after"].intersection(after[:3]):
        return "past"
    return "now" if len(after) == 1 and after[0] in known["now"] else None


def lives_elsewhere(said: Sentence, places: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody says to live somewhere that was not understood: "werk in utrecht maar woon in een gehucht".

    Args:
        said: the whole text.
        places: first word and first word after of each place that was understood.
    """
    known = words()
    for first, last in said.clauses():
        clause = set(said.tokens[first:last])
        telling = clause & (known["living_alone"] | known["now"]) and not clause & (known["there"] | known["denying"])
        if telling and clause & known["before"] and not any(first <= start < last for start, _ in places):
            return True
    return False


def tells_of_another(said: Sentence) -> bool:
    """Whether somebody tells where another lives, and not of staying with them: not "bij mn moeder, die woont in …"."""
    known, tokens = words(), said.tokens
    with_them = any(
        token in known["persons"] and known["staying_with"].intersection(tokens[max(0, at - 3) : at])
        for at, token in enumerate(tokens)
    )
    return bool(known["third_person"].intersection(tokens)) and not with_them
