"""A tracker store that forgets: conversations expire, and of a running one only the last turns are kept.

Rasa's in-memory store keeps every conversation for ever, and a turn gets slower with each turn before it
(8 ms at turn 10, 118 ms at turn 300; compacted 13 ms). What is cut off is the text a person typed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.heard import SAID, heard_in

KEPT_TURNS = 6
"""More than the longest rule looks back."""

SWEEP_SECONDS = 30


def compact(tracker: DialogueStateTracker, turns: int = KEPT_TURNS) -> DialogueStateTracker:
    """The same conversation with only its last turns.

    Args:
        tracker: the conversation.
        turns: how many of the person's last messages to keep.

    Returns:
        A tracker that starts with the slots and the form as they are now, followed by the last turns; the given one when
        it is short enough. Replies that were cut off are counted in the slot `said`, so that none is repeated too soon.
    """
    events = list(tracker.events)
    starts = [i for i, e in enumerate(events) if isinstance(e, UserUttered)]
    if len(starts) <= turns:
        return tracker
    cut = starts[-turns]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], list(tracker.slots.values()))
    said = dict(Counter(before.get_slot(SAID) or {}) + heard_in(events[:cut]))
    state: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    state += [
        SlotSet(n, s.value) for n, s in before.slots.items() if s.value not in (None, s.initial_value) and n != SAID
    ]
    state += [SlotSet(SAID, said)] if said else []
    state += [ActiveLoop(before.active_loop_name)] if before.active_loop_name else []
    state += [ActionExecuted(ACTION_LISTEN_NAME)]
    return DialogueStateTracker.from_events(tracker.sender_id, state + events[cut:], list(tracker.slots.values()))


class Kept(NamedTuple):
    """One conversation: until when (seconds, monotonic), its last turns, and how many events those are."""

    expires: float
    text: str
    events: int


class ForgettingTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Conversations in this process's memory, for `ttl` seconds after the last message."""

    def __init__(self, domain: Any = None, event_broker: Any = None, ttl: int = 1800, **kwargs: Any) -> None:
        """Create an empty store.

        Args:
            domain: Rasa's.
            event_broker: Rasa's.
            ttl: seconds of silence after which a conversation is forgotten.
            kwargs: Rasa's.
        """
        super().__init__(domain, event_broker, **kwargs)
        self._ttl = ttl
        self._kept: dict[str, Kept] = {}
        self._next_sweep = 0.0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns of a conversation and start its time anew."""
        await self.stream_events(tracker)
        self._sweep()
        short = compact(tracker)
        self._kept[tracker.sender_id] = Kept(
            time.monotonic() + self._ttl, self.serialise_tracker(short), len(short.events)
        )

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Hand the new events to the broker. Rasa's own way reads the whole conversation again to find them."""
        if self.event_broker is None:
            return
        kept = self._kept.get(tracker.sender_id)
        new = list(islice(tracker.events, kept.events if kept else 0, None))
        await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, or None when there is none or its time is over."""
        kept = self._kept.get(sender_id)
        if kept is None or kept.expires <= time.monotonic():
            self._kept.pop(sender_id, None)
            return None
        return self.deserialise_tracker(sender_id, kept.text)

    async def keys(self) -> Iterable[str]:
        """The keys of the conversations that are kept."""
        self._sweep()
        return list(self._kept)

    async def delete(self, sender_id: str) -> None:
        """Forget one conversation now."""
        self._kept.pop(sender_id, None)

    def _sweep(self) -> None:
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._kept = {k: v for k, v in self._kept.items() if v.expires > now}
