"""Loads and checks `content/`, where everything a person reads is written, and renders it for Rasa.

A reply is a *step*: a name, one or more wordings, buttons that lead to other steps, and the motivational-interviewing
codes of what it does. Phone numbers stand in `content/help/` alone; a reply names them as `[[veilig_thuis]]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, validator

from bot.content_files import ContentError, Strict, parse
from bot.help.directory import Country, Directory, HelpLine, load_directory
from bot.safety.levels import Screening
from bot.settings import CONTENT

MAX_BUTTONS = 6
CODES = (
    "simple_reflection", "complex_reflection", "open_question", "closed_question", "affirmation", "autonomy",
    "permission", "information", "norm", "summary", "advice_with_permission", "structure", "crisis",
)  # fmt: skip
STEP_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
PLACEHOLDER = re.compile(r"\[\[([a-z0-9_]+)(?:\.(phone|name))?\]\]")


class Button(Strict):
    """A quick reply.

    Attributes:
        title: what the person reads, at most 32 characters.
        to: the step it leads to.
        answer: which typed answer also chooses it.
    """

    title: str = Field(max_length=32)
    to: str
    answer: Literal["ja", "nee", "weet_niet"] | None = None


class StepRisk(Strict):
    """The level and kinds that choosing a step tells of, such as "yes, I have a plan"."""

    level: Literal["concern", "urgent", "acute"]
    kinds: tuple[str, ...]


class Step(Strict):
    """One reply of the bot, and where one can go from it.

    Attributes:
        name: the payload that leads here (`/name`) and, with `utter_` before it, the name of the reply.
        codes: what the text does, after MITI 4.2.1 (content/README.md).
        variations: wordings of the same reply.
        control: `ruler` shows a ruler from 0 to 10.
        end: this step closes a journey.
        careful: wordings in careful mode, where the usual ones are not safe.
        risk: what choosing this step tells of the person's safety.
    """

    name: str
    codes: tuple[str, ...]
    variations: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    control: Literal["ruler"] | None = None
    end: bool = False
    careful: tuple[str, ...] = ()
    risk: StepRisk | None = None
    sources: tuple[str, ...] = ()

    def screening(self) -> Screening:
        """What choosing this step tells of the person's safety."""
        return Screening(self.risk.level, self.risk.kinds) if self.risk else Screening()

    @validator("name")
    def _name_is_plain(cls, name: str) -> str:
        if not STEP_NAME.match(name):
            raise ValueError(f"{name!r}: only lower-case letters, digits and _")
        return name

    @validator("codes")
    def _codes_are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [c for c in codes if c not in CODES]
        if unknown or not codes:
            raise ValueError(f"codes {unknown} unknown; choose from {', '.join(CODES)}")
        return codes

    @validator("variations")
    def _there_is_a_wording(cls, variations: tuple[str, ...]) -> tuple[str, ...]:
        if not variations:
            raise ValueError("needs at least one wording")
        return variations

    @validator("buttons")
    def _few_buttons(cls, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        if len(buttons) > MAX_BUTTONS:
            raise ValueError(f"{len(buttons)} buttons; at most {MAX_BUTTONS}")
        return buttons

    @validator("variations", "careful", each_item=True)
    def _text_is_trimmed(cls, text: str) -> str:
        return text.strip()


class ReplyFile(Strict):
    """One file of `content/replies/`, `content/explain/` or `content/safety/replies`: a journey or a family of replies."""

    about: str
    reviewed_by: str | None
    sources: tuple[str, ...] = ()
    steps: tuple[Step, ...]


class Content(BaseModel):
    """All that the bot can say, and the facts behind it."""

    steps: dict[str, Step]
    directory: Directory
    origin: dict[str, str]
    unsigned: tuple[str, ...]

    @property
    def lines(self) -> dict[str, HelpLine]:
        """The help lines, by id."""
        return self.directory.lines

    @property
    def do_not_use(self) -> tuple[str, ...]:
        """Numbers that are old or wrong and must not come back."""
        return self.directory.do_not_use

    def fill(self, text: str, country: Country | None = None, now: datetime | None = None) -> str:
        """Put names and numbers of help lines in the place of `[[…]]`.

        Args:
            text: with placeholders.
            country: `be` or `cn`, where other lines take the place of the Dutch ones.
            now: to say also whether a line is open at that moment.
        """
        return PLACEHOLDER.sub(lambda match: self._fill_one(match, country, now), text)

    def _fill_one(self, match: re.Match[str], country: Country | None, now: datetime | None) -> str:
        line = self.lines[match.group(1)]
        line = self.lines[line.abroad.get(country, line.id)] if country else line
        return str(getattr(line, match.group(2))) if match.group(2) else line.line(now)

    def payloads(self) -> frozenset[str]:
        """Every payload that a button may send; anything else that starts with `/` is text."""
        return frozenset(f"/{name}" for name in self.steps)

    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The replies as Rasa responses. Careful wordings carry a condition on the slot `careful`.

        Help lines stay as `[[…]]`: which lines fit and whether they are open is known when the reply is said (bot/nlg.py).
        """
        return {f"utter_{step.name}": self._response(step) for step in self.steps.values()}

    def _response(self, step: Step) -> list[dict[str, Any]]:
        extra: dict[str, Any] = {}
        if step.buttons:
            extra["buttons"] = [
                {"title": b.title, "payload": f"/{b.to}"} | ({"answer": b.answer} if b.answer else {})
                for b in step.buttons
            ]
        if step.control == "ruler":
            extra["metadata"] = {"control": {"type": "ruler", "min": 0, "max": 10}}
        found: list[dict[str, Any]] = []
        for texts, careful in ((step.variations, False), (step.careful, True)):
            condition = [{"type": "slot", "name": "careful", "value": True}] if careful else []
            found += [{"text": t, **({"condition": condition} if condition else {}), **extra} for t in texts]
        return found


def reply_files(root: Path) -> Iterator[Path]:
    """The files with replies below `root`, in a fixed order."""
    for folder in ("replies", "explain", "safety/replies"):
        yield from sorted((root / folder).glob("*.yml"))


def load(root: Path = CONTENT) -> Content:
    """Load everything below `root`.

    Raises:
        ContentError: a file is not valid, a name stands twice, a button or a `[[line]]` leads nowhere.
    """
    directory = load_directory(root / "help")
    steps: dict[str, Step] = {}
    origin: dict[str, str] = {}
    unsigned: list[str] = []
    for path in reply_files(root):
        replies = parse(path, ReplyFile)
        if not replies.reviewed_by:
            unsigned.append(str(path.relative_to(root)))
        for step in replies.steps:
            if step.name in steps:
                raise ContentError(f"{path}: step {step.name!r} stands also in {origin[step.name]}")
            steps[step.name] = step
            origin[step.name] = str(path.relative_to(root))

    content = Content(steps=steps, directory=directory, origin=origin, unsigned=tuple(unsigned))
    _check_links(content)
    return content


def _check_links(content: Content) -> None:
    for step in content.steps.values():
        where = f"{content.origin[step.name]}: step {step.name!r}"
        for button in step.buttons:
            if button.to not in content.steps:
                raise ContentError(f"{where}: button {button.title!r} leads to {button.to!r}, which does not exist")
        answers = [b.answer for b in step.buttons if b.answer]
        if len(answers) != len(set(answers)):
            raise ContentError(f"{where}: two buttons have the same answer")
        for text in step.variations + step.careful:
            for match in PLACEHOLDER.finditer(text):
                if match.group(1) not in content.lines:
                    raise ContentError(f"{where}: [[{match.group(1)}]] is not a line of content/help")
                if not content.lines[match.group(1)].verified:
                    raise ContentError(f"{where}: [[{match.group(1)}]] is not verified")


@lru_cache(maxsize=1)
def project_content() -> Content:
    """The content of this project, loaded once."""
    return load()
