"""Chooses among the wordings of a reply one that this conversation has not heard, and marks replies to a risk."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import DOCTOR_PART, MAX_BUTTONS, asks, project_content
from bot.heard import WORDING, heard
from bot.help.directory import Country
from bot.nlu.context import BY_RULES, OF_LIFE, SAFETY
from bot.told import OTHER

RANK = ("flanders", "careful", "easy", "change", "sustain", "variations")
"""Of the groups of wordings that fit, which comes first."""

ALONE = ("flanders", "careful")
"""Groups beside which no other fits: the others would tell what does not hold there, or is not safe."""

QUIET_TURNS = 2
"""So many turns after one with a question the bot asks nothing, where a wording without a question is left."""


def _group(response: dict[str, Any]) -> str:
    return str(response["metadata"][WORDING]).split("/")[1]


def fitting_wordings(responses: list[dict[str, Any]], slots: dict[str, Any]) -> list[dict[str, Any]]:
    """The wordings whose conditions hold, the best fitting group first.

    Args:
        responses: all wordings of one reply.
        slots: what is remembered.

    Returns:
        One response a wording. In Flanders and in careful mode nothing but the wordings for that, where there are any.
    """
    holding = (r for r in responses if all(slots.get(c["name"]) == c["value"] for c in r.get("condition") or []))
    fitting = sorted(holding, key=lambda r: RANK.index(_group(r)))
    first = _group(fitting[0]) if fitting else ""
    return [r for r in fitting if _group(r) == first] if first in ALONE else fitting


def asked_lately(tracker: DialogueStateTracker) -> bool:
    """Whether the bot asked something in one of its last turns, or already in this one."""
    turns = 0
    for event in reversed(tracker.events):
        turns += isinstance(event, UserUttered)
        if turns > QUIET_TURNS:
            return False
        if isinstance(event, BotUttered) and asks(event.text or ""):
            return True
    return False


def freshest(fitting: list[dict[str, Any]], times: Counter[str], first: int, asked: bool = False) -> dict[str, Any]:
    """The wording that was heard least; of those the best fitting group, and in it an order of this conversation's own.

    Who was asked something lately gets a wording that asks nothing where there is one: two reflections to a question is the
    least that motivational interviewing calls good (MITI 4.2.1), and question after question feels like an interrogation.

    Args:
        fitting: wordings, the best fitting group first; at least one.
        times: how often each was heard.
        first: any number that stays the same during a conversation.
        asked: the bot asked something lately.
    """
    least = min(times[r["metadata"][WORDING]] for r in fitting)
    fresh = [r for r in fitting if times[r["metadata"][WORDING]] == least]
    group = [r for r in fitting if _group(r) == _group(fresh[0])]
    start = first % len(group)
    in_order = [r for r in group[start:] + group[:start] if r in fresh]
    return next((r for r in in_order if asked and not asks(r["text"])), in_order[0])


LINES_OF_KINDS = {
    "suicide": "113",
    "homicide_suicide": "113",
    "sexual_child": "stop_it_now",
    "victim": "veilig_thuis",
    "child_in_danger": "veilig_thuis",
    "violence_now": "veilig_thuis",
    "threat_to_others": "veilig_thuis",
    "stalking": "veilig_thuis",
    "strangulation": "veilig_thuis",
    "honour": "veilig_thuis",
}
DOCTOR_FOR = "psychosis_intoxication"
"""The kind whose line is a doctor, who has no number for the whole country."""

MOST_LINES = 3


def not_spoken_of(utter_action: str, kinds: list[str]) -> list[str]:
    """The kinds of a risk that the reply to it does not speak of: all but the one in its name."""
    return [kind for kind in kinds if utter_action.split("_", 3)[3:] != [kind]]


def with_lines_of(text: str, kinds: list[str], country: Country | None) -> str:
    """A reply, with the line of each kind that it does not speak of below it; at most three lines in all."""
    content = project_content()
    if DOCTOR_FOR in kinds and "huisarts" not in text:
        text = _with_line(text, content.steps[DOCTOR_PART].variations[0])
    for kind in kinds:
        line = LINES_OF_KINDS.get(kind)
        phone = content.fill(f"[[{line}.phone]]", country) if line else None
        if phone and phone not in text and text.count("(dag en nacht") < MOST_LINES:
            text = _with_line(text, content.fill(f"[[{line}]]", country))
    return text


def _with_line(text: str, line: str) -> str:
    """A reply with one more line: above its last part, which is the question, or below it when it has one part only."""
    head, _, question = text.rpartition("\n\n")
    return f"{head}\n{line}\n\n{question}" if head else f"{text}\n{line}"


class FreshReplies(TemplatedNaturalLanguageGenerator):
    """Rasa's own generator, but the wording that fits best comes first, and each once before any comes twice."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        """The wordings come from the content; `responses`, which Rasa sets from the model, has the names of replies only."""
        super().__init__({})
        self._wordings = project_content().responses()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """See `NaturalLanguageGenerator.generate`; adds `risk` to the reply to a message with a risk."""
        if utter_action not in self._wordings:
            return None
        slots = tracker.current_slot_values()
        fitting = fitting_wordings(self._wordings[utter_action], slots)
        if not fitting:
            return None
        risk = ((tracker.latest_message.parse_data or {}).get(SAFETY) if tracker.latest_message else None) or {}
        before_question = utter_action == f"utter_{risk.get('first')}"
        asked = before_question or asked_lately(tracker)
        chosen = freshest(fitting, heard(tracker), crc32(tracker.sender_id.encode()), asked)
        whom = str(slots.get("ander") or OTHER)
        spoken = {"ander": whom, "Ander": whom[0].upper() + whom[1:]}
        reply = self._fill_response(deepcopy(chosen), slots, **spoken, **kwargs)
        reply.update(reply.pop("metadata"))  # what the content adds: the wording's name, a ruler
        reply["text"] = project_content().fill(reply["text"], slots.get("country"), datetime.now(UTC))
        if risk.get("level", "none") != "none":
            reply["risk"] = {"level": risk["level"], "kinds": risk["kinds"]}
            if utter_action.startswith("utter_safety_"):
                others = not_spoken_of(utter_action, risk["kinds"])
                reply["text"] = with_lines_of(reply["text"], others, slots.get("country"))
            elif "asked" in risk and risk.get(BY_RULES):
                # The talk goes on, and so does a danger to a life that the rules saw: its line stays in sight.
                of_life = [kind for kind in risk["kinds"] if kind in OF_LIFE]
                reply["text"] = with_lines_of(reply["text"], of_life, slots.get("country"))
            elif before_question:
                reply["buttons"] = []  # those under the question about danger are what matters now
        else:
            reply["buttons"] = with_way_back(utter_action, reply.get("buttons") or [], slots.get("paused_step"))
        return reply


def with_way_back(utter_action: str, buttons: list[dict[str, str]], paused: str | None) -> list[dict[str, str]]:
    """The buttons, and one back to where the person was, under a reply that is outside that journey.

    Never by itself: the person presses it or types "verder". A reply to a risk does not get it, what follows it does.
    """
    content = project_content()
    name = utter_action.removeprefix("utter_")
    if not paused or content.journey(name) == content.journey(paused) or not buttons or content.steps[name].end:
        return buttons
    back = content.steps["verder_knop"].buttons[0]
    if len(buttons) >= MAX_BUTTONS or any(b["payload"] == f"/{back.to}" for b in buttons):
        return buttons
    return [*buttons, {"title": back.title, "payload": f"/{back.to}"}]
