"""Who tells it. A danger that somebody else brings is not answered as if the person who types were violent.

The role is heard in a message (`bot/nlu/change_talk.py`). It never takes a danger away from who may be dangerous: only where
somebody else plainly does it, and nothing says that the person may do something himself, is the reply to a danger another one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.safety import Screening
from bot.told import NONE

SELF, VICTIM = "zelf", "slachtoffer"
OTHERS = ("omstander", "hulpverlener")
"""Roles of who tells of violence between other people."""

ONLOOKER = "omstander"
"""How the replies end that answer who tells of a danger between others: `safety_urgent_omstander`."""

STEP_OF = {"omstander": "naasten_omstander", "hulpverlener": "naasten_werk"}
"""Where who tells of others is led, when nothing is dangerous."""

DEEDS = frozenset({"violence_now", "threat_to_others", "weapon", "stalking"})
"""Kinds whose replies speak to who does it. All others have what must be said to anybody (a doctor, the line for the kind)."""

OWN_BY_RULES = frozenset({"threat_to_others", "losing_control", "weapon", "homicide_suicide"})
"""Kinds that the rules see in what a person says of himself, where there is an "ik"."""

DONE_TO_ME = DEEDS | {"losing_control", "homicide_suicide", "sexual_child"}
NEVER_OTHERS = frozenset({"suicide", "homicide_suicide", "sexual_child", "losing_control", "psychosis_intoxication"})
"""Kinds that are asked of whoever types, also when it is unclear what is meant."""

_I = re.compile(r"\b(?:ik|k)\b")
_BABY = re.compile(r"\b(?:baby|schud)")
"""Then what must be said of a shaken baby comes, whoever tells it."""

_SOMEBODY = re.compile(
    r"\b(?:hij|zij|ze|die|papa|mama|(?:mijn|onze|ons|een|de|haar|zijn) (?!hand|vuist|mes|hoofd|lijf)\w+)\b"
)
_TO_ME = re.compile(r"\b(?:mij|me|ons)\b")
_ME_TOO = re.compile(r"\b(?:en|ook) (?:mij|me|ons)\b")
_MAY_DO_IT = re.compile(
    r"\b(?:ik|k) (?:\w+ ){0,2}?(?:ga|wil|zal|kan|moet|sla|pak|steek|schop|maak|vermoord|doe|gaf|sloeg|duwde|schopte|trapte"
    r"|pakte|stak|gooide|schudde)\b"
    r"|\b(?:sla|maak|steek|schop|vermoord|doe|pak|schiet|breek|ga|wurg) (?:ik|k)\b"
    r"|\b(?:heb|had) (?:\w+ ){0,6}?(?:geslagen|geduwd|geschopt|getrapt|gestoken|gegooid|geknepen|gepakt)\b"
    r"|(?:^|[,.;] ?|\b(?:en|dan|of) )(?:ga|sla|pak|maak|steek|schiet|neem|heb)\b"
    r"|\b(?:in|bij) (?:mijn|me) (?:hand|zak|tas|auto)\b|\bmijn (?:handen|vuisten)\b|\bligt klaar\b"
)
"""Says that the person does or did something, or is about to: with "ik", or without where a clause begins with the verb."""


def is_not_the_doer(role: str, remembered: str | None) -> bool:
    """Whether a message is told by who bears violence or sees it with others.

    Args:
        role: heard in the message, or `none`.
        remembered: the role that the conversation has shown before.
    """
    return role in (VICTIM, *OTHERS) or (role == NONE and remembered == VICTIM)


class Told(NamedTuple):
    """A danger as this person tells it.

    Attributes:
        kinds: the weightiest first.
        others: it is between other people.
        unsure: the reply must not speak of a kind.
    """

    kinds: list[str]
    others: bool
    unsure: bool


def told_by(role: str, remembered: str | None, kinds: list[str], text: str, by_rules: Screening, unsure: bool) -> Told:
    """How to answer a danger.

    Args:
        role: heard in the message, or `none`.
        remembered: the role that the conversation has shown before.
        kinds: as the rules and the classifier see them, the weightiest first.
        text: the (normalised) message.
        by_rules: what the rules see in it.
        unsure: the kind is too unsure to speak of.
    """
    somebody = bool(_SOMEBODY.search(text))
    own = bool(_MAY_DO_IT.search(text) or (_I.search(text) and not OWN_BY_RULES.isdisjoint(by_rules.kinds)))
    to_me = somebody and not own and bool(_TO_ME.search(text))
    to_me_too = role in OTHERS and to_me and bool(_ME_TOO.search(text))
    bears_it = (role == VICTIM and somebody and not own) or (to_me and "victim" in by_rules.kinds) or to_me_too
    if not kinds:
        return Told(kinds, others=False, unsure=unsure)
    if bears_it and kinds[0] in (DONE_TO_ME if to_me else DEEDS):
        return Told(list(dict.fromkeys(["victim", *kinds])), others=False, unsure=unsure)
    if role in OTHERS and somebody and not own and "victim" not in by_rules.kinds and NEVER_OTHERS.isdisjoint(kinds):
        between_others = DEEDS | {"victim"} | (frozenset() if _BABY.search(text) else {"child_in_danger"})
        with_own_reply = [kind for kind in kinds if kind not in between_others]
        if unsure or not with_own_reply:
            return Told(kinds, others=True, unsure=False)
        return Told(list(dict.fromkeys([*with_own_reply, *kinds])), others=False, unsure=False)
    if kinds[0] == "victim" and role != VICTIM and "victim" not in by_rules.kinds:
        return Told([*kinds[1:], "victim"], others=False, unsure=True)
    # Who was a victim before and now only seems to rage is asked about either.
    either = remembered == VICTIM and role != SELF and by_rules.level == "none" and kinds[0] in DONE_TO_ME
    return Told(kinds, others=False, unsure=unsure or either)
