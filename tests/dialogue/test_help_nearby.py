"""Help near somebody, in conversation: asked once, answered with the region, and the place is kept nowhere."""

import random

from bot.channels.answer import answer
from bot.content import load
from bot.content_check import phone_numbers
from bot.help.directory import digits

TYPED = [
    "ik woon bij eindhove",
    "bergen",
    "die in limburg",
    "gent",
    "is er iets in de buurt",
    "ik schaam me",
    "nee",
    "ja",
    "weet ik niet",
]
REPLIES = 1_000


async def slots(talk, rasa):
    tracker = await rasa.call(lambda: rasa.agent.tracker_store.retrieve(talk.key))
    return {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}


async def test_the_place_leads_to_the_region_and_no_slot_keeps_the_place(talk, rasa):
    await talk.say("/hulp_groep")
    await talk.say("/find_help_nearby")
    await talk.say("ik woon bij eindhove")
    assert "Veilig Thuis Oost-Brabant" in talk.text
    assert "0800-2000" in talk.text
    assert "/hulp_drempel" in talk.payloads
    kept = await slots(talk, rasa)
    assert kept["region"] == "oost_brabant"
    assert "eindhov" not in str(kept).lower()


async def test_an_ambiguous_place_is_asked_and_a_button_answers(talk):
    await talk.say("/find_help_nearby")
    await talk.say("bergen")
    assert 2 <= len(talk.payloads) <= 4
    await talk.press("Bergen, Noord-Holland")
    assert "Veilig Thuis Noord-Holland Noord" in talk.text


async def test_an_unknown_place_gets_the_national_lines(talk):
    await talk.say("/find_help_nearby")
    await talk.say("asdfg")
    assert "0800-2000" in talk.text


async def test_a_risk_is_answered_while_the_place_is_asked(talk):
    await talk.say("/find_help_nearby")
    await talk.say("ik maak er een eind aan")
    assert talk.risk["kinds"][0] == "suicide"


async def test_who_speaks_of_something_else_gets_that_reply(talk):
    await talk.say("/find_help_nearby")
    await talk.say("/menu")
    assert "/nu_start" in talk.payloads


async def test_an_organisation_s_offer_goes_first_in_its_conversation(talk, rasa, monkeypatch):
    from bot.organisations import organisations

    monkeypatch.setenv("DEMO_ORGANISATIONS", "1")
    organisations.cache_clear()
    await talk.say("/hulp_groep")
    replies = await answer("waar kan ik terecht in utrecht", talk.key, "web", rasa.handle_message, "blauwe-deur")
    organisations.cache_clear()
    assert "1. Groep De Andere Kamer" in "\n".join(r.text for r in replies)


async def test_a_thousand_replies_hold_no_number_that_is_not_in_the_directory(talk):
    chance, content = random.Random(7), load()
    known = {digits(n) for n in content.directory.numbers()}
    heard = 0
    await talk.say("/greeting")
    while heard < REPLIES:
        for reply in talk.last:
            heard += 1
            found = {digits(n) for n in phone_numbers(reply.text)}
            assert found <= known, reply.text
        if talk.payloads and chance.random() < 0.85:
            await talk.say(chance.choice(talk.payloads))
        else:
            await talk.say(chance.choice([*TYPED, "/menu"]))
