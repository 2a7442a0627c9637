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
DOCTOR_PART = "ook_huisarts"
"""The part that a reply to a danger gets when a doctor is needed besides."""

QUESTION_CODES = ("open_question", "closed_question")
STEP_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
JOURNEYS = (
    "nu", "begrijpen", "veranderen", "wil_ik_dit", "plan", "hulp", "weer_gebeurd", "verbod", "ouder", "ex",
    "zelf_meegemaakt", "ervaring", "naasten", "over_mij",
)  # fmt: skip
"""The ways one can walk with the bot: the files of these names, each entered at the step `NAME_start`."""

SPOKEN = re.compile(r"\[\[([aA]nder|delen)\]\]")
"""What the conversation fills in: whom it is about (`de ander`, until the person says who), the parts of a summary."""


def with_usual_words(text: str) -> str:
    """A text as it reads before the person has said whom it is about."""
    return SPOKEN.sub(lambda m: {"delen": "", "Ander": "De ander"}.get(m.group(1), "de ander"), text)


PLACEHOLDER = re.compile(r"\[\[(?!ander\]\]|delen\]\])([a-z0-9_]+)(?:\.(phone|name))?\]\]")
"""Where a help line, its number or its name comes."""

SITUATION = "verhaal_"
"""How the steps begin that answer a situation: a child that drew something, a night on a brother's couch (data/README.md)."""

GROUPS = ("variations", "flanders", "careful", "easy", "change", "sustain")
"""Groups of wordings of a step; the first is for when none of the others fits."""

CONDITIONS: dict[str, dict[str, Any]] = {
    "variations": {},
    "flanders": {"country": "be"},
    "careful": {"careful": True},
    "easy": {"easy": True},
    "change": {"talk": "change"},
    "sustain": {"talk": "sustain"},
}
"""The slots that must have these values for a group of wordings to fit."""


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


def asks(text: str) -> bool:
    """Whether a text asks something."""
    return "?" in text


class StepRisk(Strict):
    """The level and kinds that choosing a step tells of, such as "yes, I have a plan"."""

    level: Literal["concern", "urgent", "acute"]
    kinds: tuple[str, ...]


class Names(Strict):
    """What a person types who wants to hear this step.

    Attributes:
        themes: what the message must be about; none: the words are clear by themselves.
        words: as the normaliser leaves them, `word*` for a beginning; one is enough.
        unless: words that say it is about somebody else or something else.
        asked: only when the message asks something. Else it is enough to speak of it.
        clear: words that are clear by themselves, whatever the message is about.
        to: whom the step speaks to: who uses violence (`doer`), who bears it (`victim`), who sees it with others
            (`onlooker`), who works with them (`professional`), these three (`others`), who told of no
            own violence (`unless_doer`), or `anyone`.
        in_danger: it has the lines itself, so it also answers where a danger is open or only suspected by the classifier, up to
            this level.
        open: only while a danger of one of these kinds is open.
    """

    themes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    asked: bool = False
    to: Literal["doer", "victim", "onlooker", "professional", "others", "unless_doer", "anyone"] = "doer"
    in_danger: Literal["urgent", "acute"] | None = None
    open: tuple[str, ...] = ()


class Step(Strict):
    """One reply of the bot, and where one can go from it.

    Attributes:
        name: the payload that leads here (`/name`) and, with `utter_` before it, the name of the reply.
        codes: what the text does, after MITI 4.2.1 (content/README.md).
        variations: wordings of the same reply.
        flanders: wordings for who lives there, where the facts differ; they must be safe in careful mode too.
        careful: wordings in careful mode, where the usual ones are not safe.
        easy: wordings in very simple words, for who asked for that.
        change: wordings for who just spoke of wanting, needing or being able to change.
        sustain: wordings for who just spoke for leaving things as they are.
        codes_of: codes of a group of wordings that does something else than `codes` say.
        listens: the step that answers what the person types, in their own words, after this one.
        named: by which words, in which themes, a message asks for this step.
        control: `ruler` shows a ruler from 0 to 10.
        covers: the situations (steps `verhaal_…`, without that) whose subject this step takes up.
        end: this step closes a journey.
        part: a sentence of a summary, or one that another reply gets added; it is never a reply by itself.
        risk: what choosing this step tells of the person's safety.
    """

    name: str
    codes: tuple[str, ...]
    variations: tuple[str, ...]
    flanders: tuple[str, ...] = ()
    careful: tuple[str, ...] = ()
    easy: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    sustain: tuple[str, ...] = ()
    codes_of: dict[Literal["flanders", "careful", "easy", "change", "sustain"], tuple[str, ...]] = Field(
        default_factory=dict
    )
    listens: str | None = None
    named: Names | None = None
    buttons: tuple[Button, ...] = ()
    control: Literal["ruler"] | None = None
    covers: tuple[str, ...] = ()
    end: bool = False
    part: bool = False
    risk: StepRisk | None = None
    sources: tuple[str, ...] = ()

    def wordings(self) -> dict[str, tuple[str, ...]]:
        """The wordings by their group; groups without any are left out."""
        return {group: getattr(self, group) for group in GROUPS if getattr(self, group)}

    def codes_for(self, group: str, number: int) -> tuple[str, ...]:
        """What one wording does: the codes of its group, without those of a question when it asks nothing."""
        codes: tuple[str, ...] = self.codes_of.get(group, self.codes)  # type: ignore[call-overload]
        return codes if asks(getattr(self, group)[number]) else tuple(c for c in codes if c not in QUESTION_CODES)

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

    @validator("codes_of")
    def _codes_of_groups_are_known(cls, codes_of: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for codes in codes_of.values():
            cls._codes_are_known(codes)
        return codes_of

    @validator(*GROUPS, each_item=True)
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
        return frozenset(f"/{name}" for name, step in self.steps.items() if not step.part)

    def journey(self, name: str) -> str | None:
        """The journey that a step belongs to: the name of its file, where that is one of `JOURNEYS`."""
        stem = Path(self.origin.get(name, "")).stem
        return stem if stem in JOURNEYS else None

    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The replies as Rasa responses; a wording carries its group's conditions, and its name as `wording`.

        Help lines stay as `[[…]]`: which lines fit and whether they are open is known when the reply is said (bot/nlg.py).
        """
        return {f"utter_{step.name}": self._response(step) for step in self.steps.values() if not step.part}

    def _response(self, step: Step) -> list[dict[str, Any]]:
        extra: dict[str, Any] = {}
        if step.buttons:
            extra["buttons"] = [
                {"title": b.title, "payload": f"/{b.to}"} | ({"answer": b.answer} if b.answer else {})
                for b in step.buttons
            ]
        control = {"control": {"type": "ruler", "min": 0, "max": 10}} if step.control == "ruler" else {}
        found: list[dict[str, Any]] = []
        for group, texts in step.wordings().items():
            condition = [{"type": "slot", "name": name, "value": value} for name, value in CONDITIONS[group].items()]
            found += [
                {
                    "text": SPOKEN.sub(r"{\1}", text),
                    "metadata": {"wording": f"{step.name}/{group}/{number}", **control},
                    **({"condition": condition} if condition else {}),
                    **extra,
                }
                for number, text in enumerate(texts)
            ]
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
    wrong: list[str] = []
    for step in content.steps.values():
        where = f"{content.origin[step.name]}: step {step.name!r}"
        wrong += [
            f"{where}: button {button.title!r} leads to {button.to!r}, which does not exist"
            for button in step.buttons
            if button.to not in content.steps
        ]
        if step.listens and step.listens not in content.steps:
            wrong.append(f"{where}: listens to {step.listens!r}, which does not exist")
        wrong += [
            f"{where}: covers {name!r}, and there is no {SITUATION}{name}"
            for name in step.covers
            if SITUATION + name not in content.steps
        ]
        answers = [b.answer for b in step.buttons if b.answer]
        if len(answers) != len(set(answers)):
            wrong.append(f"{where}: two buttons have the same answer")
        for name in (m.group(1) for texts in step.wordings().values() for t in texts for m in PLACEHOLDER.finditer(t)):
            if name not in content.lines:
                wrong.append(f"{where}: [[{name}]] is not a line of content/help")
            elif not content.lines[name].verified:
                wrong.append(f"{where}: [[{name}]] is not verified")
    if wrong:
        raise ContentError("\n".join(wrong))


@lru_cache(maxsize=1)
def project_content() -> Content:
    """The content of this project, loaded once."""
    return load()
