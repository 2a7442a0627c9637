"""How long a danger stays open, on conversations made by hand."""

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.context import SAFETY, held

ACUTE = {"level": "acute", "kinds": ["victim"]}
OF_LIFE = {"level": "acute", "kinds": ["suicide"]}
URGENT = {"level": "urgent", "kinds": ["violence_now"]}
CONCERN = {"level": "concern", "kinds": ["losing_control"]}
HELD = {"level": "concern", "kinds": ["victim"], "held": True}
NONE = {"level": "none", "kinds": []}


def after(*said: tuple[str, dict]):
    """What is held after these messages, each with what was seen in it."""
    tracker = DialogueStateTracker.from_events(
        "x", [UserUttered(text, parse_data={"text": text, SAFETY: seen}) for text, seen in said]
    )
    found = held(tracker)
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
