"""Talking with the bot in a terminal (`make chat`). Nothing is kept."""

from __future__ import annotations

import asyncio
import secrets

from bot.agent import RasaThread
from bot.channels.answer import FORGOTTEN, answer, as_payload
from bot.channels.output import Reply


def show(reply: Reply) -> str:
    """A reply as text, its buttons as they are typed."""
    buttons = [f"   [#{i}] {b['title']}" for i, b in enumerate(reply.buttons, 1)]
    risk = [f"   ({reply.risk['level']}: {', '.join(reply.risk['kinds'])})"] if reply.risk else []
    return "\n".join([reply.text, *buttons, *risk])


async def chat(rasa: RasaThread) -> None:
    """Read lines until an empty one or the end of input. `#2` presses the second button.

    Args:
        rasa: the agent in its thread.
    """
    key = secrets.token_hex(16)
    text = "/greeting"
    while text:
        replies = await answer(text, key, "web", rasa.handle_message)
        if as_payload(text) == FORGOTTEN:
            await rasa.forget(key)
        print("\n" + "\n\n".join(show(r) for r in replies) + "\n")
        buttons = [b for r in replies for b in r.buttons]
        try:
            text = (await asyncio.to_thread(input, "> ")).strip()
        except EOFError:
            break
        if text.startswith("#") and text[1:].isdigit() and 0 < int(text[1:]) <= len(buttons):
            text = buttons[int(text[1:]) - 1]["payload"]
    rasa.stop()
