"""Requests for help with harm: what is declined, what a request tells of danger, and who asks on after a refusal."""

from __future__ import annotations

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.act import likelihood, likely_act
from bot.nlu.in_talk import IN_TALK
from bot.nlu.risk_classifier import RISK, UNCLEAR
from bot.safety import Screening
from bot.told import HARM

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

PUSHED_AGAIN = 0.25
"""Right after a request was declined a message counts as the same request from this probability on."""

PLAINLY_PUSHED = 0.6
"""From here on it also tells of the same danger."""

CERTAIN_WHERE_CALM = 0.9
"""A request to reach the other, in a message that tells of no danger beside what was said before, counts from here on."""

ASKS_IN_TALK = 0.1
"""Where it was read beside what was said before, a message must be so likely a request for help with harm to be declined."""

SURELY_ELSE = 0.5
"""That is held against it only where something else is at least so likely."""

CERTAIN_IN_TALK = 0.9
"""From here on it is declined anyhow."""


def asked_for(message: Message) -> str | None:
    """The sort of help with harm that a message asks for; what is none beside what was said before is doubted.

    "ik app de trainer of hij vrijdag even heeft" is no way round a ban, "ik geef mezelf de schuld, niet haar" asks nobody to
    take a side.
    """
    estimate = message.get(RISK) or {}
    misuse: str | None = estimate.get("misuse")
    if not misuse:
        return None
    probability = estimate.get("misuse_probability", 1.0)
    calm = misuse == "reach_despite_ban" and estimate.get("calm_in_talk")
    doubted = not _may_ask(message) and probability < CERTAIN_IN_TALK
    return None if doubted or (calm and probability < CERTAIN_WHERE_CALM) else misuse


def _may_ask(message: Message) -> bool:
    """Whether a message may be a request for help with harm where it was said; so may any that was not read there."""
    asked, (act, likely) = likelihood(message, HARM), likely_act(message)
    something_else = act != HARM and likely >= SURELY_ELSE
    return message.get(IN_TALK) is None or asked is None or asked >= ASKS_IN_TALK or not something_else


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


def pushed_again(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The refusal to repeat: the person asks on for what was just declined ("toe, alleen een zinnetje")."""
    declined = declined_just_now(tracker)
    again = (message.get(RISK) or {}).get("misuse_probability", 0.0) >= PUSHED_AGAIN and _may_ask(message)
    return declined if declined and again else None


def pushed_risk(message: Message, tracker: DialogueStateTracker | None) -> Screening:
    """What it tells of danger that the person plainly asks on for what was just declined."""
    declined = declined_just_now(tracker)
    plain = (message.get(RISK) or {}).get("misuse_probability", 0.0) >= PLAINLY_PUSHED and _may_ask(message)
    sort = next((sort for sort, step in REFUSALS.items() if step == declined), "")
    return RISK_OF_REQUEST.get(sort, Screening()) if plain else Screening()
