"""The ruler: figures, words and buttons answer it; a low, a middle and a high number get different replies; one can leave."""

import pytest

from bot.content import load


def replies_of(name: str) -> list[str]:
    return [b.to for b in load().steps[name].buttons]


def shown(talk) -> list[str]:
    return [p[1:] for p in talk.payloads]


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("2", "cijfer_laag"),
        ("nul", "cijfer_laag"),
        ("een vijf", "cijfer_midden"),
        ("6/10", "cijfer_midden"),
        ("toch wel een 8", "cijfer_hoog"),
        ("tien", "cijfer_hoog"),
    ],
)
async def test_each_part_of_the_ruler_has_its_own_reply(talk, answer, reply):
    await talk.say("/ask_importance")
    assert any(r.control == {"type": "ruler", "min": 0, "max": 10} for r in talk.last)
    await talk.say(answer)
    assert shown(talk) == replies_of(reply)


async def test_an_answer_without_a_number_is_asked_once_more(talk):
    await talk.say("/ask_importance")
    await talk.say("mwah")
    assert "cijfer" in talk.text.lower()
    await talk.say("4")
    assert shown(talk) == replies_of("cijfer_midden")


async def test_who_gives_no_number_twice_is_not_asked_a_third_time(talk):
    await talk.say("/ask_importance")
    await talk.say("mwah")
    await talk.say("geen idee")
    assert shown(talk) == replies_of("unsure")


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("oke een 5 dan. omdat ik het ook niet leuk vind dat hij huilt", "cijfer_midden"),
        ("een 2. en die 2 is alleen omdat ik van dat gedoe af wil", "cijfer_laag"),
    ],
)
async def test_a_number_with_a_reason_is_a_number(talk, answer, reply):
    await talk.say("/ask_importance")
    await talk.say(answer)
    assert shown(talk) == replies_of(reply)


@pytest.mark.parametrize(("answer", "reply"), [("2", "laag"), ("een zes", "midden"), ("9/10", "hoog")])
async def test_how_sure_one_is_has_a_ruler_of_its_own(talk, answer, reply):
    await talk.say("/ask_confidence")
    assert any(r.control == {"type": "ruler", "min": 0, "max": 10} for r in talk.last)
    await talk.say(answer)
    assert shown(talk) == replies_of(f"vertrouwen_{reply}")


async def test_the_reason_for_a_number_is_answered_by_the_next_question(talk):
    await talk.say("/ask_importance")
    await talk.say("6")
    await talk.say("omdat mijn dochter sindsdien niet meer belt op zondag")
    assert shown(talk) == replies_of("belang_hoger")
    await talk.say("als ze weer een keer mee gaat naar de markt")
    assert shown(talk) == replies_of("belang_gehoord")


async def test_a_ruler_can_be_asked_anew(talk):
    await talk.say("/ask_importance")
    await talk.say("2")
    await talk.say("/ask_importance")
    assert any(r.control for r in talk.last)
    await talk.say("8")
    assert shown(talk) == replies_of("cijfer_hoog")


async def test_who_talks_about_something_else_has_left_the_ruler(talk):
    await talk.say("/ask_importance")
    await talk.say("is dit eigenlijk anoniem, wie leest er mee")
    assert shown(talk) == replies_of("privacy_anonymity")
    await talk.say("7")
    assert shown(talk) == replies_of("give_number")


async def test_a_button_leaves_the_ruler(talk):
    await talk.say("/ask_importance")
    await talk.say("/menu")
    assert "/nu_start" in talk.payloads


async def test_a_risk_is_answered_in_the_middle_of_the_ruler_and_never_becomes_its_answer(talk):
    await talk.say("/ask_importance")
    await talk.say("ik maak er een eind aan")
    assert talk.risk["kinds"][0] == "suicide"
    assert "113" in talk.text
    await talk.say("7")
    assert shown(talk) == replies_of("cijfer_hoog")


async def test_a_number_typed_at_once_when_a_ruler_is_offered_answers_it(talk):
    await talk.say("/belang_gehoord")
    assert "/ask_confidence" in talk.payloads
    await talk.say("een 6")
    assert shown(talk) == replies_of("vertrouwen_midden")


async def test_a_number_out_of_nowhere_is_asked_about(talk):
    await talk.say("een 6")
    assert "/ask_importance" in talk.payloads


@pytest.mark.parametrize("ruler", ["/ask_importance", "/ask_confidence"])
@pytest.mark.parametrize("other", ["/hulp_start", "/verder", "ik heb spijt van wat ik deed"])
async def test_who_leaves_a_ruler_without_a_number_has_left_it(talk, ruler, other):
    await talk.say("/wil_ik_dit_start")
    await talk.say(ruler)
    await talk.say(other)
    tracker = await talk.rasa.call(lambda: talk.rasa.agent.tracker_store.retrieve(talk.key))
    assert tracker.active_loop_name is None
