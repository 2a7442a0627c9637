"""\"verder\" leads to where the person was, or to the journey of what was spoken of last."""

import pytest
from rasa_sdk import Tracker

from actions.resume import JOURNEY_OF, journey_spoken_of
from bot.content import load
from bot.themes import THEMES


def tracker(**slots) -> Tracker:
    return Tracker("x", slots, {}, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("slots", "step"),
    [
        ({"themes_heard": ["remorse", "breakup_contact"]}, "ex_start"),
        ({"themes_heard": ["fatherhood_parenting", "loneliness"]}, "ouder_start"),
        ({"themes_heard": ["anger_tension"], "role": "slachtoffer"}, "naasten_start"),
        ({}, None),
    ],
)
def test_who_began_no_journey_is_led_to_that_of_what_was_spoken_of_last(slots, step):
    assert journey_spoken_of(tracker(**slots)) == step


def test_who_told_of_violence_and_no_theme_is_led_to_looking_at_it():
    talk = tracker()
    talk.events = [{"event": "user", "parse_data": {"safety": {"level": "urgent", "kinds": ["violence_now"]}}}]
    assert journey_spoken_of(talk) == "weer_gebeurd_start"


def test_each_theme_leads_to_a_door_that_exists():
    assert set(THEMES).issuperset(JOURNEY_OF)
    assert set(load().steps).issuperset(JOURNEY_OF.values())
