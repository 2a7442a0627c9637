"""What may be shown of counts, whatever they are."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import KINDS, LEVELS
from bot.themes import THEMES
from bot.themes.facts import BANDS, Facts, steps
from bot.themes.suppression import ROUNDED_TO, K, cover, merged, publishable, rounded

CHOSEN = [(name, step.journey) for name, step in steps().items() if step.chosen and step.ends]


@st.composite
def conversation(draw) -> Facts:
    few = st.sets(st.sampled_from(THEMES[:5]), max_size=3)
    facts = Facts("web", spoke=True, themes=draw(few), level=draw(st.sampled_from(LEVELS)))
    if facts.level != "none":
        facts.kinds = draw(st.sets(st.sampled_from(KINDS[:4]), max_size=2))
    facts.unclear_near = draw(few)
    facts.unclear = bool(facts.unclear_near)
    facts.journeys = draw(st.sets(st.sampled_from(["nu", "hulp"])))
    facts.finished = {journey for journey in facts.journeys if draw(st.booleans())}
    facts.chosen = {name for name, journey in CHOSEN if journey in facts.finished and draw(st.booleans())}
    if draw(st.booleans()):
        facts.first, facts.last = draw(st.sampled_from(BANDS)), draw(st.sampled_from(BANDS))
    return facts


@st.composite
def counts(draw) -> Counter:
    """Up to a few hundred conversations: some different ones, each some times."""
    raw = Counter()
    for facts in draw(st.lists(conversation(), min_size=1, max_size=8)):
        times = draw(st.integers(1, 60))
        raw.update({fact: times for fact in facts.counts()})
    return raw


def true_count(raw: Counter, fact: tuple[str, str]) -> int:
    """Of a joined name (`urgent+acute`) the sum; a pair is one name."""
    kind, name = fact
    return raw[fact] if kind == "pair" else sum(raw[kind, part] for part in name.split("+"))


@settings(max_examples=300, deadline=None)
@given(counts())
def test_every_number_stands_for_ten_conversations_and_is_a_multiple_of_five(raw):
    for fact, shown in publishable(raw).items():
        assert true_count(raw, fact) >= K
        assert shown % ROUNDED_TO == 0
        assert abs(shown - true_count(raw, fact)) <= ROUNDED_TO // 2


@settings(max_examples=300, deadline=None)
@given(counts())
def test_no_difference_of_a_whole_and_a_part_is_of_less_than_ten(raw):
    shown = publishable(raw)
    total = raw["conversations", ""]
    at_risk = total - raw["level", "none"]
    wholes = {"theme": total, "region": total, "help": total, "journey": total, "unclear": total, "level": total}
    for kind, name in shown:
        count = true_count(raw, (kind, name))
        if kind in wholes:
            assert total - count >= K
        if kind == "kind":
            assert at_risk - count >= K
        if kind == "unclear_near":
            assert raw["unclear", ""] - count >= K
        if kind == "finished":
            assert raw["journey", name] - count >= K
        if kind == "step":
            assert raw["finished", steps()[name].journey] - count >= K
        if kind == "pair":
            first, second = (raw["theme", part] for part in name.split("+"))
            assert min(first - count, second - count, total - first - second + count) >= K


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 300), st.dictionaries(st.tuples(st.just("kind"), st.sampled_from(KINDS)), st.integers(0, 80)))
def test_what_is_hidden_of_a_cover_cannot_be_worked_out(whole, parts):
    shown = cover(whole, parts)
    hidden = [count for fact, count in parts.items() if fact not in shown]
    assert not shown or (len(hidden) >= 2 and sum(hidden) >= K)


@given(st.lists(st.integers(0, 200), min_size=4, max_size=4))
def test_a_scale_is_joined_until_each_part_holds_ten(scale):
    found = merged(LEVELS, scale)
    assert not found or sum(found.values()) == sum(scale)
    assert all(count >= K for count in found.values())
    assert not found or [part for name in reversed(found) for part in name.split("+")] == list(LEVELS)


def test_nought_and_nine_look_the_same():
    base = {("conversations", ""): 100, ("level", "none"): 100}
    assert publishable({**base, ("theme", "remorse"): 9}) == publishable(base)


def test_fewer_than_ten_conversations_show_nothing():
    assert publishable({("conversations", ""): 9, ("theme", "remorse"): 9}) == {}


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_rounding_goes_to_the_nearest_five(count, shown):
    assert rounded(count) == shown


def test_levels_too_small_alone_stand_as_one():
    raw = {("conversations", ""): 100, ("level", "none"): 70, ("level", "concern"): 18, ("level", "urgent"): 9,
           ("level", "acute"): 3}  # fmt: skip
    assert publishable(raw)["level", "urgent+acute"] == 10
    assert ("level", "acute") not in publishable(raw)
