"""Going back: to where the person was before something came in between, or over the last reply in simpler words."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.content import Content, project_content
from bot.nlu.context import SAFETY

JOURNEY_OF = {
    "anger_tension": "nu_start",
    "time_out_technique": "nu_start",
    "what_is_violence": "begrijpen_start",
    "explain_change": "veranderen_start",
    "motivation_change_talk": "veranderen_start",
    "remorse": "veranderen_start",
    "ambivalence": "wil_ik_dit_start",
    "commitment_plan": "plan_start",
    "relapse": "weer_gebeurd_start",
    "contact_ban_huisverbod": "verbod_start",
    "children_effects": "ouder_start",
    "fatherhood_parenting": "ouder_start",
    "breakup_contact": "ex_start",
    "own_childhood_trauma": "zelf_meegemaakt_start",
    "what_help_exists": "hulp_start",
    "peer_group": "ervaring_start",
    "peer_expert": "ervaring_start",
    "privacy_anonymity": "over_mij_start",
}
"""Where "verder" leads who has begun no journey, by the theme that was spoken of last."""


def journey_spoken_of(tracker: Tracker) -> str | None:
    """The door of the journey that fits who types, or what was spoken of last; None when nothing was."""
    if tracker.get_slot("role") in ("slachtoffer", "omstander", "hulpverlener"):
        return "naasten_start"
    themes = reversed(tracker.get_slot("themes_heard") or [])
    of_theme = next((JOURNEY_OF[theme] for theme in themes if theme in JOURNEY_OF), None)
    of_danger = "weer_gebeurd_start" if "violence_now" in kinds_seen(tracker) else None
    return of_theme or of_danger


def kinds_seen(tracker: Tracker) -> set[str]:
    """The kinds of danger that were seen in the turns that are kept."""
    of_person = (e for e in tracker.events if e.get("event") == "user")
    return {kind for e in of_person for kind in ((e.get("parse_data") or {}).get(SAFETY) or {}).get("kinds", ())}


def last_step(tracker: Tracker, content: Content) -> str | None:
    """The step of the bot's last reply before the person's last message, where it has easy wordings."""
    of_person = 0
    for event in reversed(tracker.events):
        of_person += event.get("event") == "user"
        if of_person > 1:
            return None
        if event.get("event") == "bot":
            step = content.steps.get(str((event.get("metadata") or {}).get("utter_action")).removeprefix("utter_"))
            return step.name if step and step.easy else None
    return None


class Resume(Action):
    """Back to the step of a journey where the person was."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_resume"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say that step in another wording, the journey of what was spoken of last, or that there is none."""
        paused = tracker.get_slot("paused_step")
        step = paused if paused in project_content().steps else journey_spoken_of(tracker)
        dispatcher.utter_message(response=f"utter_{step or 'verder'}")
        return []


class Simpler(Action):
    """The last reply in simpler words; the slot `easy` was set when the message came in."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_simpler"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Say it again, or that simpler words are used from now on."""
        dispatcher.utter_message(response=f"utter_{last_step(tracker, project_content()) or 'makkelijker'}")
        return []
