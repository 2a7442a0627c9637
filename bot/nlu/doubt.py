"""A theme that is only likely is not spoken of as if it were certain.

The reply to a theme says back what the person is about. Where the classifier is in doubt, that is too often something else, and
nothing ends trust as quickly. Such a message is answered as a piece of a story: with the feeling or direction heard in it, or
with a reflection that fits whatever was said (`actions/not_understood.py`). The ranking stays as it is: themes are
still counted.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.question import is_question
from bot.themes import ASKING
from bot.told import TELLING

ASKED = ASKING | {"police_justice", "contact_ban_huisverbod", "custody"}
"""Beside `vraag_…`, what a question may bring: these replies tell facts, and claim little about the person."""

PLEASANTRIES = {"thanks", "smalltalk", "stop_goodbye"}
FEW_WORDS = 4

SURE_PLEASANTRY = 0.95
"""Below it a goodbye or a greeting needs a word for it: what fits nowhere lands there ("2 keer", "en verder?")."""

_GOODBYE = re.compile(
    r"\b(?:doei\w*|dag|daag|bye|ciao|later|laterz|tot|stop|stoppen|ga|gaan|moet|slaap(?:wel|lekker|ze)?|slapen|\w*truste\w*|bed|afsluiten|sluit|klaar"
    r"|genoeg|salut|saluut|houdoe|ajuus|einde|weg|nacht|laat maar|hoeft niet|kap|ophangen|uit|offline|peace|mazzel|groet\w*)\b"
)
_GOES_BACK = re.compile(
    r"^(?:(?:ok|oke|ja|nou|dan|maar|en) )*(?:ik |k |kga )?(?:ga |moet |wil )?(?:nu |weer |gewoon |even |zo )*"
    r"(?:terug\b|naar (?:boven|binnen|beneden|haar|hem|huis)\b)"
)
"""Leaves the room, and perhaps the distance that was taken: no goodbye."""

_GREETING = re.compile(
    r"\b(?:hoi|hey|he|hee|hallo|hello|hai|heey|yo|ola|dag|goede\w*|moi|mogge|joe|salam|selam|sup|alles goed|hoe gaat|hoe is"
    r"|hoe ist|haha\w*|lol|grap\w*|weer|leuk|test\w*|ben je|ben jij|iemand)\b"
)
_JUST_WHEN = re.compile(
    r"^(?:(?:ja|nou|nee|denk|ongeveer|zo'?n|vorige|afgelopen|sinds|op|om|al|pas|net|elke|iedere|week|dan|wel|maar|een|de) )*"
    r"(?:gister(?:en|avond|nacht)?|eergister(?:en)?|van(?:ochtend|middag|avond|nacht|daag)|morgen\w*|overmorgen|vroeger|straks"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag\w*|weekend|zomer|winter|kerst|vakantie"
    r"|(?:\d+|twee|drie|vier|vijf|tien|paar|een) ?(?:keer|x|maal|uur|uurtjes|dagen|dag|weken|week|maanden|maand|jaar|min\w*))"
    r"(?: (?:of zo|ofzo|ongeveer|geleden|terug|denk ik|dan|hoor|ja|per week|per maand|al|nog|avond|ochtend))*[ .!]*$"
)
"""Says only when, or how often: an answer, whatever it was taken for."""


def may_speak_of(intent: str, text: str) -> bool:
    """Whether the reply to an intent that is only likely may come all the same."""
    if intent in PLEASANTRIES:
        return len(text.split()) <= FEW_WORDS
    return (intent in ASKED or intent.startswith("vraag_")) and is_question(text)


def goes_back(text: str) -> bool:
    """Whether a (normalised) message says that the person goes back to the other: no goodbye."""
    return bool(_GOES_BACK.match(text))


def is_empty_pleasantry(intent: str, confidence: float, text: str) -> bool:
    """Whether a message is taken for a goodbye or a greeting, and no word of it says so.

    Args:
        intent: of the message.
        confidence: in it.
        text: the (normalised) message.
    """
    words = {"stop_goodbye": _GOODBYE, "smalltalk": _GREETING}.get(intent)
    said = words is not None and words.search(text) and not goes_back(text)
    return words is not None and confidence < SURE_PLEASANTRY and not said


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubt(GraphComponent):
    """Turns a doubtful theme into a piece of a story.

    Settings:
        threshold: below this confidence a theme is doubtful. On the test set 96 of 100 above 0.5 are right, six of ten below.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"threshold": 0.5}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Doubt:
        """Create the component."""
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at the intent of each message."""
        for message in messages:
            intent: dict[str, Any] = message.get(INTENT) or {}
            name, confidence = intent.get(INTENT_NAME_KEY), intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0
            text = message.get(TEXT) or ""
            known = name and name != "nlu_fallback"
            doubtful = confidence < self._threshold and not may_speak_of(str(name), text)
            empty = is_empty_pleasantry(str(name), confidence, text)
            if (known and (doubtful or empty)) or _JUST_WHEN.match(text):
                message.set(INTENT, {**intent, INTENT_NAME_KEY: TELLING}, add_to_output=True)
        return messages
