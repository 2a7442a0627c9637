"""A person can walk each journey to its end, by buttons and by typing, and is never left without a way on."""

from collections import deque

import pytest

from bot.content import JOURNEYS, load

LOOKING_BACK = {"samenvatting", "verder", "verder_knop", "makkelijker"}


def way_to_an_end(start: str, journey: str) -> list[str]:
    """The shortest way over buttons from a step to one that closes the journey."""
    content = load()
    steps = content.steps
    ways = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if steps[way[-1]].end and len(way) > 1:
            return way
        for button in steps[way[-1]].buttons:
            if button.to not in seen and (content.journey(button.to) in (journey, None) or steps[button.to].end):
                seen.add(button.to)
                ways.append([*way, button.to])
    raise AssertionError(f"{journey} cannot be walked to its end")


@pytest.mark.parametrize("journey", JOURNEYS)
async def test_each_journey_can_be_walked_to_its_end(talk, journey):
    await talk.say("/greeting")
    for step in way_to_an_end(f"{journey}_start", journey):
        await talk.say(f"/{step}")
        assert talk.text.strip()
        assert talk.payloads, f"{step} leaves no way on"


async def test_every_button_of_every_reply_leads_to_a_reply(talk):
    for name, step in load().steps.items():
        if step.part or step.control or name in LOOKING_BACK:
            continue  # they have tests of their own
        await talk.say(f"/{name}")
        assert talk.text, name
        assert [b.to for b in step.buttons] == [p[1:] for p in talk.payloads if p != "/verder"], name


async def test_the_greeting_says_what_the_bot_is_and_asks_whether_one_can_type_safely(talk):
    await talk.say("/greeting")
    for said in ("computerprogramma", "112", "0800-2000", "113", "0800-0113", "veilig"):
        assert said in talk.text
    await talk.press("Ja")
    assert talk.payloads


async def test_who_cannot_type_safely_gets_the_lines(talk):
    await talk.say("/greeting")
    await talk.say("nee")
    assert "112" in talk.text


async def test_a_typed_yes_answers_the_last_question(talk):
    await talk.say("/greeting")
    await talk.press("Ja")
    by_pressing = talk.payloads
    await talk.say("/greeting")
    await talk.say("jaaa hoor!")
    assert talk.payloads == by_pressing


async def test_the_words_of_a_button_choose_it_with_a_typing_error(talk):
    await talk.say("/menu")
    await talk.say("numers om te bellen")
    assert "112" in talk.text


@pytest.mark.parametrize("word", ["menu", "Menu!", "MENU", "/menu"])
async def test_the_menu_is_always_one_word_away(talk, word):
    await talk.say("/begrijpen_start")
    await talk.say(word)
    assert "/nu_start" in talk.payloads


@pytest.mark.parametrize("word", ["112", "113", "sos"])
async def test_the_lines_are_always_one_word_away(talk, word):
    await talk.say("/veranderen_start")
    await talk.say(word)
    assert "112" in talk.text
    assert "0800-2000" in talk.text


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("kan iemand als ik eigenlijk veranderen", "explain_change"),
        ("is dit gesprek anoniem", "privacy_anonymity"),
        ("ik schaam me zo", "shame_fear_of_judgement"),
        ("zij begon, zij lokt het altijd uit", "blame_partner"),
        ("mijn kinderen hebben hier last van", "children_effects"),
        ("bedankt voor je hulp", "thanks"),
        ("wat is het recept van appeltaart", "out_of_scope"),
    ],
)
async def test_free_text_gets_the_reply_of_its_theme(talk, typed, reply):
    await talk.say(typed)
    step = load().steps[reply]
    assert [b.to for b in step.buttons] == [p[1:] for p in talk.payloads]


async def test_no_wording_comes_back_while_another_is_left(talk):
    wordings = len(load().steps["thanks"].variations)
    heard = []
    for _ in range(wordings):
        await talk.say("dankjewel")
        heard.append(talk.text)
    assert len(set(heard)) == wordings


async def test_the_fallback_changes_with_each_time_and_then_offers_a_person(talk):
    replies = []
    for nonsense in ("xqzt brrp", "wplk fjdh", "grmbl zxq", "kjhgf"):
        await talk.say(nonsense)
        replies.append(talk.text)
        assert talk.payloads
    assert len(set(replies)) == len(replies)
