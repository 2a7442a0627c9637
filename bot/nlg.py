"""Chooses among the wordings of a reply one that this conversation has not heard, and marks replies to a risk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import project_content
from bot.help.directory import Country
from bot.nlu.context import SAFETY

SAID = "said"
"""Slot with what earlier, forgotten turns have used: reply name → how often."""


def times_said(tracker: DialogueStateTracker, reply: str) -> int:
    """How often this conversation has heard a reply, forgotten turns included."""
    remembered = sum(1 for e in tracker.events if isinstance(e, BotUttered) and e.metadata.get("utter_action") == reply)
    return remembered + int((tracker.get_slot(SAID) or {}).get(reply, 0))


LINES_OF_KINDS = {
    "suicide": "113",
    "homicide_suicide": "113",
    "sexual_child": "stop_it_now",
    "victim": "veilig_thuis",
    "child_in_danger": "veilig_thuis",
    "violence_now": "veilig_thuis",
    "threat_to_others": "veilig_thuis",
    "stalking": "veilig_thuis",
    "strangulation": "veilig_thuis",
    "honour": "veilig_thuis",
}
MOST_LINES = 3


def with_lines_of_all_kinds(text: str, kinds: list[str], country: Country | None) -> str:
    """The reply to the weightiest kind, with the line of each further kind below it; at most three lines in all."""
    content = project_content()
    for kind in kinds[1:]:
        line = LINES_OF_KINDS.get(kind)
        phone = content.fill(f"[[{line}.phone]]", country) if line else None
        if phone and phone not in text and text.count("(dag en nacht") < MOST_LINES:
            head, _, question = text.rpartition("\n\n")
            extra = content.fill(f"[[{line}]]", country)
            text = f"{head}\n{extra}\n\n{question}" if head else f"{text}\n{extra}"
    return text


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
        # Of the wordings whose conditions hold, those with the most conditions fit best: careful mode.
        most = max(len(r.get("condition") or []) for r in fitting)
        fitting = [r for r in fitting if len(r.get("condition") or []) == most]
        first = crc32(tracker.sender_id.encode()) % len(fitting)
        chosen = fitting[(first + times_said(tracker, utter_action)) % len(fitting)]
        reply = self._fill_response(dict(chosen), slots, **kwargs)
        reply.update(reply.pop("metadata", {}))  # what the content adds: a ruler, links
        reply["text"] = project_content().fill(reply["text"], slots.get("country"), datetime.now(UTC))
        risk = (tracker.latest_message.parse_data or {}).get(SAFETY) if tracker.latest_message else None
        if risk and risk["level"] != "none":
            reply["risk"] = {"level": risk["level"], "kinds": risk["kinds"]}
            if utter_action.startswith("utter_safety_"):
                reply["text"] = with_lines_of_all_kinds(reply["text"], risk["kinds"], slots.get("country"))
        return reply
