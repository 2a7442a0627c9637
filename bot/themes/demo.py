"""Makes up conversations, so that an organisation can look at the overview before it starts. Also for tests and measuring.

Nobody's conversations are behind it: shares of themes are drawn from a seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.content import project_content
from bot.safety import KINDS
from bot.themes import THEMES
from bot.themes.facts import BANDS, REGIONS, Facts, steps
from bot.themes.store import Cell, Group, add, opened, publish
from bot.themes.weeks import shift, this_week, weeks_between

DEMO_GROUPS = {
    Group("web"): 90,
    Group("web", "voorbeeld-noord"): 230,
    Group("telegram"): 45,
    Group("web", "voorbeeld-zuid"): 12,
}
"""Conversations a week; the last is too small for figures by the week or month."""

DEMO_WEEKS = 60

FREQUENT = (
    "anger_tension", "explain_change", "remorse", "smalltalk", "find_help_nearby", "breakup_contact", "who_are_you_bot",
    "own_behaviour_doubt", "contact_ban_huisverbod", "alcohol_drugs", "relapse", "privacy_anonymity",
)  # fmt: skip


class Simulation:
    """Draws facts of conversations; the same seed gives the same ones."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._weights = [1 / (place + 4) for place in range(len(THEMES))]
        self._order = FREQUENT + tuple(theme for theme in THEMES if theme not in FREQUENT)
        self._lines = list(project_content().lines)
        self._journeys = sorted({step.journey for step in steps().values() if step.journey})
        self._chosen = [(name, step.journey) for name, step in steps().items() if step.chosen and step.ends]

    def conversation(self, group: Group, week: int) -> Facts:
        """One conversation; some themes grow or shrink with the weeks."""
        draw = self._random
        facts = Facts(group.channel, group.organisation, spoke=True)
        weights = [w * (1 + week / 40 if i % 7 == 3 else 1) for i, w in enumerate(self._weights)]
        facts.themes.update(draw.choices(self._order, weights, k=draw.choice((1, 1, 2, 2, 3, 4))))
        facts.level = draw.choices(("none", "concern", "urgent", "acute"), (70, 17, 10, 3))[0]
        if facts.level != "none":
            facts.kinds.update(draw.choices(KINDS, [1 / (i + 2) for i in range(len(KINDS))], k=draw.choice((1, 1, 2))))
        if draw.random() < 0.25:
            facts.region = draw.choices(REGIONS, [1 / (i + 1) for i in range(len(REGIONS))])[0]
        if draw.random() < 0.22:
            facts.unclear = True
            facts.unclear_near.update(draw.choices(self._order, weights[::-1], k=1))
        for journey in draw.sample(self._journeys, k=draw.choice((0, 1, 1, 2))):
            facts.journeys.add(journey)
            if draw.random() < 0.5:
                facts.finished.add(journey)
                chosen = [name for name, of in self._chosen if of == journey]
                facts.chosen.update(draw.sample(chosen, k=min(len(chosen), draw.choice((0, 1, 1, 1)))))
        if draw.random() < 0.3:
            place = draw.choice((0, 0, 1, 1, 2))
            facts.first, facts.last = BANDS[place], BANDS[min(2, place + draw.choice((0, 0, 1)))]
        facts.help.update(draw.sample(self._lines, k=draw.choice((0, 1, 1, 2, 3))))
        return facts

    def week(self, groups: dict[Group, int], week: int) -> Iterator[tuple[Group, Facts]]:
        """The conversations of one week: about as many as asked for each group."""
        for group, mean in groups.items():
            for _ in range(max(0, round(self._random.gauss(mean, mean**0.5)))):
                yield group, self.conversation(group, week)


def fill(path: Path, groups: dict[Group, int], weeks: int, seed: int = 1) -> int:
    """Fill a new file with made-up weeks up to now, published as real ones are.

    Returns:
        How many conversations were made up.
    """
    simulation = Simulation(seed)
    made = 0
    path.unlink(missing_ok=True)
    with opened(path) as db:
        db.execute("INSERT INTO about VALUES ('demo', 'yes')")
        db.commit()
        for number, week in enumerate(weeks_between(shift(this_week(), -weeks), this_week())):
            cells: Counter[Cell] = Counter()
            for group, facts in simulation.week(groups, number):
                cells.update(Cell(week, group, fact) for fact in facts.counts())
                made += 1
            add(db, cells)
            publish(db, week)
        publish(db)
    return made
