"""Short answers are read whole: a yes inside a sentence is not an answer."""

import pytest

from bot.chat_dutch import normalise
from bot.nlu.last_question import chosen_button, number, number_in, short_answer


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
        ("leg het makkelijker uit", "makkelijker"),
        ("waar waren we?", "verder"),
        ("ja kan wel hoor", "ja"),
        ("ja is veilig nu", "ja"),
        ("nee gaat wel", "nee"),
        ("ja kan niet", None),
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
        ("een 6 ofzo", 6),
        ("nou ja een 4 dan", 4),
        ("5 of 6", 5),
        ("11", None),
        ("112", None),
        ("113", None),
        ("ik heb 2 kinderen", None),
        ("zeven jaar geleden", None),
    ],
)
def test_numbers_from_nought_to_ten(typed, value):
    assert number(normalise(typed)) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("oke een 5 dan. omdat ik het ook niet leuk vind dat hij huilt", 5),
        ("een 2. en die 2 is alleen omdat ik van dat gedoe af wil", 2),
        ("Dat vind ik een kinderachtige methode. Maar vooruit, een vier.", 4),
        ("een acht, voor de kinderen", 8),
        ("ik heb twee kinderen", None),
        ("mwah", None),
    ],
)
def test_a_number_with_a_reason_answers_a_ruler(typed, value):
    assert number_in(normalise(typed)) == value


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


@pytest.mark.parametrize(
    ("text", "asked", "answer"),
    [
        ("ja ik heb een plan", "Heb je een plan?", "ja"),
        ("nee geen plan", "Heb je een plan?", None),
        ("denk het wel ja", "", "ja"),
        ("ja ik heb een mes", "Heb je een plan?", None),
        ("ja nee", "", None),
    ],
)
def test_a_yes_may_say_the_question_over(text, asked, answer):
    assert short_answer(text, asked) == answer
