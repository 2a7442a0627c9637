"""What only Telegram says (`content/telegram.yml`): the menu of commands, and replies that need no conversation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import validator

from bot.channels.output import Reply
from bot.channels.static import first_line
from bot.content import Button, project_content
from bot.content_files import Strict, parse
from bot.safety import Screening
from bot.settings import CONTENT

FILE = "telegram.yml"
Name = Literal["only_text", "private_only", "privacy", "forgotten", "forgotten_here_only"]


class OwnReply(Strict):
    """One reply of the channel itself."""

    text: str
    buttons: tuple[Button, ...] = ()

    @validator("text")
    def _text_is_trimmed(cls, text: str) -> str:
        return text.strip()


class TelegramTexts(Strict):
    """The file.

    Attributes:
        commands: name and description, as Telegram's menu shows them.
        replies: what the channel says by itself.
    """

    about: str
    reviewed_by: str | None
    sources: tuple[str, ...] = ()
    commands: dict[str, str]
    replies: dict[Name, OwnReply]


def load_texts(root: Path = CONTENT) -> TelegramTexts:
    """The texts below `root`.

    Raises:
        ContentError: the file is not as it must be.
    """
    texts = parse(root / FILE, TelegramTexts)
    return texts


@lru_cache(maxsize=1)
def telegram_texts() -> TelegramTexts:
    """The texts of this project, loaded once."""
    return load_texts()


def own_reply(name: Name, screening: Screening | None = None) -> Reply:
    """A reply that needs no conversation.

    Args:
        name: which one.
        screening: what the rules saw in the message; at a risk the line for the kind comes first.
    """
    screening = screening or Screening()
    own = telegram_texts().replies[name]
    text = "\n\n".join(filter(None, (first_line(screening), project_content().fill(own.text))))
    return Reply(
        text,
        buttons=[{"title": b.title, "payload": f"/{b.to}"} for b in own.buttons],
        risk=screening.as_dict() if screening.level != "none" else None,
    )
