"""Reads each message beside what was said just before it: how dangerous it is there, what it does, tells of and asks.

By itself "morgen zeg ik het haar" is a threat, after "wat is je volgende stap?" it is a step. `bot/nlu/e5/in_talk.py` holds the
layers; what comes of them is weighed by the risk classifier.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import PLACEHOLDER, project_content, with_usual_words
from bot.heard import WORDING
from bot.nlu.context import typed_before
from bot.nlu.e5.in_talk import InTalk, Read, load_in_talk
from bot.nlu.encoder import pieces
from bot.nlu.last_question import last_reply

IN_TALK = "in_talk"
"""Key of what is read of a message beside the words before it: the probabilities of levels (from `concern`), of it and of each
of its pieces, and of kinds."""

SITUATION_READ = "situation"
"""Key of which situation a message tells of: each and how likely it is, `NONE` first."""

QUESTION_READ = "question"
"""Key of which step answers what a message asks: each and how likely it is, `NONE` first."""

ACT_READ = "act"
"""Key of what the person does with a message: each of `ACTS` and how likely it is."""

OF_ANY_PIECE = ("harm", "victim", "onlooker")
"""Acts that hold for a long message when a piece of it does so."""

OF_SHORT_ONES = ("yes", "no", "unsure", "corrects")
"""Acts that a long message is none of."""

TYPED_MESSAGES = 2
"""So many messages that the person typed before are read."""

TYPED_WORDS = 20
"""So much is read of each, from its end."""

SAID_WORDS = 16
"""So much is read of what the bot said, from its end."""


def plainly(wording: str) -> str:
    """A wording of the content without help lines, as one line."""
    return " ".join(PLACEHOLDER.sub("", with_usual_words(wording)).split())


def before(typed: list[str], wording: str) -> str:
    """What stands beside a message: the end of what was typed before it, and of what the bot said to that, or nothing.

    Args:
        typed: by the person, as it was, the newest last.
        wording: of the bot, as in the content; empty for none.
    """
    ends = [" ".join(text.split()[-TYPED_WORDS:]) for text in typed[-TYPED_MESSAGES:]]
    said_end = " ".join(plainly(wording).split()[-SAID_WORDS:])
    return normalise(" . ".join([*ends, said_end])) if any(ends) or said_end else ""


def last_wording(tracker: DialogueStateTracker) -> str:
    """The wording that the bot said last, as in the content; empty when nothing was said since the person's last message."""
    reply = last_reply(tracker)
    return _wording(str(reply.metadata.get(WORDING, ""))) if reply else ""


def _wording(name: str) -> str:
    """The text of a wording: `step/group/number`; empty for what is none."""
    step, _, place = name.partition("/")
    group, _, number = place.partition("/")
    if step not in project_content().steps or not number.isdigit():
        return ""
    wordings = project_content().steps[step].wordings().get(group, ())
    return wordings[int(number)] if int(number) < len(wordings) else ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class InTalkReader(GraphComponent):
    """Sets `IN_TALK` on a message that follows something the person typed, and what else is read on each.

    A long message is read piece by piece; its end tells the situation, the act and the question.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> InTalkReader:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Read each message."""
        model = load_in_talk()
        for message in messages:
            text = message.get(TEXT) or ""
            if model and any(c.isalpha() for c in text):
                self._read(model, message, text, tracker)
        return messages

    def _read(self, model: InTalk, message: Message, text: str, tracker: DialogueStateTracker | None) -> None:
        parts = pieces(text)
        typed = [event.text or "" for event in typed_before(tracker, TYPED_MESSAGES)]
        wording = last_wording(tracker) if tracker else ""
        read = [model.read(part, before([*typed, *parts[:at]], wording)) for at, part in enumerate(parts)]
        if typed:  # danger in the first message is read by itself: a greeting says nothing about it
            worst = max(read, key=lambda r: float(r.levels.sum()))
            levels = np.stack([r.levels for r in read])
            message.set(IN_TALK, {"levels": levels.max(axis=0), "kinds": worst.kinds, "pieces": levels})
        end = read[-1]
        message.set(SITUATION_READ, dict(zip(model.situations, end.situations.tolist(), strict=True)))
        message.set(QUESTION_READ, dict(zip(model.questions, end.questions.tolist(), strict=True)))
        message.set(ACT_READ, _acts(model, read))


def _acts(model: InTalk, read: list[Read]) -> dict[str, float]:
    """What a person does with a message, by its end; what any piece asks or shows of who types counts, and no story is a no."""
    acts = dict(zip(model.acts, read[-1].acts.tolist(), strict=True))
    if len(read) > 1:
        acts |= {name: max(float(r.acts[model.acts.index(name)]) for r in read) for name in OF_ANY_PIECE}
        acts |= dict.fromkeys(OF_SHORT_ONES, 0.0)
    return acts
