"""What a message says to the question about a danger that the bot just asked, and when that question is not asked again."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.heard import steps_heard
from bot.nlu.act import ASKED_ENOUGH, CORRECTS, likelihood
from bot.nlu.asked import answer_to
from bot.nlu.context import (
    ABOUT_DANGER,
    GRAVE,
    HELD_AFTER_ACUTE,
    OF_LIFE,
    WHY_ASKED,
    is_unsure,
    lately,
    only_suspected,
    seen_by_rules,
    seen_in,
    typed_before,
    was_held,
)
from bot.nlu.doubt import PLEASANTRIES
from bot.nlu.intent import CLEAR_CONFIDENCE, intent_of, set_intent
from bot.nlu.last_question import (
    asks_back,
    asks_to_call,
    denies,
    keeps_back,
    last_buttons,
    last_said,
    listening_step,
    will_call,
)
from bot.nlu.question import is_question
from bot.nlu.risk_classifier import RISK
from bot.nlu.teller import ONLOOKER
from bot.safety import Screening

WISHES = {"verder", "samenvatting"}
"""Intents of plain wishes, by which the person leaves the question about danger as with a button of the menu."""

ABOUT_HELP = {
    "vraag_bellen", "vraag_melden", "vraag_past_het", "vraag_eerste_gesprek", "vraag_meenemen", "vraag_kind_weg",
    "vraag_voor_mij", "vraag_buitenland", "vraag_wie_mag", "vraag_ontlasten",
    "talk_to_human", "cost_of_help", "what_help_exists", "find_help_nearby",
}  # fmt: skip
"""Who asks this right after a danger is on the way to the phone: it is answered, and the level stays."""

ASKED_CONFIDENCE = 0.4
"""As `CLEAR_CONFIDENCE`, for a question: what it asks about help is answered sooner."""

CALM_ANSWER = "veilig_gehoord"
"""The step for an answer in own words about how calm it is; it speaks of the other, and not of the own life."""

AFTER_HEARD = "safety_concern_na"
"""The short question about danger that follows on what was heard."""

ASKED_TOGETHER = frozenset(
    {"violence_now", "threat_to_others", "losing_control", "weapon", "sexual_violence", "stalking"}
)
"""Kinds whose question is much the same: is anybody in danger of this person now?"""

ASKED_EVERY_TIME = OF_LIFE | {"strangulation"}
"""Kinds too grave to be taken as spoken of."""

PLAINLY_NO = 0.8
"""From here on a message says no to what was asked, whatever its words."""

LITTLE_WORDS = 5
"""A message of at most so many words says little by itself."""


def answer_after_danger(
    message: Message, open_risk: Screening, tracker: DialogueStateTracker | None, own_words: bool
) -> str | None:
    """The step for an answer in own words to what was asked about a danger.

    A no, that it was asked for nothing, a question back, or what the question listens for.

    Where somebody may take their life only the question about that listens.

    Args:
        message: in which the rules see nothing.
        open_risk: of the messages before.
        tracker: the conversation so far.
        own_words: whatever it says may be an answer, for nothing is seen in it.
    """
    estimate = message.get(RISK) or {}
    answered = (
        _calling_step(message, open_risk, tracker)
        or _denied_step(message, tracker, own_words)
        or (WHY_ASKED if _asks_why(message, estimate, tracker) else None)
        or _asked_enough(message, open_risk, tracker, own_words)
    )
    if answered:
        set_intent(message, answered)
        return answered
    listened = _listened(message, tracker) if own_words and not estimate.get("misuse") else None
    of_life = not OF_LIFE.isdisjoint(open_risk.kinds)
    return None if of_life and listened == CALM_ANSWER else listened


def _calling_step(message: Message, open_risk: Screening, tracker: DialogueStateTracker | None) -> str | None:
    """The step for who is going to call after a danger, and after an acute one also for who asks whether to."""
    text = message.get(TEXT) or ""
    if tracker is None or not f"/{last_said(tracker)}".startswith(ABOUT_DANGER):
        return None
    if not will_call(text) and not (asks_to_call(text) and _acute_lately(tracker)):
        return None
    if "113" in text or not OF_LIFE.isdisjoint(open_risk.kinds):
        return "suicide_bel_nu"
    return "veilig_bel_nu" if _acute_lately(tracker) or "112" in text else "veilig_stap_gedaan"


def _listened(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step that takes up an answer in own words to a question that was asked after a danger ("wie kan er bij je zijn?")."""
    step = listening_step(tracker) if tracker and f"/{last_said(tracker)}".startswith(ABOUT_DANGER) else None
    return step if step and intent_of(message) == step else None


def _denied_step(message: Message, tracker: DialogueStateTracker | None, own_words: bool) -> str | None:
    """The step of the button for no, when the message says no in own words to a question about the danger or about calling."""
    said = last_said(tracker)
    if tracker is None or not f"/{said}".startswith(ABOUT_DANGER):
        return None
    text = message.get(TEXT) or ""
    if "suicide" in str(said) and not text.startswith("nee"):  # "er is niks aan de hand" says nothing about a plan
        return None
    of_now = "suicide" not in str(said) and not str(said).startswith("safety_acute") and not keeps_back(text)
    plainly = own_words and of_now and (likelihood(message, "no") or 0.0) >= PLAINLY_NO
    if not plainly and not denies(text, calling=str(said).startswith("safety_acute")):
        return None
    return next((b["payload"].lstrip("/") for b in last_buttons(tracker) if b.get("answer") == "nee"), None)


def _asked_enough(
    message: Message, open_risk: Screening, tracker: DialogueStateTracker | None, own_words: bool
) -> str | None:
    """The step for who says that the question about a danger was for nothing; not where a life may be at stake."""
    estimate = message.get(RISK) or {}
    mild = own_words or estimate.get("level", "none") in ("none", "concern")
    kinds = {*open_risk.kinds, *estimate.get("kinds", ())}
    grave = not mild or _acute_lately(tracker) or not GRAVE.isdisjoint(kinds)
    return ASKED_ENOUGH if intent_of(message) == ASKED_ENOUGH and not grave else None


def _acute_lately(tracker: DialogueStateTracker | None) -> bool:
    return any(seen_in(event).level == "acute" for event in lately(tracker, HELD_AFTER_ACUTE))


def _asks_why(message: Message, estimate: dict[str, Any], tracker: DialogueStateTracker | None) -> bool:
    """Whether a message asks what the question about a danger meant that the bot just asked, and nothing else.

    After an acute danger nothing is explained: its question comes again.
    """
    acute = _acute_lately(tracker)
    of_danger = f"/{last_said(tracker)}".startswith(ABOUT_DANGER)
    return of_danger and not acute and not estimate.get("misuse") and asks_back(message.get(TEXT) or "")


def leads_on(message: Message, kinds: list[str], tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is a plain wish or asks something: that is answered, and not with the question about the danger.

    Where a life may be at stake only what is asked about help is on the way to the phone.
    """
    intent = intent_of(message)
    confidence = message.get(INTENT, {}).get(PREDICTED_CONFIDENCE_KEY) or 0.0
    clear = ASKED_CONFIDENCE if is_question(message.get(TEXT) or "") else CLEAR_CONFIDENCE
    step, likely = answer_to(message)
    grave = _acute_lately(tracker) or not GRAVE.isdisjoint(kinds)
    asked = intent == step and step != WHY_ASKED and likely >= CLEAR_CONFIDENCE and not grave
    return intent in WISHES or asked or (intent in ABOUT_HELP and confidence >= clear)


def speaks_for_itself(message: Message, kinds: list[str], tracker: DialogueStateTracker | None) -> bool:
    """Whether a message in which nothing is seen is an answer of its own to the question about a danger: the talk goes on.

    Short ones ("ja ze slapen") are not, nor a goodbye, nor anything right after an acute danger or when somebody may take
    their life; but who puts right what only the classifier saw is believed, where it was not sure of an acute danger, and
    neither a life nor the throat is at stake.
    """
    just_before = typed_before(tracker, 1)
    ends = intent_of(message) in PLEASANTRIES
    says_little = len((message.get(TEXT) or "").split()) <= LITTLE_WORDS
    if just_before and not ends and (message.get(RISK) or {}).get("surely_calm"):
        last = just_before[0]
        doubtful = seen_in(last).level != "acute" or is_unsure(last)
        believed = doubtful and not seen_by_rules(last) and GRAVE.isdisjoint(kinds)
        put_right = believed and not says_little and _puts_right(message)
        if put_right or only_suspected(last, kinds):
            return True  # read beside the question about it, it is none
    first = not (just_before and was_held(just_before[0]))
    acute = bool(just_before) and seen_in(just_before[0]).level == "acute"
    grave = first and (acute or not OF_LIFE.isdisjoint(kinds))
    return not (grave or says_little or ends)


def _puts_right(message: Message) -> bool:
    """Whether a message says plainly that a danger was none."""
    return (likelihood(message, CORRECTS, "no") or 0.0) >= PLAINLY_NO


def asked_before(kinds: list[str], unsure: bool, tracker: DialogueStateTracker | None, others: bool = False) -> bool:
    """Whether this conversation has heard the question that `concern` of these kinds leads to, and nothing weightier just now.

    Who is asked the same again and again, with the same numbers, stops talking; once is enough. Right after an urgent or acute
    message it is asked all the same: that danger is open, whatever was spoken of before.

    Args:
        kinds: of the danger, the weightiest first.
        unsure: the question is the one that names no kind.
        tracker: the conversation so far.
        others: the danger is one between other people, and so is the question.
    """
    just_before = typed_before(tracker, 1)
    grave = not ASKED_EVERY_TIME.isdisjoint(kinds if unsure else kinds[:1])
    if grave or (just_before and seen_in(just_before[0]).level in ("urgent", "acute")):
        return False
    kind = ONLOOKER if others else kinds[0] if kinds and not unsure else ""
    alike = ASKED_TOGETHER if kind in ASKED_TOGETHER else {kind}
    asked = {f"safety_concern_{name}" for name in alike if name} | (
        {"safety_concern", AFTER_HEARD} if not kind else set()
    )
    return tracker is not None and not asked.isdisjoint(steps_heard(tracker))
