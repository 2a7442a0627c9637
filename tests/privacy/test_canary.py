"""Words that people typed are in no file and no log line, also when things go wrong and after a crash."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from bot.settings import PROJECT
from tests.channels import fake_telegram
from tests.channels.fake_telegram import TOKEN, FakeBotApi, broken, cut_off, dropped, refused, too_many
from tests.conftest import start_server
from tests.shared.redis_process import RedisProcess

CANARIES = ("zilverreigertje", "kwartelkoningin")
NUMBERS = 49_876_543_000
"""Chats on Telegram have numbers from here on; their first digits are looked for too."""

SOUGHT = (*CANARIES, *(canary.title() for canary in CANARIES), "49876543", TOKEN)


async def talk_with_canaries(address: str, conversations: int) -> None:
    async def one(number: int) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=30) as web:
            opened = (await web.post("/webhooks/web/sessions")).json()
            web.headers["Authorization"] = f"Bearer {opened['token']}"
            for text in (
                f"ik heb {CANARIES[0]} geslagen gister {number}",
                "/ask_importance",
                f"mijn {CANARIES[1]} is een zeven",
                f"{CANARIES[0]} xqz brrp",
                f'/restart{{"{CANARIES[1]}": 1}}',
                f"ik wil niet meer leven zonder {CANARIES[0]}",
            ):
                await web.post("/webhooks/web/messages", json={"message": text})
            await web.post("/webhooks/web/messages", content=f'{{"message": "{CANARIES[0]}'.encode())
            await web.post("/webhooks/web/messages", json={"message": f"{CANARIES[1]} " * 400})
            await web.get(f"/{CANARIES[0]}?q={CANARIES[1]}")

    for batch in range(0, conversations, 10):
        await asyncio.gather(*(one(batch + n) for n in range(10)))


async def chat_with_canaries(api: FakeBotApi, conversations: int) -> None:
    """The same on Telegram: canaries in text, name, username, contact, caption, start word and chat number."""
    first, second = CANARIES

    async def one(number: int) -> None:
        name = {"first_name": first.title(), "last_name": second, "username": f"{first}_{number}"}
        chat = api.chat(NUMBERS + number, **name)
        await chat.answer_to(f"/start {first}")
        await chat.answer_to(f"ik heb {second} geslagen gister {number}")
        chat.send(contact={"phone_number": f"+31{first}", "first_name": second}, caption=first)
        chat.say(f"{first} xqz brrp")
        if any(message.titles for message in chat.said_by_bot()):  # a busy machine may give the static text, without
            chat.press("")
        await chat.answer_to(f"ik wil niet meer leven zonder {first}")
        await chat.answer_to(f"{second} " * 150)
        if number % 5 == 0:
            await chat.answer_to("/wis")

    for batch in range(0, conversations, 50):
        api.fail("sendMessage", broken(500), too_many(1), dropped(), cut_off(), refused(400, f"Bad Request: {first}"))
        api.fail("getUpdates", broken(200, body=first), dropped())
        api.fail("editMessageReplyMarkup", refused(400, f"Bad Request: {second}"))
        api.put({"message": {"text": first, "chat": {"id": NUMBERS, "type": "private"}}})
        api.put({"callback_query": {"id": second}})
        await asyncio.gather(*(one(batch + n) for n in range(min(50, conversations - batch))))


def files_changed_since(moment: float, *folders: Path) -> list[Path]:
    skip = {".git", ".venv", ".tools", ".pytest_cache", "__pycache__", ".hypothesis"}
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not skip.intersection(path.parts) and path.stat().st_mtime >= moment:
                found.append(path)
    return found


MANY = int(os.environ.get("CANARIES", "40"))
"""On each channel. Before a release: `CANARIES=250 make test`, some four minutes more."""

ENDS = {
    "stopped": (signal.SIGINT, ("bot", "run"), MANY),
    "stopped, at its loudest": (signal.SIGINT, ("tests.privacy.loud",), 10),
    "killed in the middle": (signal.SIGKILL, ("bot", "run"), 30),
}


NEVER_EXPIRES = -1
"""What Redis says of such a key; one that is gone by now is -2."""


@pytest.mark.parametrize("end", ENDS)
async def test_nothing_a_person_typed_is_left_on_disk_or_in_a_log(tmp_path, end):
    how, module, conversations = ENDS[end]
    moment = tmp_path.stat().st_mtime
    home = tmp_path / "home"
    home.mkdir()
    async with FakeBotApi() as api:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address}
        running = await asyncio.to_thread(
            start_server, tmp_path / "log.txt", module, HOME=str(home), TMPDIR=str(tmp_path), **settings
        )
        try:
            await asyncio.gather(
                talk_with_canaries(running.address, conversations), chat_with_canaries(api, conversations)
            )
            if how == signal.SIGKILL:
                for chat in api.chats.values():
                    chat.say(f"en toen {CANARIES[0]}")
                await api.all_taken()
        finally:
            running.process.send_signal(how)
            await asyncio.to_thread(running.process.wait, 60)
    hits = [
        str(path)
        for path in files_changed_since(moment, PROJECT, tmp_path)
        for canary in SOUGHT
        if canary.encode() in path.read_bytes() and path.resolve() not in (Path(__file__), Path(fake_telegram.__file__))
    ]
    assert hits == []
    assert (tmp_path / "themes.db").stat().st_size > 0, "what was counted was looked at"
    assert (tmp_path / "log.txt").stat().st_size > 0, "the log was looked at"


async def test_in_redis_stand_words_only_in_conversations_that_expire_and_nothing_names_a_person(tmp_path):
    redis = RedisProcess()
    async with FakeBotApi() as api:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address, "REDIS_URL": redis.url}
        running = await asyncio.to_thread(start_server, tmp_path / "log.txt", ("bot", "run"), **settings)
        try:
            await asyncio.gather(talk_with_canaries(running.address, 10), chat_with_canaries(api, 10))
            held = {name: _held(redis, name) for name in redis.client.keys("*")}
            endless = [name for name in held if redis.client.ttl(name) == NEVER_EXPIRES]
        finally:
            running.process.send_signal(signal.SIGINT)
            await asyncio.to_thread(running.process.wait, 60)
            redis.stop()
    assert held, "there was something to look at"
    assert endless == []
    for name, value in held.items():
        sought = SOUGHT[len(CANARIES) * 2 :] if b":tracker:" in name else SOUGHT
        assert not [canary for canary in sought if canary.encode() in name + value], name


def _held(redis: RedisProcess, name: bytes) -> bytes:
    """All that stands under a key, whatever its type."""
    kind = redis.client.type(name)
    if kind == b"string":
        return redis.client.get(name) or b""
    if kind == b"hash":
        return repr(redis.client.hgetall(name)).encode()
    if kind == b"zset":
        return repr(redis.client.zrange(name, 0, -1)).encode()
    return repr(redis.client.xrange(name)).encode()
