"""An answer in own words chooses the button that it means (`bot/nlu/buttons.py`)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import Button, project_content
from bot.nlu.buttons import ButtonModel
from bot.nlu.context import ABOUT_DANGER
from bot.nlu.encoder import load_encoder
from bot.nlu.last_question import ANSWER_INTENTS, MAY_TYPE, MAY_TYPE_WORDS, last_buttons, last_said, listening_step
from bot.nlu.risk_classifier import RISK
from bot.nlu.sentence_encoder import PIECE_VECTORS
from bot.nlu.teller import is_told_by_others
from bot.nlu.trained_parts import fingerprint_of, read_parts, read_rows, write_parts
from bot.settings import PROJECT
from bot.themes import THEMES
from bot.told import NONE, TELLING

EXAMPLES = PROJECT / "data" / "answers"
OF_NOW = frozenset({"nu_start", "nu_gevaar", "naasten_gevaar"})
"""Steps for tension or danger now."""

IN_WORDS = frozenset({*THEMES, TELLING, "nlu_fallback", *ANSWER_INTENTS.values()})
"""What a message can be read as that may still mean a button; a named step, a number or a chosen button is something else."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerInWords(GraphComponent):
    """Sets the intent of a message to the step of the button that it means.

    Not under a question about danger: what answers that is decided by rules (`bot/nlu/safety.py`); nor in a ruler. From a
    longer story it is not taken whether it is safe to type, unless it begins with no.

    Settings:
        threshold: how likely a button must be.
        listening: the same where a question listens to an answer in own words, which is more likely that.
        folder: an operator's own encoder, as in `SentenceEncoder`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.75, "listening": 0.85, "folder": None}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: ButtonModel | None = None
    ):
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerInWords:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on `data/answers/`; without an encoder nothing is learned, and buttons are chosen by their words alone."""
        encoder = load_encoder(self._config["folder"])
        rows = [row for path in sorted(EXAMPLES.glob("*.jsonl")) for row in read_rows(path)]
        parts = ButtonModel.train(rows, project_content(), encoder).parts if encoder else {}
        write_parts(self._storage, self._resource, parts)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerInWords:
        """Load the trained parts."""
        parts = read_parts(model_storage, resource)
        return cls(config, model_storage, resource, ButtonModel(parts) if parts else None)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at what each message means."""
        for message in messages:
            chosen = self._chosen(message, tracker) if _may_choose(message, tracker) else None
            if chosen:
                step, likely = chosen
                intent = {INTENT_NAME_KEY: step, PREDICTED_CONFIDENCE_KEY: likely}
                message.set(INTENT, intent, add_to_output=True)
        return messages

    def _chosen(self, message: Message, tracker: DialogueStateTracker) -> tuple[str, float] | None:
        """The step of the button that is clearly meant, and how likely it is."""
        shown = [Button(title=b["title"], to=b["payload"].lstrip("/")) for b in last_buttons(tracker)]
        buttons = [b for b in shown if b.to in project_content().steps]
        text = message.get(TEXT) or ""
        story = len(text.split()) > MAY_TYPE_WORDS and not text.startswith(("nee ", "nee,"))
        if not self._model or not buttons or (story and any(f"/{b.to}" == MAY_TYPE for b in buttons)):
            return None
        vector = message.get(PIECE_VECTORS).mean(axis=0)
        likely = self._model.probabilities(text, vector, buttons)
        best = int(likely.argmax())
        if project_content().journey(buttons[best].to) == "nu" and is_told_by_others(NONE, tracker.get_slot("role")):
            return None  # that journey speaks to who uses violence
        enough = self._config["listening" if listening_step(tracker) else "threshold"]
        clear = (
            likely[best] >= enough and f"/{buttons[best].to}" != MAY_TYPE and _fits_danger(message, buttons[best].to)
        )
        return (buttons[best].to, float(likely[best])) if clear else None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when an example or the code changes."""
        return fingerprint_of(EXAMPLES)


def _fits_danger(message: Message, step: str) -> bool:
    """Whether a step may follow: one for tension or danger now only where the message itself leans that way.

    Many tell of a body under tension, or of last time, and mean nothing of now.
    """
    of_now = step in OF_NOW or project_content().steps[step].screening().level != "none"
    return not of_now or (message.get(RISK) or {}).get("level", "none") != "none"


def _may_choose(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message may mean a button that it does not name."""
    if not tracker or tracker.active_loop_name or f"/{last_said(tracker)}".startswith(ABOUT_DANGER):
        return False
    known_as = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
    has_words = any(c.isalpha() for c in message.get(TEXT) or "")
    in_words = known_as in IN_WORDS or known_as == listening_step(tracker)
    return has_words and in_words and not message.get("answers_last_question")
