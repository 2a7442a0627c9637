"""What answers a question about a danger, beside what only the classifier suspected."""

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.heard import WORDING
from bot.nlu.act import ASKED_ENOUGH
from bot.nlu.after_danger import answer_after_danger, leads_on, speaks_for_itself
from bot.nlu.context import BY_RULES, SAFETY
from bot.nlu.in_talk import ACT_READ, QUESTION_READ
from bot.nlu.risk_classifier import RISK
from bot.safety import Screening
from bot.told import ACTS


def after(
    level: str, kind: str = "violence_now", unsure: bool = True, step: str = "safety_concern"
) -> DialogueStateTracker:
    seen = {"level": level, "kinds": [kind], **({"unsure": True} if unsure else {})}
    typed = UserUttered("x", parse_data={"text": "x", SAFETY: seen})
    buttons = [{"title": "Nee, er is geen gevaar", "payload": "/veilig_geen_gevaar", "answer": "nee"}]
    said = BotUttered("…?", {"buttons": buttons}, {WORDING: f"{step}/variations/0", "utter_action": f"utter_{step}"})
    return DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), typed, said])


def message(text: str, intent: str = "vertelt", act: str = "tells", **estimate) -> Message:
    found = Message({TEXT: text, INTENT: {"name": intent}, RISK: estimate})
    found.set(ACT_READ, {name: float(name == act) for name in ACTS})
    return found


CONCERN = Screening("concern", ("violence_now",))


def test_who_says_that_it_was_asked_for_nothing_is_heard():
    typed = message("ik vroeg geen nummers", ASKED_ENOUGH, "corrects")
    assert answer_after_danger(typed, CONCERN, after("concern"), own_words=True) == ASKED_ENOUGH


@pytest.mark.parametrize(
    ("level", "kind"), [("acute", "violence_now"), ("urgent", "suicide"), ("urgent", "strangulation")]
)
def test_not_where_a_life_may_be_at_stake(level, kind):
    typed = message("ik vroeg geen nummers", ASKED_ENOUGH, "corrects")
    assert answer_after_danger(typed, Screening("urgent", (kind,)), after(level, kind), own_words=True) != ASKED_ENOUGH


def test_a_plain_no_counts_in_whatever_words():
    assert answer_after_danger(message("welnee joh", act="no"), CONCERN, after("concern"), True) == "veilig_geen_gevaar"
    assert answer_after_danger(message("welnee joh", act="tells"), CONCERN, after("concern"), True) is None


def test_no_plain_no_is_heard_in_what_sounds_of_danger_itself():
    assert answer_after_danger(message("welnee joh", act="no"), CONCERN, after("concern"), own_words=False) is None


def test_what_is_surely_calm_ends_what_only_the_classifier_suspected():
    calm, short = message("handballen", surely_calm=True), message("handballen")
    assert speaks_for_itself(calm, ["violence_now"], after("concern"))
    assert not speaks_for_itself(short, ["violence_now"], after("concern"))
    assert not speaks_for_itself(calm, ["violence_now"], after("acute", unsure=False))


def test_what_the_rules_saw_and_a_danger_to_a_life_are_not_ended_by_a_calm_answer():
    calm = message("handballen", surely_calm=True)
    for kind, others in (("suicide", {}), ("strangulation", {}), ("violence_now", {BY_RULES: True})):
        seen = {"level": "concern", "kinds": [kind], "unsure": True, **others}
        typed = UserUttered("x", parse_data={"text": "x", SAFETY: seen})
        tracker = DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), typed])
        assert not speaks_for_itself(calm, [kind], tracker), kind


def test_who_asks_whether_to_call_112_after_an_acute_danger_is_told_to():
    asks = message("bel ik dan de huisarts of 112")
    acute, calls = Screening("concern", ("child_in_danger",)), "veilig_bel_nu"
    assert answer_after_danger(asks, acute, after("acute", "child_in_danger", unsure=False), True) == calls
    assert answer_after_danger(asks, CONCERN, after("concern"), own_words=True) != calls
    told = message("112 bel ik niet")
    assert answer_after_danger(told, acute, after("acute", "child_in_danger", unsure=False), True) != calls


def test_who_puts_right_what_only_the_classifier_saw_is_believed():
    right = message("wat? ik vraag of ik een bewijs krijg", act="corrects", surely_calm=True)
    assert speaks_for_itself(right, ["losing_control"], after("acute", "losing_control"))
    told = message("wat? ik vraag of ik een bewijs krijg", surely_calm=True)
    assert not speaks_for_itself(told, ["losing_control"], after("acute", "losing_control"))


@pytest.mark.parametrize(
    ("level", "kind"), [("urgent", "suicide"), ("concern", "homicide_suicide"), ("acute", "weapon")]
)
def test_where_a_life_is_at_stake_or_it_is_surely_acute_nobody_takes_it_back(level, kind):
    right = message("nee zo bedoelde ik het niet hoor", act="corrects", surely_calm=True)
    assert not speaks_for_itself(right, [kind], after(level, kind, unsure=False))


@pytest.mark.parametrize("text", ["nee nu nog niet", "nee straks pas", "nee?"])
def test_no_no_keeps_something_back(text):
    assert answer_after_danger(message(text, act="no"), CONCERN, after("concern"), True) is None


def test_a_question_is_answered_after_a_danger_unless_a_life_may_be_at_stake():
    asks = message("krijg ik een strafblad", "vraag_strafbaar")
    asks.set(QUESTION_READ, {"vraag_strafbaar": 0.9})
    assert leads_on(asks, ["violence_now"], after("concern"))
    assert not leads_on(asks, ["suicide"], after("urgent", "suicide"))
    assert not leads_on(asks, ["violence_now"], after("acute"))
