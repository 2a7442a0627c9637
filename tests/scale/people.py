"""Simulated people on the web channel: they type, press, think, and check that what they get is meant for them."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx

from bot.content import project_content
from bot.help.places import find, gazetteer
from bot.importer import intents_with_own_rule

PERSONS = Path(__file__).parents[1] / "evaluation" / "persons.jsonl"
TOWNS = ("Breda", "Assen", "Gouda", "Zwolle", "Venlo", "Alkmaar", "Leiden", "Almere", "Purmerend", "Tilburg", "Delft", "Emmen",
         "Maastricht", "Amersfoort", "Leeuwarden", "Apeldoorn")  # fmt: skip
"""Each in another part of the country, so that an answer meant for somebody else is seen."""

DANGER = {
    "ik wil niet meer leven": ("113", "1813"),
    "ik heb haar net geslagen en ze bloedt": ("112", "911"),
    "er ligt een mes voor me en ik ga naar haar toe": ("112", "911"),
}
"""What tells of danger, and a number that the answer must have: the second one for who lives in Flanders or on Bonaire."""

PATIENCE_SECONDS = 20.0
DOOR_TRIES = 10
_PLACEHOLDER = re.compile(r"\[\[.*?\]\]")


COUNTED = ("lost", "mixed_up", "static", "danger", "danger_without_lines", "waited_at_the_door")


@dataclass
class Seen:
    """What all people together met."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """In seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def as_dict(self) -> dict[str, float | int | list[str]]:
        """For a table or a file; `lost` and `mixed_up` must be 0."""
        return {
            "answers": len(self.seconds),
            **{f"p{round(s * 100)}_ms": round(self.percentile(s) * 1000) for s in (0.5, 0.95, 0.99)},
            **{name: self.outcomes[name] for name in COUNTED},
            "wrong": self.wrong[:5],
        }


class Person:
    """One conversation; each message goes to the next address, as behind a proxy that takes turns."""

    def __init__(self, client: httpx.AsyncClient, addresses: list[str], seen: Seen, dice: random.Random) -> None:
        self._client, self._addresses, self._seen, self._dice = client, cycle(addresses), seen, dice
        lines = dice.choice(_persons())
        self._lines = cycle(lines)
        self._town = dice.choice(TOWNS)
        self._token = ""
        self._buttons: list[str] = []

    async def talk(self, until: float, think: float, arrival: float) -> None:
        """Come in some time, then type and think until the time is over.

        Args:
            until: on the monotonic clock, in seconds.
            think: mean seconds between an answer and the next message.
            arrival: seconds within which everybody comes in.
        """
        await asyncio.sleep(self._dice.uniform(0, arrival))
        while time.monotonic() < until:
            await self.turn()
            await asyncio.sleep(min(self._dice.expovariate(1 / think), max(0.0, until - time.monotonic())))

    async def turn(self) -> None:
        """Say one thing, and look at what comes."""
        if not self._token and not await self._open():
            return
        sort = self._dice.random()
        if sort < 0.02:
            text = self._dice.choice(list(DANGER))
        elif sort < 0.12:
            text = f"is er hulp in {self._town}"
        elif sort < 0.60 and self._buttons:
            text = self._dice.choice(self._buttons)
        else:
            text = next(self._lines)
        await self.say(text)

    async def say(self, text: str) -> str:
        """Send a message; gives the text of the answer, empty when it was lost."""
        began = time.monotonic()
        danger = DANGER.get(text)
        self._seen.outcomes["danger"] += bool(danger)
        answer = await self._post("messages", {"message": text})
        if answer is not None and answer.status_code == 401:  # as the widget does
            answer = await self._post("messages", {"message": text}) if await self._open() else None
        said = answer.text if answer is not None else ""
        if danger and not any(number in said for number in danger):
            self._seen.outcomes["danger_without_lines"] += 1
        if answer is None or answer.status_code != 200:
            self._lose(answer)
            return ""
        self._seen.seconds.append(time.monotonic() - began)
        replies = answer.json()
        self._buttons = [
            b["payload"] for reply in replies for b in reply.get("buttons", ()) if b["payload"] != "/gewist"
        ]
        words = "\n".join(reply["text"] for reply in replies)
        self._check(text, words)
        return words

    def _check(self, text: str, words: str) -> None:
        if "niet goed antwoorden" in words:
            self._seen.outcomes["static"] += 1
        elif text.startswith("is er hulp in"):
            if any(region in words for region in _other_regions(self._town)):
                self._mix(text, words)
        elif text.startswith("/") and (openings := _openings(text[1:])) and not any(o in words for o in openings):
            self._mix(text, words)

    def _mix(self, text: str, words: str) -> None:
        self._seen.outcomes["mixed_up"] += 1
        self._seen.wrong.append(f"{text} ({self._town}): {words[:120]!r}")

    def _lose(self, answer: httpx.Response | None) -> None:
        self._seen.outcomes["lost"] += 1
        self._seen.wrong.append(f"{answer.status_code if answer is not None else 'no answer'}")
        self._buttons = []

    async def _open(self) -> bool:
        answer = await self._post("sessions", {})
        for _ in range(DOOR_TRIES):  # too many come in at once: the page tries again
            if answer is None or answer.status_code != 429:
                break
            self._seen.outcomes["waited_at_the_door"] += 1
            await asyncio.sleep(self._dice.uniform(1, 3))
            answer = await self._post("sessions", {})
        if answer is None or answer.status_code != 201:
            self._lose(answer)
            return False
        self._token = answer.json()["token"]
        self._buttons = []
        return True

    async def _post(self, what: str, body: dict[str, str]) -> httpx.Response | None:
        """Send to the next address, and to the one after it when nobody is there, as a proxy does."""
        headers = {"Authorization": f"Bearer {self._token}"} if what == "messages" else {}
        for _ in range(2):
            try:
                url = f"{next(self._addresses)}/webhooks/web/{what}"
                return await self._client.post(url, json=body, headers=headers, timeout=PATIENCE_SECONDS)
            except httpx.ConnectError:
                continue
            except httpx.HTTPError:
                return None
        return None


def _other_regions(town: str) -> list[str]:
    """How an answer would name another region than that of a town."""
    own = find(town, asked=True).region
    return [name for region, name in gazetteer().regions.items() if region != own]


def _persons() -> list[list[str]]:
    if not _cache:
        _cache.extend(json.loads(row)["lines"] for row in PERSONS.read_text(encoding="utf-8").splitlines())
    return _cache


_cache: list[list[str]] = []


def _openings(step: str) -> list[str]:
    """How the wordings of a step begin, up to the first thing that is filled in; none for a step that code answers."""
    found = project_content().steps.get(step)
    if found is None or step in intents_with_own_rule():
        return []
    groups = (found.variations, found.careful, found.easy, found.change, found.sustain)
    starts = [
        _PLACEHOLDER.split(wording, maxsplit=1)[0].split("\n")[0].strip() for group in groups for wording in group
    ]
    return starts if all(len(start) > 3 for start in starts) else []


async def crowd(
    addresses: list[str], people: int, seconds: float, think: float, arrival: float | None = None, seed: int = 9
) -> Seen:
    """Let many talk at once.

    Args:
        addresses: of the processes; each message goes to the next one.
        people: how many.
        seconds: for how long.
        think: mean seconds between an answer and the next message.
        arrival: seconds within which they come in; the time of one thought when None.
        seed: of all dice.
    """
    seen = Seen()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(limits=limits, timeout=PATIENCE_SECONDS) as client:
        until = time.monotonic() + seconds
        persons = (Person(client, addresses, seen, random.Random(seed * 100_003 + n)) for n in range(people))
        await asyncio.gather(*(person.talk(until, think, think if arrival is None else arrival) for person in persons))
    return seen
