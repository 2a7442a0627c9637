"""Last of the pipeline: level and kinds of risk become attributes of the message, and outrank what classifiers said.

Together here: the rules (usually screened by the channel already), the classifier, the thought that was typed in pieces,
the answer to a direct question, and the risk that was open a moment ago. Nothing here lowers what the rules saw.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import project_content
from bot.heard import steps_heard
from bot.nlu import contact
from bot.nlu.act import ASKED_ENOUGH
from bot.nlu.after_danger import answer_after_danger, asked_before, leads_on, speaks_for_itself
from bot.nlu.context import (
    BY_RULES,
    HELD_AFTER_ACUTE,
    OF_LIFE,
    SAFETY,
    after_a_danger,
    after_an_acute,
    held,
    held_others,
    held_unsure,
    kinds_lately,
    lately,
    only_acute_counts,
    only_suspected,
    seen_by_rules,
    seen_in,
    typed_before,
)
from bot.nlu.harm import REFUSALS, RISK_OF_REQUEST, asked_for, pushed_again, pushed_risk
from bot.nlu.heard_first import before_theme, heard_first
from bot.nlu.intent import CLEAR_CONFIDENCE, intent_of, let_go, likely_theme, set_intent
from bot.nlu.last_question import MAY_TYPE, asks_back
from bot.nlu.marks import set_marks
from bot.nlu.named_step import BEARS_IT, TELLER_OF, named_step
from bot.nlu.risk_classifier import RISK, UNCLEAR
from bot.nlu.role import role_before, role_heard
from bot.nlu.sentence_encoder import JOINED_TEXT
from bot.nlu.teller import OTHERS, SELF, goes_both_ways, says_both, told_by
from bot.safety import LEVELS, Screening, load_engine

NAMED_IN = frozenset({"violence_now", "threat_to_others", "losing_control", "child_in_danger", "victim", "honour"})
"""Kinds of danger in which a step that was asked for may answer, when it has the lines."""

ANSWERED_ALREADY = {"held", "asked", "reply"}
"""What `SafetyScreen` says of a message that gets no new question about danger."""

WITH_THEM_IS_ACUTE = frozenset({"threat_to_others", "losing_control", "weapon"})

CLOSE_BY = re.compile(
    r"^(?!.*\b(?:niet|nee|geen|vanavond|straks|morgen|pas)\b)"
    r"(?:(?:ja|jawel|jep|klopt),? |(?=(?:ze|zij|hij|die) ))(?:(?:ze|zij|hij|die) (?:is|zit|ligt|staat|slaapt) )?"
    r"(?:nu |gewoon |ook |nog )*(?:hier|hiernaast|naast (?:me|mij)|boven|beneden|thuis|bij (?:me|mij)|in de (?:kamer|keuken))\b"
)
"""Says after an urgent danger that the other is near: with them it is acute (safety-taxonomy, borders)."""

CALLS, CALLS_OF_LIFE = "veilig_bel_nu", "suicide_bel_nu"
"""The step for who is going to call 112, and the one with 113 beside it."""

SURELY_ACUTE = 0.7
"""From here on the reply to an acute danger to life speaks of it, also where the kind is not quite sure."""

CLEARLY_URGENT = 0.5
"""From here on an urgent sign right after an acute danger is the same danger."""

THEME_OF_KIND = {
    "losing_control": "anger_tension",
    "threat_to_others": "anger_tension",
    "child_in_danger": "children_effects",
    "stalking": "jealousy_control",
}
"""What is spoken of when the question about the danger was asked before and the message itself names no theme clearly."""


class Seen(NamedTuple):
    """What is seen in a message.

    Attributes:
        by_rules: by the rules alone.
        screening: by all together.
        sure: it is clear of which kind it is.
        raised: it is more than was seen, for a danger is open.
    """

    by_rules: Screening
    screening: Screening
    sure: bool
    raised: bool


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
        misuse = asked_for(message)
        seen = self._see(message, misuse, tracker)
        open_risk = held(tracker)
        answered = self._answered(message, seen, bool(misuse), open_risk, tracker)
        if open_risk and not answered and intent_of(message) == ASKED_ENOUGH:
            let_go(message)  # a danger to a life stays open whatever is said of the question
        data = (
            _of_answer(answered, seen.screening, open_risk, tracker) if answered else _of_danger(message, seen, tracker)
        )
        if data["level"] == "none" and open_risk:
            data |= _still_open(open_risk, tracker)
        _choose_reply(message, data, seen, bool(misuse), tracker)
        led_to = None if answered or open_risk else before_theme(message, tracker)
        refusal = self._refusal(message, data, misuse, led_to == contact.STEP, tracker)
        if refusal:
            data["refusal"] = refusal
        message.set(SAFETY, data, add_to_output=True)
        if data["level"] != "none" and not {"asked", "reply"}.intersection(data):
            set_intent(message, f"safety_{data['level']}")
        elif refusal and not answered:
            set_intent(message, refusal)
        elif led_to:
            set_intent(message, led_to)
        set_marks(message, data, misuse, tracker)

    def _see(self, message: Message, misuse: str | None, tracker: DialogueStateTracker | None) -> Seen:
        """What rules, classifier and the turns before see in a message together."""
        # "ik snap het niet" tells of nothing; what is open stays open.
        estimate = {} if asks_back(message.get(TEXT) or "") else message.get(RISK) or {}
        by_rules = self._by_rules(message, tracker)
        screening = by_rules.together_with(Screening(estimate.get("level", "none"), tuple(estimate.get("kinds", ()))))
        agreed = by_rules.kinds[:1] == tuple(estimate.get("kinds", ())[:1])
        sure = bool(by_rules.kinds and (by_rules.level == screening.level or agreed)) or bool(estimate.get("kind_sure"))
        if by_rules.level == "urgent" and estimate.get("acute_if_urgent"):
            screening = screening.together_with(Screening("acute"))
        if misuse and estimate.get("misuse_sure"):
            of_request = RISK_OF_REQUEST.get(misuse, Screening())
            screening, sure = screening.together_with(of_request), sure or bool(of_request.kinds)
        screening = screening.together_with(pushed_risk(message, tracker))
        clearly_urgent = screening.level == "urgent" and (by_rules.level == "urgent" or _is_clear(estimate))
        raised = screening.level == "concern" and after_a_danger(tracker) and not _was_mild(tracker)
        if raised:
            screening = screening.together_with(Screening("urgent", screening.kinds))
            sure = sure or after_an_acute(tracker)  # it is clear what danger it was: "help"
        elif clearly_urgent and after_an_acute(tracker):
            screening = screening.together_with(Screening("acute"))
        return Seen(by_rules, screening, sure, raised)

    def _answered(
        self,
        message: Message,
        seen: Seen,
        asks_for_harm: bool,
        open_risk: Screening | None,
        tracker: DialogueStateTracker | None,
    ) -> str | None:
        """The step that a message chooses as an answer to the last question, by a button's words or in its own."""
        answered = self._answered_step(message)
        if answered == MAY_TYPE.lstrip("/") and (seen.screening.level != "none" or asks_for_harm):
            # "ja ze slaapt, ik ga haar vermoorden" says more than that it is safe to type.
            message.set("answers_last_question", False)
            let_go(message)
            answered = None
        if answered == CALLS and open_risk and not OF_LIFE.isdisjoint(open_risk.kinds):
            answered = CALLS_OF_LIFE
            set_intent(message, answered)
        if not answered and open_risk and seen.by_rules.level == "none" and seen.screening.level != "acute":
            # Beside what was said before, "nee bellen durf ik niet" sounds of the danger that was spoken of.
            return answer_after_danger(message, open_risk, tracker, own_words=seen.screening.level == "none")
        return answered

    def _refusal(
        self,
        message: Message,
        data: dict[str, Any],
        misuse: str | None,
        about_contact: bool,
        tracker: DialogueStateTracker | None,
    ) -> str | None:
        """The step that declines what a message asks for."""
        estimate = message.get(RISK) or {}
        certain = REFUSALS.get(misuse or "") if estimate.get("misuse_sure") else None
        # The reply to contact says itself what the bot does not do.
        said_anyway = misuse == UNCLEAR and data["level"] == "none" and about_contact
        # Beside the reply to a grave danger what is perhaps no request is not spoken of.
        unclear = REFUSALS[UNCLEAR] if misuse and not said_anyway and data["level"] in ("none", "concern") else None
        return certain or pushed_again(message, tracker) or unclear

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
        chosen = intent_of(message)
        by_answer = message.get("answers_last_question")
        return chosen if by_answer and chosen in project_content().steps else None


def _of_answer(
    answered: str, screening: Screening, open_risk: Screening | None, tracker: DialogueStateTracker | None
) -> dict[str, Any]:
    """What an answer to the last question tells of danger: that of its step, and what else is urgent in it."""
    step_risk = project_content().steps[answered].screening()
    if open_risk and step_risk.level != "none":
        step_risk = Screening(step_risk.level, open_risk.kinds)  # "yes, there is danger": of what was spoken of
    besides = screening if LEVELS.index(screening.level) > LEVELS.index("concern") else Screening()
    data = {**step_risk.together_with(besides).as_dict(), "reply": answered}
    return data | _of_rules(tracker) if data["level"] != "none" else data


def _of_rules(tracker: DialogueStateTracker | None) -> dict[str, bool]:
    """That the rules saw what is open, where they did."""
    return {BY_RULES: True} if any(seen_by_rules(event) for event in lately(tracker, HELD_AFTER_ACUTE)) else {}


def _of_danger(message: Message, seen: Seen, tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """What was seen in a message that answers nothing, and how it is told."""
    data = seen.screening.as_dict()
    if seen.raised:
        data["raised"] = True
    if seen.by_rules.level != "none":
        data[BY_RULES] = True
    if seen.screening.level != "none" and not seen.sure:
        data["unsure"] = True
    _tell_by_role(message, data, seen.by_rules, tracker)
    of_life = not OF_LIFE.isdisjoint(data["kinds"][:1])
    if data["level"] == "acute" and of_life and _is_surely_acute(message.get(RISK) or {}):
        data.pop("unsure", None)  # whoever tells it, "go to another room" is no answer to pills on the table
    if data["level"] != "none":
        data["kinds"] += [kind for kind in _life_open(tracker) if kind not in data["kinds"]]
    return data


def _life_open(tracker: DialogueStateTracker | None) -> list[str]:
    """The kinds of a danger to a life that is still open: whatever else is seen, its line is named too."""
    open_risk = held(tracker)
    return [k for k in open_risk.kinds if k in OF_LIFE] if open_risk and not held_unsure(tracker) else []


def _still_open(open_risk: Screening, tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """The danger of the messages before, for a message in which nothing is seen."""
    data = {**open_risk.as_dict(), "held": True, "unsure": held_unsure(tracker)}
    data |= _of_rules(tracker)
    return data | {"others": True} if held_others(tracker) else data


def _choose_reply(
    message: Message, data: dict[str, Any], seen: Seen, asks_for_harm: bool, tracker: DialogueStateTracker | None
) -> None:
    """Say which reply a danger gets where it is not that of its level and kind.

    A step with the lines that the message names (`reply`); none, where the question about it was asked and the talk goes on
    (`asked`); and what is taken up before a question where the classifier alone is unsure (`first`).
    """
    answered = "reply" in data
    teller = None if answered else _told_plainly_by(message, seen.by_rules, tracker)
    may_name = not answered and not asks_for_harm and seen.by_rules.level == "none"
    # Who bears violence and names the child she carries, or works with who was strangled, hears of both.
    if teller and (named := _named_by(teller, message, tracker)):
        data["reply"] = named
        set_intent(message, named)
    elif may_name and (named := _named_in_danger(message, data, seen.sure, tracker)):
        data["reply"] = named
    elif data.get("held") and (
        leads_on(message, data["kinds"], tracker) or speaks_for_itself(message, data["kinds"], tracker)
    ):
        data["asked"] = True
    elif data["level"] == "concern" and not answered and _was_asked(data, tracker):
        data["asked"] = True
        _speak_of(message, [] if data.get("unsure") or "others" in data else data["kinds"])
    unsure = data["level"] in ("concern", "urgent") and data.get("unsure")
    danger = Screening(data["level"], tuple(data["kinds"]))
    if unsure and not ANSWERED_ALREADY.intersection(data) and (first := heard_first(message, danger, tracker)):
        data["first"] = first


def _was_mild(tracker: DialogueStateTracker | None) -> bool:
    """Whether the danger just before was only suspected: a smaller sign after it is no greater one."""
    last = lately(tracker, 1)
    return bool(last) and only_suspected(last[0], kinds_lately(tracker))


def _was_asked(data: dict[str, Any], tracker: DialogueStateTracker | None) -> bool:
    """Whether the question that this danger leads to was asked before."""
    return asked_before(data["kinds"], bool(data.get("unsure")), tracker, "others" in data)


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
    step = project_content().steps.get(intent_of(message))
    if data["level"] == "none" or not step or not step.named or not step.named.in_danger:
        return None
    if step.named.in_danger == "acute":
        return step.name if OF_LIFE.isdisjoint(data["kinds"]) else None
    acute = data["level"] == "acute" or any(seen_in(e).level == "acute" for e in lately(tracker, HELD_AFTER_ACUTE))
    certain = sure and data["level"] == "urgent"
    fits = (NAMED_IN | {"stalking", "weapon"} if "others" in data else NAMED_IN).issuperset(data["kinds"])
    return step.name if fits and not acute and not certain else None


def _told_plainly_by(message: Message, by_rules: Screening, tracker: DialogueStateTracker | None) -> str | None:
    """Who tells of an urgent danger that the rules see: who bears it, sees it or works with it; None for anybody else."""
    if by_rules.level != "urgent":
        return None
    if by_rules.kinds[:1] == ("victim",):
        return BEARS_IT
    role = role_heard(message, tracker)
    return TELLER_OF[role] if role in OTHERS else None


def _named_by(teller: str, message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The step with the lines that somebody who is not violent names beside a danger: "ik ben zwanger"."""
    known = steps_heard(tracker) if tracker else set()
    step = named_step(message.get(TEXT) or "", "", known, teller)
    named = project_content().steps[step].named if step else None
    return step if named and named.in_danger == "acute" else None


def _tell_by_role(
    message: Message, data: dict[str, Any], by_rules: Screening, tracker: DialogueStateTracker | None
) -> None:
    """Let a danger be answered as told by who bears it, by who sees it with others (`others`), or does it too (`both`)."""
    text, role, before = message.get(TEXT) or "", role_heard(message, tracker), role_before(tracker)
    told = told_by(role, before, data["kinds"], text, by_rules, bool(data.get("unsure")), data["level"])
    both = data["level"] == "urgent" and not told.others and goes_both_ways(text, role, before, told.kinds)
    data["kinds"] = told.kinds
    data.pop("unsure", None)
    # "ze slaat mij ook" of who has told nothing yet: whoever it is, the reply must not speak as if it knew.
    either = before is None and role != SELF and says_both(text)
    told_as = {"others": told.others, "both": both, "unsure": (told.unsure or either) and not both}
    data |= {name: True for name, holds in told_as.items() if holds}


def _speak_of(message: Message, kinds: list[str]) -> None:
    """Give a message whose theme is not clear the theme of its danger."""
    if intent_of(message) == "cijfer_reden":
        let_go(message)
    _, confidence = likely_theme(message)
    theme = THEME_OF_KIND.get(kinds[0]) if kinds else None
    if theme and confidence < CLEAR_CONFIDENCE:
        set_intent(message, theme)
