"""What is said back before the reply to a theme, and before a question about a danger of which only the classifier is aware."""

from __future__ import annotations

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import SITUATION, project_content
from bot.heard import steps_heard
from bot.nlu import contact
from bot.nlu.after_danger import ABOUT_HELP, LITTLE_WORDS
from bot.nlu.change_talk import HEARD
from bot.nlu.doubt import PLEASANTRIES
from bot.nlu.intent import CLEAR_CONFIDENCE, intent_of, likely_theme
from bot.nlu.last_question import listening_step
from bot.nlu.role import role_before, role_heard, seeks_contact, told_by_others
from bot.nlu.teller import STEP_OF, speaks_of_self
from bot.safety import Screening
from bot.themes import THEMES
from bot.told import CONTACT, FEELINGS, MOMENTS, NONE, SUBJECT, TELLING

OTHERS_HEARD = "naasten_gehoord"
"""The step for what somebody tells on who is not the one who uses violence: the themes speak to who does."""

OF_ANYBODY = frozenset({
    "privacy_anonymity", "delete_data", "who_are_you_bot", "what_help_exists", "find_help_nearby", "cost_of_help",
    "waiting_list", "what_is_violence", "talk_to_human", "peer_expert", "out_of_scope",
})  # fmt: skip
"""Themes whose replies suit whoever asks."""

OF_OWN_DOING = frozenset({
    "remorse", "motivation_change_talk", "own_behaviour_doubt", "anger_tension", "jealousy_control", "relapse", "minimise_deny",
    "commitment_plan", "ambivalence", "alcohol_drugs",
})  # fmt: skip
"""Themes of who uses violence: who speaks so of "ik" was perhaps taken for somebody else."""

MINIMISING = "minimise_deny"

TOLD_FIRST = "vertelt_eerst"
"""The step that takes up a piece of a story where a question follows: it asks nothing itself."""


def before_theme(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step that a harmless message gets before its theme: it is about contact with the other, or told by an onlooker.

    A theme with facts about contact comes first, where no ban was spoken of yet; so does whatever is no theme: a goodbye, a
    number, a wish, a question about help. So does an answer that a question listens for, unless somebody is known to live
    apart. Nothing of this in the middle of a ruler.
    """
    intent = intent_of(message)
    listened = tracker is not None and intent == listening_step(tracker)
    tells = intent in {*THEMES, TELLING, "nlu_fallback"} or intent.startswith((SITUATION, SUBJECT))
    other = intent in PLEASANTRIES | ABOUT_HELP or not tells
    if (other and not listened) or (tracker is not None and tracker.active_loop_name):
        return None
    known = steps_heard(tracker) if tracker else set()
    if seeks_contact(message, tracker) and (not listened or contact.lives_apart(known)):
        return contact.STEP if intent not in contact.FACTS or contact.lives_apart(known) else None
    role, before = role_heard(message, tracker), role_before(tracker)
    own = intent in OF_OWN_DOING and role == NONE and speaks_of_self(message.get(TEXT) or "")
    if listened or own or intent in OF_ANYBODY or not told_by_others(message, tracker):
        return None
    led = any(name.startswith("naasten_") for name in known)
    return OTHERS_HEARD if led else STEP_OF.get(role if role != NONE else str(before))


def heard_first(message: Message, danger: Screening, tracker: DialogueStateTracker | None) -> str | None:
    """The step that takes up what a message tells, said before the question about a danger that the classifier alone suspects.

    Most of those messages are harmless. Who is first heard and then asked, is not sent away when they are. Where the danger may
    be urgent nothing is praised before it is known what it is.
    """
    step = _heard(message, list(danger.kinds), tracker)
    praises = step is not None and "affirmation" in project_content().steps[step].codes
    return TOLD_FIRST if danger.level == "urgent" and praises else step


def _heard(message: Message, kinds: list[str], tracker: DialogueStateTracker | None) -> str | None:
    heard = message.get(HEARD) or {}
    theme, confidence = likely_theme(message)
    if told_by_others(message, tracker):
        clear = theme in OF_ANYBODY and confidence >= CLEAR_CONFIDENCE and "stalking" not in kinds
        return theme if clear else OTHERS_HEARD
    if seeks_contact(message, tracker):
        return contact.STEP
    if theme == MINIMISING and confidence >= CLEAR_CONFIDENCE:
        return theme  # before whatever owning up it may sound like
    intent = intent_of(message)
    if intent.startswith((SITUATION, SUBJECT)):
        return intent
    if heard.get("moment") in MOMENTS and heard["moment"] != CONTACT:
        return f"moment_{heard['moment']}"
    of_help = theme in ABOUT_HELP and "stalking" in kinds  # "in welke opvang zit ze" asks for no opvang
    if confidence >= CLEAR_CONFIDENCE and theme not in PLEASANTRIES | {"out_of_scope"} and not of_help:
        return theme
    if heard.get("feeling") in FEELINGS:
        return f"gevoel_{heard['feeling']}"
    return TOLD_FIRST if intent == TELLING or len((message.get(TEXT) or "").split()) > LITTLE_WORDS else None
