"""What the turns before say about this one: a thought typed in pieces, a risk that was open a moment ago."""

from __future__ import annotations

from collections.abc import Iterable

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.chat_dutch import normalise
from bot.nlu.last_question import number
from bot.safety import Screening

SAFETY = "safety"
"""Key of the screening in a message, in Rasa's parse data and in the metadata a channel sends along."""

HELD_AFTER_ACUTE = 3
"""Messages for which an acute danger stays open."""

BY_RULES = "by_rules"
"""Key in a screening of whether the rules saw a danger, and not the classifier alone."""

OF_LIFE = frozenset({"suicide", "homicide_suicide"})
"""Kinds in which somebody may take their life: asked about each time."""

GRAVE = OF_LIFE | {"strangulation"}
"""Kinds whose danger is no smaller one message later."""

ABOUT_DANGER = ("/safety_", "/veilig_", "/suicide_")
"""How the buttons begin that answer a question about a danger."""

OF_OTHERS = "veilig_omstander"
"""How the steps begin that answer who tells of a danger between others."""

OF_SELF = "veilig_over_mij"
"""The step by which a person says that it is not between others."""

WHY_ASKED = "veilig_uitleg"
"""The step for who asks what the question about a danger means, or why it is asked. It changes nothing about the danger."""

CALM_MESSAGES = 2
"""So many messages without danger make the middle of a talk."""

SHORT_WORDS = 9
JOINED_MESSAGES = 3


def typed_before(tracker: DialogueStateTracker | None, most: int) -> list[UserUttered]:
    """The person's last messages, the newest last; a pressed button ends the row."""
    found: list[UserUttered] = []
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, UserUttered) and not _asked_why(event):
            if (event.text or "").startswith("/") or len(found) == most:
                break
            found.insert(0, event)
    return found


def _asked_why(event: UserUttered) -> bool:
    return ((event.parse_data or {}).get(SAFETY) or {}).get("reply") == WHY_ASKED


def joined_text(text: str, tracker: DialogueStateTracker | None) -> str | None:
    """A short message together with the short ones just before it, as one (normalised) thought, or None.

    People split a sentence over messages: "ik heb m nu", "in mn hand", "dat mes". Right after an urgent message both together
    may be acute ("ik ben bang dat ik haar iets aandoe", "ja ze is hiernaast"), and only that counts then (`only_acute_counts`).
    Messages before it are not joined again: what they weigh is carried by `held`.
    """
    if len(text.split()) > SHORT_WORDS:
        return None
    if only_acute_counts(tracker):
        return f"{normalise(typed_before(tracker, 1)[0].text or '')} {text}"
    before: list[str] = []
    for event in reversed(typed_before(tracker, JOINED_MESSAGES - 1)):
        earlier = normalise(event.text or "")
        if len(earlier.split()) > SHORT_WORDS or seen_in(event).level in ("urgent", "acute"):
            break
        before.insert(0, earlier)
    return " ".join([*before, text]) if before else None


def only_acute_counts(tracker: DialogueStateTracker | None) -> bool:
    """Whether the message just before was urgent: together with it the next one is urgent anyhow."""
    just_before = typed_before(tracker, 1)
    return bool(just_before) and seen_in(just_before[0]).level == "urgent"


def told_calmly(tracker: DialogueStateTracker | None) -> bool:
    """Whether the person has typed some messages, and told of no danger in the last ones."""
    before = (
        [e for e in tracker.events if isinstance(e, UserUttered) and not (e.text or "").startswith("/")]
        if tracker
        else []
    )
    return len(before) >= CALM_MESSAGES and all(seen_in(e).level == "none" for e in before[-CALM_MESSAGES:])


def seen_in(event: UserUttered | None) -> Screening:
    """The screening that an earlier message carries."""
    return Screening.from_dict((event.parse_data or {}).get(SAFETY)) if event else Screening()


def lately(tracker: DialogueStateTracker | None, most: int) -> list[UserUttered]:
    """The person's last messages about a danger or after one, the newest first.

    A number says nothing about it; a pressed button leaves the subject, unless it answers a question about the danger.
    """
    found: list[UserUttered] = []
    for event in reversed(tracker.events if tracker else []):
        if not isinstance(event, UserUttered) or _asked_why(event) or number(normalise(event.text or "")) is not None:
            continue
        if len(found) == most or (
            (event.text or "").startswith("/") and not (event.text or "").startswith(ABOUT_DANGER)
        ):
            break
        found.append(event)
    return found


def held(tracker: DialogueStateTracker | None) -> Screening | None:
    """The risk of the messages just before, when it is still open: it does not vanish because the next message is short.

    For one message, and after an acute danger, or one to life itself, for three; the first after an acute danger to life, or a
    strangulation, stays urgent.
    After that the level is what the message itself says.
    """
    kinds: list[str] = []
    just_before = None
    for passed, event in enumerate(lately(tracker, HELD_AFTER_ACUTE)):
        seen = seen_in(event)
        kinds += [kind for kind in seen.kinds if kind not in kinds]
        if seen.level == "acute":
            grave = passed == 0 and not GRAVE.isdisjoint(seen.kinds) and not is_unsure(event)
            return Screening("urgent" if grave else "concern", tuple(kinds))
        if (
            seen.level == "urgent"
            and not OF_LIFE.isdisjoint(seen.kinds[:1])
            and not (was_held(event) or is_unsure(event))
        ):
            return Screening("concern", tuple(kinds))
        if passed == 0 and seen.level != "none" and not was_held(event):
            just_before = Screening("concern", seen.kinds)
    return just_before


def kinds_lately(tracker: DialogueStateTracker | None) -> set[str]:
    """The kinds of danger that the last messages told of, whatever is still open of them."""
    return {kind for event in lately(tracker, HELD_AFTER_ACUTE + 1) for kind in seen_in(event).kinds}


def after_an_acute(tracker: DialogueStateTracker | None) -> bool:
    """Whether the last message told of an acute danger itself: an urgent sign right after it is the same danger."""
    last = typed_before(tracker, 1)
    return bool(last) and seen_in(last[0]).level == "acute" and not was_held(last[0])


def after_a_danger(tracker: DialogueStateTracker | None) -> bool:
    """Whether the last message told of an urgent or acute danger itself: a smaller sign right after it is no smaller.

    Once: a sign that was raised by this raises no other.
    """
    last = lately(tracker, 1)
    raised = bool(last) and bool(((last[0].parse_data or {}).get(SAFETY) or {}).get("raised"))
    return bool(last) and not raised and seen_in(last[0]).level in ("urgent", "acute") and not was_held(last[0])


def was_held(event: UserUttered) -> bool:
    """Whether nothing was seen in an earlier message itself: its risk was that of a message before it."""
    return bool(((event.parse_data or {}).get(SAFETY) or {}).get("held"))


def is_unsure(event: UserUttered) -> bool:
    """Whether it was unclear what kind of danger an earlier message tells of."""
    return bool(((event.parse_data or {}).get(SAFETY) or {}).get("unsure"))


def only_suspected(event: UserUttered, kinds: Iterable[str]) -> bool:
    """Whether the classifier alone suspected a danger in an earlier message, not an acute one, and none to a life.

    Args:
        event: the message.
        kinds: of the danger that is open.
    """
    acute = seen_in(event).level == "acute"
    return is_unsure(event) and not seen_by_rules(event) and not acute and GRAVE.isdisjoint(kinds)


def seen_by_rules(event: UserUttered) -> bool:
    """Whether the rules saw the danger that an earlier message tells of, or leaves open."""
    return bool(((event.parse_data or {}).get(SAFETY) or {}).get(BY_RULES))


def held_others(tracker: DialogueStateTracker | None) -> bool:
    """Whether the danger that is still open is one between other people: as the message told that brought it."""
    for event in lately(tracker, HELD_AFTER_ACUTE + 1):
        data = (event.parse_data or {}).get(SAFETY) or {}
        reply = str(data.get("reply"))
        if data.get("others") or reply.startswith(OF_OTHERS):
            return True
        passes = data.get("held") or reply.startswith("veilig_")
        if reply == OF_SELF or not passes:
            return False
    return False


def held_unsure(tracker: DialogueStateTracker | None) -> bool:
    """Whether it was unclear what kind of danger the message just before tells of."""
    last = typed_before(tracker, 1)
    return bool(last) and is_unsure(last[0])
