"""Contact with somebody who lives apart, keeps away or is protected by a ban. What it asks for touches the other first."""

from __future__ import annotations

import re

from bot.nlu.teller import is_not_the_doer
from bot.told import CONTACT

STEP = f"moment_{CONTACT}"
"""The reply."""

FACTS = {"contact_ban_huisverbod", "custody"}
"""Themes that tell what is allowed; who speaks on of contact afterwards hears about the contact itself."""

APART = frozenset({"contact_ban_huisverbod", "breakup_contact", STEP})
"""Steps after which somebody is known to live apart; those of the journeys about a ban and an ex besides."""

_I = re.compile(r"\b(?:ik|k|kga)\b|^(?:ga|gewoon|even|moet)\b")
_APPROACH = re.compile(
    r"\b(?:langs|naar (?:haar|hem|ze) (?:toe|huis)|voor (?:haar|zijn) deur|appje|wacht (?:haar|hem|ze) op"
    r"|(?:app|bel|mail|stuur|schrijf|zoek) (?:\w+ ){0,2}?(?:haar|hem|ze)"
    r"|(?:haar|hem|ze) (?:\w+ ){0,5}?"
    r"(?:appen|bellen|mailen|sturen|stuur|schrijven|opwachten|opzoeken|bericht|berichtje|bloemen))\b"
)
_GOES_HOME = re.compile(
    r"\bga (?:gewoon|toch|lekker) (?:vanavond|straks|morgen|zo|nu|naar huis|terug)\b|\b(?:mijn|het is mijn) eigen huis\b"
    r"|\b(?:mijn|wat) (?:spullen|kleren|gereedschap) (?:\w+ )?(?:halen|ophalen|pakken)\b"
    r"|\bga (?:\w+ ){0,2}?(?:erheen|heen|ernaartoe|naartoe)\b"
)
"""Said after a ban it is about the house that the person may not enter."""

_NO_APPROACH = re.compile(
    r"\b(?:stuur|sturen|app|appen|bel|bellen|ga|mail|schrijf) (?:\w+ ){0,3}?(?:niet|geen|niks)\b"
    r"|\bniet (?:\w+ )?(?:gaan|sturen|versturen|opsturen|doen)\b"
    r"|\b(?:huisarts|veilig thuis|advocaat|hulp|therapeut|mijn werk|rechtbank)\b"
)

_TO_OTHERS = re.compile(
    r"\b(?:app|bel|appen|bellen|mail|stuur|vraag) (?:nu |straks |morgen |even |gewoon )*(?:de |mijn )?"
    r"(?:trainer|coach|sponsor|begeleider|behandelaar|maat|maatje|beste vriend|vriend|broer|neef|collega|baas|buurman)\b"
)


_TO_A_DOCTOR = re.compile(
    r"\b(?:bel|bellen|breng|brengen|ga|gaat|gaan|moet|rij|rijdt|laat|haal)\b.*"
    r"\b(?:(?:huis)?arts|dokter|huisartsenpost|spoed|ziekenhuis|ambulance|verloskundige|112|113)\b"
)
"""Somebody is called or taken to where a life may be saved."""

OF_CONTACT = frozenset({
    "sorry_willen_zeggen", "geblokkeerd_geen_antwoord", "ex_zoekt_zelf_contact", "houdt_afstand_bij_verbod",
    "telefoon_nummer_weg", "stil_huis_en_gemis", "spullen_en_huis_verdelen", "mist_kinderen", "overdracht_bij_deur",
    "boodschap_of_sorry_aan_kind", "weer_naar_huis", "ex_heeft_nieuwe", "huisverbod_dagen", "het_is_uit",
})  # fmt: skip
"""Situations that may be about contact with who lives apart; what tells of another one is not."""


def lives_apart(known: set[str]) -> bool:
    """Whether a conversation in which these steps were said has spoken of a ban or a break-up."""
    return not APART.isdisjoint(known) or any(step.startswith(("verbod_", "ex_")) for step in known)


def under_a_ban(known: set[str]) -> bool:
    """Whether a conversation in which these steps were said has spoken of a ban."""
    return "contact_ban_huisverbod" in known or any(step.startswith("verbod_") for step in known)


def seeks_contact(text: str, moment: str, role: str, remembered: str | None, known: set[str]) -> bool:
    """Whether a message is about such contact, told by the one who seeks it.

    Where a ban or a break-up was spoken of, going by or writing is enough ("ik ga ff langs").

    Args:
        text: the (normalised) message.
        moment: heard in it.
        role: heard in it.
        remembered: the role that the conversation has shown before.
        known: the steps that were said.
    """
    if is_not_the_doer(role, remembered):
        return False
    approaches = _APPROACH.search(text) or (under_a_ban(known) and _GOES_HOME.search(text))
    if _TO_A_DOCTOR.search(text) and not (approaches and under_a_ban(known)):
        return False
    goes = bool(_I.search(text) and approaches) and not _NO_APPROACH.search(text)
    return (moment == CONTACT and not _TO_OTHERS.search(text)) or (lives_apart(known) and goes)
