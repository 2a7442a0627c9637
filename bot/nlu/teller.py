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

BOTH_WAYS = "beide"
"""How the replies end that answer who uses violence and bears it too."""

STEP_OF = {"slachtoffer": "naasten_partner", "omstander": "naasten_omstander", "hulpverlener": "naasten_werk"}
"""Where who is not the one who uses violence is led, when nothing is dangerous."""

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
    r"|\b(?:klappen|slaag|een klap|slagen) van (?:mij|me)\b"
)
"""Says that the person does or did something, or is about to: with "ik", or without where a clause begins with the verb."""


_HAS_A_CLIENT = re.compile(
    r"\bheb (?:hier |nu |ook )?een (?:client|leerling|patient|gezin|bewoner|collega|buurvrouw|buurman) (?=die\b|waar)"
)
"""Speaks of somebody whom the person knows, and of no deed."""

_OTHER = r"(?:zij|ze|hij|(?:mijn|me) (?:vrouw|man|vriend|vriendin|ex|partner))"
_HITS = r"(?:slaat|sloeg|schopt|schopte|krabt|krabde|duwt|duwde|bijt|beet|mept|mepte)"
_HIT = r"(?:geslagen|geslage|geduwd|geschopt|gekrabd|gebeten|gemept)"
_BOTH_WAYS = re.compile(
    rf"\b{_OTHER} {_HITS} (?:(?:mij|me|soms|gewoon) )*ook\b(?! (?:de|het|mijn|onze|ons|haar|zijn) )"
    rf"|\b{_OTHER} (?:geeft|gaf) (?:mij|me) ook (?:klap|een)|\bik krijg ook klap"
    rf"|\b{_OTHER} heeft (?:mij|me) ook (?:\w+ ){{0,2}}?{_HIT}\b"
    r"|\b(?:wij|we) (?:slaan|duwen|schoppen|sloegen) (?:elkaar|mekaar)\b"
)
"""Says that the other hits too, or that both do. Hitting back is not counted: it may be the other's defence."""

_ACCUSED = re.compile(
    r"\b(?:ik|k) (?:heb|had|kreeg|krijg) (?:\w+ ){0,3}?\w*verbod\b"
    r"|\b(?:\w*verbod|aangifte|melding|klacht|zaak) (?:\w+ ){0,2}?tegen (?:mij|me)\b"
    r"|\bben (?:ik|k) (?:nu |ineens |opeens )*de (?:dader|slechte|boosdoener|schuldige)\b"
)
"""Says that something was laid on the person for own violence."""

_FEARS_ME = re.compile(
    rf"^(?!.*\b{_HITS}\b).*\b(?:hij|ze|zij|die|(?:mijn|onze|de) \w+) (?:\w+ ){{0,4}}?(?:bang (?:voor|van) (?:mij|me)\b"
    r"|(?:duikt?|duiken|weg ?te ?duiken|wegduiken|krimpt?|schrikt?|verstijft) (?:\w+ ){0,3}?(?:als|wanneer|zodra) ik\b)"
)
"""Says that the other is afraid of the person who types."""

_WORKS_WITH = re.compile(r"\b(?:client|leerling|patient)\w* van (?:mij|me|ons)\b|\b(?:mijn|onze|een) client\w*\b")
"""Says that the person works with those it is about. A profession alone does not: who hits has one too."""

TOLD_WORDS = 3
"""A message of fewer words tells neither who types nor of contact."""


def speaks_of_self(text: str) -> bool:
    """Whether a (normalised) message has an "ik"."""
    return bool(_I.search(text))


def says_both(text: str) -> bool:
    """Whether a (normalised) message says that the other hits too, or that both do: "ze slaat mij ook", "we slaan elkaar"."""
    return bool(_BOTH_WAYS.search(text))


def heard_role(text: str, role: str, remembered: str | None = None) -> str:
    """The role that a (normalised) message shows, or `none`.

    None where it says too little, tells of what was laid on the person, of both sides or of the other's fear, or where an
    onlooker tells on without an "ik".

    Args:
        text: the message.
        role: as the classifier hears it.
        remembered: the role that the conversation has shown before.
    """
    if _WORKS_WITH.search(text) and role != SELF:
        return "hulpverlener"
    says_enough = len(text.split()) >= TOLD_WORDS
    blamed = role == VICTIM and any(said.search(text) for said in (_ACCUSED, _BOTH_WAYS, _FEARS_ME))
    tells_on = role == SELF and remembered in OTHERS and not speaks_of_self(text)
    return role if says_enough and not blamed and not tells_on else NONE


def is_not_the_doer(role: str, remembered: str | None) -> bool:
    """Whether a message is told by who bears violence or sees it with others.

    Args:
        role: heard in the message, or `none`.
        remembered: the role that the conversation has shown before.
    """
    return role in (VICTIM, *OTHERS) or (role == NONE and remembered == VICTIM)


def is_told_by_others(role: str, remembered: str | None) -> bool:
    """Whether a message without danger is typed by somebody who is not the one who uses violence, as far as is known.

    Of a danger an onlooker's role says nothing beyond its own message (`told_by`); of what else is told it holds until the
    person tells of own violence. From then on whatever is told of others or of own pain takes nothing of that away.

    Args:
        role: heard in the message, or `none`.
        remembered: the role that the conversation has shown before.
    """
    if remembered == SELF:
        return False
    return is_not_the_doer(role, remembered) or (role == NONE and remembered in OTHERS)


def goes_both_ways(text: str, role: str, remembered: str | None, kinds: list[str]) -> bool:
    """Whether who uses violence tells that the other does so too: "ze slaat mij ook", "we slaan elkaar".

    Args:
        text: the (normalised) message.
        role: heard in it.
        remembered: the role that the conversation has shown before.
        kinds: of the danger, the weightiest first.
    """
    does_it = SELF in (role, remembered) and role not in OTHERS
    return does_it and says_both(text) and {"violence_now", "victim"}.issuperset(kinds)


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


def told_by(
    role: str,
    remembered: str | None,
    kinds: list[str],
    text: str,
    by_rules: Screening,
    unsure: bool,
    level: str = "urgent",
) -> Told:
    """How to answer a danger.

    Args:
        role: heard in the message, or `none`.
        remembered: the role that the conversation has shown before.
        kinds: as the rules and the classifier see them, the weightiest first.
        text: the (normalised) message.
        by_rules: what the rules see in it.
        unsure: the kind is too unsure to speak of.
        level: of the danger. Below `acute` who was an onlooker before and speaks of no "ik" is one still.
    """
    somebody = bool(_SOMEBODY.search(text))
    own = bool(
        _MAY_DO_IT.search(_HAS_A_CLIENT.sub("", text))
        or (_I.search(text) and not OWN_BY_RULES.isdisjoint(by_rules.kinds))
    )
    to_me = somebody and not own and bool(_TO_ME.search(text))
    to_me_too = role in OTHERS and to_me and bool(_ME_TOO.search(text))
    works_with = role in OTHERS and bool(_WORKS_WITH.search(text))  # "een client van mij"
    bears_on = remembered == VICTIM and role == NONE and kinds[:1] == ["victim"]
    bears_it = not works_with and (
        ((role == VICTIM or bears_on) and somebody and not own) or (to_me and "victim" in by_rules.kinds) or to_me_too
    )
    if not kinds:
        return Told(kinds, others=False, unsure=unsure)
    if bears_it and kinds[0] in (DONE_TO_ME if to_me else DEEDS) | {"victim"}:
        return Told(list(dict.fromkeys(["victim", *kinds])), others=False, unsure=unsure and not bears_on)
    tells_on = (
        remembered in OTHERS
        and role == NONE
        and level != "acute"
        and not speaks_of_self(text)
        and not _TO_ME.search(text)
    )
    if (
        (role in OTHERS or tells_on)
        and somebody
        and not own
        and (works_with or "victim" not in by_rules.kinds)
        and NEVER_OTHERS.isdisjoint(kinds)
    ):
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
