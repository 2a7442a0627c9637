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
