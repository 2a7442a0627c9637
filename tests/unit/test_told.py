"""What is remembered of a conversation: names of what was recognised, and whom it is about; never words."""

import pytest

from bot.chat_dutch import normalise
from bot.content import load
from bot.nlu.person import whom
from bot.told import as_entities, band, marks_of_step


@pytest.mark.parametrize(
    ("typed", "known", "named"),
    [
        ("mijn vrouw is bang voor me", None, "je vrouw"),
        ("mn vriend en ik wonen samen", None, "je vriend"),
        ("me vriendin zegt niks meer", None, "je vriendin"),
        ("mijn ex wil me niet zien", "je vrouw", "je ex"),
        ("mijn ex-man belt steeds", None, "je ex"),
        ("ik heb mijn dochter geslagen", None, "je dochter"),
        ("ik schreeuw tegen mijn moeder", None, "je moeder"),
        ("mijn dochter stuurde me dit", None, None),
        ("ik heb mijn zoon geslagen", "je vrouw", None),
        ("een vriend van mij zei het", None, None),
        ("ze is bang", None, None),
    ],
)
def test_the_other_is_named_as_the_person_names_them(typed, known, named):
    assert whom(normalise(typed), known) == named


def test_a_ruler_has_three_parts():
    assert [band(n) for n in range(11)] == ["laag"] * 4 + ["midden"] * 3 + ["hoog"] * 4


def test_choosing_a_step_of_a_journey_remembers_where_one_was_until_it_ends():
    content = load()
    assert marks_of_step(content, "nu_afstand")["paused_step"] == "nu_afstand"
    assert marks_of_step(content, "nu_einde")["paused_step"] is None
    assert "paused_step" not in marks_of_step(content, "over_mij_start")
    assert "paused_step" not in marks_of_step(content, "menu")
    assert marks_of_step(content, "veranderen_stap_bellen")["chosen_step"] == "veranderen_stap_bellen"
    assert marks_of_step(content, "ask_importance") == {"importance": None}


def test_a_list_becomes_one_entity_an_item():
    assert [e["value"] for e in as_entities({"themes_heard": ["remorse", "relapse"]})] == ["remorse", "relapse"]
