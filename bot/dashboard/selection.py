"""Which numbers a page shows: what was asked in its address, within what the account may see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from sanic.request import Request

from bot.dashboard.accounts import Account
from bot.dashboard.figures import UNITS, Figures
from bot.organisations import counted
from bot.themes.facts import CHANNELS
from bot.themes.published import Choice, organisations, published_weeks
from bot.themes.weeks import Rhythm, monday, period_of, shift, this_week, weeks_between

DEFAULT_WEEKS = 26
NO_ORGANISATION = "-"
"""In the address: conversations outside any organisation's site."""


class SelectionError(ValueError):
    """Something asked in the address cannot be; the message says what, in Dutch."""


@dataclass(frozen=True)
class Asked:
    """The words in the address; empty where nothing was asked."""

    first: str
    last: str
    unit: str
    channel: str
    organisation: str

    @classmethod
    def of(cls, request: Request) -> Asked:
        """Read a request."""
        return cls(*(str(request.args.get(name) or "") for name in ("van", "tot", "per", "kanaal", "organisatie")))


@dataclass(frozen=True)
class Selection:
    """What a page shows.

    Attributes:
        choice: weeks, channel and organisation.
        unit: what the numbers are put together by; None to take the finest that shows something.
        known: the first and last week there are numbers of.
        may_choose: the organisations that this account can choose from.
    """

    choice: Choice
    unit: Rhythm | None
    known: tuple[str, str]
    may_choose: tuple[str, ...]

    @classmethod
    def of(cls, asked: Asked, account: Account, path: Path) -> Selection:
        """Check what was asked, and fill in the rest.

        Raises:
            SelectionError: a week, unit, channel or organisation is not one that can be chosen.
        """
        known = published_weeks(path) or (this_week(), this_week())
        last = asked.last or period_of(known[1], "month").last
        first = asked.first or max(known[0], _start(shift(last, 1 - DEFAULT_WEEKS)))
        for week in (first, last):
            try:
                monday(week)
            except ValueError as error:
                raise SelectionError(f"“{week}” is geen week. Schrijf een week als 2026-W40.") from error
        if first > last:
            raise SelectionError("De eerste week ligt na de laatste. Kies een eerdere eerste week.")
        if monday(last).year - monday(first).year > 20:
            raise SelectionError("Kies hooguit twintig jaar.")
        if asked.unit and asked.unit not in UNITS:
            raise SelectionError("Kies cijfers per week, maand of kwartaal.")
        if asked.channel and asked.channel not in CHANNELS:
            raise SelectionError("Kies webchat, Telegram of allebei.")
        may_choose: tuple[str, ...] = ()
        organisation: str | None = account.organisation
        if account.role == "coordinator":
            may_choose = tuple(sorted(counted() | organisations(path)))
            organisation = {"": None, NO_ORGANISATION: ""}.get(asked.organisation, asked.organisation)
            if organisation and organisation not in may_choose:
                raise SelectionError("Deze organisatie is er niet.")
        unit: Rhythm | None = next((unit for unit in UNITS if unit == asked.unit), None)
        return cls(Choice(first, last, asked.channel or None, organisation), unit, known, may_choose)

    def figures(self, path: Path) -> Figures:
        """The numbers; without a unit by the month, or by the quarter when a month shows nothing."""
        if self.unit:
            return Figures.read(path, self.choice, self.unit)
        by_month = Figures.read(path, self.choice, "month")
        return by_month if not by_month.empty else Figures.read(path, self.choice, "quarter")

    @cached_property
    def all_weeks(self) -> list[str]:
        """The weeks one can choose from, the newest first."""
        return weeks_between(min(self.known[0], self.choice.first), max(self.known[1], self.choice.last))[::-1]

    @cached_property
    def query(self) -> str:
        """The choice as the end of an address, to go on with on another page."""
        words = {
            "van": self.choice.first,
            "tot": self.choice.last,
            "per": self.unit or "",
            "kanaal": self.choice.channel or "",
            "organisatie": (self.choice.organisation or ("" if self.choice.organisation is None else NO_ORGANISATION))
            if self.may_choose
            else "",
        }
        return urlencode({name: word for name, word in words.items() if word})


def _start(week: str) -> str:
    """The first week of the month in which a week lies."""
    return period_of(week, "month").first
