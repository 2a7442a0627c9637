"""One message in, replies out, whatever fails behind it.

The rules screen first. Then Rasa answers within five seconds, or the static crisis text does, with the line for the kind
when the rules saw a risk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels.output import Reply, ReplyCollector
from bot.channels.static import static_reply
from bot.chat_dutch import normalise
from bot.content import project_content
from bot.nlu.context import SAFETY
from bot.nlu.last_question import number
from bot.organisations import ORGANISATION, offered_by
from bot.safety import Screening, load_engine
from bot.told import NONE, as_entities, marks_of_step

ANSWER_SECONDS = 5.0
MAX_CHARACTERS = 2_000
"""The longest message that is read; a longer one is screened only."""

FORGOTTEN = "/gewist"
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
logger = logging.getLogger(__name__)

MENU_WORDS = {
    "menu": "menu", "hulp": "hulp_start", "start": "greeting", "begin": "greeting", "opnieuw": "menu",
    "112": "lijnen", "113": "lijnen", "sos": "lijnen", "noodnummer": "lijnen", "stop": "tot_ziens", "doei": "tot_ziens",
    "privacy": "over_mij_start", "verder": "verder", "makkelijker": "makkelijker", "samenvatting": "samenvatting",
    "wissen": "gewist", "wis": "gewist",
}  # fmt: skip
"""A closed list of single words that need no classifier. Every other word is classified."""


def as_payload(text: str) -> str | None:
    """The payload that a message stands for: a button that exists, or a menu word. None for free text.

    Any visitor can type `/restart` or `/intent{"slot": …}`; only the payloads of our own buttons count.
    """
    if text in project_content().payloads():
        return text
    word = MENU_WORDS.get(normalise(text).strip(" /.!?"))
    return f"/{word}" if word else None


def ready_parse(text: str, intent: str, screening: Screening) -> dict[str, Any]:
    """What NLU would say of a button or a number; given along, Rasa skips NLU."""
    chosen = {"name": intent, "confidence": 1.0}
    return {
        "text": text,
        "intent": chosen,
        "intent_ranking": [chosen],
        "entities": as_entities(
            {"talk": NONE, "feeling": NONE, "moment": NONE} | marks_of_step(project_content(), intent)
        ),
        SAFETY: {**screening.as_dict(), **({"reply": intent} if screening.level != "none" else {})},
    }


def as_message(
    text: str, key: str, collector: ReplyCollector, screening: Screening, organisation: str | None = None
) -> UserMessage:
    """The message as Rasa takes it; for a button, a menu word or a number NLU is not needed."""
    message = UserMessage(
        text=text.lstrip("/ ") or text,
        output_channel=collector,
        sender_id=key,
        input_channel=collector.name(),
        metadata={SAFETY: screening.as_dict(), ORGANISATION: organisation},
    )
    payload = as_payload(text)
    if screening.level != "none" and text != payload:
        return message
    if payload:
        message.text = payload
        message.parse_data = ready_parse(payload, payload[1:], screening)
    elif number(normalise(text)) is not None:
        message.parse_data = ready_parse(text, "give_number", screening)
    return message


def screen(text: str) -> Screening:
    """What the rules see in a message; for a button, what choosing its step tells."""
    if text == as_payload(text):
        return project_content().steps[text[1:]].screening()
    return load_engine().screen(text)


def opening(organisation: str | None) -> list[Reply]:
    """What an organisation says before the greeting."""
    said = offered_by(organisation)
    return [Reply(said.opening)] if said and said.opening else []


async def answer(
    text: str,
    key: str,
    channel: str,
    on_new_message: OnNewMessage,
    organisation: str | None = None,
    seen: Screening | None = None,
) -> list[Reply]:
    """The replies to one message. Never empty, never raises.

    Args:
        text: what the person typed, or the payload of a button.
        key: the conversation's key, which must not be led back to a person.
        channel: `web` or `telegram`.
        on_new_message: how Rasa takes a message.
        organisation: on whose site, or by whose link, the conversation was started; its offer goes first.
        seen: what the rules saw already, when the text was put together from several messages; it is never lowered.
    """
    screening = seen or Screening()
    collector = ReplyCollector(channel)
    try:
        screening = screen(text).together_with(screening)
        await asyncio.wait_for(
            on_new_message(as_message(text, key, collector, screening, organisation)), ANSWER_SECONDS
        )
    except Exception as error:
        logger.warning("Rasa gave no answer (%s); the static text was sent", type(error).__name__)
        return [static_reply(screening)]
    if not collector.replies:
        logger.warning("Rasa gave an empty answer; the static text was sent")
        return [static_reply(screening)]
    return collector.replies
