"""A message is read beside what was said just before it."""

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import project_content
from bot.heard import WORDING
from bot.nlu import in_talk
from bot.nlu.e5.in_talk import load_in_talk
from bot.nlu.in_talk import IN_TALK, InTalkReader, before, last_wording
from bot.nlu.talk_examples import TALKS as EXAMPLES
from bot.nlu.talk_examples import lines_of_talks
from tests.unit.read_talks import PLAYED, TALKS, read_talks

URGENT = 1
"""Place of `urgent` among the probabilities."""


def talk(*events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), *events])


def said(step: str) -> BotUttered:
    return BotUttered("…", metadata={WORDING: f"{step}/variations/0", "utter_action": f"utter_{step}"})


def test_what_stands_beside_is_the_end_of_both_without_help_lines():
    wording = "Bel nu:\n[[noodnummer]]\n\nWie kan er bij [[ander]] zijn?"
    assert before(["ik weet het niet"], wording) == "ik weet het niet . bel nu: wie kan er bij de ander zijn?"
    assert before([], "") == ""
    assert before(["een", "twee", "drie"], "Vier?") == "twee . drie . vier?"
    assert len(before(["woord " * 100], "").split()) == in_talk.TYPED_WORDS + 1


def test_the_wording_is_the_one_that_was_said_last():
    tracker = talk(UserUttered("hoi"), said("greeting"), said("plan_wanneer"))
    assert last_wording(tracker) == project_content().steps["plan_wanneer"].variations[0]
    assert last_wording(talk(UserUttered("hoi"))) == ""
    assert last_wording(talk(UserUttered("hoi"), BotUttered("…", metadata={WORDING: "weg/variations/7"}))) == ""


@pytest.mark.parametrize(
    ("events", "text", "read"),
    [
        ([UserUttered("hoi"), said("greeting")], "ja hoor", True),
        ([UserUttered("/menu"), said("menu")], "ik wil praten", False),
        ([], "ik wil praten", False),
        ([UserUttered("hoi"), said("greeting")], "👍", False),
        ([UserUttered("hoi"), said("greeting")], "en toen ging het mis. " * 30, True),
    ],
)
def test_a_message_that_follows_something_typed_is_read_beside_it(events, text, read):
    message = Message({TEXT: text})
    InTalkReader().process([message], talk(*events))
    assert (message.get(IN_TALK) is not None) is read


def test_without_the_layers_nothing_is_read(monkeypatch):
    monkeypatch.setattr(in_talk, "load_in_talk", lambda: None)
    message = Message({TEXT: "ja hoor"})
    InTalkReader().process([message], talk(UserUttered("hoi"), said("greeting")))
    assert message.get(IN_TALK) is None


def test_what_was_asked_makes_a_step_of_what_sounds_like_a_threat():
    model = load_in_talk()
    step = before(["ik loop een rondje als het oploopt"], "Goed plan. Wanneer vertel je het aan de ander?")
    threat = before(["ik maak haar kapot"], "Wat ga je doen?")
    text = normalise("morgen zeg ik het haar")
    assert model.read(text, step).levels[URGENT] < 0.5 * model.read(text, threat).levels[URGENT]


@pytest.mark.parametrize(("talks", "share"), [(TALKS, 0.7), (PLAYED, 0.52)])
def test_in_the_talks_of_other_hands_dangers_stand_out(talks, share):
    read = [(line.levels, read.levels) for line, read in read_talks(talks)]
    dangers = [p[URGENT] for levels, p in read if levels[URGENT]]
    calm = [p[URGENT] for levels, p in read if not levels[0]]
    assert sum(p >= 0.3 for p in dangers) / len(dangers) >= share
    assert sum(p >= 0.3 for p in calm) / len(calm) <= 0.06


def test_no_line_of_five_words_stands_in_the_talks_and_in_the_test():
    learned, tested = (
        {line.text for path in paths for line in lines_of_talks(path) if len(line.text.split()) > 4}
        for paths in ([EXAMPLES], [TALKS, PLAYED])
    )
    assert not learned & tested
