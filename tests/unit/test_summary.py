"""A summary is put together from what is remembered: at most four written parts, what the person chose first."""

import pytest

from actions.not_understood import Heard, fitting_reply
from actions.summary import MOST_PARTS, parts_of, said
from bot.content import load
from bot.themes import THEMES
from bot.told import MOMENTS

CONTENT = load()


def test_nothing_told_gives_no_parts():
    assert parts_of({"themes_heard": None, "importance": None}, CONTENT) == []


def test_each_thing_that_was_told_has_a_part_in_the_order_of_a_story():
    slots = {"themes_heard": ["remorse"], "feelings_heard": ["boos"], "importance": 8.0}
    assert parts_of(slots, CONTENT) == [
        "samenvatting_thema_remorse",
        "samenvatting_gevoel_boos",
        "samenvatting_belang_hoog",
    ]


def test_at_most_four_parts_come_and_what_was_chosen_is_among_them():
    value = next(n for n in CONTENT.steps if n.startswith("waarde_"))
    slots = {
        "themes_heard": list(THEMES),
        "feelings_heard": ["schaamte", "boos"],
        "importance": 2,
        "confidence": 5,
        "value": value,
        "chosen_step": "plan_stap_bellen",
    }
    parts = parts_of(slots, CONTENT)
    assert len(parts) == MOST_PARTS
    assert f"samenvatting_{value}" in parts
    assert parts[-1].startswith("samenvatting_stap")


def test_the_other_is_named_in_a_part():
    for name in (n for n, s in CONTENT.steps.items() if s.part):
        for number in range(len(CONTENT.steps[name].variations)):
            text = said(CONTENT, name, "je vrouw", number)
            assert "[[" not in text
            assert "?" not in text


def test_a_message_that_was_not_understood_is_answered_by_its_feeling_or_direction_first():
    assert fitting_reply(Heard("change", "boos"), 1) == "gevoel_boos"
    assert fitting_reply(Heard("sustain", "none"), 2) == "gehoord_sustain"
    assert fitting_reply(Heard("none", "none"), 1) == "niet_begrepen_1"
    assert fitting_reply(Heard(None, None), 2) == "niet_begrepen_2"
    assert fitting_reply(Heard("change", "boos"), 3) == "niet_begrepen_3"


def test_what_a_message_tells_comes_before_its_feeling_and_direction():
    assert fitting_reply(Heard("change", "schuld", "eigen_aandeel"), 1, telling=True) == "moment_eigen_aandeel"
    assert fitting_reply(Heard("change", "schuld", "eigen_aandeel"), 3) == "niet_begrepen_3"


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_moment_has_a_reply(moment):
    assert f"moment_{moment}" in CONTENT.steps


def test_a_piece_of_a_story_is_answered_by_its_feeling_or_direction_or_as_a_story():
    assert fitting_reply(Heard("sustain", "schaamte"), 1, telling=True) == "gevoel_schaamte"
    assert fitting_reply(Heard("change", "none"), 1, telling=True) == "gehoord_change"
    assert fitting_reply(Heard("none", "none"), 1, telling=True) == "vertelt"


def test_a_question_that_is_not_understood_gets_no_feeling_said_back():
    assert fitting_reply(Heard("change", "boos"), 1, question=True) == "niet_begrepen_vraag"
    assert fitting_reply(Heard("none", "none"), 3, question=True) == "niet_begrepen_3"


def test_a_few_words_after_a_question_are_an_answer():
    assert fitting_reply(Heard(), 1, answering=True) == "kort_gehoord"
    assert fitting_reply(Heard(feeling="verdriet"), 1, answering=True) == "gevoel_verdriet"
    assert fitting_reply(Heard(), 3, answering=True) == "niet_begrepen_3"
