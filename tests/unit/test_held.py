"""How long a danger stays open, on conversations made by hand."""

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import SAFETY, WHY_ASKED, after_a_danger, held
from bot.nlu.risk_classifier import RISK
from bot.nlu.safety import SafetyScreen

ACUTE = {"level": "acute", "kinds": ["victim"]}
OF_LIFE = {"level": "acute", "kinds": ["suicide"]}
URGENT = {"level": "urgent", "kinds": ["violence_now"]}
CONCERN = {"level": "concern", "kinds": ["losing_control"]}
HELD = {"level": "concern", "kinds": ["victim"], "held": True}
NONE = {"level": "none", "kinds": []}


def talk_of(*said: tuple[str, dict]) -> DialogueStateTracker:
    """A conversation of these messages, each with what was seen in it."""
    events = [UserUttered(text, parse_data={"text": text, SAFETY: seen}) for text, seen in said]
    return DialogueStateTracker.from_events("x", events)


def after(*said: tuple[str, dict]):
    """What is held after these messages."""
    found = held(talk_of(*said))
    return (found.level, list(found.kinds)) if found else None


def test_a_risk_is_held_for_one_message():
    assert after(("hij sloeg", URGENT)) == ("concern", ["violence_now"])
    assert after(("hij sloeg", URGENT), ("oke", {**HELD, "kinds": ["violence_now"]})) is None


def test_an_acute_danger_is_held_for_three():
    pieces = [("oke", HELD), ("ja", HELD)]
    assert after(("help", ACUTE), *pieces) == ("concern", ["victim"])
    assert after(("help", ACUTE), *pieces, ("nou", HELD)) is None


def test_the_first_message_after_an_acute_danger_to_life_stays_urgent():
    assert after(("ik ga", OF_LIFE)) == ("urgent", ["suicide"])
    assert after(("ik ga", OF_LIFE), ("ok", HELD))[0] == "concern"


def test_who_tells_another_danger_in_between_keeps_the_acute_one_open_with_both_kinds():
    assert after(("ik ga", OF_LIFE), ("zo boos", CONCERN)) == ("concern", ["losing_control", "suicide"])


def test_a_number_counts_for_nothing_and_a_pressed_answer_about_the_danger_does_not_end_it():
    assert after(("help", ACUTE), ("2", NONE)) == ("concern", ["victim"])
    assert after(("help", ACUTE), ("/veilig_durf_niet", NONE)) == ("concern", ["victim"])


def test_any_other_button_leaves_the_subject():
    assert after(("help", ACUTE), ("/menu", NONE)) is None


def test_to_ask_why_the_bot_asks_changes_nothing_about_the_danger():
    why = ("hoezo vraag je dat", {**HELD, "reply": WHY_ASKED})
    assert after(("hij sloeg", URGENT), why) == ("concern", ["violence_now"])
    assert after_a_danger(talk_of(("hij sloeg", URGENT), why))


def test_a_number_or_an_answer_about_the_danger_leaves_it_the_last_thing_told():
    assert after_a_danger(talk_of(("hij sloeg", URGENT), ("9", NONE)))
    assert after_a_danger(talk_of(("ik ga haar slaan", URGENT), ("/veilig_durf_niet", URGENT)))


def test_what_was_held_or_raised_raises_no_other():
    assert not after_a_danger(talk_of(("hij sloeg", URGENT), ("oke", {**HELD, "level": "urgent"})))
    assert not after_a_danger(talk_of(("hij sloeg", URGENT), ("zo boos", {**URGENT, "raised": True})))


@pytest.mark.parametrize(("level", "closed"), [("none", True), ("urgent", True), ("acute", False)])
def test_a_plain_no_closes_no_question_where_the_classifier_sees_an_acute_danger_in_it(level, closed):
    buttons = [{"title": "Nee", "payload": "/veilig_geen_gevaar", "answer": "nee"}]
    question = BotUttered("Is er gevaar?", data={"buttons": buttons}, metadata={"utter_action": "utter_safety_urgent"})
    tracker = talk_of(("hij sloeg", URGENT))
    tracker.update(question)
    message = Message(
        {TEXT: "nee er is geen gevaar", RISK: {"level": level, "kinds": ["weapon"]}, "intent_ranking": []}
    )
    message.set(INTENT, {"name": "deny", "confidence": 0.9})
    SafetyScreen().process([message], tracker)
    assert (message.get(SAFETY).get("reply") == "veilig_geen_gevaar") is closed
