"""The answer that needs nothing but the lexicon and the directory: when Rasa is down, slow or silent, and in every error."""

from __future__ import annotations

from functools import lru_cache

import yaml

from bot.channels.output import Reply
from bot.content import project_content
from bot.safety import Screening
from bot.settings import CONTENT


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load((CONTENT / "safety" / "static.yml").read_text(encoding="utf-8"))
    return texts


def first_line(screening: Screening) -> str:
    """What comes first for a risk: 112 when acute, then the line for the kind; empty at `none`."""
    if screening.level == "none":
        return ""
    texts = _texts()
    line = (
        texts["kinds"].get(screening.kinds[0], texts["kinds"]["other"]) if screening.kinds else texts["kinds"]["other"]
    )
    lead = texts["levels"][screening.level]
    return project_content().fill(f"{lead} {line}".strip())


def static_reply(screening: Screening) -> Reply:
    """The crisis lines, with the line for the kind first when there is a risk."""
    lines = project_content().fill(_texts()["always"]["lines"]).strip()
    text = "\n\n".join(filter(None, (first_line(screening), lines)))
    return Reply(text, risk=screening.as_dict() if screening.level != "none" else None)


def error_message(code: str, screening: Screening) -> str:
    """The Dutch sentence of an error; it always names 112, 0800-2000 and 113.

    Args:
        code: one of the codes in `content/safety/static.yml`.
        screening: what the rules saw in the message that could not be answered.
    """
    text = project_content().fill(f"{_texts()['errors'][code]} {_texts()['errors']['lines']}")
    return " ".join(filter(None, (first_line(screening), text)))


def greeting_reply() -> Reply:
    """The greeting, when Rasa cannot give it."""
    return Reply(project_content().fill(project_content().steps["greeting"].variations[0]))


def all_texts() -> dict[str, str]:
    """Every text of the file, for the content check."""
    texts = _texts()
    return {
        f"{group}.{name}": text
        for group in ("levels", "kinds", "always", "errors")
        for name, text in texts[group].items()
    }
