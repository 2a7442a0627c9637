"""Which wording of a reply comes: the one that fits best, and none twice while another that fits is left."""

from collections import Counter

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import load
from bot.nlg import asked_lately, fitting_wordings, freshest, with_way_back

CONDITION = {
    "flanders": ("country", "be"),
    "careful": ("careful", True),
    "easy": ("easy", True),
    "change": ("talk", "change"),
    "sustain": ("talk", "sustain"),
}


def wording(group: str, number: int) -> dict:
    found = {"text": f"{group} {number}", "metadata": {"wording": f"a/{group}/{number}"}}
    if group in CONDITION:
        name, value = CONDITION[group]
        found["condition"] = [{"type": "slot", "name": name, "value": value}]
    return found


ALL = [wording(g, n) for g in ("variations", "flanders", "careful", "easy", "change", "sustain") for n in range(2)]


def first_group(**slots) -> str:
    return freshest(fitting_wordings(ALL, slots), Counter(), 0)["text"].split()[0]


def test_careful_comes_before_easy_and_easy_before_what_fits_the_talk():
    assert first_group(careful=True, easy=True, talk="change") == "careful"
    assert first_group(easy=True, talk="change") == "easy"
    assert first_group(talk="change") == "change"
    assert first_group(talk="sustain") == "sustain"
    assert first_group(talk="none") == "variations"


def test_in_flanders_no_fact_of_elsewhere_comes_in_careful_mode_neither():
    times = Counter({"a/flanders/0": 5, "a/flanders/1": 5})
    assert first_group(country="be", careful=True) == "flanders"
    assert freshest(fitting_wordings(ALL, {"country": "be"}), times, 0)["text"].startswith("flanders")
    assert first_group(country="cn") == "variations"


@pytest.mark.parametrize("name", [n for n, s in load().steps.items() if s.flanders])
def test_what_holds_in_the_netherlands_alone_is_not_said_in_flanders(name):
    for text in load().steps[name].flanders:
        assert "juridischloket" not in text.lower()
        assert "reclassering" not in text.lower()
        assert "burgemeester" not in text.lower()


def test_when_the_best_group_has_been_heard_the_next_one_follows_and_nothing_comes_twice():
    times: Counter[str] = Counter()
    heard = []
    for _ in range(4):
        chosen = freshest(fitting_wordings(ALL, {"talk": "change"}), times, 1)
        times[chosen["metadata"]["wording"]] += 1
        heard.append(chosen["text"])
    assert [h.split()[0] for h in heard] == ["change", "change", "variations", "variations"]
    assert len(set(heard)) == 4


def test_who_was_just_asked_something_is_not_asked_again_while_a_wording_without_a_question_is_left():
    asking, telling = wording("variations", 0) | {"text": "Hoe was dat?"}, wording("variations", 1)
    assert freshest([asking, telling], Counter(), 0, asked=True) is telling
    assert freshest([asking, telling], Counter(), 0, asked=False) is asking
    assert freshest([asking, telling], Counter({"a/variations/1": 1}), 0, asked=True) is asking  # nothing comes twice


def test_a_wording_that_asks_nothing_does_not_count_as_a_question():
    step = load().steps["remorse"]
    for group, texts in step.wordings().items():
        for number, text in enumerate(texts):
            codes = step.codes_for(group, number)
            assert "?" in text or not {"open_question", "closed_question"}.intersection(codes)


async def test_in_a_talk_the_bot_does_not_ask_question_upon_question(talk):
    asked = []
    for typed in (
        "ik schaam me kapot voor wat ik heb gezegd",
        "ik wil echt anders worden",
        "mn vader was net zo vroeger",
    ):
        await talk.say(typed)
        asked.append("?" in talk.text)
    assert not all(asked)


def test_in_careful_mode_no_other_wording_comes_however_often_it_is_asked():
    times = Counter({"a/careful/0": 5, "a/careful/1": 5})
    assert freshest(fitting_wordings(ALL, {"careful": True}), times, 0)["text"].startswith("careful")


def test_a_way_back_is_offered_outside_the_journey_and_nowhere_else():
    other = [{"title": "Naar het menu", "payload": "/menu"}]
    assert with_way_back("utter_remorse", other, "plan_start")[-1]["payload"] == "/verder"
    assert with_way_back("utter_plan_start", other, "plan_start") == other
    assert with_way_back("utter_remorse", other, None) == other
    assert with_way_back("utter_tot_ziens", other, "plan_start") == other


def test_after_a_question_two_turns_pass_without_one():
    def talk(*said: str) -> DialogueStateTracker:
        turns = [event for text in said for event in (UserUttered("..."), BotUttered(text))]
        return DialogueStateTracker.from_events("x", [*turns, UserUttered("...")])

    assert asked_lately(talk("Hoe is dat voor jou?"))
    assert asked_lately(talk("Hoe is dat voor jou?", "Dat is zwaar."))
    assert not asked_lately(talk("Hoe is dat voor jou?", "Dat is zwaar.", "Je houdt vol."))
