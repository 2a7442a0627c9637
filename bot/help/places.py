"""Where somebody lives: free text in, a municipality and its Veilig Thuis region out, or a question, or nothing.

A wrong region must not happen, so a name that is also an ordinary word counts only after "in", "uit", "bij" and the like, or
as a whole answer, and a misspelt name only where no ordinary word can be meant. The data stand in `content/help/places/`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import simplemma
from rapidfuzz.distance import OSA

from bot.content_files import ContentError
from bot.help.place_context import (
    BEARING,
    BESIDE_THE_POINT,
    Role,
    Sentence,
    lives_elsewhere,
    role,
    sentence,
    tells_of_another,
)
from bot.help.place_context import words as _words
from bot.settings import CONTENT

FOLDER = CONTENT / "help" / "places"
MOST_CHOICES = 4
LONGEST_NAME = 6
"""Words in a row that are tried as one name."""
LEAST_FUZZY = 5
"""Letters below which a name must be spelt right."""

Kind = Literal["municipality", "ambiguous", "region", "be", "cn", "unknown"]


@dataclass(frozen=True)
class Meaning:
    """What a name can stand for.

    Attributes:
        kind: a municipality (or a place in it), a larger region, Belgium or the Caribbean Netherlands.
        municipality: official name.
        province: official name, where there is just one.
        region: id of the Veilig Thuis region, only where it is verified.
        regions: ids of all Veilig Thuis regions that a larger region lies in.
    """

    kind: Literal["municipality", "region", "be", "cn"]
    municipality: str | None = None
    province: str | None = None
    region: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """What was understood of a text.

    Attributes:
        kind: `ambiguous` asks which of `choices` is meant.
        municipality: official name.
        province: official name.
        region: id of the Veilig Thuis region, only where it is verified.
        choices: what an ambiguous name may mean, at most four.
        name: the name as it stands in the data, for the question.
    """

    kind: Kind
    municipality: str | None = None
    province: str | None = None
    region: str | None = None
    choices: tuple[Meaning, ...] = ()
    name: str = ""


UNKNOWN = Place("unknown")


@dataclass(frozen=True)
class _Hit:
    """A name found in a text: tokens `start` to `end`, what it may mean, and how certain it is that a place is meant."""

    start: int
    end: int
    name: str
    meanings: tuple[Meaning, ...]
    after_word: bool
    role: Role

    @property
    def lives_there(self) -> bool:
        """Whether somebody says to live there or to come from there."""
        return self.role in BEARING


@dataclass
class Gazetteer:
    """All names of places, provinces and regions.

    Attributes:
        meanings: squeezed name → what it may mean.
        written: squeezed name → the name as it stands in the data.
        postcodes: first and last of four digits, and the municipality.
        regions: id of a Veilig Thuis region → its name.
    """

    meanings: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    postcodes: list[tuple[int, int, Meaning]] = field(default_factory=list)
    regions: dict[str, str] = field(default_factory=dict)
    municipalities: dict[str, Meaning] = field(default_factory=dict)
    by_sound: dict[str, list[str]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, meaning: Meaning) -> None:
        """Add a name, and how else it is written."""
        plain = fold(re.sub(r"\(.*?\)", "", name))
        for variant in {plain, re.sub(r"^st ", "sint ", plain), re.sub(r"^sint ", "st ", plain)}:
            key = squeeze(variant)
            known = self.meanings.get(key, ())
            if meaning not in known:
                self.meanings[key] = (*known, meaning)
            self.written.setdefault(key, re.sub(r"\s*\(.*?\)", "", name))
            self.tokens[key] = max(self.tokens.get(key, 1), len(variant.split()))

    def finish(self) -> None:
        """Add how people shorten long names, and prepare the search by sound."""
        municipalities = {squeeze(fold(name)) for name in self.municipalities}
        for key, meanings in list(self.meanings.items()):
            head = squeeze(_head(self.written[key]))
            known = self.meanings.get(head, ())
            taken = head in municipalities or any(m.kind == "region" for m in (*known, *meanings))
            if head != key and not taken and not {m.region for m in known} & {m.region for m in meanings}:
                for meaning in meanings:
                    self.add(_TAIL.sub("", self.written[key]), meaning)
        self._add_look_alikes(municipalities)
        for key in self.meanings:
            if len(key) >= LEAST_FUZZY:
                self.by_sound.setdefault(sound(key), []).append(key)

    def _add_look_alikes(self, municipalities: set[str]) -> None:
        """A village that is a municipality with one letter left out may be that one, misspelt: "heerle", "montfort"."""
        for key, meanings in list(self.meanings.items()):
            for other in municipalities:
                alike = key[0] == other[0] and abs(len(key) - len(other)) == 1 and OSA.distance(key, other) == 1
                alike = alike and (len(other) > LEAST_FUZZY or sound(key) == sound(other))
                if (
                    alike
                    and key not in municipalities
                    and not {m.region for m in meanings} & {m.region for m in self.meanings[other]}
                ):
                    self.meanings[key] = (*self.meanings[key], *self.meanings[other])


_TAIL = re.compile(r"(?: (?:aan|op|bij|onder|en) .*|(?<=[a-z]{4})-[a-z]{4,}.*)$", re.IGNORECASE)
_NO_HEAD = {
    "zuidoost",
    "noordoost",
    "zuidwest",
    "noordwest",
    "oud",
    "nieuw",
    "noord",
    "zuid",
    "oost",
    "west",
    "midden",
    "klein",
    "groot",
    "hoog",
    "laag",
    "sint",
    "belgisch",
    "nieuwe",
    "oude",
    "noorder",
    "neder",
    "emmer",
    "barger",
    "beneden",
    "boven",
    "hooge",
    "lage",
    "hei",
    "hoef",
    "kerk",
    "kapel",
    "dijk",
    "waals",
}


def _head(name: str) -> str:
    """How people shorten a long name: "alphen" for "Alphen aan den Rijn", "berkel" for "Berkel-Enschot"."""
    head = fold(_TAIL.sub("", name))
    return fold(name) if head in _NO_HEAD else head


def fold(text: str) -> str:
    """Small letters without accents, apostrophes and hyphens; one space between words."""
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return re.sub(r"\ba ?d\b", "aan den", text)


def squeeze(text: str) -> str:
    """Without spaces: "leidsche rijn" and "leidscherijn" are one name."""
    return text.replace(" ", "")


_SOUNDS = (
    ("ij", "y"), ("ei", "y"), ("ey", "y"), ("ouw", "au"), ("auw", "au"), ("ou", "au"), ("sch", "sg"), ("ch", "g"),
    ("ck", "k"), ("ks", "x"), ("th", "t"), ("dt", "t"), ("ph", "f"), ("c", "k"), ("z", "s"), ("v", "f"), ("oe", "u"),
)  # fmt: skip


_SOUNDS_IN_PLACE = (
    (re.compile(r"d(?=$|[bfghkpstwx])"), "t"),  # the end of a part: naaldwijk
    (re.compile(r"t[sz](?=$|[bdfghklmnpw])"), "s"),  # bocholtz
    (re.compile(r"(?<=[bdfgklmpstx])n$"), "e"),  # vordn
    (re.compile(r"(?<=[a-z]{2}e)n$"), ""),  # haaften
    (re.compile(r"(?<=[a-z]{3})yde?$"), "y"),  # heerlerheide
)


def sound(key: str) -> str:
    """A name as it sounds, for comparing misspelt ones: "nieuwegijn" as "nieuwegein"."""
    for written, heard in _SOUNDS:
        key = key.replace(written, heard)
    for pattern, heard in _SOUNDS_IN_PLACE:
        key = pattern.sub(heard, key)
    return re.sub(r"(.)\1+", r"\1", key)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of places.

    Raises:
        ContentError: the file is not there.
    """
    path = FOLDER / name
    if not path.is_file():
        raise ContentError(f"{path}: this file of places is missing")
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The places of this project.

    Raises:
        ContentError: a file is missing, or names a municipality or region that does not exist.
    """
    found = Gazetteer(regions={row["id"]: row["name"] for row in rows("regions.csv")})
    for row in rows("municipalities.csv"):
        if row["region"] not in found.regions:
            raise ContentError(f"{FOLDER}/municipalities.csv: {row['name']}: region {row['region']!r} does not exist")
        region = row["region"] if row["verified"] == "yes" else None
        meaning = Meaning("municipality", row["name"], row["province"], region)
        found.municipalities[row["name"]] = meaning
        for name in (row["name"], *filter(None, row["also"].split("|"))):
            found.add(name, meaning)
    for file in ("places.csv", "nicknames.csv"):
        for row in rows(file):
            if row["municipality"] not in found.municipalities:
                raise ContentError(f"{FOLDER}/{file}: {row['place']}: {row['municipality']!r} is no municipality")
            found.add(row["place"], found.municipalities[row["municipality"]])
    for row in rows("areas.csv"):
        _add_area(found, row["area"], row["regions"].split("|"), row["province"])
    for row in rows("abroad.csv"):
        found.add(row["place"], Meaning("be" if row["country"] == "be" else "cn"))
    for row in rows("postcodes.csv"):
        if row["municipality"] in found.municipalities:
            found.postcodes.append((int(row["from"]), int(row["to"]), found.municipalities[row["municipality"]]))
    found.finish()
    return found


def _add_area(found: Gazetteer, name: str, regions: list[str], province: str) -> None:
    """Add a province or another large region. It goes before a village of that name, not before a municipality.

    Args:
        found: where it is added.
        name: as it is written, without "de" or "het".
        regions: ids of the Veilig Thuis regions that lie in it.
        province: the province, where the regions do not tell it because one of them reaches beyond it.
    """
    missing = set(regions) - set(found.regions)
    if missing:
        raise ContentError(f"{FOLDER}/areas.csv: {name}: regions {sorted(missing)} do not exist")
    municipalities = {squeeze(fold(m)) for m in found.municipalities}
    if squeeze(fold(name)) in municipalities:
        return
    provinces = {m.province for m in found.municipalities.values()}
    shared = {m.province for m in found.municipalities.values() if m.region in regions}
    single = province or (name if name in provinces else shared.pop() if len(shared) == 1 else None)
    meaning = Meaning("region", None, single, regions[0] if len(regions) == 1 else None, tuple(regions))
    for written in (name, f"de {name}", f"het {name}", f"t {name}", f"ut {name}"):
        key = squeeze(fold(written))
        if key not in municipalities:
            found.meanings.pop(key, None)
            found.add(written, meaning)
            found.written[key] = name


_SMALL = (
    "before",
    "between",
    "living_alone",
    "living_with_me",
    "living_with_us",
    "coming",
    "me",
    "us",
    "was_there",
    "now",
    "fillers",
)


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    """Words around a place that tell nothing else."""
    return frozenset().union(*(_words()[name] for name in _SMALL))


@lru_cache(maxsize=4096)
def _is_ordinary(name: str) -> bool:
    """Whether a name is also an ordinary word, so that more than the bare name is needed."""
    if name in _words()["only_place"]:
        return False
    return name in _words()["ordinary"] or len(name) < 4 or (" " not in name and simplemma.is_known(name, lang="nl"))


_IN_BELGIUM = re.compile(r"\bbelgische (?:kant|zijde|grond)\b")
"""Who says so lives in Belgium, whatever Dutch town is named as the nearest."""


def find(text: str, asked: bool = False) -> Place:
    """The place that a text names as where somebody lives or looks for help.

    Args:
        text: as it was typed.
        asked: the text answers the question where somebody lives, so that a bare name is enough.
    """
    if _IN_BELGIUM.search(fold(text)):
        return Place("be")
    said = sentence(fold(piece).split() for piece in _PAUSE.split(text))
    tokens = list(said.tokens)
    hits = _exact(said, asked)
    hits = _fuzzy(said, asked, [h for h in hits if _counts(h, hits, said, asked)])
    hits = _weightiest(hits, said, asked)
    place = _together(hits, tokens)
    by_postcode = _postcode(text, tokens, asked)
    if by_postcode:
        return _with_postcode(by_postcode, place, hits)
    if place.kind in ("region", "unknown"):
        return _village_of(said, hits) or place
    return place


_PAUSE = re.compile(r"[,;:!?()\n\r\"]+|\.(?=\s|$)|\.{2,}|\s[/–—-]+\s")
"""Where a clause ends; a point within a word, as in "h.i. ambacht", is none."""


def _with_postcode(by_postcode: _Postcode, place: Place, hits: list[_Hit]) -> Place:
    """What digits and a name beside them stand for together: "2800 mechelen" lies in Belgium, "9711 groningen" does not."""
    named = tuple(m for h in hits for m in h.meanings)
    towns = [m for m in named if m.kind == "municipality"]
    meant = by_postcode.meanings
    if not by_postcode.letters and any(m.kind == "be" for m in named) and not set(towns).intersection(meant):
        return Place("be", name=hits[0].name)
    if not meant:
        return place
    if by_postcode.letters or not towns or {m.region for m in towns}.intersection(m.region for m in meant):
        return _settle([meant], "")
    return _settle([meant, tuple(dict.fromkeys(towns))], place.name)


def _village_of(said: Sentence, hits: list[_Hit]) -> Place | None:
    """A village whose name is an ordinary word, when the region around it is said with it: "de wijk, dorp in drenthe"."""
    names, tokens = gazetteer(), said.tokens
    around = [m for h in hits for m in h.meanings if m.kind == "region" and (m.province or m.region)]
    for area in (h for h in hits if around):
        for start in range(area.start):
            for end in range(start + 1, min(start + 3, area.start + 1)):
                between = set(tokens[end : area.start])
                starts = start in said.starts or tokens[start - 1] in ("in", "uit")
                own = " ".join(tokens[start:end])
                if not starts or not between <= _words()["beside"] | _words()["between"]:
                    continue
                if own in _words()["never_alone"] and between and start in said.starts:
                    continue  # "echt in limburg"
                meanings = [m for m in names.meanings.get(squeeze(own), ()) if m.municipality and _lies_in(m, around)]
                if len(meanings) == 1:
                    return _settle([tuple(meanings)], names.written[squeeze(own)])
    return None


def declines(text: str) -> bool:
    """Whether somebody says not to want to name a place."""
    return any(f" {said} " in f" {fold(text)} " for said in _words()["declining"])


def prepare() -> None:
    """Read everything once, so that the first person does not wait for it."""
    find("ik woon in eindhovn", asked=True)


_POSTCODE = re.compile(r"(?<![\d.,-])([1-9]\d{3})(?:[ -]?([a-z]{2}))?(?![\da-z])", re.IGNORECASE)
_NO_LETTERS = {
    "om", "en", "in", "op", "na", "of", "is", "ik", "km", "eu", "te", "kg", "je", "zo", "we", "mg", "ml",
    "ja", "nu", "al", "er", "ze", "me", "mn", "bv", "dr", "pp", "pm",
}  # fmt: skip
_COUNTED = {
    "euro",
    "jaar",
    "jaren",
    "keer",
    "uur",
    "meter",
    "km",
    "kilometer",
    "schuld",
    "schulden",
    "sinds",
    "maand",
    "maanden",
}
_YEARS = range(1900, 2035)
_SHORT_ANSWER = 6


@dataclass(frozen=True)
class _Postcode:
    """Digits that are said as a postcode, what they stand for in the Netherlands, and whether letters stand behind them."""

    meanings: tuple[Meaning, ...]
    letters: bool


def _postcode(text: str, tokens: list[str], asked: bool) -> _Postcode | None:
    """Four digits, with or without letters, when they are said as a postcode or are the answer."""
    matches = list(_POSTCODE.finditer(text))
    if not matches:
        return None
    match = next((m for m in matches if _letters(m)), matches[0])
    number, letters = int(match.group(1)), _letters(match)
    said = any(t.startswith(("postc", "postk")) or t == "pc" for t in tokens)
    rest = fold(text[: match.start()] + " " + text[match.end() :]).split()
    counted = number in _YEARS or bool(_COUNTED.intersection(tokens))
    short = len(tokens) <= _SHORT_ANSWER and not counted
    lives = not counted and bool(_LIVES_IN.search(fold(text[: match.start()])))
    answers = asked and (_only_fillers(rest) or short)
    if not (said or answers or lives or letters):
        return None
    found = tuple(dict.fromkeys(m for first, last, m in gazetteer().postcodes if first <= number <= last))
    return _Postcode(found, bool(letters))


_LIVES_IN = re.compile(r"\b(?:woon|wonen|zit|verblijf|kom|leef|logeer)(?: \w+){0,2} (?:in|uit|op|bij)$")


def _letters(match: re.Match[str]) -> str:
    """The two letters of a postcode; "" for a short word that stands there."""
    letters = (match.group(2) or "").lower()
    return "" if letters in _NO_LETTERS else letters


def _exact(said: Sentence, asked: bool) -> list[_Hit]:
    names, tokens = gazetteer(), said.tokens
    hits: list[_Hit] = []
    at = 0
    while at < len(tokens):
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            key = squeeze(" ".join(tokens[at : at + length]))
            fits = key in names.meanings and (length <= names.tokens[key] or len(key) >= 8)
            if fits and (_is_area(key) or not _small_words().issuperset(tokens[at : at + length])):
                hits.append(_hit(said, at, at + length, key))
                at += length - 1
                break
        at += 1
    return hits


def _is_area(key: str) -> bool:
    return any(m.kind == "region" for m in gazetteer().meanings[key])


def _hit(said: Sentence, start: int, end: int, key: str) -> _Hit:
    words, names, tokens = _words(), gazetteer(), said.tokens
    before = start
    while before and tokens[before - 1] in words["between"]:
        before -= 1
    led = before > 0 and tokens[before - 1] in words["before"]
    led = led or (before < start and any(t in words["before"] for t in tokens[before:start]))
    meanings = names.meanings[key]
    if start and tokens[start - 1] == "gemeente":
        meanings = tuple(m for m in meanings if squeeze(fold(m.municipality or "")) == key) or meanings
    does = role(said, start, end, before)
    if tokens[end : end + 3] == ("waar", "ik", "woon"):
        does = "lives"
    return _Hit(start, end, names.written[key], meanings, led, does)


def _only_fillers(tokens: list[str]) -> bool:
    known = _small_words()
    return all(t in known for t in tokens)


_ARTICLES = {"de", "het", "t", "een", "n", "mijn", "mn", "die", "dit", "dat"}
_NAME_STARTS = {"de", "het", "t", "oude", "kleine", "noord", "oost", "zuid", "west", "midden", "groot"}


def _counts(hit: _Hit, hits: list[_Hit], said: Sentence, asked: bool) -> bool:
    """Whether a place is meant, and not a word that looks like one."""
    words, tokens = _words(), list(said.tokens)
    own = " ".join(tokens[hit.start : hit.end])
    taken = {i for h in hits for i in range(h.start, h.end)}
    alone = _only_fillers([t for i, t in enumerate(tokens) if i not in taken])
    if own in words["never_alone"]:
        return hit.after_word and _ends(hit, tokens) and (hit.lives_there or (asked and alone))
    if not _is_ordinary(own):
        return hit.after_word or asked or len(own) >= LEAST_FUZZY
    if hit.start and tokens[hit.start - 1] in _ARTICLES:
        return False
    if asked and (alone or _is_clause(hit, said) or (hit.role == "now" and _ends(hit, tokens))):
        return True
    return hit.after_word and (hit.lives_there or (asked and _ends(hit, tokens))) and _ends(hit, tokens)


def _is_clause(hit: _Hit, said: Sentence) -> bool:
    """Whether a name is all that a clause says beside another one: "houten, maar ik werk in utrecht"."""
    first, last = said.clause(hit.start)
    around = [*said.tokens[first : hit.start], *said.tokens[hit.end : last]]
    leads = first == 0 and last < len(said.tokens)
    return (leads or bool(_words()["before"].intersection(said.tokens[:first]))) and _only_fillers(around)


def _ends(hit: _Hit, tokens: list[str]) -> bool:
    """Whether the name closes its part of the sentence: "ik kom uit best", not "ik kom uit best een moeilijk gezin"."""
    following = tokens[hit.end : hit.end + 1]
    closing = {
        "en",
        "maar",
        "waar",
        "dus",
        "is",
        "heb",
        "wat",
        "want",
        "met",
        "of",
        "eo",
        "omgeving",
        "zit",
        "ik",
        "bij",
        "in",
    }
    return (
        not following
        or following[0] in closing
        or (squeeze(following[0]) in gazetteer().meanings and not _is_ordinary(following[0]))
    )


def _fuzzy(said: Sentence, asked: bool, hits: list[_Hit]) -> list[_Hit]:
    """The hits, with misspelt names where no ordinary word can be meant: after "in", "bij" and the like, or in an answer.

    A long misspelt name takes the place of the short one in it: "krimpen ad ijsel". A single misspelt word does not count
    beside a town that is spelt right.
    """
    skip, tokens = _small_words(), list(said.tokens)
    found = list(hits)
    for length in range(LONGEST_NAME - 1, 0, -1):
        for at in range(len(tokens) - length + 1):
            part = tokens[at : at + length]
            overlapping = [h for h in found if h.start < at + length and at < h.end]
            inside = all(at <= h.start and h.end <= at + length and h.end - h.start < length for h in overlapping)
            if (part[0] in skip and (length == 1 or part[0] not in _NAME_STARTS)) or part[-1] in skip:
                continue
            if not inside or (length == 1 and not _may_be_town(at, said, hits, asked)):
                continue
            covered = {i for h in overlapping for i in range(h.start, h.end)}
            rest = [t for i, t in enumerate(tokens[at : at + length], at) if i not in covered]
            if not rest or (not overlapping and all(simplemma.is_known(t, lang="nl") for t in rest)):
                continue
            key = _nearest(squeeze(" ".join(part)), length)
            hit = _hit(said, at, at + length, key) if key else None
            if hit and (hit.after_word or asked):
                found = [h for h in found if h not in overlapping] + [hit]
    return sorted(found, key=lambda h: h.start)


def _may_be_town(at: int, said: Sentence, hits: list[_Hit], asked: bool) -> bool:
    """Whether a word may be a misspelt place although others are spelt right.

    It may where these are beside the point, where somebody says to live there, and where the other one only tells where it
    lies: "werk in leiden maar woon in zandfoort", "hatem bij zwolle".
    """
    towns = [h for h in hits if not all(m.kind == "region" for m in h.meanings)]
    if all(h.role in (*BESIDE_THE_POINT, "not") for h in towns):
        return True
    first, last = said.clause(at)
    if not any(first <= h.start < last for h in towns):
        return role(said, at, at + 1, at - 1) in ("now", "lives")
    following = next((h for h in towns if h.start > at), None)
    between = set(said.tokens[at + 1 : following.start]) if following else set()
    leads = at in said.starts or said.tokens[at - 1] in _words()["before"]
    return asked and leads and bool(between) and between <= _words()["beside"] | _words()["between"]


@lru_cache(maxsize=1)
def _large() -> frozenset[str]:
    """The names of municipalities themselves, which are written most."""
    return frozenset(squeeze(fold(name)) for name in gazetteer().municipalities)


@lru_cache(maxsize=64)  # within one answer; what people type is not to be kept
def _nearest(typed: str, length: int, without: str = "") -> str | None:
    """The one name that a misspelt one stands for; None when none is near, or two in different places are as near."""
    if len(typed) < LEAST_FUZZY or any(c.isdigit() for c in typed):
        return None
    names, large = gazetteer(), _large()
    heard = sound(typed)
    allowed = 0 if len(typed) <= LEAST_FUZZY else 1 if len(typed) < 8 or length > 1 else 2
    near: list[tuple[int, int, str]] = []  # distance by sound, distance as it is written, name
    for candidate, keys in names.by_sound.items():
        if abs(len(candidate) - len(heard)) > allowed + 1:
            continue
        distance = OSA.distance(heard, candidate, score_cutoff=allowed + 1)
        if distance <= allowed + 1:
            same_start = candidate[0] == heard[0]
            written = {k: OSA.distance(typed, k) for k in keys if k != without}
            near += [(distance, w, k) for k, w in written.items() if same_start or (k in large and w <= 1)]
    near = [n for n in near if names.tokens[n[2]] <= length + 1]
    nearest = min(near, default=(allowed + 1, 0, ""))
    if nearest[0] > allowed:
        return None
    best = [key for by_sound, written, key in near if (by_sound, written) == nearest[:2]]
    best = [key for key in best if key in large] or best
    if nearest[0] > 1 and len(typed) < 10:
        best = [key for key in best if key in large]
    # A village is nearest, and a municipality almost as near, or as near as it is written: it may be either.
    rivals = [(n, w) for n, w, k in near if k in large and n <= nearest[0] + 1]
    if not large.intersection(best) and any((n > 0 and nearest[0] > 0) or w <= nearest[1] for n, w in rivals):
        return None
    if not large.intersection(best) and any(k[0] == typed[0] and OSA.distance(typed, k) <= nearest[1] for k in large):
        return None
    if any(key in large and written < nearest[1] for _, written, key in near):
        return None
    return best[0] if len({names.meanings[key] for key in best}) == 1 else None


def _weightiest(hits: list[_Hit], said: Sentence, asked: bool) -> list[_Hit]:
    """Where somebody lives outweighs other places; what is beside the point counts only when nothing else is named."""
    meant = [h for h in hits if h.role != "not"]
    own = [h for h in meant if h.role not in BESIDE_THE_POINT]
    if not own:
        return _beside_the_point(meant, said, asked)
    if not any(h.role in ("now", "lives") for h in own) and (_lives_in_unread(said, meant) or _lives_abroad(said)):
        return []
    for level in BEARING:
        there = [h for h in own if h.role == level]
        if there:
            last = max(h.end for h in there)
            return [
                h for h in own if h in there or (h.role == "own" and (last <= h.start <= last + 3 or _only_area(h)))
            ]
    return own


def _lives_in_unread(said: Sentence, hits: list[_Hit]) -> bool:
    """Whether somebody says to live in a place that is not known: "zwolle maar woon nu in …"."""
    if not lives_elsewhere(said, [(h.start, h.end) for h in hits]):
        return False
    words, tokens = _words(), said.tokens
    for first, last in said.clauses():
        bears = (words["living_alone"] | words["now"]).intersection(tokens[first:last])
        named = any(first <= h.start < last for h in hits)
        for at in range(first + 1, last if bears and not named else first):
            unknown = len(tokens[at]) >= LEAST_FUZZY and not simplemma.is_known(tokens[at], lang="nl")
            if unknown and tokens[at - 1] in words["before"]:
                return True
    return False


def _lives_abroad(said: Sentence) -> bool:
    """Whether somebody says to be in another country, so that a town beside it only lies near: "in duitsland bij enschede"."""
    words, tokens = _words(), said.tokens
    return any(
        token in words["foreign"]
        and (said.clause(at) == (at, at + 1) or (at and tokens[at - 1] == "in"))
        and role(said, at, at + 1, max(0, at - 1)) not in (*BESIDE_THE_POINT, "not")
        for at, token in enumerate(tokens)
    )


def _only_area(hit: _Hit) -> bool:
    return all(m.kind == "region" for m in hit.meanings)


def _beside_the_point(hits: list[_Hit], said: Sentence, asked: bool) -> list[_Hit]:
    """Where somebody works or was before, when no other place is named; nothing when it is said that they live elsewhere."""
    if lives_elsewhere(said, [(h.start, h.end) for h in hits]) or _lives_abroad(said):
        return []
    if asked and all(h.role == "other" for h in hits) and tells_of_another(said):
        return []
    return [h for h in hits if h.role != "past"] or hits


def _together(hits: list[_Hit], tokens: list[str]) -> Place:
    """One place out of several names: a province says which Bergen, a town nearby which Rijswijk, a village which town."""
    if not hits:
        return UNKNOWN
    hints = [h for h in hits if _is_hint(h, hits, tokens)]
    towns = [h for h in hits if h not in hints]
    if not towns:
        return _settle([h.meanings for h in hits], hits[0].name)
    around = [m for h in hints for m in h.meanings]
    named = [_within(h, around) for h in towns]
    if not all(named):  # the name lies elsewhere than the region said beside it
        return _settle([h.meanings for h in hints], hints[0].name)
    return _settle(named, towns[0].name)


_VILLAGE = {"dorp", "dorpje", "gehucht", "plaatsje", "plaats", "stadje", "buurtschap", "gat"}


def _is_hint(hit: _Hit, hits: list[_Hit], tokens: list[str]) -> bool:
    """Whether a name only says where another one lies: a region, or the town in "rijswijk bij den haag", "elst utrecht"."""
    if any(m.kind == "region" for m in hit.meanings):
        return True
    before = [h for h in hits if h.end <= hit.start and not _only_area(h)]
    if not before:
        return _before_village(hit, hits, tokens)
    nearest = before[-1]
    between = tokens[nearest.end : hit.start]
    if len(before) > 1 and between == ["en"] and _is_hint(nearest, hits, tokens):
        return True  # "harmelen tussen utrecht en woerden in"
    beside, relating = _words()["beside"] | _words()["between"], _words()["beside"] - _words()["linking"]
    if relating.intersection(between) and all(t in beside or t.isdigit() for t in between):
        return True
    also_province = any(m.municipality == m.province for m in hit.meanings)
    return not between and also_province and nearest.after_word <= hit.after_word


def _before_village(hit: _Hit, hits: list[_Hit], tokens: list[str]) -> bool:
    """Whether a name tells where the village named after it lies: "een dorpje bij zwolle, hattem"."""
    following = next((h for h in hits if h.start >= hit.end and not _only_area(h)), None)
    near = set(tokens[max(0, hit.start - 5) : hit.start])
    if (
        not following
        or not near & _VILLAGE
        or not near & {"bij", "vlakbij", "nabij", "buurt", "naast", "dichtbij", "onder"}
    ):
        return False
    return set(tokens[hit.end : following.start]) <= {"genaamd", "namelijk", "heet", "het", "dus", "ja"}


def _within(hit: _Hit, around: list[Meaning]) -> tuple[Meaning, ...]:
    """What a name may mean inside what was named beside it; a misspelt name there when the name itself lies elsewhere."""
    if not around:
        return hit.meanings
    same = [m for m in hit.meanings if m in around and m.kind == "municipality"]
    at_home = [m for m in hit.meanings if m.kind == "municipality" and _lies_in(m, around)]
    abroad = [m for m in hit.meanings if m.kind in ("be", "cn") and m.kind in {a.kind for a in around}]
    inside = tuple(same or at_home or abroad)
    if inside:
        return inside
    if all(a.kind == "municipality" for a in around):
        return hit.meanings
    key = _nearest(squeeze(fold(hit.name)), 1, without=squeeze(fold(hit.name)))
    return tuple(m for m in gazetteer().meanings[key] if _lies_in(m, around)) if key else ()


def _lies_in(meaning: Meaning, around: list[Meaning]) -> bool:
    """Whether one lies in the region or province of another."""
    areas = [a for a in around if a.kind == "region"]
    if any(meaning.region in a.regions and a.province in (None, meaning.province) for a in areas):
        return True
    if meaning.region is None and any(a.province in (None, meaning.province) or len(a.regions) > 1 for a in areas):
        return True  # which region it lies in is not verified
    return any(
        (a.region and a.region == meaning.region)
        or (a.province and a.province == meaning.province and not (a.kind == "municipality" and a.region))
        or (a.province and a.province == a.municipality == meaning.province)
        for a in around
        if a.kind != "region"
    )


def _settle(named: list[tuple[Meaning, ...]], name: str) -> Place:
    common = [m for m in named[0] if all(m in meanings for meanings in named[1:])]
    every = common or list(dict.fromkeys(m for meanings in named for m in meanings))
    single = [meanings[0] for meanings in named if len(meanings) == 1]
    if not common and single and len(set(single)) == 1:
        every = [single[0]]
    if len(every) == 1:
        only = every[0]
        return Place(only.kind, only.municipality, only.province, only.region, name=name)
    kinds = {m.kind for m in every}
    if len(kinds) == 1 and kinds <= {"be", "cn"}:
        return Place(every[0].kind, name=name)
    regions, provinces = {m.region for m in every}, {m.province for m in every}
    region = next(iter(regions)) if len(regions) == 1 else None
    province = next(iter(provinces)) if len(provinces) == 1 else None
    if kinds == {"region"}:
        return Place("region", None, province, region, name=name)
    return Place("ambiguous", None, province, region, choices=tuple(every[:MOST_CHOICES]), name=name)
