"""What goes wrong between Telegram and the bot: nothing is lost, nothing is answered twice, nothing crashes."""

import asyncio
import logging

import pytest

from bot.channels import telegram_link
from bot.channels.telegram_link import TelegramLink
from bot.channels.telegram_updates import read
from tests.channels.conftest import Forgotten, on_telegram
from tests.channels.fake_telegram import (
    TOKEN,
    answer_lost,
    broken,
    cut_off,
    dropped,
    refused,
    silent,
    too_many,
)


@pytest.fixture(autouse=True)
def _try_again_soon(monkeypatch):
    monkeypatch.setattr(telegram_link, "FIRST_WAIT_SECONDS", 0.05)


PASSING = {
    "too many": [too_many(1)],
    "too many, twice": [too_many(1), too_many(1)],
    "an error of the server": [broken(500)],
    "a bad gateway": [broken(502), broken(503)],
    "no JSON": [broken(200)],
    "dropped before": [dropped()],
    "cut off in the middle": [cut_off()],
    "all of it": [broken(500), dropped(), too_many(1), cut_off()],
}


@pytest.mark.parametrize("fault", PASSING)
async def test_an_answer_that_could_not_be_sent_is_sent_again_and_once(api, telegram, fault):
    chat = api.chat()
    api.fail("sendMessage", *PASSING[fault])
    await chat.answer_to("een")
    await chat.answer_to("twee")
    assert chat.heard == ["Je zei: een", "Je zei: twee"]


@pytest.mark.parametrize("fault", PASSING)
async def test_updates_that_could_not_be_fetched_are_fetched_again_and_answered_once(api, telegram, fault):
    chat = api.chat()
    await chat.answer_to("een")
    api.fail("getUpdates", *PASSING[fault])
    await chat.answer_to("twee")
    await chat.answer_to("drie")
    assert chat.heard == ["Je zei: een", "Je zei: twee", "Je zei: drie"]


async def test_a_time_out_of_sending_is_tried_again(api, telegram, monkeypatch):
    monkeypatch.setattr(telegram.link.bot.request._client, "timeout", 0.3)
    chat = api.chat()
    api.fail("sendMessage", silent(25))
    (reply,) = await chat.answer_to("een")
    assert reply.text == "Je zei: een"


async def test_a_person_in_danger_gets_the_lines_even_if_that_means_twice(api, telegram):
    chat = api.chat()
    api.fail("sendMessage", answer_lost())
    await chat.answer_to("ik wil niet meer leven")
    said = await chat.hears(2)
    assert said[0].text == said[1].text


async def test_too_fast_for_one_chat_does_not_hold_up_another(api, telegram):
    slow, other = api.chat(), api.chat()
    api.fail("sendMessage", too_many(3))
    slow.say("/menu")
    await api.until(lambda: api.count("sendMessage") == 1)
    await other.answer_to("/menu")
    assert slow.heard == []
    await slow.hears(1)


async def test_order_is_kept_while_telegram_asks_for_patience(api, telegram):
    chat = api.chat()
    api.fail("sendMessage", too_many(1))
    for command in ("/menu", "/hulp", "/112", "/stop"):
        chat.say(command)
    said = [m.text for m in await chat.hears(4)]
    assert said == ["Je zei: /menu", "Je zei: /hulp_start", "Je zei: /lijnen", "Je zei: /tot_ziens"]


async def test_an_update_that_comes_again_is_not_answered_again(api, telegram):
    chat = api.chat()
    update = {"message": chat.message_json(chat.add(False, "een"))}
    number = api.put(update)
    await chat.hears(1)
    api.put(update, update_id=number)
    await chat.answer_to("twee")
    assert chat.heard == ["Je zei: een", "Je zei: twee"]


async def test_updates_out_of_order_within_a_breath_are_read_in_order(api, telegram):
    chat = api.chat()
    first, second = api.reserve_update_id(), api.reserve_update_id()
    one, two = (chat.message_json(chat.add(False, text)) for text in ("een", "twee"))
    api.put({"message": two}, second)
    api.put({"message": one}, first)
    (reply,) = await chat.hears(1)
    assert reply.text == "Je zei: een\ntwee"


async def test_an_update_that_comes_late_is_answered_and_not_lost(api, telegram):
    chat = api.chat()
    late = api.reserve_update_id()
    await chat.answer_to("een")
    event = {"message": chat.message_json(chat.add(False, "later")), "update_id": late}
    await telegram.receive(read(event))
    assert chat.heard == ["Je zei: een", "Je zei: later"]


MALFORMED = [
    {},
    {"message": None},
    {"message": {}},
    {"message": "hallo"},
    {"message": {"message_id": 1, "date": 1, "chat": {}}},
    {"message": {"message_id": "x", "date": "y", "chat": {"id": "z", "type": "private"}, "text": 5}},
    {"callback_query": {"id": "1"}},
    {"callback_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "x"}, "chat_instance": "1"}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}}},
    {"een_nieuw_soort": {"x": 1}},
    {"inline_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "x"}, "query": "", "offset": ""}},
    {"poll": {"id": "1"}},
    {"message_reaction": {"chat": {"id": 1, "type": "private"}, "message_id": 1, "date": 1}},
]


@pytest.mark.parametrize("malformed", MALFORMED, ids=str)
async def test_what_cannot_be_read_is_left_and_the_rest_of_the_batch_is_answered(api, telegram, malformed):
    chat = api.chat()
    api.put(malformed)
    (reply,) = await chat.answer_to("hallo")
    assert reply.text == "Je zei: hallo"
    await api.all_taken()


async def test_words_are_not_lost_when_telegram_changes_the_rest_of_a_message(api, telegram):
    chat = api.chat()
    message = chat.message_json(chat.add(False, "ik wil niet meer leven"))
    api.put({"message": {**message, "poll": {"id": "of a later Bot API"}}})
    (reply,) = await chat.hears(1)
    assert reply.text == "Je zei: ik wil niet meer leven"


async def test_a_button_whose_press_is_too_old_is_answered_all_the_same(api, telegram):
    chat = api.chat()
    message = chat.add(True, "Kies", buttons=[[{"text": "Menu", "callback_data": "/menu"}]])
    api.fail("answerCallbackQuery", refused(400, "Bad Request: query is too old"))
    chat.press_data(message, "/menu")
    assert [m.text for m in await chat.hears(2)] == ["Kies", "Je zei: /menu"]


async def test_an_answer_whose_form_telegram_refuses_comes_as_bare_words(api, telegram):
    chat = api.chat()
    api.fail("sendMessage", refused(400, "Bad Request: can't parse entities"))
    (reply,) = await chat.answer_to("112")
    assert reply.text == "Je zei: /lijnen"


async def test_who_blocked_the_bot_holds_up_nobody(api):
    forgotten = Forgotten()
    blocked, other = api.chat(), api.chat()
    blocked.blocked = True
    async with on_telegram(api, forget=forgotten.forget):
        blocked.say("/menu")
        blocked.say("/hulp")
        await other.answer_to("/menu")
        await api.until(lambda: len(forgotten) == 2)


async def test_two_hundred_chats_at_once_lose_nothing_and_reorder_nothing(api, telegram):
    chats = [api.chat() for _ in range(200)]
    commands = {"/menu": "Je zei: /menu", "/hulp": "Je zei: /hulp_start"}
    for command in commands:
        for chat in chats:
            chat.say(command)
    await asyncio.gather(*(chat.hears(len(commands)) for chat in chats))
    await api.all_taken()
    assert all(chat.heard == list(commands.values()) for chat in chats)


async def test_a_wrong_token_is_one_clear_line_without_the_token_and_it_is_tried_again(api, caplog):
    caplog.set_level(logging.INFO)
    wrong = "999:wrong"
    async with on_telegram(api, token=wrong) as channel:
        await api.until(lambda: api.count("getMe") >= 3)
        assert "not connected" in await channel.first_try()
        lines = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
        assert len(lines) == 1
        assert "TELEGRAM_BOT_TOKEN" in lines[0]
        api.token = wrong
        chat = api.chat()
        await chat.answer_to("/menu")
    assert wrong not in caplog.text
    assert "Telegram is connected again" in caplog.text


async def test_no_network_is_one_clear_line_and_it_is_tried_again(api, caplog):
    api.fail("getMe", *(dropped() for _ in range(4)))
    async with on_telegram(api):
        await api.chat().answer_to("/menu")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("bot.") and r.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "cannot be reached" in lines[0]
    assert TOKEN not in caplog.text


async def test_another_program_with_the_same_token_is_named(api, caplog):
    async with on_telegram(api):
        await api.chat().answer_to("/menu")
        api.fail("getUpdates", refused(409, "Conflict: terminated by other getUpdates request"))
        api.put({"poll": {}})
        await api.until(lambda: "another program" in caplog.text)
        await api.chat().answer_to("/menu")


async def test_a_webhook_that_was_left_behind_does_not_keep_polling_from_working(api):
    api.webhook = {"url": "http://127.0.0.1:9/"}
    async with on_telegram(api):
        api.webhook = None
        await api.chat().answer_to("/menu")
    assert api.count("deleteWebhook") == 1


async def test_what_was_handled_is_not_handed_out_again_after_a_stop(api):
    chat = api.chat()
    async with on_telegram(api):
        await chat.answer_to("een")
    async with on_telegram(api):
        await chat.answer_to("twee")
    assert chat.heard == ["Je zei: een", "Je zei: twee"]


async def test_an_answer_under_way_is_sent_before_the_bot_stops(api):
    started, go = asyncio.Event(), asyncio.Event()

    async def slow(message):
        started.set()
        await go.wait()
        await message.output_channel.send_response(message.sender_id, {"text": "klaar"})

    chat = api.chat()
    async with on_telegram(api, slow):
        chat.say("/menu")
        await started.wait()
        asyncio.get_running_loop().call_later(0.2, go.set)
    assert chat.heard == ["klaar"]


async def test_the_line_waits_longer_each_time(monkeypatch):
    waits = []

    async def note(seconds):
        waits.append(round(seconds / 0.05))
        if len(waits) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(telegram_link.asyncio, "sleep", note)

    async def fails():
        raise telegram_link.NetworkError("x")

    with pytest.raises(asyncio.CancelledError):
        await TelegramLink(TOKEN).until_it_works(fails)
    assert waits == [1, 2, 4, 8, 16]
