"""What a person does with a message decides which replies fit: who tells of a walk round the church wants no list of help.

The theme says what a message is about, and is read from the words alone; whether it tells, asks, corrects or takes leave stands
beside what the bot said before it (`in_talk.py`). Where both are at odds the act holds.
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

from bot.content import SITUATION, project_content
from bot.nlu.context import ABOUT_DANGER, typed_before
from bot.nlu.doubt import goes_back
from bot.nlu.in_talk import ACT_READ
from bot.nlu.intent import CLEAR_CONFIDENCE, intent_of, set_intent
from bot.nlu.last_question import last_said, listening_step
from bot.nlu.question import is_question
from bot.themes import ASKING, THEMES, theme_of
from bot.told import TELLING

TELLS, CORRECTS = "tells", "corrects"

ABOUT_HELP_OR_CHAT = ASKING | {"smalltalk", "out_of_scope"}
"""Themes that ask for something or end something, and tell no story."""

TOLD = frozenset(THEMES) - ABOUT_HELP_OR_CHAT
"""All others."""

STEP_OF_ACT = {"asks_simpler": "makkelijker", "greets": "smalltalk", "thanks": "thanks", "ends": "stop_goodbye"}
"""What a message is read as that does no more than this."""

ASKED_BY = {
    "asks_help": frozenset({
        "find_help_nearby", "what_help_exists", "waiting_list", "cost_of_help", "peer_group", "peer_expert", "talk_to_human",
    }),
    "asks_how": frozenset({
        "explain_change", "what_is_violence", "time_out_technique", "fatherhood_parenting", "contact_ban_huisverbod",
        "police_justice", "custody",
    }),
    "asks_chat": frozenset({"privacy_anonymity", "delete_data", "who_are_you_bot"}),
}  # fmt: skip
"""Themes whose replies tell what somebody asks for."""

ASKS = "asks"
"""Key of whether a message asks something, for the actions."""

ASKS_BY_WORDS_TOO, ASKS_ALONE = 0.2, 0.6
"""How likely a message must be to ask, where its words do so too and where they do not."""

ELSEWHERE = frozenset({"menu", "lijnen", "tot_ziens"})
"""Steps that begin something else wherever one is."""

HELP = "hulp"
"""The journey to help."""

LISTENS_TO_ANYTHING = "verder_gepraat"
"""The step for an answer in own words to a question that leads nowhere in particular."""

IN_OTHER_WORDS = frozenset({*THEMES, TELLING, LISTENS_TO_ANYTHING, "nlu_fallback"})
"""What a message is read as that chooses no step in particular."""

MISREAD = "verhaal_bedoelde_het_anders"
"""The step for who says that the bot understood it wrong."""

ASKED_ENOUGH = "veilig_genoeg_gevraagd"
"""The same where the bot asked about a danger that is none."""


def likely_act(message: Message) -> tuple[str, float]:
    """What the person most likely does with a message, and how likely that is; nothing where it was not read."""
    acts: dict[str, float] = message.get(ACT_READ) or {}
    return max(acts.items(), key=lambda act: act[1], default=("", 0.0))


def likelihood(message: Message, *names: str) -> float | None:
    """How likely it is that a message does one of these; None where it was not read."""
    acts: dict[str, float] | None = message.get(ACT_READ)
    return sum(acts[name] for name in names) if acts else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DialogueAct(GraphComponent):
    """Reads a message as something else where its act is clear and does not fit what it was read as.

    Not of the words of a button, an answer that a journey listens for, or in a ruler.

    Settings:
        tells: from here on a message tells, and gets no reply to a question or a goodbye.
        corrects: from here on it says that the bot understood it wrong.
        other: from here on it is a greeting, thanks, a goodbye, a wish for easier words, or a question.
        asked: how likely a theme must be that answers such a question.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"tells": 0.75, "corrects": 0.6, "other": 0.7, "asked": 0.15}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DialogueAct:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Look at what each message does."""
        for message in messages:
            message.set(ASKS, asks_something(message), add_to_output=True)
            if not message.get("answers_last_question") and not (tracker and tracker.active_loop_name):
                fitting = self._fitting(message, tracker)
                if fitting:
                    set_intent(message, fitting)
        return messages

    def _fitting(self, message: Message, tracker: DialogueStateTracker | None) -> str | None:
        """What a message is to be read as; None to leave it."""
        intent, (act, likely) = intent_of(message), likely_act(message)
        listened = tracker is not None and intent == listening_step(tracker) and intent != LISTENS_TO_ANYTHING
        in_other_words = intent in IN_OTHER_WORDS or intent.startswith("vraag_")
        away = leads_away(intent, tracker)
        if listened or not (in_other_words or away):
            return None
        if act == CORRECTS and likely >= self._config["corrects"] and typed_before(tracker, 1):
            return corrected(tracker)
        if act == TELLS and likely >= self._config["tells"]:
            asks = intent in {*ABOUT_HELP_OR_CHAT, "nlu_fallback"} or intent.startswith("vraag_")
            return _told(message) if asks or away else None
        if likely < self._config["other"] or away:
            return None
        if act in STEP_OF_ACT and not goes_back(message.get(TEXT) or ""):
            return STEP_OF_ACT[act]
        if act in ASKED_BY and intent in {TELLING, LISTENS_TO_ANYTHING, "nlu_fallback"}:
            return self._asked(message, act)
        return None

    def _asked(self, message: Message, act: str) -> str | None:
        """The likeliest theme that answers what a message asks."""
        theme, confidence = _likeliest_of(ASKED_BY[act], message)
        return theme if confidence >= self._config["asked"] else None


def leads_away(step: str, tracker: DialogueStateTracker | None) -> bool:
    """Whether a step begins something else than what was spoken of: the menu, the lines, a journey, a list of help."""
    content = project_content()
    if step not in content.steps or step in THEMES:
        return False
    journey, said = content.journey(step), last_said(tracker) or ""
    of_help = journey == HELP and content.journey(said) != HELP
    after_story = journey is not None and said.startswith((SITUATION, TELLING))
    return step in ELSEWHERE or step.endswith("_start") or of_help or after_story


def _told(message: Message) -> str:
    """What a message tells: its likeliest theme of those that are told, or a piece of a story."""
    theme, confidence = _likeliest_of(TOLD, message)
    return theme if confidence >= CLEAR_CONFIDENCE else TELLING


def _likeliest_of(themes: frozenset[str], message: Message) -> tuple[str, float]:
    """The likeliest of these themes, and the confidence in it."""
    fitting = [guess for guess in message.get("intent_ranking") or [] if guess["name"] in themes]
    return theme_of({"intent_ranking": fitting})


def corrected(tracker: DialogueStateTracker | None) -> str:
    """The step for who says that the bot understood it wrong; not twice in a row."""
    said = last_said(tracker) if tracker else None
    if said in (MISREAD, ASKED_ENOUGH):
        return TELLING
    return ASKED_ENOUGH if f"/{said}".startswith(ABOUT_DANGER) else MISREAD


def asks_something(message: Message) -> bool:
    """Whether a message asks something: by what it does where that was read, else by its words."""
    asks = likelihood(message, "asks_help", "asks_how", "asks_chat", "asks_simpler", "harm")
    by_words = is_question(message.get(TEXT) or "")
    if asks is None:
        return by_words
    return asks >= (ASKS_BY_WORDS_TOO if by_words else ASKS_ALONE)
