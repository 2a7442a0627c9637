"""Chooses among the wordings of a reply one that this conversation has not heard, and marks replies to a risk."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.safety import SAFETY

SAID = "said"
"""Slot with what earlier, forgotten turns have used: reply name → how often."""


def times_said(tracker: DialogueStateTracker, reply: str) -> int:
    """How often this conversation has heard a reply, forgotten turns included."""
    remembered = sum(1 for e in tracker.events if isinstance(e, BotUttered) and e.metadata.get("utter_action") == reply)
    return remembered + int((tracker.get_slot(SAID) or {}).get(reply, 0))


class FreshReplies(TemplatedNaturalLanguageGenerator):
    """Rasa's own generator, but each wording comes once before any comes twice."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        """Rasa sets the replies when the model is loaded."""
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """See `NaturalLanguageGenerator.generate`; adds `risk` to the reply to a message with a risk."""
        if utter_action not in self.responses:
            return None
        slots = tracker.current_slot_values()
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not fitting:
            return None
        first = crc32(tracker.sender_id.encode()) % len(fitting)
        chosen = fitting[(first + times_said(tracker, utter_action)) % len(fitting)]
        reply = self._fill_response(dict(chosen), slots, **kwargs)
        reply.update(reply.pop("metadata", {}))  # what the content adds: a ruler, links
        risk = (tracker.latest_message.parse_data or {}).get(SAFETY) if tracker.latest_message else None
        if risk and risk["level"] != "none":
            reply["risk"] = risk
        return reply
