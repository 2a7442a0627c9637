"""A risk is answered first, whatever the conversation was doing, with the line for the kind."""

import pytest

from bot.channels.static import first_line
from bot.content import load
from bot.safety import KINDS, Screening

SENTENCES = {
    "suicide": ("ik wil niet meer leven", "113"),
    "violence_now": ("ik heb haar gister geslagen", "0800-2000"),
    "threat_to_others": ("ik ga haar vermoorden", "0800-2000"),
    "strangulation": ("ik heb haar keel dichtgeknepen", "0800-2000"),
    "child_in_danger": ("ik heb mijn baby door elkaar geschud", "112"),
    "victim": ("mijn man slaat mij", "0800-2000"),
}


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("before", ["/greeting", "/begrijpen_start", "/ask_importance", "blabla xqz"])
async def test_a_risk_pre_empts_whatever_was_going_on(talk, kind, before):
    sentence, line = SENTENCES[kind]
    await talk.say(before)
    await talk.say(sentence)
    assert talk.risk, talk.text
    assert kind in talk.risk["kinds"]
    assert line in talk.text
    assert talk.payloads, "the chat goes on"


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("yes", ["ja ze slaapt, ", "hoi ja veilig. ", "ja ik ben alleen en "])
async def test_a_danger_behind_a_yes_to_the_greeting_is_answered_as_a_danger(talk, kind, yes):
    sentence, line = SENTENCES[kind]
    await talk.say("/greeting")
    await talk.say(yes + sentence)
    assert talk.risk, talk.text
    assert talk.risk["level"] in ("urgent", "acute")
    assert line in talk.text, talk.text


async def test_the_same_block_never_comes_twice_in_a_row(talk):
    texts = []
    for _ in range(3):
        await talk.say("ik wil niet meer leven")
        texts.append(talk.text)
    assert len(set(texts)) == 3


async def test_after_a_risk_the_conversation_goes_on(talk):
    await talk.say("ik heb haar gister geslagen")
    await talk.say("/veranderen_start")
    assert talk.payloads
    assert not talk.risk


@pytest.mark.parametrize("kind", KINDS)
def test_the_static_text_has_a_line_for_each_kind(kind):
    assert any(c.isdigit() for c in first_line(Screening("urgent", (kind,)))) or "huisarts" in first_line(
        Screening("urgent", (kind,))
    )
    assert first_line(Screening("acute", (kind,))).startswith("Bel nu 112")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_replies_of_its_own_that_put_112_first_when_acute(kind):
    steps = load().steps
    for text in steps[f"safety_acute_{kind}"].variations:
        first = load().fill(text.splitlines()[0])
        assert "112" in first, text
