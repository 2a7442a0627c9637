"""What is taken from an update of Telegram: the little that an answer needs, and nothing about the person.

An update names the person, the language, the contact that was shared and more. All of that ends here.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Literal

from telegram import CallbackQuery, ChatMemberUpdated, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

logger = logging.getLogger(__name__)

_START_WORD = re.compile(r"/start ([A-Za-z0-9_-]{1,64})\s*")
_COMMAND_TO_A_BOT = re.compile(r"^(/\w+)@\w+")
_PRESENT = {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED}


@dataclass(frozen=True)
class Incoming:
    """What a person sent.

    Attributes:
        update: Telegram's number of the update; later ones are higher.
        chat: where the answer goes; lives only while one is under way.
        message: Telegram's number of the message in this chat; of a button, the message that it stands under.
        text: what was typed, or what a button sends, or what stands below a picture.
        kind: typed text, a button, or anything that is not text.
        start_word: the organisation by whose link the person came.
        query: Telegram's number of the press of a button.
        shown: the buttons among which the person chose.
    """

    update: int
    chat: int
    message: int
    text: str
    kind: Literal["text", "button", "other"] = "text"
    start_word: str | None = None
    query: str | None = None
    shown: InlineKeyboardMarkup | None = None


@dataclass(frozen=True)
class NotPrivate:
    """The bot is in a group or a channel."""

    update: int
    chat: int


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot, or threw the chat away."""

    update: int
    chat: int


Event = Incoming | NotPrivate | Blocked


def read(raw: Any) -> Event | None:
    """What an update tells; None when it is not made as the Bot API says, or nothing is to be done with it.

    Args:
        raw: the update as it came, read from JSON.
    """
    try:
        return _event(raw)
    except Exception as error:
        logger.warning("An update of Telegram is not as the library expects it (%s)", type(error).__name__)
    try:
        return _bare_message(raw["update_id"], raw["message"])
    except Exception:
        return None


def _event(raw: Any) -> Event | None:
    update = Update.de_json(raw, None)
    if update.callback_query:
        return _pressed(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.channel_post
    return _message(update.update_id, message) if message else None


def _bare_message(update: Any, message: Any) -> Event | None:
    """A message of which the library makes nothing, as after a change of the Bot API: its words must not be lost."""
    private = message["chat"]["type"] == ChatType.PRIVATE
    text = message.get("text") or message.get("caption") or ""
    numbers = (update, message["chat"]["id"], message["message_id"])
    if not private or not isinstance(text, str) or not all(isinstance(number, int) for number in numbers):
        return None
    return Incoming(*numbers, text, "text" if message.get("text") else "other")


def _message(update: int, message: Message) -> Event | None:
    if message.chat.type != ChatType.PRIVATE:
        return None if message.left_chat_member else NotPrivate(update, message.chat.id)
    if message.text is not None:
        start = _START_WORD.fullmatch(message.text)
        text = "/start" if start else _COMMAND_TO_A_BOT.sub(r"\1", message.text)
        return Incoming(update, message.chat.id, message.id, text, start_word=start.group(1) if start else None)
    if message.effective_attachment is not None:
        return Incoming(update, message.chat.id, message.id, message.caption or "", "other")
    return None  # a note of Telegram itself, such as a pinned message


def _pressed(update: int, query: CallbackQuery) -> Event | None:
    message = query.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    shown = message.reply_markup if isinstance(message, Message) else None
    return Incoming(
        update, message.chat.id, message.message_id, query.data or "", "button", query=query.id, shown=shown
    )


def _membership(update: int, change: ChatMemberUpdated) -> Event | None:
    present = change.new_chat_member.status in _PRESENT
    if change.chat.type != ChatType.PRIVATE:
        return NotPrivate(update, change.chat.id) if present else None
    return None if present else Blocked(update, change.chat.id)
