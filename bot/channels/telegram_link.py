"""The line to Telegram: connecting and connecting again, receiving, and sending with patience.

What passes by itself (no network, a time-out, an error of the server, "too fast") is tried again. After a time-out nobody
knows whether a message arrived; it is sent again, since a number to call that comes twice is better than none.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from telegram import Bot, BotCommand, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.output import Reply
from bot.channels.telegram_format import NOTHING, after_choice, as_html, messages
from bot.channels.telegram_texts import telegram_texts
from bot.channels.telegram_updates import Event, Incoming, read

POLL_SECONDS = 25
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
"""After that the person has typed something else or is gone; an answer would come out of the blue."""

MESSAGES_PER_SECOND = 30
TYPING_AFTER_SECONDS = 0.2
TYPING_AGAIN_SECONDS = 4.5
"""Telegram shows it for five seconds."""

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")
LASTING = (BadRequest, Forbidden, InvalidToken, Conflict, EndPointNotFound)
"""Errors that asking again does not mend."""

T = TypeVar("T")
logger = logging.getLogger(__name__)


def reason(error: Exception) -> str:
    """Why there is no connection, in words for an operator; the token is never in it."""
    if isinstance(error, InvalidToken | EndPointNotFound):
        return "Telegram refuses the token; set TELEGRAM_BOT_TOKEN to the one that @BotFather gave"
    if isinstance(error, Conflict):
        return "another program reads this bot's messages with the same token; stop it"
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return "Telegram cannot be reached or does not answer; look at the network or TELEGRAM_API_URL"
    return f"Telegram answers with an error ({type(error).__name__})"


def _pause(error: Exception, wait: float) -> float:
    if not isinstance(error, RetryAfter):
        return wait
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


async def with_patience(call: Callable[[], Awaitable[T]]) -> T:
    """The result of a call to Telegram, tried again for two minutes.

    Args:
        call: makes the call anew.

    Raises:
        TelegramError: it will not succeed, or did not in time.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    wait = FIRST_WAIT_SECONDS
    while True:
        try:
            return await call()
        except TelegramError as error:
            pause = _pause(error, wait)
            if isinstance(error, LASTING) or time.monotonic() + pause > give_up:
                raise
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)
        await asyncio.sleep(pause)


class TelegramLink:
    """One bot's line to the Bot API.

    Attributes:
        bot: the library's bot.
        state: for the operator, in a few words.
    """

    def __init__(self, token: str, api_url: str = "") -> None:
        """Prepare the line; nothing is sent yet.

        Args:
            token: of the bot; never logged.
            api_url: base address of another Bot API server; empty for Telegram's own.
        """
        base = {"base_url": f"{api_url.rstrip('/')}/bot"} if api_url else {}
        # Waiting for a free connection is better than failing when many people type at once.
        self.bot = Bot(
            token,
            request=HTTPXRequest(connection_pool_size=128, read_timeout=10, pool_timeout=60),
            get_updates_request=HTTPXRequest(connection_pool_size=1, pool_timeout=10),
            **base,  # type: ignore[arg-type]
        )
        self.state = "not connected yet"
        self._slot = 0.0
        self._offset = 0

    async def until_it_works(self, call: Callable[[], Awaitable[T]], tried: asyncio.Event | None = None) -> T:
        """The result of a call that is repeated, ever slower, until it succeeds. Each new reason is logged once.

        Args:
            call: makes the call anew.
            tried: set after the first attempt, whatever came of it.
        """
        wait, said = FIRST_WAIT_SECONDS, ""
        while True:
            try:
                result = await call()
            except Exception as error:  # whatever it is, the line must not stay dead
                if reason(error) != said:
                    said = reason(error)
                    logger.warning("Telegram is not connected: %s. It is tried again; the website works.", said)
                self.state = "not connected (see above); it is tried again"
                if tried:
                    tried.set()
                await asyncio.sleep(_pause(error, wait))
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            else:
                if said:
                    logger.info("Telegram is connected again")
                self.state = f"https://t.me/{self.bot.username}"
                if tried:
                    tried.set()
                return result

    async def connect(self, webhook_url: str, secret: str, tried: asyncio.Event) -> None:
        """Connect, tell Telegram how updates are to come, and fill the menu of commands.

        Args:
            webhook_url: where Telegram is to send updates; empty for long polling.
            secret: what Telegram must send along with each.
            tried: set after the first attempt.
        """

        async def introduce() -> None:
            await self.bot.initialize()
            if webhook_url:
                await self.bot.set_webhook(webhook_url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
            else:
                await self.bot.delete_webhook()

        await self.until_it_works(introduce, tried)
        try:
            await with_patience(lambda: self.bot.set_my_commands(_commands()))
        except TelegramError as error:
            logger.warning("Telegram did not take the menu of commands (%s)", type(error).__name__)

    async def events(self) -> AsyncIterator[Event]:
        """What comes in by long polling, without end; what cannot be read is left out."""
        while True:
            for event in await self.until_it_works(self._poll):
                yield event

    async def _poll(self, seconds: int = POLL_SECONDS) -> list[Event]:
        # Asked for raw on purpose: Bot.get_updates gives none of a batch when one of them cannot be read.
        asked = {"offset": self._offset, "timeout": seconds, "allowed_updates": list(ALLOWED_UPDATES)}
        raw: Any = await self.bot.do_api_request("getUpdates", asked, read_timeout=seconds + 5)
        updates = [u for u in raw if isinstance(u, dict) and isinstance(u.get("update_id"), int)]
        if raw and not updates:
            raise TelegramError("No updates in the answer")
        self._offset = max([self._offset, *(u["update_id"] + 1 for u in updates)])
        return [event for event in map(read, updates) if event]

    async def close(self) -> None:
        """Tell Telegram which updates were handled, and hang up."""
        try:
            if self._offset:
                confirm = {"offset": self._offset, "timeout": 0, "limit": 1}
                await asyncio.wait_for(self.bot.do_api_request("getUpdates", confirm), 3)
        except (TelegramError, TimeoutError):
            logger.info("Telegram was not told which updates were handled")
        await self.bot.shutdown()

    async def send(self, chat: int, reply: Reply) -> list[int]:
        """Send a reply, in as many messages as it needs, without a sound.

        Returns:
            The ids of the messages.

        Raises:
            TelegramError: it could not be sent; `Forbidden` when the person blocked the bot.
        """
        sent = []
        for text, buttons in messages(reply):
            if not reply.risk:
                await self._wait_for_pace()
            try:
                message = await with_patience(
                    lambda text=text, buttons=buttons: self.bot.send_message(
                        chat,
                        as_html(text),
                        parse_mode=ParseMode.HTML,
                        reply_markup=buttons,
                        disable_notification=True,
                        link_preview_options=LinkPreviewOptions(is_disabled=True),
                    )
                )
            except BadRequest:
                # Whatever Telegram holds against the form of it: the bare words still help.
                message = await with_patience(lambda text=text: self.bot.send_message(chat, text))
            sent.append(message.message_id)
        return sent

    async def _wait_for_pace(self) -> None:
        """Stay below what Telegram allows a bot for all its chats together: a second's worth at once, then in turn."""
        now = time.monotonic()
        self._slot = max(self._slot + 1 / MESSAGES_PER_SECOND, now - 1)
        await asyncio.sleep(max(0.0, self._slot - now))

    async def delete(self, chat: int, ids: list[int]) -> bool:
        """Delete messages; False when some could not be."""
        gone = True
        for start in range(0, len(ids), 100):
            batch = ids[start : start + 100]
            try:
                await with_patience(lambda batch=batch: self.bot.delete_messages(chat, batch))
            except TelegramError:
                # One that is too old may hold back the others.
                gone = all([await self._delete_one(chat, one) for one in batch]) and gone
        return gone

    async def _delete_one(self, chat: int, one: int) -> bool:
        try:
            return bool(await self.bot.delete_message(chat, one))
        except TelegramError:
            return False

    async def acknowledge(self, press: Incoming) -> None:
        """End the waiting of a button that was pressed, and show what was chosen."""
        with suppress(TelegramError):  # a press that is too old; a message that is gone or shows it already
            await with_patience(lambda: self.bot.answer_callback_query(str(press.query)))
            if press.shown and press.text != NOTHING:
                buttons = after_choice(press.shown, press.text)
                await with_patience(
                    lambda: self.bot.edit_message_reply_markup(press.chat, press.message, reply_markup=buttons)
                )

    async def show_typing(self, chat: int, done: asyncio.Future[None]) -> None:
        """Show "typing…" until an answer is there, when it takes a moment."""
        await asyncio.wait([done], timeout=TYPING_AFTER_SECONDS)
        while not done.done():
            with suppress(TelegramError):
                await self.bot.send_chat_action(chat, ChatAction.TYPING)
            await asyncio.wait([done], timeout=TYPING_AGAIN_SECONDS)

    async def say_and_leave(self, chat: int, reply: Reply | None) -> None:
        """Leave a group or channel, with a word where one may be said."""
        with suppress(TelegramError):
            if reply:
                await self.send(chat, reply)
        with suppress(TelegramError):
            await with_patience(lambda: self.bot.leave_chat(chat))


def _commands() -> list[BotCommand]:
    return [BotCommand(name, description) for name, description in telegram_texts().commands.items()]
