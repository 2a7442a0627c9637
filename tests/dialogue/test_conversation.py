"""The bot answers what was said: which way it speaks, its feeling, whom it is about; it sums up, and finds the way back."""

import pytest

from bot.content import SPOKEN, load

STEPS = load().steps


def texts(name: str, group: str) -> list[str]:
    """The wordings of a group, up to the first word that the conversation fills in."""
    return [SPOKEN.split(load().fill(t))[0] for t in getattr(STEPS[name], group)]


def is_of(talk, name: str, group: str) -> bool:
    return any(talk.text.startswith(text) for text in texts(name, group))


async def slot(talk, name: str):
    tracker = await talk.rasa.call(lambda: talk.rasa.agent.tracker_store.retrieve(talk.key))
    return tracker.get_slot(name)


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("ik wil niet zo'n vader zijn voor mijn kinderen", "change"),
        ("vanavond bel ik ze, ik wil hier echt vanaf", "change"),
        ("zo ben ik nu eenmaal, dat verandert toch niet", "sustain"),
        ("hulp heeft toch geen zin, ze weet precies hoe ze me moet opfokken", "sustain"),
        ("wat kost zo'n cursus", "none"),
    ],
)
async def test_change_talk_and_sustain_talk_are_heard(talk, typed, way):
    await talk.say(typed)
    assert await slot(talk, "talk") == way


async def test_what_was_heard_is_of_the_latest_message_only(talk):
    await talk.say("ik wil niet zo'n vader zijn voor mijn kinderen")
    await talk.say("/menu")
    assert await slot(talk, "talk") == "none"


async def test_a_feeling_is_reflected_where_the_theme_is_not_understood(talk):
    await talk.say("alles is zwart en grijs en ik moet alleen maar huilen")
    assert await slot(talk, "feeling") == "verdriet"


@pytest.mark.parametrize(
    "piece", ["het begon om een lekke band op de camping", "nee dat was vorige week dinsdag, na het eten"]
)
async def test_a_piece_of_a_story_is_reflected_and_not_taken_for_a_theme(talk, piece):
    await talk.say("hallo")
    await talk.say(piece)
    stories = [n for n in STEPS if n.startswith(("vertelt", "gevoel_", "gehoord_", "moment_"))]
    groups = ("variations", "change", "sustain")
    assert any(is_of(talk, name, group) for name in stories for group in groups), talk.text


async def test_the_other_is_named_once_the_person_says_who_it_is(talk):
    await talk.say("/greeting")
    assert await slot(talk, "ander") == "de ander"
    await talk.say("mijn vrouw is stil geworden dit jaar")
    assert await slot(talk, "ander") == "je vrouw"


async def test_a_question_for_facts_is_followed_where_the_bot_listens_for_an_answer(talk):
    await talk.say("/ask_importance")
    await talk.say("6")
    await talk.say("is dit eigenlijk anoniem, wie leest er mee")
    assert [b.to for b in STEPS["privacy_anonymity"].buttons] == [p[1:] for p in talk.payloads if p != "/verder"]


async def test_a_risk_is_answered_where_the_bot_listens_for_an_answer(talk):
    await talk.say("/ask_importance")
    await talk.say("6")
    await talk.say("omdat ik anders een eind aan mijn leven maak")
    assert talk.risk
    assert "113" in talk.text


async def test_verder_leads_back_to_where_the_person_was(talk):
    await talk.say("/nu_afstand")
    first = talk.text
    await talk.say("is dit eigenlijk anoniem")
    assert "/verder" in talk.payloads
    await talk.press("Verder waar we waren")
    assert [p[1:] for p in talk.payloads] == [b.to for b in STEPS["nu_afstand"].buttons]
    assert talk.text != first


async def test_after_a_risk_the_way_back_is_offered_only_when_the_danger_was_spoken_of(talk):
    await talk.say("/plan_start")
    await talk.say("ik heb haar gister geslagen")
    assert talk.risk
    assert "/verder" not in talk.payloads
    await talk.say("/veilig_terug")
    assert "/verder" in talk.payloads
    await talk.say("verder")
    assert [p[1:] for p in talk.payloads] == [b.to for b in STEPS["plan_start"].buttons]


async def test_verder_with_nowhere_to_go_back_to_offers_the_menu(talk):
    await talk.say("verder")
    assert "/menu" in talk.payloads


async def test_a_journey_that_has_ended_is_not_gone_back_to(talk):
    await talk.say("/nu_einde")
    await talk.say("dankjewel")
    assert "/verder" not in talk.payloads


async def test_a_summary_says_back_what_was_told_and_asks_whether_it_is_right(talk):
    await talk.say("ik heb zo'n spijt van wat ik gedaan heb")
    await talk.say("/ask_importance")
    await talk.say("8")
    await talk.say("vat het samen")
    parts = [t for n in ("samenvatting_thema_remorse", "samenvatting_belang_hoog") for t in texts(n, "variations")]
    assert sum(part in talk.text for part in parts) >= 2
    assert "?" in talk.text
    assert "zo'n spijt van wat ik gedaan heb" not in talk.text


async def test_a_summary_of_nothing_says_so(talk):
    await talk.say("samenvatting")
    assert [p[1:] for p in talk.payloads] == [b.to for b in STEPS["samenvatting_leeg"].buttons]


async def test_who_asks_for_simpler_words_gets_them_and_keeps_getting_them(talk):
    await talk.say("leg het makkelijker uit")
    assert await slot(talk, "easy") is True
    await talk.say("/menu")
    assert await slot(talk, "easy") is True


async def test_the_last_reply_comes_again_in_simpler_words(talk):
    name = next((n for n, s in STEPS.items() if s.easy and not s.control and s.risk is None), None)
    assert name, "no step has easy wordings yet"
    await talk.say(f"/{name}")
    await talk.say("ik snap het niet")
    assert is_of(talk, name, "easy"), talk.text


async def test_in_careful_mode_a_reply_with_careful_wordings_uses_those(talk):
    name = next(
        n for n, s in STEPS.items() if s.careful and not s.control and s.risk is None and not n.startswith("safety")
    )
    await talk.say("ik heb haar keel dichtgeknepen")
    await talk.say(f"/{name}")
    assert is_of(talk, name, "careful"), talk.text


async def test_a_reply_to_a_theme_differs_for_change_talk_and_sustain_talk(talk):
    if not STEPS["motivation_change_talk"].change:
        pytest.fail("motivation_change_talk has no wordings for change talk yet")
    await talk.say("ik wil echt aan mezelf werken")
    assert any(is_of(talk, n, "change") for n, s in STEPS.items() if s.change), talk.text


async def test_a_place_and_no_more_is_answered_with_its_region(talk):
    await talk.say("arnhem")
    assert "Gelderland" in talk.text


async def test_a_question_that_is_not_understood_gets_an_honest_answer_and_not_a_feeling(talk):
    await talk.say("wie beslist er over de kleur van het gordijn daar")
    assert is_of(talk, "niet_begrepen_vraag", "variations") or is_of(talk, "out_of_scope", "variations")


@pytest.mark.parametrize("typed", ["🦄", "\u200b", "\x1a", "👀👀", "!!"])
async def test_a_message_without_words_gets_an_answer_of_its_own(talk, typed):
    await talk.say(typed)
    assert is_of(talk, "only_emoji", "variations"), talk.text


async def test_a_silence_is_given_time(talk):
    await talk.say("ik had het niet mogen doen")
    await talk.say("...")
    assert is_of(talk, "stilte", "variations"), talk.text


@pytest.mark.parametrize("typed", ["help", "help!!", "HELP", "ik heb een vraag", "bro mag ik iets vragen"])
async def test_who_opens_without_saying_what_it_is_about_is_invited_and_told_of_112(talk, typed):
    await talk.say(typed)
    assert is_of(talk, "vraag_beginnen", "variations"), talk.text
    assert "112" in talk.text


async def test_a_story_is_no_answer_to_whether_it_is_safe_to_type(talk):
    await talk.say("/greeting")
    await talk.say(
        "geachte, mijn vrouw moest 41 jaar lang elk bonnetje bij mij inleveren en mocht niet alleen naar de markt"
    )
    assert not is_of(talk, "veilig_nee", "variations"), talk.text


async def test_a_greeting_does_not_change_the_answer_to_a_question(talk):
    await talk.say("hallo is dit anoniem")
    assert is_of(talk, "privacy_anonymity", "variations"), talk.text
