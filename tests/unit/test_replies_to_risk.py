"""Which replies a risk gets, and in what order."""

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import load
from bot.nlu.context import SAFETY
from bot.nlu.risk_classifier import RISK
from bot.nlu.safety import SafetyScreen
from bot.policies.safety import replies_to

KNOWN = {f"utter_{name}" for name in load().steps}


def test_a_sure_kind_has_its_own_reply():
    assert replies_to({"level": "urgent", "kinds": ["stalking"]}, KNOWN) == ["utter_safety_urgent_stalking"]


def test_an_unsure_one_that_told_nothing_else_is_asked_about_danger():
    assert replies_to({"level": "concern", "kinds": ["suicide"], "unsure": True}, KNOWN) == ["utter_safety_concern"]


@pytest.mark.parametrize("level", ["concern", "urgent"])
def test_an_unsure_one_is_heard_first_and_then_asked(level):
    data = {"level": level, "kinds": ["suicide"], "unsure": True, "first": "moment_steun"}
    said = replies_to(data, KNOWN)
    assert said == ["utter_moment_steun", f"utter_safety_{level}_na"]
    assert KNOWN.issuperset(said)


@pytest.mark.parametrize("level", ["concern", "urgent", "acute"])
def test_a_danger_between_others_is_answered_to_who_sees_it(level):
    said = replies_to({"level": level, "kinds": ["violence_now"], "others": True, "unsure": True}, KNOWN)
    assert said == [f"utter_safety_{level}_omstander"]
    assert KNOWN.issuperset(said)


def test_a_kind_that_rules_and_classifier_both_see_is_sure():
    message = Message(
        {TEXT: "ze zijn beter af zonder mij", RISK: {"level": "urgent", "kinds": ["suicide"], "kind_sure": False}}
    )
    SafetyScreen().process([message], None)
    assert "unsure" not in message.get(SAFETY)


def test_a_refusal_comes_last():
    data = {"level": "concern", "kinds": ["stalking"], "refusal": "weiger_zoeken"}
    assert replies_to(data, KNOWN)[-1] == "utter_weiger_zoeken"


def test_a_chosen_answer_is_the_only_reply():
    assert replies_to({"level": "acute", "kinds": [], "reply": "suicide_plan_ja"}, KNOWN) == ["utter_suicide_plan_ja"]


@pytest.mark.parametrize("level", ["concern", "urgent"])
def test_the_short_question_has_the_lines_in_each_wording(level):
    for text in load().steps[f"safety_{level}_na"].variations:
        assert text.count("?") == 1
        assert {"[[noodnummer]]", "[[veilig_thuis]]", "[[113]]"} <= set(text.split())


@pytest.mark.parametrize(("sure", "refusal"), [(True, "weiger_zoeken"), (False, "weiger_anders")])
def test_a_request_that_is_not_certain_is_declined_only_in_case(sure, refusal):
    message = Message({TEXT: "waar is ze nu", RISK: {"misuse": "find_person", "misuse_sure": sure}})
    SafetyScreen().process([message], None)
    assert message.get(SAFETY)["refusal"] == refusal


@pytest.mark.parametrize(("before", "level"), [("urgent", "urgent"), ("concern", "concern")])
def test_a_concern_right_after_an_urgent_danger_is_urgent(before, level):
    seen = {"level": before, "kinds": ["threat_to_others"]}
    event = UserUttered("ik ga haar iets doen", parse_data={"text": "ik ga haar iets doen", SAFETY: seen})
    message = Message({TEXT: "zij merkt het wel", RISK: {"level": "concern", "kinds": ["stalking"], "kind_sure": True}})
    SafetyScreen().process([message], DialogueStateTracker.from_events("x", [event]))
    assert message.get(SAFETY)["level"] == level


def test_a_concern_behind_a_yes_to_the_greeting_is_no_plain_yes():
    message = Message({TEXT: "ja alleen thuis, van mij hoeft het niet meer", INTENT: {"name": "veilig_ja"}})
    message.set(RISK, {"level": "concern", "kinds": ["suicide"], "kind_sure": True})
    message.set("answers_last_question", True)
    SafetyScreen().process([message], None)
    assert message.get(SAFETY)["level"] == "concern"
    assert message.get(INTENT)["name"] == "safety_concern"


def test_a_request_for_harm_behind_a_yes_to_the_greeting_is_declined():
    message = Message({TEXT: "ja kan typen, schrijf dat ze het intrekt", INTENT: {"name": "veilig_ja"}})
    message.set(RISK, {"misuse": "withdraw_report", "misuse_sure": True})
    message.set("answers_last_question", True)
    SafetyScreen().process([message], None)
    assert message.get(INTENT)["name"] == "weiger_aangifte"
