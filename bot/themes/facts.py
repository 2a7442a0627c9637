"""What is counted of one conversation, while it is open; and the counts that it becomes when it ends.

Only names from fixed lists get in: nothing that a person can type. The facts of one conversation stand together in memory
alone. `counts` takes them apart, and only that leaves this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from bot.content import Content, project_content
from bot.organisations import ORGANISATION, counted
from bot.safety import KINDS, LEVELS
from bot.safety.levels import highest
from bot.themes import THEMES, theme_of

CHANNELS = ("web", "telegram")
JOURNEYS = (
    "nu", "begrijpen", "veranderen", "wil_ik_dit", "plan", "hulp", "weer_gebeurd", "verbod", "ouder", "ex",
    "zelf_meegemaakt", "ervaring", "naasten", "over_mij",
)  # fmt: skip
REGIONS = (
    "drenthe", "flevoland", "friesland", "gelderland", "groningen", "limburg", "noord_brabant", "noord_holland",
    "overijssel", "utrecht", "zeeland", "zuid_holland", "belgie", "caribisch_nederland",
)  # fmt: skip
"""Provinces and countries. Nothing smaller is counted."""

REGION_OF_COUNTRY = {"be": "belgie", "cn": "caribisch_nederland"}
RULER = {"cijfer_laag": "low", "cijfer_midden": "middle", "cijfer_hoog": "high"}
BANDS = ("low", "middle", "high")
CHOSEN = "_stap_"
"""In the name of a step that the person chose to do, such as `hulp_stap_bellen`."""

UNDERSTOOD_CONFIDENCE = 0.25
"""Below it a guess about a message with a risk is not counted as a theme; the fallback threshold of config.yml."""

SMALL_TALK = {"thanks", "smalltalk", "stop_goodbye", "out_of_scope"}
"""Themes that say nothing about what people need: not counted in pairs, not named in sentences."""

FACTS = (
    "conversations", "theme", "pair", "level", "kind", "region", "journey", "finished", "step", "ruler_first",
    "ruler_last", "help", "unclear", "unclear_near",
)  # fmt: skip

Fact = tuple[str, str]
"""One of `FACTS`, and a name from the list that belongs to it."""


@dataclass(frozen=True)
class StepFacts:
    """What hearing a step tells, worked out from the content once."""

    journey: str | None
    ends: bool
    chosen: bool
    band: str | None


@lru_cache(maxsize=1)
def steps() -> dict[str, StepFacts]:
    """What each step of the content tells."""
    return facts_of_steps(project_content())


def facts_of_steps(content: Content) -> dict[str, StepFacts]:
    """What each step tells; a journey is the file it stands in, such as `replies/nu.yml`."""
    found = {}
    for name, step in content.steps.items():
        place = Path(content.origin[name]).stem
        journey = place if place in JOURNEYS else None
        found[name] = StepFacts(journey, step.end, CHOSEN in name, RULER.get(name))
    return found


@dataclass
class Facts:
    """What is known of one open conversation."""

    channel: str
    organisation: str = ""
    spoke: bool = False
    level: str = "none"
    region: str = ""
    first: str = ""
    last: str = ""
    unclear: bool = False
    themes: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    journeys: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    help: set[str] = field(default_factory=set)
    unclear_near: set[str] = field(default_factory=set)

    def note(self, event: dict[str, Any]) -> None:
        """Take from a Rasa event what is counted; the rest, text included, is let go of.

        Args:
            event: as the tracker store hands it to the event broker.
        """
        kind = event.get("event")
        if kind == "user":
            self._note_message(event)
        elif kind == "bot":
            self._note_reply(event)
        elif kind == "slot":
            self._note_slot(str(event.get("name")), event.get("value"))

    def _note_message(self, event: dict[str, Any]) -> None:
        parse: dict[str, Any] = event.get("parse_data") or {}
        organisation = (event.get("metadata") or {}).get(ORGANISATION)
        if organisation in counted():
            self.organisation = organisation
        intent = (parse.get("intent") or {}).get("name")
        if intent in ("greeting", "gewist"):
            return
        self.spoke = True
        risk = parse.get("safety") or {}
        if risk.get("level") in LEVELS:
            self.level = highest(self.level, risk["level"])
            self.kinds.update(k for k in risk.get("kinds", ()) if k in KINDS)
        guess, confidence = theme_of(parse)
        if intent in THEMES:
            self.themes.add(intent)
        elif intent == "nlu_fallback":
            self.unclear = True
            self.unclear_near.add(guess)
        elif str(intent).startswith("safety_") and confidence >= UNDERSTOOD_CONFIDENCE:
            self.themes.add(guess)

    def _note_reply(self, event: dict[str, Any]) -> None:
        name = str((event.get("metadata") or {}).get("utter_action")).removeprefix("utter_")
        step = steps().get(name)
        if step is None or not self.spoke:
            return
        if step.journey:
            self.journeys.add(step.journey)
            if step.ends:
                self.finished.add(step.journey)
                if step.chosen:
                    self.chosen.add(name)
        if step.band:
            self.first = self.first or step.band
            self.last = step.band
        text = event.get("text") or ""
        self.help.update(i for i, line in project_content().lines.items() if f"{line.name}: " in text)

    def _note_slot(self, name: str, value: Any) -> None:
        if name == "region" and value in REGIONS:
            self.region = value
        elif name == "country" and value in REGION_OF_COUNTRY:
            self.region = self.region or REGION_OF_COUNTRY[value]

    def counts(self) -> Iterator[Fact]:
        """The conversation taken apart, each fact by itself; nothing when the person said nothing."""
        if not self.spoke:
            return
        yield "conversations", ""
        yield "level", self.level
        yield from (("theme", name) for name in self.themes)
        yield from (("pair", "+".join(pair)) for pair in combinations(sorted(self.themes - SMALL_TALK), 2))
        yield from (("kind", name) for name in self.kinds)
        yield from (("journey", name) for name in self.journeys)
        yield from (("finished", name) for name in self.finished)
        yield from (("step", name) for name in self.chosen)
        yield from (("help", name) for name in self.help)
        yield from (("unclear_near", name) for name in self.unclear_near)
        if self.unclear:
            yield "unclear", ""
        if self.region:
            yield "region", self.region
        if self.first:
            yield "ruler_first", self.first
            yield "ruler_last", self.last
