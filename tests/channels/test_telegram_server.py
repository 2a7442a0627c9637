"""The whole path in both modes: a bot started as an operator starts it, the real library, the fake Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.content import project_content
from tests.channels.fake_telegram import TOKEN, USERNAME, FakeBotApi
from tests.conftest import Server, free_port, start_server


@pytest_asyncio.fixture(scope="module", params=["polling", "webhook"])
async def mode(request, tmp_path_factory) -> AsyncIterator[tuple[FakeBotApi, Server]]:
    async with FakeBotApi() as api:
        port = free_port()
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address, "BOT_PORT": str(port)}
        if request.param == "webhook":
            settings["TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{port}"
        log = tmp_path_factory.mktemp(request.param) / "log.txt"
        server = await asyncio.to_thread(start_server, log, **settings)
        await api.until(lambda: bool(api.commands))
        assert bool(api.webhook) == (request.param == "webhook")
        yield api, server
        await asyncio.to_thread(server.stop)


async def walk(chat, *steps: str) -> str:
    """Press one button after the other; gives what the bot said last."""
    said = []
    for title in steps:
        said = await chat.answer_to_press(title)
    return "\n".join(m.text for m in said)


async def test_the_operator_sees_that_telegram_is_on(mode):
    _, server = mode
    assert f"Telegram:              https://t.me/{USERNAME}" in server.log.read_text()
    assert TOKEN not in server.log.read_text()


async def test_a_whole_journey_when_there_is_tension_now(mode):
    api, _ = mode
    chat = api.chat()
    await chat.answer_to("/start")
    await walk(
        chat, "Ja, dat kan", "Er is nu spanning", "Nee, ik ben ergens anders", "Ja, dit doe ik", "Het wordt minder"
    )
    await walk(chat, "De afstand hielp", "Ik slaap ergens anders")
    assert chat.said_by_bot()[-1].titles == [button.title for button in project_content().steps["nu_einde"].buttons]


async def test_a_whole_journey_to_help(mode):
    api, _ = mode
    chat = api.chat()
    await chat.answer_to("/hulp")
    last = await walk(chat, "Nu met iemand praten", "Hoe gaat zo'n gesprek?", "Ik bel nu")
    assert last
    assert all(len(m.text) <= 4096 for m in chat.said_by_bot())


async def test_an_escalation_in_the_middle_of_a_journey(mode):
    api, _ = mode
    chat = api.chat()
    await chat.answer_to("/start")
    await walk(chat, "Ja, dat kan")
    await chat.answer_to("ik ben zo boos op haar")
    said = await chat.answer_to("ik heb een mes en ik steek haar neer")
    text = "\n".join(m.text for m in said)
    assert "112" in text
    assert "<b>112</b>" in "\n".join(m.html for m in said).splitlines()
    said = await chat.answer_to("ik wil niet meer leven")
    assert "0800-0113" in said[0].text


async def test_the_ruler_is_a_row_of_numbers_to_press(mode):
    api, _ = mode
    chat = api.chat()
    await chat.answer_to("/menu")
    message = chat.add(True, "x", buttons=[[{"text": "Cijfer", "callback_data": "/ask_importance"}]])
    chat.press_data(message, "/ask_importance")
    await api.until(lambda: any("10" in m.titles for m in chat.said_by_bot()))
    before = len(chat.said_by_bot())
    chat.press("7")
    (reply, *_) = await chat.more_than(before)
    assert "Dit kon ik niet" not in reply.text


async def test_telegram_and_the_website_answer_beside_each_other(mode):
    api, server = mode
    async with httpx.AsyncClient(base_url=server.address, timeout=20) as web:
        opened = (await web.post("/webhooks/web/sessions")).json()
        assert opened["messages"][0]["buttons"]
    assert (await api.chat().answer_to("/menu"))[0].buttons


async def test_a_webhook_without_the_secret_is_refused(mode):
    api, server = mode
    chat = api.chat()
    update = {"update_id": api.reserve_update_id(), "message": chat.message_json(chat.add(False, "/menu"))}
    if not api.webhook:
        async with httpx.AsyncClient() as web:
            answer = await web.post(f"{server.address}/webhooks/telegram/webhook", json=update)
        assert answer.status_code == 404
        return
    for wrong in ("wrong", " "):
        assert await api.push_once(update, secret=wrong) == 403
    async with httpx.AsyncClient() as web:
        assert (await web.post(api.webhook["url"], json=update)).status_code == 403
    await chat.answer_to("/hulp")
    assert len(chat.heard) == 1


async def test_a_webhook_is_answered_only_after_handling_and_a_second_one_is_not_handled_again(mode):
    api, _ = mode
    if not api.webhook:
        return  # there are none in polling
    chat = api.chat()
    update = {"update_id": api.reserve_update_id(), "message": chat.message_json(chat.add(False, "/menu"))}
    statuses = await asyncio.gather(*(api.push_once(update) for _ in range(3)))
    assert statuses == [200, 200, 200]
    assert len(chat.heard) == 1, "the answer was there before the webhook was answered, and once"
    assert await api.push_once(update) == 200
    assert len(chat.heard) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"update_id": "x"}', b'{"update_id": 1, "message": {}}'])
async def test_a_webhook_that_cannot_be_read_is_taken_so_that_telegram_does_not_send_it_for_ever(mode, body):
    api, _ = mode
    if api.webhook:
        assert await api.push_once(body) == 200
    assert (await api.chat().answer_to("/menu"))[0].text


async def test_a_wrong_token_leaves_the_website_working(tmp_path):
    async with FakeBotApi() as api:
        settings = {"TELEGRAM_BOT_TOKEN": "999:wrong", "TELEGRAM_API_URL": api.address}
        server = await asyncio.to_thread(start_server, tmp_path / "log.txt", **settings)
        try:
            async with httpx.AsyncClient(base_url=server.address, timeout=20) as web:
                assert (await web.post("/webhooks/web/sessions")).status_code == 201
            await api.until(lambda: "Telegram:  " in server.log.read_text())
            log = server.log.read_text()
            assert log.count("TELEGRAM_BOT_TOKEN") == 1
            assert "Telegram:              not connected" in log
            assert "999:wrong" not in log
            assert "Traceback" not in log
        finally:
            await asyncio.to_thread(server.stop)
