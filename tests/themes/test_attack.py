"""Somebody who sees every page and export of a year, as they came, tries to single out conversations."""

import itertools
import json
from collections import Counter

import pytest

from bot.themes.demo import Simulation
from bot.themes.facts import steps
from bot.themes.published import Choice, numbers
from bot.themes.report import as_csv, as_json
from bot.themes.store import Cell, Group, add, opened, publish
from bot.themes.suppression import ROUNDED_TO, K
from bot.themes.weeks import Period, weeks_between

GROUPS = {
    Group("web"): 120,
    Group("web", "groot"): 260,
    Group("web", "middel"): 40,
    Group("web", "klein"): 6,
    Group("telegram"): 25,
    Group("telegram", "groot"): 3,
}
LONE = Group("web", "eenling")
"""One conversation in the whole year."""

WEEKS = weeks_between("2025-W01", "2026-W02")
ALL = Choice("2000-W01", "2099-W52")
OFF_BY = ROUNDED_TO // 2


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The file after a year, what was in it before publishing, and what could be seen week after week."""
    path = tmp_path_factory.mktemp("year") / "themes.db"
    simulation = Simulation(7)
    truth: dict[tuple[Group, str], Counter] = {}
    seen = []
    with opened(path) as db:
        for number, week in enumerate(WEEKS):
            cells: Counter[Cell] = Counter()
            drawn = list(simulation.week(GROUPS, number))
            if week == "2025-W20":
                drawn.append((LONE, simulation.conversation(LONE, number)))
            for group, facts in drawn:
                found = list(facts.counts())
                truth.setdefault((group, week), Counter()).update(found)
                cells.update(Cell(week, group, fact) for fact in found)
            add(db, cells)
            publish(db, week)
            seen.append(frozenset(numbers(path, ALL)))
    return path, truth, seen


def true_counts(truth, group: Group, period: Period) -> Counter:
    total = Counter()
    for week in weeks_between(period.first, period.last):
        total.update(truth.get((group, week), Counter()))
    return total


def blocks(path):
    found: dict[tuple[Group, Period], dict[tuple[str, str], int]] = {}
    for n in numbers(path, ALL):
        found.setdefault((Group(n.channel, n.organisation), n.period), {})[n.fact, n.name] = n.counted
    return found


def test_there_is_something_to_attack(year):
    assert len(blocks(year[0])) > 60


def test_watching_week_after_week_shows_no_number_change(year):
    *_, seen = year
    assert all(before <= after for before, after in itertools.pairwise(seen))


def test_no_number_comes_before_its_period_is_over(year):
    *_, seen = year
    for week, shown in zip(WEEKS, seen, strict=True):
        assert all(n.period.last < week for n in shown)


def test_no_two_numbers_of_a_fact_overlap_in_time_so_weeks_cannot_be_subtracted(year):
    held: dict[tuple, list[Period]] = {}
    for n in numbers(year[0], ALL):
        held.setdefault((n.channel, n.organisation, n.fact, n.name), []).append(n.period)
    for periods in held.values():
        ordered = sorted(periods)
        assert all(a.last < b.first for a, b in itertools.pairwise(ordered))


def test_all_minus_the_organisations_is_nought(year):
    """`all` is the sum of what each group shows, for every choice of weeks; there is nothing left to find."""
    path, *_ = year
    for first, last in (("2025-W01", "2025-W26"), ("2025-W10", "2025-W30"), ("2025-W20", "2025-W20")):
        whole = numbers(path, Choice(first, last))
        parts = [
            n
            for group in (*GROUPS, LONE)
            for n in numbers(path, Choice(first, last, group.channel, group.organisation))
        ]
        assert sorted(map(repr, whole)) == sorted(map(repr, parts))


def test_a_longer_choice_minus_a_shorter_one_is_only_numbers_that_are_shown(year):
    path, *_ = year
    shown = set(numbers(path, ALL))
    for week in range(2, 50):
        longer = set(numbers(path, Choice(WEEKS[0], WEEKS[week])))
        shorter = set(numbers(path, Choice(WEEKS[0], WEEKS[week - 1])))
        assert longer - shorter <= shown
        assert all(n.counted >= K for n in longer - shorter)


def test_nobody_can_be_singled_out(year):
    """Each whole minus each part, with everything that rounding allows: never surely one to nine conversations."""
    path, truth, _ = year
    singled_out = []
    tried = 0
    for (group, period), shown in blocks(path).items():
        raw = true_counts(truth, group, period)
        for fact, count in shown.items():
            for whole, known in wholes(shown, fact):
                tried += 1
                low, high = known - count - 2 * OFF_BY, known - count + 2 * OFF_BY
                if low >= 1 and high < K:
                    singled_out.append((group, period, whole, fact))
        for name, parts in covers(shown).items():
            tried += 1
            known = shown.get(name)
            if known is None or len(parts["shown"]) == 0:
                continue
            least = known - OFF_BY - sum(count + OFF_BY for count in parts["shown"])
            if least >= 1 and len(parts["hidden"]) < 2:
                singled_out.append((group, period, name, parts["hidden"]))
        assert all(raw[fact] >= K for fact in shown if "+" not in fact[1])
    assert tried > 3_000
    assert singled_out == []


def wholes(shown: dict, fact: tuple[str, str]) -> list[tuple[tuple[str, str], int]]:
    """The numbers of groups within which those of a fact surely lie."""
    kind, name = fact
    found = [] if kind == "conversations" else [("conversations", "")]
    if kind == "finished":
        found.append(("journey", name))
    if kind == "step":
        found += [("finished", steps()[name].journey), ("journey", steps()[name].journey)]
    if kind == "unclear_near":
        found.append(("unclear", ""))
    if kind == "pair":
        found += [("theme", part) for part in name.split("+")]
    return [(whole, shown[whole]) for whole in found if whole in shown]


def covers(shown: dict) -> dict:
    """Sets of facts that together make up another one: the steps of a journey make up its end."""
    found: dict = {}
    for name, step in steps().items():
        if step.chosen and step.journey:
            place = found.setdefault(("finished", step.journey), {"shown": [], "hidden": []})
            fact = ("step", name)
            place["shown" if fact in shown else "hidden"].append(shown.get(fact, name))
    return found


def test_an_organisation_with_one_conversation_leaves_no_trace(year):
    path, _, seen = year
    assert not any(n.organisation == LONE.organisation for shown in seen for n in shown)
    choice = Choice("2000-W01", "2099-W52")
    for text in (as_csv(path, choice), as_json(path, choice)):
        assert LONE.organisation not in text


def test_the_world_without_the_lone_conversation_looks_exactly_the_same(year, tmp_path):
    path, truth, _ = year
    other = tmp_path / "themes.db"
    with opened(other) as db:
        for week in WEEKS:
            add(
                db,
                {
                    Cell(week, g, fact): n
                    for (g, w), raw in truth.items()
                    if w == week and g != LONE
                    for fact, n in raw.items()
                },
            )
            publish(db, week)
    assert numbers(other, ALL) == numbers(path, ALL)


def test_the_file_keeps_only_the_running_periods(year):
    path, *_ = year
    with opened(path) as db:
        weeks = {row[0] for row in db.execute("SELECT DISTINCT week FROM running").fetchall()}
    assert weeks <= set(WEEKS[-14:])


def test_exports_hold_the_same_numbers_as_the_pages(year):
    found = numbers(year[0], ALL)
    exported = json.loads(as_json(year[0], ALL))["numbers"]
    assert sum(n["count"] for n in exported) == sum(n.counted for n in found)
    assert as_csv(year[0], ALL).count("\n") == len(found) + 1
