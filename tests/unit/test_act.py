"""What a person does with a message holds what it was read as back, or gives it another reply."""

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.heard import WORDING
from bot.nlu.act import ASKED_ENOUGH, MISREAD, DialogueAct, asks_something
from bot.nlu.in_talk import ACT_READ
from bot.nlu.intent import intent_of
from bot.told import ACTS
from tests.unit.read_talks import PLAYED, TALKS, read_talks


def after(step: str) -> DialogueStateTracker:
    said = BotUttered("…", metadata={WORDING: f"{step}/variations/0", "utter_action": f"utter_{step}"})
    return DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), UserUttered("x"), said])


def acting(act: str, likely: float = 0.9, text: str = "rondje om de kerk gelopen") -> Message:
    rest = (1 - likely) / (len(ACTS) - 1)
    message = Message({TEXT: text})
    message.set(ACT_READ, {name: likely if name == act else rest for name in ACTS})
    return message


def read_as(intent: str, act: str, likely: float = 0.9, tracker=None, ranking=(), **marks) -> str:
    """The intent that a message has after its act was looked at."""
    message = acting(act, likely)
    message.set(INTENT, {INTENT_NAME_KEY: intent})
    message.set("intent_ranking", [{"name": name, "confidence": p} for name, p in ranking])
    for name, value in marks.items():
        message.set(name, value)
    DialogueAct(DialogueAct.get_default_config()).process([message], tracker)
    return intent_of(message)


@pytest.mark.parametrize(
    "intent",
    ["find_help_nearby", "nlu_fallback", "stop_goodbye", "vraag_bellen", "menu", "lijnen", "hulp_groep", "plan_start"],
)
def test_who_tells_gets_no_list_no_menu_and_no_goodbye(intent):
    assert read_as(intent, "tells") == "vertelt"
    assert read_as(intent, "tells", likely=0.5) == intent


def test_what_is_told_has_its_own_theme_where_that_is_clear():
    ranking = [("find_help_nearby", 0.7), ("remorse", 0.6)]
    assert read_as("find_help_nearby", "tells", ranking=ranking) == "remorse"
    assert read_as("remorse", "tells") == "remorse"


def test_within_the_journey_to_help_its_steps_answer_what_is_told():
    assert read_as("hulp_groep", "tells", tracker=after("hulp_praten")) == "hulp_groep"


def test_who_says_that_the_bot_understood_it_wrong_is_heard_once():
    assert read_as("alcohol_drugs", "corrects", tracker=after("vertelt")) == MISREAD
    assert read_as("alcohol_drugs", "corrects") == "alcohol_drugs"  # nothing was said yet
    assert read_as("alcohol_drugs", "corrects", tracker=after(MISREAD)) == "vertelt"
    assert read_as("alcohol_drugs", "corrects", tracker=after("safety_concern")) == ASKED_ENOUGH


@pytest.mark.parametrize(
    ("act", "step"),
    [("greets", "smalltalk"), ("ends", "stop_goodbye"), ("thanks", "thanks"), ("asks_simpler", "makkelijker")],
)
def test_a_greeting_a_goodbye_and_a_wish_for_easier_words_are_heard_without_their_words(act, step):
    assert read_as("vertelt", act) == step


def test_a_question_gets_the_likeliest_theme_that_answers_it():
    assert read_as("vertelt", "asks_how", ranking=[("remorse", 0.5), ("what_is_violence", 0.3)]) == "what_is_violence"
    assert read_as("vertelt", "asks_how", ranking=[("remorse", 0.9), ("what_is_violence", 0.05)]) == "vertelt"


@pytest.mark.parametrize("intent", ["veilig_ja", "give_number", "cijfer_reden"])
def test_a_chosen_step_is_left_alone(intent):
    assert read_as(intent, "tells") == intent


def test_the_words_of_a_button_are_left_alone():
    assert read_as("menu", "tells", answers_last_question=True) == "menu"


def test_a_message_asks_by_what_it_does_and_by_its_words_where_that_was_not_read():
    assert not asks_something(acting("tells", text="wat t met me doet. dat ik bang ben"))
    assert asks_something(acting("asks_how", text="zeg hoe ik dat doe"))
    assert asks_something(Message({TEXT: "wat doe ik dan?"}))


@pytest.mark.parametrize(("talks", "right"), [(TALKS, 0.85), (PLAYED, 0.75)])
def test_in_the_talks_of_other_hands_most_acts_are_right(talks, right):
    read = [(line.act, ACTS[read.acts.argmax()]) for line, read in read_talks(talks)]
    assert sum(told == found for told, found in read) / len(read) >= right


@pytest.mark.parametrize("talks", [TALKS, PLAYED])
def test_who_asks_is_rarely_taken_for_who_tells(talks):
    threshold = DialogueAct.get_default_config()["tells"]
    asking = [read.acts[ACTS.index("tells")] for line, read in read_talks(talks) if str(line.act).startswith("asks")]
    assert sum(p >= threshold for p in asking) / len(asking) <= 0.15
