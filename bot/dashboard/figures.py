"""What the pages tell, worked out from published numbers: rows for tables, what rose and fell, sentences in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.dashboard.labels import label, short_weeks, weeks
from bot.safety import LEVELS
from bot.themes.facts import SMALL_TALK
from bot.themes.published import Choice, Sum, Sums, sums
from bot.themes.suppression import ROUNDED_TO, K
from bot.themes.weeks import Period, Rhythm, length, period_of, weeks_between

OFF_BY = ROUNDED_TO // 2
"""How far rounding can move one number."""

ABOUT_THE_SAME = 0.05
"""A smaller share of change is not called more or less."""

UNITS: dict[Rhythm, str] = {"week": "week", "month": "maand", "quarter": "kwartaal"}
UNIT_PLURAL: dict[Rhythm, str] = {"week": "weken", "month": "maanden", "quarter": "kwartalen"}


@dataclass(frozen=True)
class Row:
    """One name with its numbers.

    Attributes:
        name: as counted.
        label: as read.
        values: one for each period of the figure; None where nothing may be shown.
        change: how many more a week than in the period before; nought when one of both may not be shown.
        certain: whether there was a change at all, whatever rounding and leaving out did.
    """

    name: str
    label: str
    values: tuple[int | None, ...]
    change: float = 0.0
    certain: bool = False

    @property
    def now(self) -> int | None:
        """The last period."""
        return self.values[-1] if self.values else None

    @property
    def before(self) -> int | None:
        """The period before that."""
        return self.values[-2] if len(self.values) > 1 else None

    @property
    def total(self) -> int:
        """All periods together, as far as they may be shown."""
        return sum(value for value in self.values if value)


@dataclass(frozen=True)
class Figures:
    """Numbers of a choice, by periods of one unit."""

    unit: Rhythm
    periods: tuple[Period, ...]
    found: Sums = field(repr=False)
    _rows: dict[str, list[Row]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path, choice: Choice, unit: Rhythm) -> Figures:
        """Read the numbers, and put finer ones together into periods of the unit.

        Numbers that come in longer periods than the unit are left out: they cannot be divided.
        """
        periods = tuple(
            dict.fromkeys(
                period
                for week in weeks_between(choice.first, choice.last)
                if Period(choice.first, choice.last).holds(period := period_of(week, unit))
            )
        )
        found: Sums = {}
        read = sums(path, choice)
        in_sight = set(periods)
        wholes = {
            period: period_of(period.first, unit) for names in read.values() for v in names.values() for period in v
        }
        part_of = {period: whole for period, whole in wholes.items() if whole in in_sight and whole.holds(period)}
        for fact, names in read.items():
            for name, counted in names.items():
                for period, added in counted.items():
                    if whole := part_of.get(period):
                        values = found.setdefault(fact, {}).setdefault(name, {})
                        values[whole] = values[whole] + added if whole in values else added
        shown = {period for values in found.get("conversations", {}).values() for period in values}
        last = max((i for i, period in enumerate(periods) if period in shown), default=-1)
        return cls(unit, periods[: last + 1], found)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.periods

    def rows(self, fact: str) -> list[Row]:
        """The names of a fact, the most frequent in the last period first. A page asks for them more than once."""
        if fact not in self._rows:
            self._rows[fact] = self._worked_out(fact)
        return self._rows[fact]

    def _worked_out(self, fact: str) -> list[Row]:
        rows = [
            Row(
                name,
                label(fact, name),
                tuple(values[period].count if period in values else None for period in self.periods),
                *self._change(values),
            )
            for name, values in self.found.get(fact, {}).items()
        ]
        return sorted((row for row in rows if row.total), key=lambda row: (-(row.now or 0), -row.total, row.label))

    def _change(self, values: dict[Period, Sum]) -> tuple[float, bool]:
        """The change a week, and whether the ranges in which the true numbers lie do not meet.

        A number may be off by rounding, and one that is left out may be up to `K` - 1.
        """
        if len(self.periods) < 2:
            return 0.0, False
        last_two = self.periods[-2:]
        all_counted = self.found["conversations"][""]
        groups = max(all_counted[period].numbers / length(period) for period in last_two if period in all_counted)
        lows, highs = [], []
        for period in last_two:
            added, weeks = values.get(period, Sum(0, 0)), length(period)
            left_out = max(0.0, groups * weeks - added.numbers)
            lows.append((added.count - OFF_BY * added.numbers) / weeks)
            highs.append((added.count + OFF_BY * added.numbers + (K - 1) * left_out) / weeks)
        both = all(period in values for period in last_two)
        before, now = (values[period].count / length(period) for period in last_two) if both else (0.0, 0.0)
        return now - before, lows[1] > highs[0] or highs[1] < lows[0]

    @property
    def uneven(self) -> bool:
        """Whether the last period has another length than the one before."""
        return len(self.periods) > 1 and length(self.periods[-1]) != length(self.periods[-2])

    def now(self, fact: str) -> list[Row]:
        """Those that may be shown in the last period."""
        return [row for row in self.rows(fact) if row.now]

    @property
    def conversations(self) -> Row:
        """How many conversations there were."""
        return next(iter(self.rows("conversations")), Row("", "gesprekken", (None,) * len(self.periods)))

    def risen(self) -> list[Row]:
        """Themes that were certainly asked more than in the period before."""
        return sorted((r for r in self.now("theme") if r.certain and r.change > 0), key=lambda r: -r.change)

    def fallen(self) -> list[Row]:
        """Themes that were certainly asked less."""
        return sorted((r for r in self.now("theme") if r.certain and r.change < 0), key=lambda r: r.change)

    def new(self) -> list[Row]:
        """Themes with a number now, that had none in any period before."""
        if len(self.periods) < 2:
            return []
        return [row for row in self.now("theme") if not any(row.values[:-1])]

    def place(self, steps: int = 1) -> str:
        """The last period in words, or one before it."""
        return weeks(self.periods[-steps]) if len(self.periods) >= steps else ""


def axis(figures: Figures) -> list[str]:
    """What stands below the columns of a picture."""
    return [short_weeks(period) for period in figures.periods]


def level_series(figures: Figures) -> list[tuple[str, tuple[int | None, ...]]]:
    """The levels for a picture, the lowest first; joined ones take the style of the lower (`urgent acute`)."""
    rows = sorted(figures.rows("level"), key=lambda row: LEVELS.index(row.name.split("+")[0]))
    return [(row.name.replace("+", " "), row.values) for row in rows]


def listed(words: list[str]) -> str:
    """Words as a Dutch list: "a, b en c"."""
    return " en ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def summary(figures: Figures) -> list[str]:
    """The last period in a few plain sentences."""
    if figures.empty:
        return []
    total = figures.conversations
    said = [f"In {figures.place()} waren er ongeveer {total.now} gesprekken."] if total.now else []
    if total.now and total.before:
        change = total.change
        word = (
            "ongeveer evenveel" if abs(change) <= ABOUT_THE_SAME * total.before else "meer" if change > 0 else "minder"
        )
        said.append(
            f"Dat is {word} {'als' if word.startswith('on') else 'dan'} in {figures.place(2)} ({total.before})."
        )
    top = [row for row in figures.now("theme") if row.name not in SMALL_TALK][:3]
    if top:
        said.append(f"Het meest ging het over {listed([f'{r.label} ({r.now})' for r in top])}.")
    new = [row for row in figures.new() if row.name not in SMALL_TALK][:3]
    if new:
        said.append(f"Nieuw in beeld: {listed([f'{r.label} ({r.now})' for r in new])}.")
    risen = [row for row in figures.risen() if row.name not in SMALL_TALK][:3]
    if risen:
        said.append(f"Vaker dan daarvoor: {listed([f'{r.label} (van {r.before} naar {r.now})' for r in risen])}.")
    elif len(figures.periods) > 1:
        said.append("Geen onderwerp steeg duidelijk.")
    unclear = figures.now("unclear")
    if unclear:
        said.append(f"In ongeveer {unclear[0].now} gesprekken begreep de chat minstens één bericht niet.")
    return said


def sentences(figures: Figures) -> dict[str, str]:
    """One sentence in plain words above each picture."""
    nothing = f"Hierover is niets te tonen: minder dan {K} gesprekken, of te dicht daarbij."

    def first(fact: str, text: str) -> str:
        rows = figures.now(fact)
        return text.format(label=rows[0].label, now=rows[0].now) if rows else nothing

    levels = figures.rows("level")
    safe = next((row.now for row in levels if row.name == "none"), None)
    total = figures.conversations.now
    return {
        "conversations": "Zo veel gesprekken waren er. Een gesprek telt als iemand iets typte of koos.",
        "theme": first("theme", "Het vaakst ging het over {label}: in ongeveer {now} gesprekken."),
        "pair": first("pair", "Het vaakst samen in één gesprek: {label} (ongeveer {now})."),
        "journey": first("journey", "De meeste mensen begonnen aan “{label}”: ongeveer {now} gesprekken."),
        "step": first("step", "De stap die het vaakst is gekozen: {label} (ongeveer {now})."),
        "level": (
            f"In ongeveer {total - safe} van de {total} gesprekken zag de chat een teken van gevaar."
            if total and safe
            else nothing
        ),
        "kind": first("kind", "Het vaakst ging het om {label}: ongeveer {now} gesprekken."),
        "unclear_near": first(
            "unclear_near", "Het vaakst begreep de chat iets niet dat leek op: {label} (ongeveer {now})."
        ),
        "ruler": (
            "Hoe belangrijk is veranderen voor je, van 0 tot 10? Links het eerste antwoord, rechts het laatste."
            if figures.now("ruler_first") or figures.now("ruler_last")
            else nothing
        ),
        "help": first("help", "Het vaakst genoemd: {label}, in ongeveer {now} gesprekken."),
        "region": first("region", "Het vaakst genoemd: {label}, in ongeveer {now} gesprekken."),
    }
