"""The Telegram channel: long polling or webhooks in, the same answers as on the web out (docs/telegram.md).

Anonymous by construction: a conversation's key is made from the chat's id with a secret of this process, and the id lives
only while an answer is under way. Nothing else that Telegram tells of a person gets past `telegram_updates`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from rasa.core.channels.channel import InputChannel, UserMessage
from redis import RedisError
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from telegram.error import Forbidden

from bot.channels.answer import ANSWER_SECONDS, FORGOTTEN, MAX_CHARACTERS, OnNewMessage, answer, as_payload, opening
from bot.channels.output import Reply
from bot.channels.static import error_message
from bot.channels.telegram_chats import Answered, Conversations, Lines, Seen, Turn
from bot.channels.telegram_format import NOTHING
from bot.channels.telegram_link import TelegramLink
from bot.channels.telegram_texts import own_reply
from bot.channels.telegram_updates import Blocked, Event, Incoming, NotPrivate, read
from bot.content import project_content
from bot.organisations import started_by
from bot.privacy.pseudonyms import Pseudonyms
from bot.safety import Screening
from bot.settings import Settings

CHANNEL = "telegram"
PRIVACY, TOO_LONG = "/over_mij_start", "/too_long"
WEBHOOK_PATH = "/webhooks/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FINISH_SECONDS = 10.0
FIRST_TRY_SECONDS = 10.0
SWEEP_SECONDS = 30
RULER = frozenset(str(number) for number in range(11))

Forget = Callable[[str], Awaitable[None]]
logger = logging.getLogger(__name__)


class TelegramInput(InputChannel):
    """The channel, as Rasa registers it; it starts and stops with the server."""

    def __init__(self, settings: Settings, pseudonyms: Pseudonyms, answered: Answered) -> None:
        """Create the channel; nothing is sent before the server starts.

        Args:
            settings: with `telegram_token`.
            pseudonyms: makes the keys of conversations.
            answered: updates that were answered by whichever process.
        """
        self.link = TelegramLink(settings.telegram_token, settings.telegram_api_url)
        self._webhook_url = webhook_address(settings.telegram_webhook_url)
        self._pseudonyms, self._answered = pseudonyms, answered
        self._webhook_secret = pseudonyms.key(CHANNEL, "webhook")
        self._conversations = Conversations(settings.conversation_ttl)
        self._lines = Lines(self._take_turn)
        self._seen = Seen()
        self._leaving: set[str] = set()
        self._left: deque[str] = deque(maxlen=1_000)
        self._tried = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def name(cls) -> str:
        """The channel's place below `/webhooks/`."""
        return CHANNEL

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Starting, stopping and, with `TELEGRAM_WEBHOOK_URL`, the address that Telegram sends updates to."""
        telegram = Blueprint("telegram_channel")

        @telegram.listener("after_server_start")
        async def start(app: Sanic, _: Any) -> None:
            self.start(on_new_message, lambda key: app.ctx.agent.forget(key))

        @telegram.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self.stop()

        if self._webhook_url:

            @telegram.post("/webhook")
            async def webhook(request: Request) -> HTTPResponse:
                if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), self._webhook_secret):
                    return HTTPResponse(status=403)
                await self.take_webhook(request.body)
                return HTTPResponse(status=200)

        return telegram

    def start(self, on_new_message: OnNewMessage, forget: Forget) -> None:
        """Begin to connect and to listen.

        Args:
            on_new_message: how Rasa takes a message.
            forget: makes Rasa forget the conversation with a key.
        """
        self._on_new_message, self._forget_in_rasa = on_new_message, forget
        self._spawn(self._listen())
        self._spawn(self._forget_regularly())

    async def stop(self) -> None:
        """Stop listening, let answers under way reach people, and hang up."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lines.finish(FINISH_SECONDS)
        await self.link.close()

    async def first_try(self) -> str:
        """How it stands after the first attempt to connect, for the operator."""
        try:
            await asyncio.wait_for(self._tried.wait(), FIRST_TRY_SECONDS)
        except TimeoutError:
            logger.warning("Telegram has not answered for %.0f seconds; it is tried on", FIRST_TRY_SECONDS)
        return self.link.state

    async def take_webhook(self, body: bytes) -> None:
        """Handle one update that Telegram sent, to the end. What cannot be read is left: Telegram would send it for ever."""
        try:
            raw = json.loads(body)
        except ValueError:
            logger.warning("A webhook of Telegram held no JSON")
            return
        event = read(raw)
        if event:
            await self.receive(event)

    async def receive(self, event: Event) -> None:
        """Handle one event; returns when what is to be said was said. One that came before is not handled again."""
        before = self._seen.before(event.update)
        if before:
            await asyncio.shield(before)
            return
        done = self._seen.add(event.update)
        try:
            if not await self._was_answered(event.update):
                await self._handle(event)
                await self._note_answered(event.update)
        except Exception as error:
            logger.error("An update of Telegram could not be handled (%s)", type(error).__name__)
        finally:
            if not done.done():
                done.set_result(None)

    async def _was_answered(self, update: int) -> bool:
        try:
            return await self._answered.holds(update)
        except RedisError as error:
            logger.error("Redis did not answer (%s)", type(error).__name__)
            return False  # rather an answer twice than none

    async def _note_answered(self, update: int) -> None:
        try:
            await self._answered.add(update)
        except RedisError as error:
            logger.error("Redis did not answer (%s); an update may be answered twice", type(error).__name__)

    async def _listen(self) -> None:
        await self.link.connect(self._webhook_url, self._webhook_secret, self._tried)
        if self._webhook_url:
            return
        async for event in self.link.events():
            self._spawn(self.receive(event))

    async def _forget_regularly(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._conversations.forget_expired()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _key(self, chat: int) -> str:
        return self._pseudonyms.key(CHANNEL, str(chat))

    async def _handle(self, event: Event) -> None:
        key = self._key(event.chat)
        if isinstance(event, NotPrivate):
            await self._leave(key, event.chat)
        elif isinstance(event, Blocked):
            await self._forget(key)
        elif event.kind != "button" or self._choose(key, event):
            busy = key in self._lines
            done = self._lines.add(key, event)
            if not busy:
                self._spawn(self.link.show_typing(event.chat, done))
            await done

    async def _leave(self, key: str, chat: int) -> None:
        """Leave a group or channel. Being added is told in several updates: it is said once, and never again there."""
        if key in self._leaving:
            return
        self._leaving.add(key)
        await self.link.say_and_leave(chat, None if key in self._left else own_reply("private_only"))
        self._leaving.discard(key)
        self._left.append(key)

    def _choose(self, key: str, press: Incoming) -> bool:
        """Whether a pressed button is to be answered: the first of its message, and one that the bot made."""
        self._spawn(self.link.acknowledge(press))
        conversation = self._conversations.open(key)
        if press.text == NOTHING or press.message in conversation.chosen:
            return False
        conversation.chosen.add(press.message)
        return press.text in RULER | conversation.offered or press.text in project_content().payloads()

    async def _take_turn(self, key: str, turn: Turn) -> None:
        conversation = self._conversations.open(key)
        conversation.remember(*(part.message for part in turn.parts))
        conversation.organisation = started_by(turn.last.start_word or "") or conversation.organisation
        if as_payload(turn.text) == FORGOTTEN:
            replies = [await self._wipe(key, turn.last.chat)]
        else:
            replies = await self._replies(key, turn)
        conversation = self._conversations.open(key)
        conversation.offered = frozenset(b["payload"] for reply in replies for b in reply.buttons)
        try:
            for reply in replies:
                sent = await self.link.send(turn.last.chat, reply)
                self._conversations.open(key).remember(*sent)
        except Forbidden:
            await self._forget(key)  # the person blocked the bot

    async def _replies(self, key: str, turn: Turn) -> list[Reply]:
        if not self._conversations.open(key).bucket.take():
            return [_error("too_fast", turn.seen)]
        if turn.last.kind == "other":
            return [own_reply("only_text", turn.seen)]
        if len(turn.text) > MAX_CHARACTERS and turn.seen.level != "none":
            return [_error("too_long", turn.seen)]
        text = TOO_LONG if len(turn.text) > MAX_CHARACTERS else turn.text
        if turn.last.kind == "text" and as_payload(text) == PRIVACY:
            return [own_reply("privacy")]
        organisation = self._conversations.open(key).organisation
        replies = await answer(text, key, CHANNEL, self._on_new_message, organisation, turn.seen)
        return [*opening(organisation), *replies] if turn.last.start_word else replies

    async def _wipe(self, key: str, chat: int) -> Reply:
        """Forget the conversation and delete its messages; what to say about it."""
        messages = self._conversations.open(key).deletable()
        await self._forget(key)
        return own_reply("forgotten" if await self.link.delete(chat, messages) else "forgotten_here_only")

    async def _forget(self, key: str) -> None:
        self._conversations.forget(key)
        try:
            await asyncio.wait_for(self._forget_in_rasa(key), ANSWER_SECONDS)
        except Exception as error:
            logger.error("Rasa did not forget a conversation at once (%s); it expires", type(error).__name__)


def webhook_address(setting: str) -> str:
    """Where Telegram sends updates: the address as it was set, or with our path when it has none."""
    if setting and urlsplit(setting).path in ("", "/"):
        return setting.rstrip("/") + WEBHOOK_PATH
    return setting


def _error(code: str, screening: Screening) -> Reply:
    risk = screening.as_dict() if screening.level != "none" else None
    return Reply(error_message(code, screening), risk=risk)
