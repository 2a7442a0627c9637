"""Telegram for tests: a fake Bot API on loopback, and the channel with the real library against it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from bot.channels.telegram import TelegramInput
from bot.channels.telegram_chats import NoOthers
from bot.privacy.pseudonyms import Pseudonyms
from bot.settings import Settings
from tests.channels.fake_telegram import TOKEN, FakeBotApi


@pytest_asyncio.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    """The fake Bot API."""
    async with FakeBotApi() as server:
        yield server


async def echo(message) -> None:
    """Stands for Rasa where a test is about the channel: says back what it was given."""
    await message.output_channel.send_response(message.sender_id, {"text": f"Je zei: {message.text}"})


class Forgotten(list):
    """Keys that Rasa was told to forget."""

    async def forget(self, key: str) -> None:
        self.append(key)


@asynccontextmanager
async def on_telegram(
    api: FakeBotApi,
    handle: Callable[..., Awaitable[None]] = echo,
    forget: Callable[[str], Awaitable[None]] | None = None,
    token: str = TOKEN,
) -> AsyncIterator[TelegramInput]:
    """The channel, by long polling against the fake Bot API."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TELEGRAM_BOT_TOKEN", token)
        environment.setenv("TELEGRAM_API_URL", api.address)
        environment.delenv("TELEGRAM_WEBHOOK_URL", raising=False)
        channel = TelegramInput(Settings.read(), Pseudonyms(), NoOthers())
    channel.start(handle, forget or Forgotten().forget)
    try:
        yield channel
    finally:
        await channel.stop()


@pytest_asyncio.fixture
async def telegram(api: FakeBotApi) -> AsyncIterator[TelegramInput]:
    """The channel with an echo in Rasa's place."""
    async with on_telegram(api) as channel:
        yield channel


@pytest_asyncio.fixture
async def telegram_with_rasa(api: FakeBotApi, rasa) -> AsyncIterator[TelegramInput]:
    """The channel with the trained model behind it."""
    async with on_telegram(api, rasa.handle_message, rasa.forget) as channel:
        yield channel
