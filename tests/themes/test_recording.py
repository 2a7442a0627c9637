"""An event becomes facts of an open conversation at once; at its end they become separate counts."""

from collections import Counter

import pytest

from bot.themes import facts as facts_module
from bot.themes.broker import OwnFacts, ThemeBroker
from bot.themes.facts import Facts
from bot.themes.store import Group

CANARY = "zilverreigertje"


class Kept:
    """Where the counts of tests go."""

    def __init__(self) -> None:
        self.conversations: list[tuple[Group, Counter]] = []
        self.stopped = False

    def add(self, group, facts) -> None:
        found = Counter(facts)
        if found:
            self.conversations.append((group, found))

    def stop(self) -> None:
        self.stopped = True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def broker(kept, clock):
    return ThemeBroker(kept, OwnFacts(1800, clock))


def message(intent: str, level: str = "none", kinds=(), ranking=(), key="k", **more) -> dict:
    parse = {
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking],
        "safety": {"level": level, "kinds": list(kinds)},
        "text": CANARY,
    }
    return {"event": "user", "sender_id": key, "text": CANARY, "parse_data": parse, "input_channel": "web", **more}


def reply(step: str, text: str = "", key="k") -> dict:
    return {"event": "bot", "sender_id": key, "text": text, "metadata": {"utter_action": f"utter_{step}"}}


def counted(broker, kept, *events) -> Counter:
    for event in events:
        broker.publish(event)
    broker.stop()
    ((_, found),) = kept.conversations
    return found


def test_a_conversation_is_taken_apart(broker, kept):
    found = counted(
        broker,
        kept,
        message("remorse"),
        message("relapse"),
        message("safety_urgent", "urgent", ["suicide"], [("remorse", 0.8)]),
        message("ja", "concern", ["suicide"]),
    )
    assert found["theme", "remorse"] == found["theme", "relapse"] == found["pair", "relapse+remorse"] == 1
    assert found["level", "urgent"] == 1
    assert found["kind", "suicide"] == 1
    assert ("level", "concern") not in found


def test_what_was_not_understood_counts_near_the_best_guess_and_not_as_theme(broker, kept):
    found = counted(broker, kept, message("nlu_fallback", ranking=[("nlu_fallback", 0.3), ("custody", 0.2)]))
    assert found["unclear_near", "custody"] == found["unclear", ""] == 1
    assert ("theme", "custody") not in found


def test_a_journey_is_entered_finished_and_ends_in_a_chosen_step(broker, kept):
    found = counted(broker, kept, message("hulp_start"), reply("hulp_start"), message("x"), reply("hulp_stap_bellen"))
    assert found["journey", "hulp"] == found["finished", "hulp"] == found["step", "hulp_stap_bellen"] == 1


def test_the_first_and_the_last_answer_on_the_ruler_count_as_low_middle_or_high(broker, kept):
    found = counted(broker, kept, message("x"), reply("cijfer_laag"), reply("cijfer_midden"), reply("cijfer_hoog"))
    assert found["ruler_first", "low"] == found["ruler_last", "high"] == 1


def test_help_that_was_named_counts(broker, kept):
    found = counted(
        broker, kept, message("x"), reply("hulp_praten", "Bel.\n\nVeilig Thuis: 0800-2000 (dag en nacht, gratis)")
    )
    assert found["help", "veilig_thuis"] == 1


def test_a_region_counts_and_no_other_place(broker, kept):
    slot = {"event": "slot", "sender_id": "k", "name": "region"}
    found = counted(broker, kept, message("x"), {**slot, "value": "Assen"}, {**slot, "value": "drenthe"})
    assert [fact for fact in found if fact[0] == "region"] == [("region", "drenthe")]


def test_only_a_known_organisation_counts(broker, kept, monkeypatch):
    monkeypatch.setattr(facts_module, "counted", lambda: frozenset({"noord"}))
    broker.publish(message("x", key="a", metadata={"organisation": CANARY}))
    broker.publish(message("x", key="b", metadata={"organisation": "noord"}))
    broker.stop()
    assert [group.organisation for group, _ in kept.conversations] == ["", "noord"]


def test_a_conversation_ends_after_silence(broker, kept, clock):
    broker.publish(message("remorse"))
    clock.now = 1799
    broker.sweep()
    assert kept.conversations == []
    clock.now = 1800
    broker.sweep()
    assert len(kept.conversations) == 1


def test_who_comes_back_after_silence_is_a_new_conversation(broker, kept, clock):
    broker.publish(message("remorse"))
    clock.now = 4000
    found = counted_last(broker, kept, message("custody"))
    assert ("theme", "remorse") not in found


def counted_last(broker, kept, event) -> Counter:
    broker.publish(event)
    broker.sweep()
    assert len(kept.conversations) == 1, "the first one is counted by itself"
    broker.stop()
    assert len(kept.conversations) == 2
    return kept.conversations[-1][1]


def test_who_wipes_is_not_counted(broker, kept):
    broker.publish(message("remorse"))
    broker.drop("k")
    broker.stop()
    assert kept.conversations == []
    assert kept.stopped


def test_who_only_opens_the_page_is_not_counted(broker, kept):
    broker.publish(message("greeting"))
    broker.publish(reply("greeting"))
    broker.stop()
    assert kept.conversations == []


def test_nothing_that_was_typed_is_held_not_even_in_memory(broker, kept):
    broker.publish(message("remorse", metadata={"organisation": CANARY}))
    broker.publish(reply("hulp_start", CANARY))
    broker.publish({"event": "slot", "sender_id": "k", "name": "region", "value": CANARY})
    assert CANARY not in repr(broker._facts._open)


@pytest.mark.parametrize(
    "event", [{}, {"sender_id": "k"}, {"sender_id": "k", "event": "user", "input_channel": "web", "parse_data": 3}]
)
def test_an_event_that_is_odd_costs_no_reply(broker, event):
    broker.publish(event)


def test_names_come_from_fixed_lists():
    facts = Facts("web")
    facts.note(message(CANARY, CANARY, [CANARY], [(CANARY, 0.9)]))
    facts.note(reply(CANARY))
    assert {name for _, name in facts.counts()} == {"", "none"}
