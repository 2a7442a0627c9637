"""Which replies a risk gets, and in what order."""

import pytest

from bot.content import load
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
