"""Last of the pipeline: level and kinds of risk become attributes of the message, and outrank what classifiers said.

Together here: the rules (usually screened by the channel already), the classifier, the thought that was typed in pieces,
the answer to a direct question, and the risk that was open a moment ago. Nothing here lowers what the rules saw.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import project_content
from bot.heard import steps_heard
from bot.nlu import contact
from bot.nlu.change_talk import HEARD
from bot.nlu.context import (
    ABOUT_DANGER,
    HELD_AFTER_ACUTE,
    OF_LIFE,
    SAFETY,
    WHY_ASKED,
    after_a_danger,
    after_an_acute,
    held,
    held_others,
    held_unsure,
    lately,
    only_acute_counts,
    seen_in,
    typed_before,
    was_held,
)
from bot.nlu.doubt import PLEASANTRIES
from bot.nlu.last_question import MAY_TYPE, asks_back, denies, last_buttons, last_said, listening_step, will_call
from bot.nlu.named_step import BEARS_IT, named_step
from bot.nlu.person import whom
from bot.nlu.places import country
from bot.nlu.question import is_question
from bot.nlu.risk_classifier import RISK, UNCLEAR
from bot.nlu.sentence_encoder import JOINED_TEXT
from bot.nlu.teller import (
    ONLOOKER,
    SELF,
    STEP_OF,
    TOLD_WORDS,
    goes_both_ways,
    heard_role,
    is_told_by_others,
    says_both,
    speaks_of_self,
    told_by,
)
from bot.safety import LEVELS, Screening, load_engine
from bot.themes import THEMES, theme_of
from bot.told import CONTACT, FEELINGS, MOMENTS, NONE, OTHER, TELLING, as_entities, marks_of_step

SAFETY_INTENTS = tuple(f"safety_{level}" for level in LEVELS if level != "none")
CAREFUL_KINDS = {"strangulation", "stalking"}
CAREFUL_THEMES = {"jealousy_control", "digital_control", "contact_ban_huisverbod"}
CAREFUL_MISUSE = {"find_person", "watch_person", "reach_despite_ban", "evade_ban", "make_obey"}
CAREFUL_CONFIDENCE = 0.5
CLEAR_CONFIDENCE = 0.5
"""Below it a theme does not stand against the danger that is spoken of (`THEME_OF_KIND`)."""

ASKED_CONFIDENCE = 0.4
"""The same for a question: what it asks about help is answered sooner."""

TOLD_CONFIDENCE = 0.4
"""A theme is remembered for the summary from here on."""

WISHES = {"verder", "samenvatting"}
"""Intents of plain wishes, by which the person leaves the question about danger as with a button of the menu."""

ABOUT_HELP = {
    "vraag_bellen", "vraag_melden", "vraag_past_het", "vraag_eerste_gesprek", "vraag_meenemen", "vraag_kind_weg",
    "vraag_voor_mij", "vraag_buitenland", "vraag_wie_mag", "vraag_ontlasten",
    "talk_to_human", "cost_of_help", "what_help_exists", "find_help_nearby",
}  # fmt: skip
"""Who asks this right after a danger is on the way to the phone: it is answered, and the level stays."""

REFUSALS = {
    "find_person": "weiger_zoeken",
    "watch_person": "weiger_meelezen",
    "reach_despite_ban": "weiger_contact_verbod",
    "evade_ban": "weiger_verbod_omzeilen",
    "win_against": "weiger_winnen",
    "hide_violence": "weiger_verbergen",
    "withdraw_report": "weiger_aangifte",
    "fool_services": "weiger_instanties",
    "write_for_me": "weiger_schrijven",
    "make_obey": "weiger_gehoorzamen",
    "take_my_side": "weiger_gelijk",
    UNCLEAR: "weiger_anders",
}
"""The reply that declines each kind of request for help with harm; an uncertain one is declined in case it was one."""

RISK_OF_REQUEST = {
    "find_person": Screening("urgent", ("stalking",)),
    "watch_person": Screening("urgent", ("stalking",)),
    "reach_despite_ban": Screening("urgent", ("stalking",)),
    "evade_ban": Screening("urgent", ("stalking",)),
    "hide_violence": Screening("urgent", ("violence_now",)),
    "make_obey": Screening("concern", ("threat_to_others",)),
}
"""What a request for help with harm tells of danger by itself (safety-taxonomy: finding out where she is, tracking, a ban)."""

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

NAMED_IN = frozenset({"violence_now", "threat_to_others", "losing_control", "child_in_danger", "victim", "honour"})
"""Kinds of danger in which a step that was asked for may answer, when it has the lines."""

ANSWERED_ALREADY = {"held", "asked", "reply"}
"""What `SafetyScreen` says of a message that gets no new question about danger."""

CALM_ANSWER = "veilig_gehoord"
"""The step for an answer in own words about how calm it is; it speaks of the other, and not of the own life."""

MINIMISING = "minimise_deny"

TOLD_FIRST = "vertelt_eerst"
"""The step that takes up a piece of a story where a question follows: it asks nothing itself."""

AFTER_HEARD = "safety_concern_na"
"""The short question about danger that follows on what was heard."""

WITH_THEM_IS_ACUTE = frozenset({"threat_to_others", "losing_control", "weapon"})
CLOSE_BY = re.compile(
    r"^(?!.*\b(?:niet|nee|geen|vanavond|straks|morgen|pas)\b)"
    r"(?:(?:ja|jawel|jep|klopt),? |(?=(?:ze|zij|hij|die) ))(?:(?:ze|zij|hij|die) (?:is|zit|ligt|staat|slaapt) )?"
    r"(?:nu |gewoon |ook |nog )*(?:hier|hiernaast|naast (?:me|mij)|boven|beneden|thuis|bij (?:me|mij)|in de (?:kamer|keuken))\b"
)
"""Says after an urgent danger that the other is near: with them it is acute (safety-taxonomy, borders)."""

PUSHED_AGAIN = 0.25
"""Right after a request was declined a message counts as the same request from this probability on."""

PLAINLY_PUSHED = 0.6
"""From here on it also tells of the same danger."""

CERTAIN_WHERE_CALM = 0.9
"""A request to reach the other, in a message that tells of no danger beside what was said before, counts from here on."""

SURELY_ACUTE = 0.7
"""From here on the reply to an acute danger to life speaks of it, also where the kind is not quite sure."""

CLEARLY_URGENT = 0.5
"""From here on an urgent sign right after an acute danger is the same danger."""

ASKED_TOGETHER = frozenset(
    {"violence_now", "threat_to_others", "losing_control", "weapon", "sexual_violence", "stalking"}
)
"""Kinds whose question is much the same: is anybody in danger of this person now?"""

LITTLE_WORDS = 5
"""A message of at most so many words says little by itself."""

ASKED_EVERY_TIME = OF_LIFE | {"strangulation"}
"""Kinds too grave to be taken as spoken of."""

THEME_OF_KIND = {
    "losing_control": "anger_tension",
    "threat_to_others": "anger_tension",
    "child_in_danger": "children_effects",
    "stalking": "jealousy_control",
}
"""What is spoken of when the question about the danger was asked before and the message itself names no theme clearly."""


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


def declined_just_now(tracker: DialogueStateTracker | None) -> str | None:
    """The refusal that the bot gave after the person's last message."""
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, BotUttered):
            step = str(event.metadata.get("utter_action")).removeprefix("utter_")
            if step in REFUSALS.values():
                return step
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Decides the level and kinds of a message, and whether it asks for help with harm."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set `safety` on each message, and its intent where there is a risk or a request to decline."""
        for message in messages:
            self._decide(message, tracker)
        return messages

    def _decide(self, message: Message, tracker: DialogueStateTracker | None) -> None:
        estimate = message.get(RISK) or {}
        by_rules = self._by_rules(message, tracker)
        screening = by_rules.together_with(Screening(estimate.get("level", "none"), tuple(estimate.get("kinds", ()))))
        agreed = by_rules.kinds[:1] == tuple(estimate.get("kinds", ())[:1])
        sure = bool(by_rules.kinds and (by_rules.level == screening.level or agreed)) or bool(estimate.get("kind_sure"))
        if by_rules.level == "urgent" and estimate.get("acute_if_urgent"):
            screening = screening.together_with(Screening("acute"))
        misuse = _asked_for(estimate)
        if misuse and estimate.get("misuse_sure"):
            of_request = RISK_OF_REQUEST.get(misuse, Screening())
            screening, sure = screening.together_with(of_request), sure or bool(of_request.kinds)
        screening = screening.together_with(self._pushed_risk(estimate, tracker))
        raised = screening.level == "concern" and after_a_danger(tracker)
        if raised:
            screening = screening.together_with(Screening("urgent", screening.kinds))
            sure = sure or after_an_acute(tracker)  # it is clear what danger it was: "help"
        elif (
            screening.level == "urgent"
            and (by_rules.level == "urgent" or _is_clear(estimate))
            and after_an_acute(tracker)
        ):
            screening = screening.together_with(Screening("acute"))
        open_risk = held(tracker)
        answered = self._answered_step(message)
        if answered == MAY_TYPE.lstrip("/") and (screening.level != "none" or misuse):
            # "ja ze slaapt, ik ga haar vermoorden" says more than that it is safe to type.
            answered = None
            message.set("answers_last_question", False)
            _let_go(message)
        if not answered and open_risk and by_rules.level == "none" and screening.level != "acute":
            # Beside what was said before, "nee bellen durf ik niet" sounds of the danger that was spoken of.
            answered = _answer_after_danger(message, open_risk, tracker, own_words=screening.level == "none")
        data = screening.as_dict()
        if raised:
            data["raised"] = True
        if screening.level != "none" and not sure:
            data["unsure"] = True
        if answered:
            step_risk = project_content().steps[answered].screening()
            if open_risk and step_risk.level != "none":
                step_risk = Screening(step_risk.level, open_risk.kinds)  # "yes, there is danger": of what was spoken of
            data = step_risk.together_with(screening if LEVELS.index(screening.level) > 1 else Screening()).as_dict()
            data["reply"] = answered
        if not answered:
            _tell_by_role(message, data, by_rules, tracker)
        if data["level"] == "acute" and not OF_LIFE.isdisjoint(data["kinds"][:1]) and _is_surely_acute(estimate):
            data.pop("unsure", None)  # whoever tells it, "go to another room" is no answer to pills on the table
        if data["level"] == "none" and open_risk:
            data = {**data, **open_risk.as_dict(), "held": True, "unsure": held_unsure(tracker)}
            if held_others(tracker):
                data["others"] = True
        # Who bears violence and names the child she carries, hears of both.
        of_victim = by_rules.level == "urgent" and by_rules.kinds[:1] == ("victim",)
        may_name = not answered and not misuse and by_rules.level == "none"
        if of_victim and not answered and (named := _named_by_victim(message, tracker)):
            data["reply"] = named
            _set_intent(message, named)
        elif may_name and (named := _named_in_danger(message, data, sure, tracker)):
            data["reply"] = named
        elif data.get("held") and (_leads_on(message) or _speaks_for_itself(message, data["kinds"], tracker)):
            data["asked"] = True
        elif (
            data["level"] == "concern"
            and not answered
            and asked_before(data["kinds"], bool(data.get("unsure")), tracker, "others" in data)
        ):
            data["asked"] = True
            _speak_of(message, [] if data.get("unsure") or "others" in data else data["kinds"])
        unsure = (
            data["level"] in ("concern", "urgent") and data.get("unsure") and not ANSWERED_ALREADY.intersection(data)
        )
        if unsure and (first := _heard_first(message, data["kinds"], tracker)):
            data["first"] = first
        certain = REFUSALS.get(misuse or "") if estimate.get("misuse_sure") else None
        before_theme = None if answered or open_risk else _before_theme(message, tracker)
        # The reply to contact says itself what the bot does not do.
        said_anyway = misuse == UNCLEAR and data["level"] == "none" and before_theme == contact.STEP
        # Beside the reply to a grave danger what is perhaps no request is not spoken of.
        unclear = REFUSALS[UNCLEAR] if misuse and not said_anyway and data["level"] in ("none", "concern") else None
        refusal = certain or self._pushed_again(estimate, tracker) or unclear
        if refusal:
            data["refusal"] = refusal
        message.set(SAFETY, data, add_to_output=True)
        if data["level"] != "none" and not {"asked", "reply"}.intersection(data):
            _set_intent(message, f"safety_{data['level']}")
        elif refusal and not answered:
            _set_intent(message, refusal)
        elif before_theme:
            _set_intent(message, before_theme)
        _set_marks(message, data, misuse, tracker)

    def _pushed_again(self, estimate: dict[str, Any], tracker: DialogueStateTracker | None) -> str | None:
        """The refusal to repeat: the person asks on for what was just declined ("toe, alleen een zinnetje")."""
        declined = declined_just_now(tracker)
        return declined if declined and estimate.get("misuse_probability", 0.0) >= PUSHED_AGAIN else None

    def _pushed_risk(self, estimate: dict[str, Any], tracker: DialogueStateTracker | None) -> Screening:
        """What it tells of danger that the person plainly asks on for what was just declined."""
        declined = declined_just_now(tracker)
        plain = estimate.get("misuse_probability", 0.0) >= PLAINLY_PUSHED
        sort = next((sort for sort, step in REFUSALS.items() if step == declined), "")
        return RISK_OF_REQUEST.get(sort, Screening()) if plain else Screening()

    def _by_rules(self, message: Message, tracker: DialogueStateTracker | None) -> Screening:
        carried = (message.get("metadata") or {}).get(SAFETY)
        engine = load_engine()
        screening = Screening.from_dict(carried) if carried else engine.screen(message.get(TEXT) or "")
        joined = engine.screen(message.get(JOINED_TEXT)) if message.get(JOINED_TEXT) else Screening()
        if only_acute_counts(tracker):
            # Both together are urgent anyhow, unless the rules see that only now ("ik ga haar", "vermoorden"). That they are
            # acute is for the classifier to say: to the rules any "straks" would do.
            before = engine.screen(typed_before(tracker, 1)[0].text or "")
            new = LEVELS.index(before.level) < LEVELS.index("urgent") <= LEVELS.index(joined.level)
            joined = Screening("urgent", joined.kinds) if new else Screening()
            told = seen_in(typed_before(tracker, 1)[0]).kinds
            if not WITH_THEM_IS_ACUTE.isdisjoint(told) and CLOSE_BY.match(message.get(TEXT) or ""):
                joined = Screening("acute", told)
        return screening.together_with(joined)

    def _answered_step(self, message: Message) -> str | None:
        """The step that a short answer to the last question chose."""
        chosen = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        by_answer = message.get("answers_last_question")
        return chosen if by_answer and chosen in project_content().steps else None


def _answer_after_danger(
    message: Message, open_risk: Screening, tracker: DialogueStateTracker | None, own_words: bool
) -> str | None:
    """The step for an answer in own words to what was asked about a danger: a no, a question back, or what it listens for.

    Where somebody may take their life only the question about that listens.

    Args:
        message: in which the rules see nothing.
        open_risk: of the messages before.
        tracker: the conversation so far.
        own_words: whatever it says may be an answer, for nothing is seen in it.
    """
    estimate = message.get(RISK) or {}
    called = _calling_step(message, open_risk, tracker)
    denied = called or _denied_step(message, tracker)
    if denied or _asks_why(message, estimate, tracker):
        _set_intent(message, denied or WHY_ASKED)
        return denied or WHY_ASKED
    listened = _listened(message, tracker) if own_words and not estimate.get("misuse") else None
    of_life = not OF_LIFE.isdisjoint(open_risk.kinds)
    return None if of_life and listened == CALM_ANSWER else listened


def _asked_for(estimate: dict[str, Any]) -> str | None:
    """The sort of help with harm that a message asks for; contact that is harmless beside what was said before is doubted.

    "ik app de trainer of hij vrijdag even heeft" is no way round a ban.
    """
    misuse: str | None = estimate.get("misuse")
    doubted = misuse == "reach_despite_ban" and estimate.get("calm_in_talk")
    return None if doubted and estimate["misuse_probability"] < CERTAIN_WHERE_CALM else misuse


def _is_surely_acute(estimate: dict[str, Any]) -> bool:
    """Whether the classifier is far past its threshold for `acute`."""
    return bool(estimate.get("probabilities", [0.0, 0.0, 0.0])[2] >= SURELY_ACUTE)


def _is_clear(estimate: dict[str, Any]) -> bool:
    """Whether the classifier is more than just past its threshold for `urgent`."""
    return bool(estimate.get("probabilities", [0.0, 0.0])[1] >= CLEARLY_URGENT)


def _named_in_danger(
    message: Message, data: dict[str, Any], sure: bool, tracker: DialogueStateTracker | None
) -> str | None:
    """The step that a message names, where it has what must be said in this danger (content: `in_danger`).

    Never where somebody may take their life, nor for a kind whose own reply has what must be said.
    """
    step = project_content().steps.get((message.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")
    if data["level"] == "none" or not step or not step.named or not step.named.in_danger:
        return None
    if step.named.in_danger == "acute":
        return step.name if OF_LIFE.isdisjoint(data["kinds"]) else None
    acute = data["level"] == "acute" or any(seen_in(e).level == "acute" for e in lately(tracker, HELD_AFTER_ACUTE))
    certain = sure and data["level"] == "urgent"
    fits = (NAMED_IN | {"stalking", "weapon"} if "others" in data else NAMED_IN).issuperset(data["kinds"])
    return step.name if fits and not acute and not certain else None


def _named_by_victim(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step with the lines that who bears violence names beside it: "ik ben zwanger"."""
    known = steps_heard(tracker) if tracker else set()
    step = named_step(message.get(TEXT) or "", "", known, BEARS_IT)
    named = project_content().steps[step].named if step else None
    return step if named and named.in_danger == "acute" else None


def _calling_step(message: Message, open_risk: Screening, tracker: DialogueStateTracker | None) -> str | None:
    """The step for who says, after a danger, that he or she is going to call."""
    if (
        tracker is None
        or not f"/{last_said(tracker)}".startswith(ABOUT_DANGER)
        or not will_call(message.get(TEXT) or "")
    ):
        return None
    text = message.get(TEXT) or ""
    if "113" in text or not OF_LIFE.isdisjoint(open_risk.kinds):
        return "suicide_bel_nu"
    acute = any(seen_in(event).level == "acute" for event in lately(tracker, HELD_AFTER_ACUTE))
    return "veilig_bel_nu" if acute or "112" in text else "veilig_stap_gedaan"


def _listened(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step that takes up an answer in own words to a question that was asked after a danger ("wie kan er bij je zijn?")."""
    step = listening_step(tracker) if tracker and f"/{last_said(tracker)}".startswith(ABOUT_DANGER) else None
    return step if step and (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == step else None


def _denied_step(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step of the button for no, when the message says no in own words to a question about the danger or about calling."""
    said = last_said(tracker)
    if tracker is None or not f"/{said}".startswith(ABOUT_DANGER):
        return None
    text = message.get(TEXT) or ""
    if "suicide" in str(said) and not text.startswith("nee"):  # "er is niks aan de hand" says nothing about a plan
        return None
    if not denies(text, calling=str(said).startswith("safety_acute")):
        return None
    return next((b["payload"].lstrip("/") for b in last_buttons(tracker) if b.get("answer") == "nee"), None)


def _asks_why(message: Message, estimate: dict[str, Any], tracker: DialogueStateTracker | None) -> bool:
    """Whether a message asks what the question about a danger meant that the bot just asked, and nothing else.

    After an acute danger nothing is explained: its question comes again.
    """
    acute = any(seen_in(event).level == "acute" for event in lately(tracker, HELD_AFTER_ACUTE))
    of_danger = f"/{last_said(tracker)}".startswith(ABOUT_DANGER)
    return of_danger and not acute and not estimate.get("misuse") and asks_back(message.get(TEXT) or "")


def _tell_by_role(
    message: Message, data: dict[str, Any], by_rules: Screening, tracker: DialogueStateTracker | None
) -> None:
    """Let a danger be answered as told by who bears it, by who sees it with others (`others`), or does it too (`both`)."""
    text, role, before = message.get(TEXT) or "", _role_heard(message, tracker), _role_before(tracker)
    told = told_by(role, before, data["kinds"], text, by_rules, bool(data.get("unsure")), data["level"])
    both = data["level"] == "urgent" and not told.others and goes_both_ways(text, role, before, told.kinds)
    data["kinds"] = told.kinds
    data.pop("unsure", None)
    # "ze slaat mij ook" of who has told nothing yet: whoever it is, the reply must not speak as if it knew.
    either = before is None and role != SELF and says_both(text)
    told_as = {"others": told.others, "both": both, "unsure": (told.unsure or either) and not both}
    data |= {name: True for name, holds in told_as.items() if holds}


def _role_heard(message: Message, tracker: DialogueStateTracker | None) -> str:
    """Who tells this, as far as the message itself shows."""
    return heard_role(message.get(TEXT) or "", str((message.get(HEARD) or {}).get("role", NONE)), _role_before(tracker))


def _role_before(tracker: DialogueStateTracker | None) -> str | None:
    return tracker.get_slot("role") if tracker else None


def _seeks_contact(message: Message, tracker: DialogueStateTracker | None) -> bool:
    """Whether a message is about contact with somebody who lives apart, told by the one who seeks it."""
    text, moment = message.get(TEXT) or "", (message.get(HEARD) or {}).get("moment", NONE)
    known = steps_heard(tracker) if tracker else set()
    says_enough = len(text.split()) >= TOLD_WORDS
    return says_enough and contact.seeks_contact(
        text, moment, _role_heard(message, tracker), _role_before(tracker), known
    )


def _before_theme(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step that a harmless message gets before its theme: it is about contact with the other, or told by an onlooker.

    A theme with facts about contact comes first, where no ban was spoken of yet; so does whatever is no theme: a goodbye, a
    number, a wish, a question about help. So does an answer that a question listens for, unless somebody is known to live
    apart. Nothing of this in the middle of a ruler.
    """
    intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) or ""
    listened = tracker is not None and intent == listening_step(tracker)
    other = intent in PLEASANTRIES | ABOUT_HELP or intent not in {*THEMES, TELLING, "nlu_fallback"}
    if (other and not listened) or (tracker is not None and tracker.active_loop_name):
        return None
    known = steps_heard(tracker) if tracker else set()
    if _seeks_contact(message, tracker) and (not listened or contact.lives_apart(known)):
        return contact.STEP if intent not in contact.FACTS or contact.lives_apart(known) else None
    role, before = _role_heard(message, tracker), _role_before(tracker)
    own = intent in OF_OWN_DOING and role == NONE and speaks_of_self(message.get(TEXT) or "")
    if listened or own or intent in OF_ANYBODY or not is_told_by_others(role, before):
        return None
    led = any(name.startswith("naasten_") for name in known)
    return OTHERS_HEARD if led else STEP_OF.get(role if role != NONE else str(before))


def _heard_first(message: Message, kinds: list[str], tracker: DialogueStateTracker | None) -> str | None:
    """The step that takes up what a message tells, said before the question about a danger that the classifier alone suspects.

    Most of those messages are harmless. Who is first heard and then asked, is not sent away when they are.
    """
    heard = message.get(HEARD) or {}
    theme, confidence = theme_of({"intent_ranking": message.get("intent_ranking") or []})
    if is_told_by_others(_role_heard(message, tracker), _role_before(tracker)):
        clear = theme in OF_ANYBODY and confidence >= CLEAR_CONFIDENCE and "stalking" not in kinds
        return theme if clear else OTHERS_HEARD
    if _seeks_contact(message, tracker):
        return contact.STEP
    if theme == MINIMISING and confidence >= CLEAR_CONFIDENCE:
        return theme  # before whatever owning up it may sound like
    if heard.get("moment") in MOMENTS and heard["moment"] != CONTACT:
        return f"moment_{heard['moment']}"
    of_help = theme in ABOUT_HELP and "stalking" in kinds  # "in welke opvang zit ze" asks for no opvang
    if confidence >= CLEAR_CONFIDENCE and theme not in PLEASANTRIES | {"out_of_scope"} and not of_help:
        return theme
    if heard.get("feeling") in FEELINGS:
        return f"gevoel_{heard['feeling']}"
    tells = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == TELLING
    return TOLD_FIRST if tells or len((message.get(TEXT) or "").split()) > LITTLE_WORDS else None


def _speaks_for_itself(message: Message, kinds: list[str], tracker: DialogueStateTracker | None) -> bool:
    """Whether a message in which nothing is seen is an answer of its own to the question about a danger: the talk goes on.

    Short ones ("ja ze slapen") are not, nor a goodbye, nor anything right after an acute danger or when somebody may take
    their life.
    """
    just_before = typed_before(tracker, 1)
    first = not (just_before and was_held(just_before[0]))
    acute = bool(just_before) and seen_in(just_before[0]).level == "acute"
    grave = first and (acute or not OF_LIFE.isdisjoint(kinds))
    says_little = len((message.get(TEXT) or "").split()) <= LITTLE_WORDS
    ends = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) in PLEASANTRIES
    return not (grave or says_little or ends)


def _leads_on(message: Message) -> bool:
    """Whether a message is a plain wish or asks about help: that is answered, and not with the question about the danger."""
    intent = message.get(INTENT) or {}
    confidence = intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0
    clear = ASKED_CONFIDENCE if is_question(message.get(TEXT) or "") else CLEAR_CONFIDENCE
    return intent.get(INTENT_NAME_KEY) in WISHES or (intent.get(INTENT_NAME_KEY) in ABOUT_HELP and confidence >= clear)


def _speak_of(message: Message, kinds: list[str]) -> None:
    """Give a message whose theme is not clear the theme of its danger."""
    if (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == "cijfer_reden":
        _let_go(message)
    _, confidence = theme_of({"intent_ranking": message.get("intent_ranking") or []})
    theme = THEME_OF_KIND.get(kinds[0]) if kinds else None
    if theme and confidence < CLEAR_CONFIDENCE:
        _set_intent(message, theme)


def _let_go(message: Message) -> None:
    """Take back what a message was read as against the last question: it is its theme, or a piece of a story."""
    theme, confidence = theme_of({"intent_ranking": message.get("intent_ranking") or []})
    _set_intent(message, theme if confidence >= CLEAR_CONFIDENCE else TELLING)


def _set_intent(message: Message, name: str) -> None:
    message.set(INTENT, {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)


def _set_marks(
    message: Message, data: dict[str, Any], misuse: str | None, tracker: DialogueStateTracker | None
) -> None:
    """What stays with the conversation, as entities that fill slots: careful mode, the country, what was told."""
    text = message.get(TEXT) or ""
    theme, confidence = theme_of({"intent_ranking": message.get("intent_ranking") or []})
    confidence = confidence if any(c.isalpha() for c in text) else 0.0
    careful = (
        bool(CAREFUL_KINDS.intersection(data["kinds"]))
        or misuse in CAREFUL_MISUSE
        or (theme in CAREFUL_THEMES and confidence >= CAREFUL_CONFIDENCE)
        or _seeks_contact(message, tracker)
    )
    marks: dict[str, Any] = {"careful": True} if careful else {}
    where = country(text)
    if where:
        marks["country"] = where
    marks |= _told(message, theme if confidence >= TOLD_CONFIDENCE else None, tracker)
    if data["level"] == "none" or "asked" in data or "reply" in data:
        marks |= marks_of_step(project_content(), (message.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")
    message.set(ENTITIES, (message.get(ENTITIES) or []) + as_entities(marks), add_to_output=True)


def _told(message: Message, theme: str | None, tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """Which way the message speaks, its feeling and moment, its theme, and whom it is about."""
    slots = tracker.current_slot_values() if tracker else {}
    told: dict[str, Any] = {"talk": NONE, "feeling": NONE, "moment": NONE}
    if not message.get("answers_last_question"):  # the words of a button are not the person's own
        told |= {name: value for name, value in (message.get(HEARD) or {}).items() if name != "role"}
        if told["moment"] == CONTACT and not _seeks_contact(message, tracker):
            told["moment"] = NONE
        role = _role_heard(message, tracker)
        # Who told of own violence is known as such, whatever the other does too.
        told |= {"role": role} if role != NONE and slots.get("role") != SELF else {}
        known = slots.get("ander")
        told |= _added(slots, "themes_heard", theme) | _added(slots, "feelings_heard", told["feeling"])
        named = whom(message.get(TEXT) or "", known if known != OTHER else None)
        told |= {"ander": named} if named else {}
    return told


def _added(slots: dict[str, Any], slot: str, name: str | None) -> dict[str, Any]:
    """A list of names with one more at its end, each name once."""
    if not name or name == NONE:
        return {}
    return {slot: [n for n in slots.get(slot) or [] if n != name] + [name]}
