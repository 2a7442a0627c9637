"""Going back: to where the person was before something came in between, or over the last reply in simpler words."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.content import Content, project_content


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
        """Say that step in another wording, or that there is none."""
        paused = tracker.get_slot("paused_step")
        dispatcher.utter_message(response=f"utter_{paused if paused in project_content().steps else 'verder'}")
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
