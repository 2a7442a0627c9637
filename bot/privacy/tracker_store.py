"""A tracker store that forgets: conversations expire, and of a running one only the last turns are kept.

Rasa's in-memory store keeps every conversation for ever, and a turn gets slower with each turn before it
(8 ms at turn 10, 118 ms at turn 300; compacted 13 ms). What is cut off is the text a person typed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple, Protocol

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
    """One conversation: its last turns, and how many events those are."""

    text: str
    events: int


class Shelf(Protocol):
    """Where conversations stand until their time is over."""

    def put(self, key: str, kept: Kept) -> None:
        """Keep one, with its time started anew."""

    def get(self, key: str) -> Kept | None:
        """One that is kept."""

    def remove(self, key: str) -> None:
        """Forget one now."""

    def keys(self) -> list[str]:
        """The keys of those that are kept."""

    def sweep(self) -> None:
        """Drop those whose time is over."""


class OwnShelf:
    """The memory of this process."""

    def __init__(self, ttl: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Create an empty one.

        Args:
            ttl: seconds of silence after which a conversation is forgotten.
            clock: seconds, ever growing.
        """
        self._ttl, self._clock = ttl, clock
        self._kept: dict[str, tuple[float, Kept]] = {}

    def put(self, key: str, kept: Kept) -> None:
        """Keep one, with its time started anew."""
        self._kept[key] = (self._clock() + self._ttl, kept)

    def get(self, key: str) -> Kept | None:
        """One that is kept."""
        expires, kept = self._kept.get(key, (0.0, None))
        if kept is None or expires <= self._clock():
            self._kept.pop(key, None)
            return None
        return kept

    def remove(self, key: str) -> None:
        """Forget one now."""
        self._kept.pop(key, None)

    def keys(self) -> list[str]:
        """The keys of those that are kept."""
        self.sweep()
        return list(self._kept)

    def sweep(self) -> None:
        """Drop those whose time is over, also when nobody types."""
        now = self._clock()
        self._kept = {k: (ends, kept) for k, (ends, kept) in self._kept.items() if ends > now}


class ForgettingTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Conversations on a shelf, for some time after the last message."""

    def __init__(self, domain: Any = None, event_broker: Any = None, shelf: Shelf | None = None, **kwargs: Any) -> None:
        """Create the store.

        Args:
            domain: Rasa's.
            event_broker: Rasa's.
            shelf: where conversations are kept; of this process, for half an hour, when None.
            kwargs: Rasa's.
        """
        super().__init__(domain, event_broker, **kwargs)
        self.shelf = shelf or OwnShelf(ttl=1800)
        self._known: dict[str, int] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns of a conversation and start its time anew."""
        await self.stream_events(tracker)
        short = compact(tracker)
        self.shelf.put(tracker.sender_id, Kept(self.serialise_tracker(short), len(short.events)))

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Hand the new events to the broker. Rasa's own way reads the whole conversation again to find them."""
        known = self._known.pop(tracker.sender_id, None)
        if self.event_broker is None:
            return
        if known is None:
            kept = self.shelf.get(tracker.sender_id)
            known = kept.events if kept else 0
        await self._stream_new_events(self.event_broker, list(islice(tracker.events, known, None)), tracker.sender_id)

    async def _stream_new_events(self, event_broker: Any, new_events: list[Event], sender_id: str) -> None:
        """Rasa publishes one by one; our broker takes a turn at once."""
        event_broker.publish_turn(sender_id, [event.as_dict() for event in new_events])

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, or None when there is none or its time is over."""
        kept = self.shelf.get(sender_id)
        if kept is None:
            self._known.pop(sender_id, None)
            return None
        self._known[sender_id] = kept.events
        return self.deserialise_tracker(sender_id, kept.text)

    async def keys(self) -> Iterable[str]:
        """The keys of the conversations that are kept."""
        return self.shelf.keys()

    def sweep(self) -> None:
        """Drop what has expired, and what a turn left that came to no end."""
        self._known.clear()
        self.shelf.sweep()

    async def delete(self, sender_id: str) -> None:
        """Forget one conversation now."""
        self._known.pop(sender_id, None)
        self.shelf.remove(sender_id)
