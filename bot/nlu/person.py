"""Whom a message is about: "mijn vrouw" makes "de ander" into "je vrouw". Only that word is kept, never a name."""

from __future__ import annotations

import re

_MY = r"\b(?:mijn|mij[nm]|m'n|m[nm]|me|ons|onze) (?:(?:kleine|grote|lieve|oude|eigen|jongste|oudste|nieuwe|huidige) )?"
_EX = re.compile(rf"{_MY}ex\b|\bex[ -]?(?:vrouw|man|vriend|vriendin|partner)\b")
_PARTNERS = {
    "vrouw": "vrouw|vrouwtje|echtgenote",
    "man": "man|echtgenoot",
    "vriendin": "vriendin|meisje",
    "vriend": "vriend|vriendje",
    "verloofde": "verloofde",
    "lief": "lief",
    "partner": "partner|wederhelft",
}
_FAMILY = {
    "dochter": "dochter|dochtertje|stiefdochter",
    "zoon": "zoon|zoontje|zoontjes|stiefzoon",
    "kind": "kind|kleine",
    "moeder": "moeder|ma|mam|mama",
    "vader": "vader|pa|pap|papa",
    "broer": "broer|broertje",
    "zus": "zus|zusje",
    "oma": "oma",
    "opa": "opa",
}
_ACTS = re.compile(
    r"\b(?:ge)?(?:sla(?!a?p)|sloeg|slaan|slagen|klap|tik|mep|duw|schop|trap|knijp|kneep|knepen|gooi|schreeuw|scheld|schold|dreig|"
    r"schud|uithaal|bang (?:voor|van) (?:mij|me)|pijn gedaan|aan de haren|bij (?:de|haar|zijn|d'r) (?:arm|keel|haren))"
)


def _named(text: str, words: dict[str, str]) -> str | None:
    found = [(m.start(), name) for name, forms in words.items() for m in re.finditer(rf"{_MY}(?:{forms})\b", text)]
    return min(found)[1] if found else None


def whom(text: str, known: str | None) -> str | None:
    """How to name the other from now on.

    Args:
        text: a (normalised) message.
        known: how the other was named so far, None when the person did not say yet.

    Returns:
        `je ex`, `je vrouw`, `je zoon`, or None when this message says nothing of it. A partner or ex takes the place of anyone;
        somebody of the family counts only where the message tells what was done to them, and never replaces who is known.
    """
    if _EX.search(text):
        return "je ex"
    partner = _named(text, _PARTNERS)
    if partner:
        return f"je {partner}"
    relative = _named(text, _FAMILY) if not known and _ACTS.search(text) else None
    return f"je {relative}" if relative else None
