"""The directory of help lines: what stands in `content/help/`, and how a line is said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.content_files import ContentError, Strict, parse
from bot.help.hours import Hours

Country = Literal["be", "cn"]
STALE_DAYS = 92
NEEDS = (
    "praten", "groep", "behandeling", "partners", "opvoeden", "verslaving", "wonen", "seksueel", "eer", "jongeren",
    "vrouwen", "ook_slachtoffer", "omstander",
)  # fmt: skip
"""What somebody may be looking for (content/help/README.md)."""
BARRIERS = ("geld", "schaamte", "wachten", "taal")
"""What may hold somebody back; a line can say that it takes it away."""


class Near(Strict):
    """Where a line is, when it is not for the whole country.

    Attributes:
        municipalities: official names; the line is offered in their Veilig Thuis regions, here first.
        regions: ids of Veilig Thuis regions.
        said: how the place is said, such as "in Eindhoven".
    """

    municipalities: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    said: str


class HelpLine(Strict):
    """One place where help is; see content/help/README.md."""

    id: str
    name: str
    for_whom: str
    phone: str | None = None
    also: str | None = None
    chat: str | None = None
    website: str | None = None
    route: str | None = None
    hours: Hours
    cost: str | None = None
    anonymous: str
    region: Literal["NL", "BE", "CN"]
    near: Near | None = None
    needs: tuple[str, ...] = ()
    eases: tuple[str, ...] = ()
    not_in_careful_mode: bool = False
    what: str | None = None
    what_happens: str
    holds_back: str | None = None
    abroad: dict[Country, str] = Field(default_factory=dict)
    verified: bool
    source: str
    source_date: str | None
    checked: date
    checked_by: str
    note: str | None = None

    @root_validator
    def _can_be_offered(cls, values: dict[str, Any]) -> dict[str, Any]:
        for field, known in (("needs", NEEDS), ("eases", BARRIERS)):
            unknown = set(values.get(field, ())) - set(known)
            if unknown:
                raise ValueError(f"{field} {sorted(unknown)} unknown; choose from {', '.join(known)}")
        if values.get("needs") and not (values.get("what") and values.get("holds_back")):
            raise ValueError("a line with needs must have what and holds_back")
        if values.get("verified") and not any(values.get(f) for f in ("phone", "website", "chat", "route")):
            raise ValueError("needs a phone, website, chat or route")
        return values

    def numbers(self) -> tuple[str, ...]:
        """The numbers that may be shown: none before somebody has verified the line."""
        return tuple(n for n in (self.phone, self.also) if n) if self.verified else ()

    def reach(self) -> str:
        """How one gets there: numbers, else the way through somebody else, else an address."""
        return " of ".join(self.numbers()) or str(self.route or self.website or self.chat)

    def line(self, now: datetime | None = None) -> str:
        """The line as a person reads it: name, number, hours and cost.

        Args:
            now: to say also whether it is open at that moment.
        """
        status = self.hours.now_text(now) if now else None
        facts = ", ".join(filter(None, (str(self.hours), self.cost)))
        name = f"{self.name} {self.near.said}" if self.near else self.name
        return f"{name}: {self.reach()} ({facts}{f'; {status}' if status else ''})"

    def is_stale(self, today: date) -> bool:
        """Whether nobody looked at the line for three months."""
        return (today - self.checked).days > STALE_DAYS


class HelpFile(Strict):
    """One file of `content/help/`: a kind of help."""

    about: str
    title: str
    lines: tuple[HelpLine, ...]
    do_not_use: tuple[str, ...] = ()


class Directory(Strict):
    """All help lines, in the order of the files, and the numbers that must not come back."""

    lines: dict[str, HelpLine]
    titles: dict[str, str]
    do_not_use: tuple[str, ...]

    def numbers(self) -> frozenset[str]:
        """Every number that may be shown."""
        return frozenset(n for line in self.lines.values() for n in line.numbers())


def load_directory(folder: Path) -> Directory:
    """Load the files of a folder.

    Raises:
        ContentError: a file is not valid, an id stands twice, a line abroad does not exist, or a number must not be used.
    """
    lines: dict[str, HelpLine] = {}
    titles: dict[str, str] = {}
    do_not_use: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        found = parse(path, HelpFile)
        do_not_use += found.do_not_use
        for line in found.lines:
            if line.id in lines:
                raise ContentError(f"{path}: help line {line.id!r} stands twice")
            lines[line.id] = line
            titles[line.id] = found.title
    for line in lines.values():
        missing = set(line.abroad.values()) - set(lines)
        if missing:
            raise ContentError(f"{folder}: help line {line.id!r}: abroad names {sorted(missing)}, which is no line")
    refuse_old_numbers(lines.values(), do_not_use, str(folder))
    return Directory(lines=lines, titles=titles, do_not_use=tuple(do_not_use))


def refuse_old_numbers(lines: Iterable[HelpLine], do_not_use: Iterable[str], where: str) -> None:
    """Hold the numbers of lines against those that must not be used.

    Raises:
        ContentError: a line has one of them.
    """
    old = {digits(n): n for n in do_not_use}
    for line in lines:
        for number in filter(None, (line.phone, line.also)):
            if digits(number) in old:
                raise ContentError(f"{where}: help line {line.id!r}: {number} must not be used (do_not_use)")


def digits(number: str) -> str:
    """A number without spaces and dashes."""
    return "".join(c for c in number if c.isdigit())
