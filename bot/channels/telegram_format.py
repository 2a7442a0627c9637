"""A reply as Telegram shows it: pieces that fit, numbers to call in bold, buttons below the last piece."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.output import Reply
from bot.content import project_content

MOST_CHARACTERS = 4_000
"""Telegram takes 4,096; some room is left for the lines that are added to a reply."""

RULER_PER_ROW = 6
SHORT_NUMBER_DIGITS = 4
CHOSEN = "✓ "
NOTHING = "-"
"""What a button sends that only shows a choice made earlier."""

_BREAKS = ("\n\n", "\n", ". ", " ")


def pieces(text: str, most: int = MOST_CHARACTERS) -> list[str]:
    """The text in pieces of at most `most` UTF-16 units, cut at a paragraph, else a line, else a sentence, else a word."""
    found = []
    while _length(text) > most:
        room = text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
        # A piece of less than half the room looks torn: then a finer break is better.
        cuts = [room.rfind(b) + len(b) for b in _BREAKS if room.rfind(b) > len(room) // 2]
        cut = cuts[0] if cuts else len(room)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text]


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@lru_cache(maxsize=1)
def _short_numbers() -> dict[str, str]:
    """Numbers of the directory that are too short for Telegram to make a link of, and whose they are."""
    lines = project_content().lines.values()
    return {line.phone: line.name for line in lines if line.phone and len(line.phone) <= SHORT_NUMBER_DIGITS}


@lru_cache(maxsize=1)
def _short_lines() -> dict[str, str]:
    """Help lines with such a number, and how they read with the number on a line of its own."""
    found = {}
    for line in project_content().lines.values():
        if line.phone in _short_numbers():
            also = f"\nof {line.also}" if line.also else ""
            found[line.line()] = f"{line.name} ({line.hours}, {line.cost}):\n{line.phone}{also}"
    return found


@lru_cache(maxsize=1)
def _short_number_pattern() -> re.Pattern[str]:
    numbers = "|".join(map(re.escape, sorted(_short_numbers(), key=len, reverse=True)))
    return re.compile(rf"(?<![\w./+-])({numbers})(?![\w-]|\.\w)")


def with_numbers_apart(text: str, every: bool) -> str:
    """Numbers that are no link on Telegram on a line of their own.

    Args:
        text: a reply.
        every: also numbers that stand within a sentence, as in a reply to a risk; else only those of help lines.
    """
    text = "\n".join(_short_lines().get(line.strip(), line) for line in text.split("\n"))
    if not every:
        return text
    alone = {line.strip() for line in text.split("\n")}
    missing = [n for n in dict.fromkeys(_short_number_pattern().findall(text)) if n not in alone]
    if not missing:
        return text
    apart = "\n".join(f"{_short_numbers()[number]}:\n{number}" for number in missing)
    head, between, question = text.rpartition("\n\n")
    return f"{head}\n\n{apart}{between}{question}" if head else f"{text}\n\n{apart}"


def as_html(text: str) -> str:
    """The text in Telegram's HTML, with the short numbers in bold."""
    return _short_number_pattern().sub(r"<b>\1</b>", html.escape(text, quote=False))


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The buttons of a reply, one a row so that their words can be read; a ruler as two rows of numbers; links."""
    rows: list[list[InlineKeyboardButton]] = []
    if reply.control and reply.control["type"] == "ruler":
        numbers = [str(n) for n in range(reply.control["min"], reply.control["max"] + 1)]
        for start in range(0, len(numbers), RULER_PER_ROW):
            rows.append([InlineKeyboardButton(n, callback_data=n) for n in numbers[start : start + RULER_PER_ROW]])
    rows += [[InlineKeyboardButton(b["title"], callback_data=b["payload"])] for b in reply.buttons]
    rows += [[InlineKeyboardButton(link["title"], url=link["url"])] for link in reply.links]
    return InlineKeyboardMarkup(rows) if rows else None


def after_choice(shown: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup:
    """The buttons once one was pressed: only the chosen one, marked, and links."""
    buttons = [button for row in shown.inline_keyboard for button in row]
    rows = [
        [InlineKeyboardButton(CHOSEN + button.text, callback_data=NOTHING)]
        for button in buttons
        if button.callback_data == data
    ][:1]
    rows += [[button] for button in buttons if button.url]
    return InlineKeyboardMarkup(rows)


def messages(reply: Reply) -> list[tuple[str, InlineKeyboardMarkup | None]]:
    """The reply as messages to send, in order: plain text (see `as_html`) and buttons."""
    parts = pieces(with_numbers_apart(reply.text, every=reply.risk is not None))
    return [(part, keyboard(reply) if part is parts[-1] else None) for part in parts]
