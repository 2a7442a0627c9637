"""Reads a short answer against the last question: "ja", "doe maar", the words of a button, "een zeven".

Rasa classifies a message by itself; what "ja" means stands in what the bot just asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from rapidfuzz import fuzz
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import JOURNEYS, project_content
from bot.nlu.intent import likely_theme
from bot.nlu.places import is_place
from bot.themes import ASKING

ANSWERS_FILE = Path(__file__).with_name("short_answers.yml")
ANSWER_INTENTS = {
    "ja": "affirm",
    "nee": "deny",
    "weet_niet": "unsure",
    "makkelijker": "makkelijker",
    "verder": "verder",
    "samenvatting": "samenvatting",
}
"""What a group of short answers means when it chooses no button."""
ASKING_CONFIDENCE = 0.5
"""From here on a message counts as a question for something, not as an answer."""

CLEAR_CONFIDENCE = 0.9
"""Below it a theme does not stand against a place that is all the message says."""

MAY_TYPE = "/veilig_ja"
MAY_TYPE_WORDS = 10
"""A longer first message tells more than that."""

SAME_WORDS = 90
"""How alike (0-100) a typed text and a button's title must be; found by trying titles with one or two typing errors."""

_NUMBER_WORDS = {
    "nul": 0, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10,
}  # fmt: skip
_AROUND = (
    r"(?:ik (?:denk|zou|geef|zeg|gok|zit)|zeggen|zeg maar|zo'?n|ongeveer|misschien|nou|nou ja|toch wel|wel|doe maar|op|oke|"
    r"ok|ja|maar|vooruit|dan|eerlijk|hooguit|minstens|zeker|denk|het is|dat is|is|echt|nu|nog)"
)
_NUMBER = re.compile(
    rf"^(?:{_AROUND},? )*(?:(?:een|de) )?(\d{{1,2}}|" + "|".join(_NUMBER_WORDS) + r")(?:[.,]5)?"
    r"(?: ?/ ?10| van de (?:10|tien)| op (?:10|tien)| uit (?:10|tien))?"
    r"(?: (?:of zo|ofzo|denk ik|ongeveer|misschien|zoiets|dan|eigenlijk|schat ik|of een \d{1,2}|of \d{1,2}))*[.!?]*$"
)
_CLAUSE = re.compile(r"[.,;:!?\n]+|\b(?:omdat|want|maar|en)\b")
_DOUBLED = re.compile(r"(.)\1+")
_ASKED = re.compile(r"[^.!?\n]+\?")
_PUNCTUATION = re.compile(r"[^\w\s']+")
_SIMPLER = re.compile(
    r"\b(?:ge)?makkelijker|simpeler|eenvoudiger|(?:gewone?|makkelijke|simpele) (?:woorden|taal|nederlands)|moeilijke woorden"
)
_REQUEST = re.compile(
    r"^(?:(?:ja|oke|ok|sorry|hoi|maar|en|nee|he) )*"
    r"(?:kan|kun|kunt|zeg|leg|praat|schrijf|typ|iets|in|graag|gewoon|wat (?:een|zijn)|te|mag|moeilijke)\b"
)
_OF_LIFE = re.compile(r"\b(?:ik|mij|me|als|met|zou|leven|niet|nooit|geen|dan|om|wordt|werd)\b")
_SILENCE = re.compile(r"\.[. ]+")
_NO = re.compile(r"^(?:nee+n?|nope|nah)\b[ ,.!]*(.*)$")
_NO_DANGER = re.compile(
    r"^(?:echt |hoor |joh |man |bro |gast |jong |zeg |nu |er is |het is |tis |t is |alles is |alles )*(?:"
    r"geen gevaar|niemand (?:in gevaar|gewond|thuis)|(?:nu |hier |weer )*(?:rustig|veilig|oke|goed)\b"
    r"|ik (?:ga|doe|wil)(?: dat| het| nu| echt| haar| hem)* (?:niks|niets)(?: doen| aandoen)?\b|ik ben (?:nu |hier )*veilig"
    r"|ik ben (?:nu |hier |gewoon )*alleen(?: thuis| hier)?(?: hoor| nu| man)*(?=[ .!]*$)"
    r"|(?:ze|zij|hij|iedereen) (?:is|zijn) (?:al |nu |weer )*(?:weg|veilig|bij (?:haar|zijn|mijn|der|oma|opa)))"
)
_PLAINLY_NO_DANGER = re.compile(
    r"^(?:hoezo[ ,]+|echt |joh |nu |hier )*er is (?:echt |nu |hier |hoor )*"
    r"(?:geen gevaar|niks aan de hand|niets aan de hand|niemand in gevaar)(?: hoor| echt niet| nu)?[ .!]*$"
)
_ASKS_WHO_IS_NEAR = re.compile(
    r"\b(?:samen|bij elkaar|bij je|bij jou|bij die|bij de ander|bij het kind|kinderen bij|in huis|in de buurt)\b"
)
_NEAR = (
    r"hier|hiernaast|naast (?:me|mij)|boven|beneden|thuis|samen|te slapen|bij (?:me|mij|ons)\b|in (?:bed|huis)"
    r"|in de (?:kamer|keuken|zetel|woonkamer|living|slaapkamer|badkamer|gang|tuin|schuur)"
    r"|op (?:de bank|de zetel|bed|(?:haar|zijn|hun) kamer)"
)
_IS_NEAR = re.compile(
    r"^(?:ja|jawel|jep|klopt),? (?:ze|zij|hij|die|we|wij|(?:de|mijn|onze) \w+|kinderen) "
    r"(?!.*\b(?:niet|geen|weg|maar|naar|gevangenis|werk|uit elkaar|apart|vroeger)\b)"
    r"(?:(?:slaapt|slapen)\b|(?:is|zijn|zit|zitten|ligt|liggen|staat|staan|kijkt|kijken|speelt|spelen) "
    rf"(?:nu |gewoon |ook |nog |al )*(?:{_NEAR})\b)"
)
_NO_CALL = re.compile(r"\b(?:bel|bellen|belen|durf|durven|lukt|niet bellen)\b")
_RESERVE = re.compile(
    r"\b(?:maar|straks|nog niet|misschien|als|ooit|soms|bijna|tenzij|eerst|vanavond|vannacht|morgen|niet meer|wel|jawel|toch|ja"
    r"|bang|help|komt|niet veilig|onveilig|niet rustig)\b"
)
_CALLED = (
    r"(?:wel|nu|dan|zo|meteen|gelijk|direct|even|ff|maar|al|hoor|goed|oke|ok|is goed|113|112|veilig thuis|die lijn|dat nummer"
    r"|de huisarts|hulp|iemand)"
)
_ASKS_TO_CALL = re.compile(r"(?!.*\b(?:niet|geen|nee|waarom)\b).*\b(?:bel|moet|zal|kan|kies) ik\b")
_WILL_CALL = re.compile(
    r"^(?:(?:oke|ok|ja|goed|nou|dan|is goed|prima|vooruit|nee)[ ,.!]+)*(?:(?:ik|k|kga|ga|zal|wil)\b|bel ik\b)"
    rf"(?: (?:ga|zal|wil)\b)?(?: {_CALLED})*(?: (?:bel|bellen|belle))?(?: {_CALLED})*[ .!]*$"
)
_WHAT_OR_WHY = re.compile(
    r"^(?:(?:nee|he|eh|huh|sorry|wacht|maar|euh|uh|wow|jeetje|oke)[ ,?!.]+)*(?:"
    r"wat? bedoel (?:je|jij|ge|u)(?: daar ?mee| nu| nou| dan| daar)*|hoe bedoel (?:je|jij|ge|u)|huh"
    r"|hoezo(?: (?:vraag|denk|zeg) (?:je|jij|ge|u) (?:dat|zoiets|het))?|hoe komt? (?:je|jij|ge|u) daar ?bij"
    r"|waarom (?:vraag|denk|zeg) (?:je|jij|ge|gij|u) (?:dat|zoiets|het|mij dat)(?: nu| nou| eigenlijk)*"
    r"|waarom (?:stel (?:je|jij|ge|u) )?(?:die|deze) vraag|wat is dat voor (?:een )?vraag"
    r"|waar (?:heb je het|gaat dit|gaat dat) over"
    r"|(?:dat |dit |ik )*(?:snap|begrijp)(?: ik| het| dat| dit| t| je| u)* niet"
    r"(?: wat (?:je|jij|ge|u) (?:bedoelt|bedoel|zegt|wil))?"
    r")[ ?.!]*$"
)
_REASON = re.compile(r"\b(?:omdat|want|om|voor|vanwege)\b")
NEGATIONS = frozenset({"niet", "geen", "nooit", "niks", "niets", "niemand"})
"""Words by which a text denies something."""

_COUNTED = re.compile(
    r"^[^,]{0,12},\d|\b(?:half|halve|jaar|jaren|maand(?:en)?|week|weken|dag(?:en)?|uur|keer|kinderen|kids|geleden|euro|biertjes?)\b"
)
"""Then the number counts something, and is no answer to a ruler."""

JOURNEY_TURNS = 4
"""For so many turns a button of the journey that was left may be named by its title."""

WISH_WORDS = 9
"""A longer message that speaks of something easier is about life, not about the bot's words."""


class _Listed(NamedTuple):
    """What stands in the file of short answers: what each phrase means, and words that leave a yes or a no as it is."""

    phrases: dict[str, str]
    around: frozenset[str]
    around_danger: frozenset[str]
    may_type: frozenset[str]
    may_not_type: frozenset[str]


@lru_cache(maxsize=1)
def _listed() -> _Listed:
    listed: dict[str, list[str]] = yaml.safe_load(ANSWERS_FILE.read_text(encoding="utf-8"))
    groups = ("around", "around_danger", "may_type", "may_not_type")
    words = [frozenset(_squeeze(normalise(w)) for w in listed.pop(group)) for group in groups]
    phrases = {_squeeze(normalise(phrase)): answer for answer, found in listed.items() for phrase in found}
    return _Listed(phrases, *words)


def _squeeze(text: str) -> str:
    """Without punctuation and with every letter once: "jaa!" and "ja" are the same answer."""
    return _DOUBLED.sub(r"\1", _PUNCTUATION.sub(" ", text).strip())


def short_answer(text: str) -> str | None:
    """`ja`, `nee` or `weet_niet` when the whole (normalised) message says just that; a wish of the listed ones too."""
    said = _squeeze(text)
    first, *rest = said.split() or [""]
    plain = first in map(_squeeze, ("ja", "nee")) and _listed().around.issuperset(rest)
    return _listed().phrases.get(said) or (_listed().phrases[first] if plain else None)


def asks_simpler(text: str) -> bool:
    """Whether a (normalised) message asks for simpler words: "kan je da makkelijker zeggen", "leg het eens simpeler uit"."""
    short = len(text.split()) <= WISH_WORDS
    return short and bool(_SIMPLER.search(text) and _REQUEST.match(text)) and not _OF_LIFE.search(text)


def confirms(text: str, asked: str) -> bool:
    """Whether a (normalised) message says yes to a question about danger: "ja ik heb een plan", "ja soms", "ja ze zit boven".

    Looser than `short_answer`, and for a yes alone: to take a no for granted would close the question.

    Args:
        text: the message.
        asked: the question; the person may say its words over.
    """
    words = _squeeze(text).split()
    known = _listed().around | _listed().around_danger | set(_squeeze(normalise(asked)).split())
    near = len(words) <= WISH_WORDS and bool(_ASKS_WHO_IS_NEAR.search(asked.lower()) and _IS_NEAR.match(text))
    return near or ("ja" in words and known.issuperset(set(words) - {"ja"}))


def denies(text: str, calling: bool = False) -> bool:
    """Whether a (normalised) message says no in own words to a question about a danger.

    As with `confirms` only what is known to be a no counts, and nothing may be kept back: "nee maar straks" is none.

    Args:
        text: the message.
        calling: the question was whether the person will call.
    """
    if not calling and _PLAINLY_NO_DANGER.match(text):
        return True
    no = _NO.match(text)
    if not no or keeps_back(text):
        return False
    return bool(_NO_CALL.search(no.group(1)) if calling else _NO_DANGER.match(no.group(1)))


def keeps_back(text: str) -> bool:
    """Whether a (normalised) message that says no keeps something back: "nee maar straks", "nu nog niet"."""
    return "?" in text or bool(_RESERVE.search(text))


def will_call(text: str) -> bool:
    """Whether a (normalised) message says that the person is going to call: "ok ik bel wel", "ga 113 bellen"."""
    return "bel" in text and bool(_WILL_CALL.match(text))


def asks_to_call(text: str) -> bool:
    """Whether a (normalised) message asks whether to call 112: "bel ik dan de huisarts of 112"."""
    return "112" in text and bool(_ASKS_TO_CALL.match(text))


def number(text: str) -> int | None:
    """The number from 0 to 10 that the whole (normalised) message gives: "7", "7/10", "een zeven", "toch wel een 6"."""
    match = _NUMBER.match(text)
    if not match:
        return None
    value = _NUMBER_WORDS.get(match.group(1))
    value = int(match.group(1)) if value is None else value
    return value if value <= 10 else None


def number_in(text: str) -> int | None:
    """The number from 0 to 10 in an answer to a ruler, where one of its clauses gives just that: "een 5, want ...".

    Only for who was asked for a number: elsewhere "twee" is two of anything.
    """
    whole = number(text)
    found = (number(clause.strip()) for clause in _CLAUSE.split(text))
    return whole if whole is not None else next((n for n in found if n is not None), None)


def number_with_reason(text: str) -> bool:
    """Whether a (normalised) message opens with a number and gives a reason: "een 5 dan. omdat ik het niet leuk vind"."""
    first, *rest = [clause.strip() for clause in _CLAUSE.split(text)]
    plain = first != "een" and number(first) is not None and not _COUNTED.search(text)
    return plain and bool(_REASON.search(text[len(first) :])) and bool("".join(rest))


def asks_back(text: str) -> bool:
    """Whether a (normalised) message asks what the bot meant, or why: "wa bedoel je", "hoezo vraag je dat"."""
    return len(text.split()) <= WISH_WORDS and bool(_WHAT_OR_WHY.match(text))


def last_reply(tracker: DialogueStateTracker | None) -> BotUttered | None:
    """What the bot said last, since the person's last message."""
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, BotUttered):
            return event
    return None


def last_said(tracker: DialogueStateTracker | None) -> str | None:
    """The step that the bot said last, since the person's last message."""
    reply = last_reply(tracker)
    return str(reply.metadata.get("utter_action")).removeprefix("utter_") if reply else None


def listening_step(tracker: DialogueStateTracker) -> str | None:
    """The step that answers what the person types in own words after the bot's last reply (content: `listens`)."""
    step = project_content().steps.get(last_said(tracker) or "")
    return step.listens if step else None


def last_buttons(tracker: DialogueStateTracker) -> list[dict[str, str]]:
    """The buttons under what the bot said since the person's last message."""
    found: list[dict[str, str]] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            # A button with a text of its own, such as the name of a place, is typed text: there is no step to choose.
            found = [b for b in event.data.get("buttons") or [] if b["payload"].startswith("/")] + found
    return found


def may_type(text: str) -> bool:
    """Whether a (normalised) message answers that it is safe to type now: "hoi ja kan, iedereen slaapt"."""
    said = f" {_squeeze(text)} "

    def has(phrases: frozenset[str]) -> bool:
        return any(f" {phrase} " in said for phrase in phrases)

    short = len(said.split()) <= MAY_TYPE_WORDS and "?" not in text
    return short and has(_listed().may_type) and not has(_listed().may_not_type)


def _tells_of_danger(button: dict[str, str]) -> bool:
    step = project_content().steps.get(button["payload"].lstrip("/"))
    return step is not None and step.screening().level != "none"


def last_question(tracker: DialogueStateTracker) -> str:
    """The last sentence with a question mark that the bot said since the person's last message."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and (asked := _ASKED.findall(event.text or "")):
            return str(asked[-1])
    return ""


def chosen_button(text: str, buttons: list[dict[str, str]], asked: str = "") -> str | None:
    """The payload of the button that a (normalised) text chooses, by its words or as the answer it stands for."""
    answer = short_answer(text)
    for button in buttons:
        if answer and button.get("answer") == answer:
            return button["payload"]
        if button["payload"] == MAY_TYPE and button.get("answer") == "ja" and may_type(text):
            return button["payload"]
        if button.get("answer") == "ja" and _tells_of_danger(button) and confirms(text, asked):
            return button["payload"]
    best = max(buttons, key=lambda b: fuzz.ratio(text, normalise(b["title"])), default=None)
    if (
        best
        and fuzz.ratio(text, normalise(best["title"])) >= SAME_WORDS
        and _as_negated(text, normalise(best["title"]))
    ):
        return best["payload"]
    return None


def titled(text: str, tracker: DialogueStateTracker | None) -> str | None:
    """The step of a button elsewhere in the journey of the last turns, when its title is all that a message says."""
    said, turns = _squeeze(text), 0
    for event in reversed(tracker.events if tracker and " " in said else []):
        turns += isinstance(event, UserUttered)
        if turns == JOURNEY_TURNS:
            return None
        if isinstance(event, BotUttered):
            journey = project_content().journey(str(event.metadata.get("utter_action")).removeprefix("utter_"))
            if journey:
                return _titles(journey).get(said)
    return None


@lru_cache(maxsize=len(JOURNEYS))
def _titles(journey: str) -> dict[str, str]:
    """The titles of the buttons in a journey that lead to one step only and answer no question, and that step."""
    content = project_content()
    leads: dict[str, set[str]] = {}
    for step in content.steps.values():
        if content.journey(step.name) == journey:
            for button in step.buttons:
                if button.answer is None:
                    leads.setdefault(_squeeze(normalise(button.title)), set()).add(button.to)
    return {title: min(steps) for title, steps in leads.items() if len(steps) == 1}


def _as_negated(text: str, title: str) -> bool:
    """Whether two texts deny the same: a letter more makes "er is een gevaar" of "er is geen gevaar"."""
    said, titled = (NEGATIONS.intersection(_PUNCTUATION.sub(" ", part).split()) for part in (text, title))
    return said == titled


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LastQuestion(GraphComponent):
    """Sets the intent of a short answer from the last question; leaves every other message alone."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LastQuestion:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Overwrite the classifier's intent where the message answers the last question."""
        for message in messages:
            text = message.get(TEXT) or ""
            payload = chosen_button(text, last_buttons(tracker), last_question(tracker)) if tracker else None
            intent = (
                payload.lstrip("/") if payload else self._bare(text) or titled(text, tracker) or self._place(message)
            )
            intent = intent or self._told(message, tracker)
            message.set("answers_last_question", payload is not None)
            if intent:
                message.set(INTENT, {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
        return messages

    def _bare(self, text: str) -> str | None:
        """The intent of a short answer with nothing to answer."""
        if number(text) is not None:
            return "give_number"
        if not any(c.isalnum() for c in text):
            if "?" in text:
                return ANSWER_INTENTS["makkelijker"]
            return "stilte" if _SILENCE.fullmatch(text) else "only_emoji"
        if text.strip(" !.,") == "help":
            return "vraag_beginnen"
        answer = short_answer(text) or ("makkelijker" if asks_simpler(text) else None)
        return ANSWER_INTENTS[answer] if answer else None

    def _place(self, message: Message) -> str | None:
        """Who types a place and no more, asks for help there."""
        _, confidence = likely_theme(message)
        unclear = confidence < CLEAR_CONFIDENCE
        return "find_help_nearby" if unclear and is_place(message.get(TEXT) or "") else None

    def _told(self, message: Message, tracker: DialogueStateTracker | None) -> str | None:
        """The intent of an answer in own words: a number for the ruler, or what a question of the bot listens for."""
        text = message.get(TEXT) or ""
        if not tracker or not text:
            return None
        if tracker.active_loop_name and number_in(text) is not None:
            return "give_number"
        theme, confidence = likely_theme(message)
        asks = "?" in text or (theme in ASKING and confidence >= ASKING_CONFIDENCE)
        if asks or tracker.active_loop_name:
            return None
        return listening_step(tracker) or ("cijfer_reden" if number_with_reason(text) else None)
