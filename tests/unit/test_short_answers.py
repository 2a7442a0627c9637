"""Short answers are read whole: a yes inside a sentence is not an answer."""

import pytest

from bot.chat_dutch import normalise
from bot.nlu.last_question import chosen_button, number, short_answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("ja", "ja"),
        ("Jaaa!", "ja"),
        ("doe maar", "ja"),
        ("nee joh", "nee"),
        ("Neeeee", "nee"),
        ("mwah", "weet_niet"),
        ("geen idee...", "weet_niet"),
        ("ja maar zij begon", None),
        ("nee ik sla haar niet", None),
        ("", None),
    ],
)
def test_yes_no_and_dont_know(typed, answer):
    assert short_answer(normalise(typed)) == answer


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("7", 7),
        ("een zeven", 7),
        ("7/10", 7),
        ("toch wel een 6", 6),
        ("tien", 10),
        ("0", 0),
        ("nul", 0),
        ("een 8 denk ik", 8),
        ("11", None),
        ("112", None),
        ("113", None),
        ("ik heb 2 kinderen", None),
        ("zeven jaar geleden", None),
    ],
)
def test_numbers_from_nought_to_ten(typed, value):
    assert number(normalise(typed)) == value


BUTTONS = [
    {"title": "Ja, ik ga nu", "payload": "/nu_weg", "answer": "ja"},
    {"title": "Nee, dat kan niet", "payload": "/nu_blijven", "answer": "nee"},
    {"title": "Nummers om te bellen", "payload": "/lijnen"},
]


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("ja", "/nu_weg"),
        ("nope", "/nu_blijven"),
        ("numers om te bellen", "/lijnen"),
        ("weet niet", None),
        ("ik ga nu slapen", None),
    ],
)
def test_a_typed_answer_chooses_a_button(typed, payload):
    assert chosen_button(normalise(typed), BUTTONS) == payload
