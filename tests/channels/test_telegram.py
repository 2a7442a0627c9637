"""What a person on Telegram meets: commands, buttons, pictures, groups, forgetting. The real library, a fake Bot API."""

import asyncio
import time

import pytest

from bot.channels import answer as answering
from bot.channels.telegram_texts import telegram_texts
from bot.content import project_content
from tests.channels.conftest import Forgotten, on_telegram

LINES = ("112", "0800-2000", "113")


async def test_start_gives_the_greeting_and_its_buttons_without_a_sound(api, telegram_with_rasa):
    chat = api.chat()
    (greeting,) = await chat.answer_to("/start")
    assert "computerprogramma" in greeting.text
    assert "Ja, dat kan" in greeting.titles
    assert greeting.silent
    assert not greeting.preview


async def test_the_menu_of_commands_is_filled(api, telegram):
    await api.until(lambda: bool(api.commands))
    assert [c["command"] for c in api.commands] == ["start", "menu", "hulp", "112", "privacy", "wis", "stop"]


@pytest.mark.parametrize(
    ("command", "holds"),
    [
        ("/112", "Alarmnummer"),
        ("/privacy", "Telegram kan ook zien wat we typen"),
        ("/wis", "kwijt"),
        ("/stop", "0800-2000"),
        ("112", "Alarmnummer"),
    ],
)
async def test_every_command_is_answered(api, telegram_with_rasa, command, holds):
    chat = api.chat()
    said = await chat.answer_to(command)
    assert holds.lower() in " ".join(m.text for m in said).lower()
    assert set(telegram_texts().commands) >= {command.strip("/").split("@")[0]}


@pytest.mark.parametrize(
    ("command", "step"), [("/menu", "menu"), ("/menu@hulptestbot", "menu"), ("/hulp", "hulp_start")]
)
async def test_a_command_leads_to_its_step_whatever_the_wording(api, telegram_with_rasa, command, step):
    said = await api.chat().answer_to(command)
    assert said[-1].titles == [button.title for button in project_content().steps[step].buttons]
    assert set(telegram_texts().commands) >= {command.strip("/").split("@")[0]}


async def test_a_number_that_telegram_makes_no_link_of_stands_bold_on_a_line_of_its_own(api, telegram_with_rasa):
    chat = api.chat()
    (lines,) = await chat.answer_to("/112")
    assert "<b>112</b>" in lines.html.splitlines()
    assert "<b>113</b>" in lines.html.splitlines()
    (risk,) = await chat.answer_to("ik ga haar nu vermoorden")
    assert "<b>112</b>" in risk.html.splitlines()


async def test_a_pressed_button_is_answered_and_shows_what_was_chosen(api, telegram_with_rasa):
    chat = api.chat()
    (greeting,) = await chat.answer_to("/start")
    press = chat.press("Ja, dat kan")
    await chat.hears(2)
    await api.until(lambda: greeting.titles == ["✓ Ja, dat kan"], lambda: str(greeting.titles))
    assert api.answered_presses == [press]


async def test_a_button_pressed_twice_is_answered_once(api, telegram):
    chat = api.chat()
    message = chat.add(True, "Kies", buttons=[[{"text": "Menu", "callback_data": "/menu"}]])
    chat.press_data(message, "/menu")
    chat.press_data(message, "/menu")
    await api.until(lambda: len(api.answered_presses) == 2)
    chat.say("daarna")
    assert [m.text for m in await chat.hears(3)] == ["Kies", "Je zei: /menu", "Je zei: daarna"]


@pytest.mark.parametrize("data", ["/restart", '/menu{"x": 1}', "onzin", "11", "-"])
async def test_a_button_that_the_bot_never_made_does_nothing(api, telegram, data):
    chat = api.chat()
    chat.press_data(chat.add(True, "Kies", buttons=[[{"text": "Menu", "callback_data": "/menu"}]]), data)
    await api.until(lambda: len(api.answered_presses) == 1)
    chat.say("daarna")
    assert [m.text for m in (await chat.hears(2))[1:]] == ["Je zei: daarna"]


async def test_every_payload_fits_in_a_button_of_telegram():
    assert all(len(payload.encode()) <= 64 for payload in project_content().payloads())


async def test_typing_is_shown_while_an_answer_takes_a_moment(api):
    async def slow(message):
        await api.until(lambda: chat.typing > 0)
        await message.output_channel.send_response(message.sender_id, {"text": "klaar"})

    chat = api.chat()
    async with on_telegram(api, slow):
        (reply,) = await chat.answer_to("hallo")
    assert reply.text == "klaar"


async def test_what_is_sent_in_one_breath_is_read_together_and_answered_once(api, telegram):
    chat = api.chat()
    for text in ("ik weet het niet", "het gaat niet goed", "al weken"):
        chat.say(text)
    chat_says_later = await chat.hears(1)
    assert chat_says_later[0].text == "Je zei: ik weet het niet\nhet gaat niet goed\nal weken"


async def test_a_message_waits_at_most_seven_tenths_of_a_second_for_the_next(api, telegram):
    chat = api.chat()
    await chat.answer_to("/menu")
    started = time.monotonic()
    await chat.answer_to("hallo")
    assert 0.6 < time.monotonic() - started < 5


async def test_a_risk_does_not_wait_and_takes_along_what_was_said_just_before(api, telegram, monkeypatch):
    monkeypatch.setattr("bot.channels.telegram_chats.JOIN_SECONDS", 60)
    chat = api.chat()
    chat.say("hoi")
    chat.say("ik wil niet meer leven")
    (reply,) = await chat.hears(1)
    assert reply.text == "Je zei: hoi\nik wil niet meer leven"


async def test_words_said_just_before_do_not_take_a_risk_away(api):
    given = []

    async def handle(message):
        given.append(message.metadata["safety"]["level"])
        await message.output_channel.send_response(message.sender_id, {"text": "x"})

    chat = api.chat()
    async with on_telegram(api, handle):
        chat.say("in een film zag ik iets, zei ze niet")
        chat.say("ik wil niet meer leven")
        await chat.hears(1)
    assert given == ["urgent"]


async def test_a_menu_word_is_not_read_together_with_a_sentence(api, telegram):
    chat = api.chat()
    chat.say("ik weet het niet")
    chat.say("112")
    assert [m.text for m in await chat.hears(2)] == ["Je zei: ik weet het niet", "Je zei: /lijnen"]


async def test_an_edited_message_is_not_a_new_one(api, telegram):
    chat = api.chat()
    chat.edit(chat.say("hallo"), "hallo daar")
    await chat.hears(1)
    chat.say("daarna")
    assert [m.text for m in await chat.hears(2)] == ["Je zei: hallo", "Je zei: daarna"]


FILE = {"file_id": "f", "file_unique_id": "u"}
NOT_TEXT = {
    "voice": {"voice": {**FILE, "duration": 3}},
    "photo": {"photo": [{**FILE, "width": 10, "height": 10}]},
    "location": {"location": {"latitude": 52.1, "longitude": 4.3}},
    "contact": {"contact": {"phone_number": "+31612345678", "first_name": "Marie"}},
    "sticker": {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
    "document": {"document": FILE},
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 1}},
    "poll": {
        "poll": {
            "id": "1", "question": "Wie?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
            "type": "regular", "allows_multiple_answers": False,
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", NOT_TEXT)
async def test_what_is_not_text_gets_one_friendly_sentence_and_is_not_fetched(api, telegram, kind):
    chat = api.chat()
    chat.send(**NOT_TEXT[kind])
    (reply,) = await chat.hears(1)
    assert reply.text.startswith("Ik lees alleen tekst.")
    assert api.count("getFile") == 0


async def test_an_album_gets_the_sentence_once(api, telegram):
    chat = api.chat()
    for _ in range(5):
        chat.send(**NOT_TEXT["photo"], media_group_id="1")
    await chat.hears(1)
    chat.say("daarna")
    assert [m.text[:20] for m in await chat.hears(2)] == ["Ik lees alleen tekst", "Je zei: daarna"]


async def test_a_risk_below_a_picture_gets_the_line_for_the_kind(api, telegram):
    chat = api.chat()
    chat.send(**NOT_TEXT["photo"], caption="ik wil niet meer leven")
    (reply,) = await chat.hears(1)
    assert reply.text.startswith("Denk je aan de dood?")
    assert "Ik lees alleen tekst." in reply.text


async def test_a_note_of_telegram_itself_is_not_answered(api, telegram):
    chat = api.chat()
    chat.send(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    chat.say("daarna")
    assert [m.text for m in await chat.hears(1)] == ["Je zei: daarna"]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_in_a_group_or_channel_it_says_once_that_it_talks_in_private_and_leaves(api, telegram, kind):
    group = api.chat(-1000000000123, kind)
    group.membership("left", "administrator" if kind == "channel" else "member")
    api.put({"message" if kind != "channel" else "channel_post": group.message_json(group.add(False, "hoi bot"))})
    await api.until(lambda: group.left)
    assert len(group.heard) == 1
    assert "één persoon" in group.heard[0]
    assert "geweld" not in group.heard[0]


async def test_a_start_word_is_kept_with_the_conversation_and_an_unknown_one_simply_starts(api, telegram, monkeypatch):
    monkeypatch.setattr("bot.channels.telegram.started_by", {"huis-a": "huis-a"}.get)
    chat = api.chat()
    (reply,) = await chat.answer_to("/start huis-a")
    assert reply.text == "Je zei: /greeting"
    (conversation,) = telegram._conversations._open.values()
    assert conversation.organisation == "huis-a"


async def test_a_long_message_gets_a_reply_that_asks_for_pieces(api, telegram_with_rasa):
    chat = api.chat()
    (reply,) = await chat.answer_to("bla " * 900)
    assert "2000 tekens" in reply.text
    (reply,) = await chat.answer_to("bla " * 900 + "ik wil niet meer leven")
    assert reply.text.startswith("Denk je aan de dood?")


async def test_a_very_long_reply_comes_in_pieces_in_order(api):
    text = "\n\n".join(f"Alinea {n}. " + "woord " * 60 for n in range(30))

    async def talkative(message):
        buttons = [{"title": "Menu", "payload": "/menu"}]
        await message.output_channel.send_response(message.sender_id, {"text": text, "buttons": buttons})

    chat = api.chat()
    async with on_telegram(api, talkative):
        chat.say("hallo")
        said = await chat.hears(3)
    assert " ".join(" ".join(m.text for m in said).split()) == " ".join(text.split())
    assert [bool(m.buttons) for m in said] == [False, False, True]
    assert all(m.text.startswith("Alinea") for m in said)


async def test_signs_of_html_are_only_text(api, telegram):
    (reply,) = await api.chat().answer_to("<b>x</b> & <a href='y'>")
    assert reply.text == "Je zei: <b>x</b> & <a href='y'>"


async def test_wis_forgets_and_deletes_both_sides_and_tells_how_to_delete_the_chat(api, rasa):
    forgotten = Forgotten()
    chat = api.chat()
    async with on_telegram(api, rasa.handle_message, forgotten.forget) as channel:
        await chat.answer_to("/start")
        await chat.answer_to_press("Ja, dat kan")
        await chat.answer_to("ik heb haar geslagen")
        before = len(chat.messages)
        (farewell,) = await chat.answer_to("/wis")
    assert [m.id for m in chat.visible] == [farewell.id]
    assert before >= 5
    assert "houd hem ingedrukt" in farewell.text
    assert len(forgotten) == 1
    assert channel._conversations.open(forgotten[0]).deletable() == [farewell.id]


async def test_wis_says_so_when_not_everything_could_be_deleted(api, telegram):
    chat = api.chat()
    old = chat.say("hallo")
    await chat.hears(1)
    old.undeletable = True
    (farewell,) = await chat.answer_to("wissen")
    assert "Niet alle berichten" in farewell.text
    assert {m.id for m in chat.visible} == {old.id, farewell.id}


async def test_after_silence_the_conversation_and_its_message_ids_are_gone(api):
    async with on_telegram(api) as channel:
        chat = api.chat()
        await chat.answer_to("hallo")
        (conversation,) = channel._conversations._open.values()
        conversation.expires = 0
        channel._conversations.forget_expired()
        assert len(channel._conversations) == 0


async def test_who_blocks_the_bot_is_forgotten_and_it_is_no_error(api, caplog):
    forgotten = Forgotten()
    chat = api.chat()
    async with on_telegram(api, forget=forgotten.forget) as channel:
        await chat.answer_to("hallo")
        chat.membership("member", "kicked")
        await api.until(lambda: len(forgotten) == 1)
        chat.blocked = True
        chat.say("nog iets")
        await api.until(lambda: len(forgotten) == 2)
        assert len(channel._conversations) == 0
        other = api.chat()
        assert [m.text for m in await other.answer_to("hallo")] == ["Je zei: hallo"]
    assert caplog.text == ""


async def test_the_name_of_a_person_and_the_chats_id_reach_nothing_behind_the_door(api):
    given = []

    async def handle(message):
        given.append(message)
        await echo_of(message)

    async def echo_of(message):
        await message.output_channel.send_response(message.sender_id, {"text": "x"})

    chat = api.chat(first_name="Zilverreiger", username="zilverreiger")
    async with on_telegram(api, handle):
        await chat.answer_to("hallo")
    everything = repr(vars(given[0])) + repr(vars(given[0].output_channel))
    assert "ilverreiger" not in everything
    assert str(chat.number) not in everything


async def test_after_a_restart_the_same_chat_has_another_key(api):
    keys = []

    async def handle(message):
        keys.append(message.sender_id)
        await message.output_channel.send_response(message.sender_id, {"text": "x"})

    chat = api.chat()
    for _ in range(2):
        async with on_telegram(api, handle):
            await chat.answer_to("hallo")
    assert len(set(keys)) == 2


@pytest.mark.parametrize("text", ["ik wil niet meer leven", "hallo"])
async def test_a_person_gets_the_lines_when_rasa_is_down(api, text):
    async def down(message):
        raise RuntimeError("Rasa is down")

    chat = api.chat()
    async with on_telegram(api, down):
        (reply,) = await chat.answer_to(text)
    for line in LINES:
        assert line in reply.text
    assert reply.text.startswith("Denk je aan de dood?") == (text != "hallo")


async def test_a_person_gets_the_lines_when_rasa_hangs(api, monkeypatch):
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.3)

    async def hangs(message):
        await asyncio.sleep(60)

    chat = api.chat()
    async with on_telegram(api, hangs):
        (reply,) = await chat.answer_to("ik wil niet meer leven")
    assert reply.text.startswith("Denk je aan de dood?")
    assert "<b>113</b>" in reply.html.splitlines()
