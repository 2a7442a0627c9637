"""Careful mode: no reply advises couple talks, contact or going back to each other."""

from __future__ import annotations

import re

import pytest

from bot.content import load

ADVICE = re.compile(
    r"\b(?:praat (?:het )?(?:samen|met (?:elkaar|haar|hem|je (?:partner|ex|vrouw|man)))|praat het uit"
    r"|samen praten (?:kan|helpt)"
    r"|relatietherapie|relatiegesprek|neem contact op met (?:haar|hem|je (?:ex|partner))|bel (?:haar|hem|je ex)\b"
    r"|(?:stuur|schrijf) (?:haar|hem|je ex|een bericht aan)|bied .*excuses aan|zeg sorry|maak het goed"
    r"|ga terug naar (?:haar|hem|huis)|win .* terug|(?:doe|ga) samen)",
    re.IGNORECASE,
)
NEVER = re.compile(r"\b(?:niet|geen|nooit|zonder)\b", re.IGNORECASE)


def said_in_careful_mode(step) -> tuple[str, ...]:
    return step.careful or step.variations


@pytest.mark.parametrize("step", load().steps.values(), ids=lambda step: step.name)
def test_no_reply_in_careful_mode_advises_contact_or_talking_together(step):
    for text in said_in_careful_mode(step):
        for sentence in re.split(r"[.!?\n]", text):
            assert not ADVICE.search(sentence) or NEVER.search(sentence), sentence


@pytest.mark.parametrize(
    "sign",
    [
        "ik heb een tracker onder haar auto gehangen",
        "ik heb haar bij de keel gepakt",
        "ik mag niet in haar buurt komen van de rechter maar ik rij er elke dag langs",
    ],
)
async def test_signs_of_control_strangulation_and_a_ban_switch_it_on_and_it_holds(talk, sign):
    await talk.say("/greeting")
    await talk.say(sign)
    await talk.say("/menu")
    for step in (
        "partner_role_couples_talk",
        "breakup_contact",
        "time_out_technique",
        "veranderen_timeout",
        "nu_terug",
    ):
        (reply,) = await talk.say(f"/{step}")
        assert reply.text in {load().fill(text) for text in load().steps[step].careful}


async def test_without_signs_the_usual_wordings_come(talk):
    await talk.say("/greeting")
    (reply,) = await talk.say("/partner_role_couples_talk")
    assert reply.text in {load().fill(text) for text in load().steps["partner_role_couples_talk"].variations}
