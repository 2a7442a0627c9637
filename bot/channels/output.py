"""Collects what Rasa says to one message, as plain replies that any channel can show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel


@dataclass
class Reply:
    """One bubble.

    Attributes:
        text: plain text with line breaks.
        buttons: title and payload of quick replies.
        control: how to ask for an answer, `{"type": "ruler", "min": 0, "max": 10}`.
        links: title and address.
        risk: level and kinds that the reply is about.
    """

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)
    control: dict[str, Any] | None = None
    links: list[dict[str, str]] = field(default_factory=list)
    risk: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the web channel sends it: only what there is."""
        return {k: v for k, v in self.__dict__.items() if v}


class ReplyCollector(OutputChannel):
    """Rasa's side of a channel; `channel` decides which channel-specific wordings Rasa takes."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        """The name by which Rasa picks wordings for a channel."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message of Rasa; a paragraph break does not split it."""
        buttons = [{"title": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []]
        reply = Reply(
            text=(message.get("text") or "").strip(),
            buttons=buttons,
            control=message.get("control"),
            links=message.get("links") or [],
            risk=message.get("risk"),
        )
        if reply.text:
            self.replies.append(reply)
