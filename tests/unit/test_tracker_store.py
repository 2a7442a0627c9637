"""Conversations expire, and only the last turns of a running one are kept."""

import asyncio

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.privacy.tracker_store import KEPT_TURNS, ForgettingTrackerStore, OwnShelf, compact

DOMAIN = Domain.from_dict(
    {
        "intents": ["a"],
        "slots": {
            "importance": {"type": "float", "mappings": [{"type": "custom"}]},
            "said": {"type": "any", "mappings": [{"type": "custom"}]},
        },
        "forms": {"importance_form": {"required_slots": ["importance"]}},
        "responses": {"utter_a": [{"text": "a"}]},
        "actions": [],
    }
)


def conversation(turns: int) -> DialogueStateTracker:
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    events += [SlotSet("importance", 7.0), ActiveLoop("importance_form")]
    for number in range(turns):
        events += [
            UserUttered(f"zin {number}", {"name": "a"}),  # the person says something
            ActionExecuted("utter_a"),
            BotUttered("antwoord", metadata={"wording": "a/variations/0"}),  # the bot answers
            ActionExecuted("action_listen"),
        ]
    return DialogueStateTracker.from_events("k", events, DOMAIN.slots)


def test_a_short_conversation_is_left_as_it_is():
    tracker = conversation(KEPT_TURNS)
    assert compact(tracker) is tracker


def test_of_a_long_conversation_the_first_sentences_are_forgotten_but_slots_and_form_stay():
    short = compact(conversation(50))
    said = [e.text for e in short.events if isinstance(e, UserUttered)]
    assert said == [f"zin {n}" for n in range(50 - KEPT_TURNS, 50)]
    assert short.get_slot("importance") == 7.0
    assert short.active_loop_name == "importance_form"
    assert short.latest_action_name == "action_listen"


def test_replies_that_were_cut_off_are_still_counted():
    once = compact(conversation(20))
    assert once.get_slot("said") == {"a/variations/0": 20 - KEPT_TURNS}
    for _ in range(3):
        once.update(UserUttered("nog iets", {"name": "a"}))
        once.update(BotUttered("antwoord", metadata={"wording": "a/variations/0"}))
    assert compact(once).get_slot("said") == {"a/variations/0": 23 - KEPT_TURNS}


@pytest.fixture
def clock():
    return [100.0]


async def test_a_conversation_is_gone_after_its_time_and_at_once_when_deleted(clock):
    store = ForgettingTrackerStore(DOMAIN, shelf=OwnShelf(60, lambda: clock[0]))
    await store.save(conversation(3))
    assert await store.retrieve("k") is not None
    clock[0] += 61
    assert await store.retrieve("k") is None
    await store.save(conversation(3))
    await store.delete("k")
    assert await store.retrieve("k") is None


async def test_a_sweep_takes_along_what_nobody_asks_for(clock):
    store = ForgettingTrackerStore(DOMAIN, shelf=OwnShelf(60, lambda: clock[0]))
    await store.save(conversation(1))
    clock[0] += 120
    assert list(await store.keys()) == []


def test_rasa_knows_the_store_as_asynchronous():
    for name in ("save", "retrieve", "keys"):
        assert asyncio.iscoroutinefunction(getattr(ForgettingTrackerStore, name))
