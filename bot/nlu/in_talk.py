"""Reads each message beside what was said just before it: how dangerous it is there, and which situation it tells of.

By itself "morgen zeg ik het haar" is a threat, after "wat is je volgende stap?" it is a step. `bot/nlu/e5/in_talk.py` holds the
layers; what comes of them is weighed by the risk classifier.
"""

from __future__ import annotations

from typing import Any

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
from bot.nlu.e5.in_talk import InTalk, load_in_talk
from bot.nlu.encoder import pieces
from bot.nlu.last_question import last_reply

IN_TALK = "in_talk"
"""Key of what is read of a message beside the words before it: the probabilities of levels (from `concern`) and kinds."""

SITUATION_READ = "situation"
"""Key of the situation that a message tells of: its name and how likely it is."""

TYPED_WORDS = 20
"""So much is read of what the person typed before, from its end."""

SAID_WORDS = 16
"""So much is read of what the bot said, from its end."""


def plainly(wording: str) -> str:
    """A wording of the content without help lines, as one line."""
    return " ".join(PLACEHOLDER.sub("", with_usual_words(wording)).split())


def before(typed: str, wording: str) -> str:
    """What stands beside a message: the end of what was typed before it, and of what the bot said to that, or nothing.

    Args:
        typed: by the person, as it was.
        wording: of the bot, as in the content; empty for none.
    """
    typed_end = " ".join(typed.split()[-TYPED_WORDS:])
    said_end = " ".join(plainly(wording).split()[-SAID_WORDS:])
    return normalise(f"{typed_end} . {said_end}") if typed_end or said_end else ""


def said_before(tracker: DialogueStateTracker) -> str:
    """What stands beside the next message of a conversation, or nothing."""
    typed = typed_before(tracker, 1)
    return before(typed[0].text or "" if typed else "", last_wording(tracker))


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
    """Sets `IN_TALK` on a message that follows something the bot said, and `SITUATION_READ` on each.

    A long message speaks for itself; of that the end is read for its situation.
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
            if model and any(c.isalnum() for c in text):
                self._read(model, message, text, tracker)
        return messages

    def _read(self, model: InTalk, message: Message, text: str, tracker: DialogueStateTracker | None) -> None:
        *others, end = pieces(text)
        beside = said_before(tracker) if tracker and not others else ""
        read = model.read(end, beside)
        if beside:
            message.set(IN_TALK, {"levels": read.levels, "kinds": read.kinds})
        best = int(read.situations.argmax())
        message.set(SITUATION_READ, (model.situations[best], float(read.situations[best])))
