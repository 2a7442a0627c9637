"""What a conversation has heard from the bot: which wordings, and how often; forgotten turns included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

SAID = "said"
"""Slot with what earlier, forgotten turns have used: wording → how often."""

WORDING = "wording"
"""Key under which a reply, and the event that Rasa keeps of it, names its wording: `step/group/number`."""


def heard_in(events: Iterable[Event]) -> Counter[str]:
    """How often each wording was said in these events."""
    return Counter(e.metadata[WORDING] for e in events if isinstance(e, BotUttered) and WORDING in e.metadata)


def heard(tracker: DialogueStateTracker) -> Counter[str]:
    """How often this conversation has heard each wording, forgotten turns included."""
    return heard_in(tracker.events) + Counter(tracker.get_slot(SAID) or {})


def steps_heard(tracker: DialogueStateTracker) -> set[str]:
    """The steps of which this conversation has heard a wording."""
    return {wording.split("/")[0] for wording in heard(tracker)}
