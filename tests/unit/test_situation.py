"""A message that tells of a situation gets the reply to just that."""

import json
from collections import Counter

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import SITUATION, asks, project_content
from bot.heard import WORDING
from bot.nlu.e5.in_talk import load_in_talk
from bot.nlu.in_talk import SITUATION_READ
from bot.nlu.situation import Situation
from bot.nlu.talk_examples import SITUATIONS, lines_of_talks, situations_alone
from bot.nlu.trained_parts import read_rows
from bot.settings import PROJECT
from bot.told import NONE
from tests.unit.read_talks import PLAYED, TALKS, read_talks

TEST = PROJECT / "tests" / "evaluation" / "situations_test.jsonl"
SETTINGS = Situation.get_default_config()
THRESHOLD = SETTINGS["threshold"]


def talk(*events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), *events])


BLOCKED, BLAMES = f"{SITUATION}geblokkeerd_geen_antwoord", f"{SITUATION}schuld_bij_ander"


def read_as(
    intent: str,
    text: str = "ze heeft me overal geblokt",
    tracker=None,
    likely: float = 0.9,
    tells=BLOCKED,
    others: dict[str, float] | None = None,
    **marks,
) -> str:
    """The intent that a message has after its situation was read."""
    message = Message({TEXT: text, INTENT: {INTENT_NAME_KEY: intent}, **marks})
    message.set(SITUATION_READ, {NONE: 1 - likely, tells.removeprefix(SITUATION): likely, **(others or {})})
    Situation(**SETTINGS).process([message], tracker or talk())
    return message.get(INTENT)[INTENT_NAME_KEY]


@pytest.mark.parametrize("intent", ["vertelt", "nlu_fallback", "breakup_contact", "remorse", "verder_gepraat"])
def test_a_situation_takes_the_place_of_a_theme_or_of_a_piece_of_a_story(intent):
    assert read_as(intent) == BLOCKED


@pytest.mark.parametrize(
    "intent", ["menu", "veilig_ja", "plan_wanneer_gehoord", "find_help_nearby", "thanks", "stop_goodbye"]
)
def test_it_does_not_take_the_place_of_a_step_a_question_or_a_goodbye(intent):
    assert read_as(intent) == intent


def test_nor_where_it_is_unlikely_asked_or_answers_a_button():
    assert read_as("vertelt", likely=THRESHOLD - 0.01) == "vertelt"
    assert read_as("vertelt", text="mag ze mij blokkeren?") == "vertelt"
    assert read_as("vertelt", answers_last_question=True) == "vertelt"


def test_nor_for_who_is_not_the_one_who_uses_violence():
    assert read_as("vertelt", tracker=talk(SlotSet("role", "slachtoffer"))) == "vertelt"


def test_nor_twice_in_a_row():
    said = BotUttered("…", metadata={WORDING: f"{BLOCKED}/variations/0", "utter_action": f"utter_{BLOCKED}"})
    assert read_as("vertelt", tracker=talk(UserUttered("ze blokt me"), said)) == "vertelt"


def after(step: str) -> DialogueStateTracker:
    return talk(UserUttered("x"), BotUttered("…", metadata={WORDING: f"{step}/variations/0"}), UserUttered("y"))


@pytest.mark.parametrize("theme", ["contact_ban_huisverbod", "blame_partner"])
def test_a_theme_with_facts_or_the_norm_comes_first_once(theme):
    assert read_as(theme, tells=BLAMES) == theme
    assert read_as(theme, tells=BLAMES, tracker=after(theme)) == BLAMES


def test_blame_is_answered_with_the_norm():
    assert "norm" not in project_content().steps[BLOCKED].codes
    assert read_as("blame_partner", tells=BLOCKED, tracker=after("blame_partner")) == "blame_partner"


def test_each_situation_that_can_be_read_has_a_reply_and_each_reply_can_be_read():
    replies = {n.removeprefix(SITUATION) for n in project_content().steps if n.startswith(SITUATION)}
    assert set(load_in_talk().situations) == {NONE, *replies}


def test_no_situation_has_two_subjects():
    covered = Counter(name for step in project_content().steps.values() for name in step.covers)
    assert set(covered.values()) == {1}


def test_what_is_known_by_its_subject_alone_gets_the_reply_to_that():
    others = {"het_is_uit": 0.3, "stil_huis_en_gemis": 0.2}
    assert read_as("vertelt", likely=0.3, others=others) == "vertelt_over_uit_elkaar"
    assert read_as("vertelt", likely=0.3, others={"vader_sloeg": 0.3}) == "vertelt"


def test_half_of_the_wordings_of_each_ask_nothing():
    for name, step in project_content().steps.items():
        if name.startswith(SITUATION):
            assert sum(map(asks, step.variations)) == len(step.variations) / 2, name


def test_of_another_hand_what_is_read_is_mostly_right():
    model = load_in_talk()
    read = [(row["situation"], model.read(normalise(row["text"]), "").situations) for row in read_rows(TEST)]
    taken = [(right, model.situations[p.argmax()]) for right, p in read if p.argmax() and p.max() >= THRESHOLD]
    told = [right for right, _ in read if right != NONE]
    assert sum(right == found for right, found in taken) / len(taken) >= 0.83
    assert sum(right == found for right, found in taken) / len(told) >= 0.65


@pytest.mark.parametrize(("talks", "share"), [(TALKS, 0.6), (PLAYED, 0.42)])
def test_in_the_talks_of_other_hands_it_is_right_too(talks, share):
    model = load_in_talk()
    read = [(line.situation, read.situations) for line, read in read_talks(talks)]
    taken = Counter(right == model.situations[p.argmax()] for right, p in read if p.argmax() and p.max() >= THRESHOLD)
    assert taken[True] / taken.total() >= share


def test_each_situation_has_at_least_fifty_examples_and_none_stands_in_the_tests():
    examples = list(situations_alone())
    counts = Counter(r.situation for r in examples)
    assert min(counts.values()) >= 50
    tested = {normalise(json.loads(line)["text"]) for line in TEST.read_text(encoding="utf-8").splitlines()}
    assert not tested & {r.text for r in examples}
    assert {r.situation for r in lines_of_talks()} <= counts.keys()
    assert SITUATIONS.is_dir()
