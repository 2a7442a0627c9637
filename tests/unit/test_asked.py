"""A message that asks something gets the step that answers just that."""

from collections import Counter

import pytest
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import project_content
from bot.nlu.asked import Asked
from bot.nlu.e5.in_talk import load_in_talk
from bot.nlu.in_talk import QUESTION_READ
from bot.nlu.intent import intent_of
from bot.nlu.talk_examples import questions
from bot.nlu.trained_parts import read_rows
from bot.settings import PROJECT
from bot.told import NONE

TEST = PROJECT / "tests" / "evaluation" / "questions_test.jsonl"
SETTINGS = Asked.get_default_config()


def read_as(
    intent: str, step: str = "begrijpen_lijf", likely: float = 0.7, text="is duwen geweld?", role=None, **marks
):
    """The intent that a message has after it was looked at what it asks."""
    message = Message({TEXT: text, INTENT: {INTENT_NAME_KEY: intent}, **marks})
    message.set(QUESTION_READ, {NONE: 1 - likely, step: likely})
    events = [ActionExecuted("action_listen"), *([SlotSet("role", role)] if role else [])]
    Asked(SETTINGS).process([message], DialogueStateTracker.from_events("x", events))
    return intent_of(message)


@pytest.mark.parametrize("intent", ["vertelt", "nlu_fallback", "what_is_violence", "menu", "hulp_start"])
def test_a_question_gets_its_answer(intent):
    assert read_as(intent) == "begrijpen_lijf"


def test_nothing_that_is_unlikely_told_or_the_words_of_a_button():
    assert read_as("vertelt", likely=0.4) == "vertelt"
    assert read_as("vertelt", text="ik duwde haar") == "vertelt"
    assert read_as("vertelt", answers_last_question=True) == "vertelt"


def test_a_step_that_the_words_name_goes_first_unless_the_question_is_plain():
    assert read_as("vraag_strafbaar") == "vraag_strafbaar"
    assert read_as("vraag_strafbaar", likely=0.9) == "begrijpen_lijf"


def test_who_bears_violence_gets_no_answer_that_speaks_to_who_uses_it():
    assert read_as("vertelt", role="slachtoffer") == "vertelt"
    assert read_as("vertelt", step="vraag_melden", role="slachtoffer") == "vraag_melden"


def test_each_step_that_can_be_asked_for_exists_and_has_twenty_questions():
    assert set(load_in_talk().questions) - {NONE} <= project_content().steps.keys()
    counts = Counter(r.question for r in questions())
    assert min(counts.values()) >= 20
    assert counts.keys() == set(load_in_talk().questions)


def test_no_question_of_the_examples_stands_in_the_test():
    assert not {r.text for r in questions()} & {normalise(row["text"]) for row in read_rows(TEST)}


def test_of_another_hand_most_answers_are_right():
    model = load_in_talk()
    read = [(row["step"], model.read(normalise(row["text"]), "").questions) for row in read_rows(TEST)]
    taken = [
        (right, model.questions[p.argmax()]) for right, p in read if p.argmax() and p.max() >= SETTINGS["threshold"]
    ]
    asked = [right for right, _ in read if right != NONE]
    assert sum(right == found for right, found in taken) / len(taken) >= 0.8
    assert sum(right == found for right, found in taken) / len(asked) >= 0.48
