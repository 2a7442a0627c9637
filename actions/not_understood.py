"""What to say to a message that was not understood, or that brings no theme: a piece of a story, an aside."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.ruler import latest_intent
from bot.chat_dutch import normalise
from bot.content import asks
from bot.nlu.act import ASKS
from bot.nlu.question import is_question
from bot.told import FEELINGS, MOMENTS, NONE, TALKS, TELLING

DIFFERENT_REPLIES = 3
FRAGMENT_WORDS = 4
"""So few words after a question are an answer to it, and no piece of a story."""

SENTENCE_WORDS = 5
"""A message of so many words tells something, also when its theme is not understood; once, it is answered as such."""


def times_in_a_row(tracker: Tracker) -> int:
    """How many of the person's last messages were not understood, this one included; at most three."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            if event["parse_data"]["intent"]["name"] != "nlu_fallback":
                break
            count += 1
    return min(count, DIFFERENT_REPLIES)


def was_asked(tracker: Tracker) -> bool:
    """Whether the bot asked something just before the person's last message."""
    messages = 0
    for event in reversed(tracker.events):
        messages += event.get("event") == "user"
        if messages == 2:
            return False
        if event.get("event") == "bot" and asks(event.get("text") or ""):
            return True
    return False


@dataclass(frozen=True)
class Heard:
    """What was heard in a message that brings no theme.

    Attributes:
        talk: `change`, `sustain` or `none`.
        feeling: one of `FEELINGS` or `none`.
        moment: one of `MOMENTS` or `none`.
    """

    talk: str | None = NONE
    feeling: str | None = NONE
    moment: str | None = NONE


def fitting_reply(
    heard: Heard, times: int, telling: bool = False, question: bool = False, answering: bool = False
) -> str:
    """The step that says something back: of the moment that was heard, else of the feeling, else of the direction.

    Args:
        heard: in the message.
        times: how many messages in a row were not understood; from the third on a person is offered.
        telling: the message was understood as a piece of a story.
        question: the message is a question; a feeling said back would be no answer.
        answering: the message is a few words after a question of the bot.
    """
    if question and times < DIFFERENT_REPLIES:
        return "niet_begrepen_vraag"
    if times < DIFFERENT_REPLIES:
        if heard.moment in MOMENTS:
            return f"moment_{heard.moment}"
        if heard.feeling in FEELINGS:
            return f"gevoel_{heard.feeling}"
        if heard.talk in TALKS:
            return f"gehoord_{heard.talk}"
        if answering:
            return "kort_gehoord"
    return TELLING if telling else f"niet_begrepen_{times}"


class NotUnderstood(Action):
    """Reflects what was heard; with nothing heard asks for other words, then offers the menu, then a person."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say the reply that fits."""
        text = normalise(tracker.latest_message.get("text") or "")
        times = max(1, times_in_a_row(tracker))
        step = fitting_reply(
            Heard(tracker.get_slot("talk"), tracker.get_slot("feeling"), tracker.get_slot("moment")),
            times,
            telling=latest_intent(tracker) == TELLING or (times == 1 and len(text.split()) >= SENTENCE_WORDS),
            question=tracker.latest_message.get(ASKS, is_question(text)),
            answering=len(text.split()) <= FRAGMENT_WORDS and was_asked(tracker),
        )
        dispatcher.utter_message(response=f"utter_{step}")
        return []
