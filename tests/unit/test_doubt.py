"""What the bot does not speak of as if it were sure."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.doubt import Doubt
from bot.nlu.places import is_place
from bot.nlu.question import is_question


def heard_as(text: str, intent: str, confidence: float) -> str:
    message = Message({"text": text, "intent": {"name": intent, "confidence": confidence}})
    Doubt(0.5).process([message])
    return message.get("intent")["name"]


def test_a_doubtful_theme_becomes_a_piece_of_a_story_and_a_likely_one_stays():
    assert heard_as("dat beeld krijg ik niet weg", "remorse", 0.39) == "vertelt"
    assert heard_as("ik heb er spijt van", "remorse", 0.7) == "remorse"


def test_a_question_for_facts_is_answered_also_in_doubt():
    assert heard_as("hoe lang duurt zoiets", "waiting_list", 0.42) == "waiting_list"
    assert heard_as("ik wil niet weer naar de politie", "waiting_list", 0.42) == "vertelt"


def test_a_short_pleasantry_is_returned_also_in_doubt():
    assert heard_as("fijne avond", "thanks", 0.39) == "thanks"
    assert heard_as("ik weet het, de brief is misschien meer voor mij", "stop_goodbye", 0.43) == "vertelt"


def test_going_back_is_no_goodbye():
    assert heard_as("ik ga naar boven", "stop_goodbye", 0.7) == "vertelt"
    assert heard_as("ok ik ga weer terug", "stop_goodbye", 0.7) == "vertelt"
    assert heard_as("ik ga slapen", "stop_goodbye", 0.7) == "stop_goodbye"


def test_what_was_not_understood_stays_so():
    assert heard_as("hmpf", "nlu_fallback", 0.2) == "nlu_fallback"


@pytest.mark.parametrize("text", ["arnhem", "haarlem schalkwijk", "breda zegmaar"])
def test_a_place_alone_is_a_place(text):
    assert is_place(text)


@pytest.mark.parametrize("text", ["best", "meer", "balk", "ja", "ik ben in arnhem geboren en getogen", "heel erg", ""])
def test_other_words_are_no_place(text):
    assert not is_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "is er hulp in het pools",
        "hoe lang duurt zoiets",
        "mag ik haar bellen",
        "en wat kost dat",
        "werkt dat?",
        "wie beslist daarover",
    ],
)
def test_a_question_is_known_without_its_mark(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "wat een onzin",
        "wat me tegenhoudt is mijn baan",
        "heb geen zin",
        "moet eruit, halte",
        "is gewoon zo",
        "weet niet",
        "hoezo bang",
    ],
)
def test_telling_is_not_asking(text):
    assert not is_question(text)


@pytest.mark.parametrize(
    ("typed", "intent", "confidence", "becomes"),
    [
        ("2 keer", "stop_goodbye", 0.61, "vertelt"),
        ("vanochtend", "stop_goodbye", 0.57, "vertelt"),
        ("zondag", "minimise_deny", 0.7, "vertelt"),
        ("vrijdag", "nlu_fallback", 0.2, "vertelt"),
        ("en verder", "stop_goodbye", 0.7, "vertelt"),
        ("ik ga slapen doei", "stop_goodbye", 0.7, "stop_goodbye"),
        ("hoe dan", "smalltalk", 0.6, "vertelt"),
        ("hoi hoe is het", "smalltalk", 0.9, "smalltalk"),
        ("sinds zondag is ze bij haar zus", "breakup_contact", 0.8, "breakup_contact"),
    ],
)
def test_a_goodbye_needs_a_word_for_it_and_a_time_alone_has_no_theme(typed, intent, confidence, becomes):
    assert heard_as(typed, intent, confidence) == becomes
