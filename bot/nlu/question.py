"""Whether a message asks something, with or without a question mark."""

from __future__ import annotations

import re

_ASKING_VERB = (
    "kan|kun|kunnen|kunt|mag|moet|moeten|is|zijn|bestaat|bestaan|heeft|hebt|werkt|wordt|zou|zal|helpt|telt|doen|doet"
)
_ASKED_ABOUT = (
    "je|jij|jullie|ge|gij|u|er|daar|hier|iemand|dat|dit|die|het|t|we|wij|men|der|mijn|hulp|praten|therapie|huiselijk|schreeuwen"
    "|slaan|zo'n|een (?:cursus|training|groep|klap|duw|tik|verwijzing)"
)
_OPENING = re.compile(
    r"^(?:(?:en|maar|oke|ja|nee|ok|hoi|dag|sorry|vraag \d)[,:]? )*(?:"
    r"(?:wanneer|hoelang|hoeveel|welke|waarom|wrm)\b"
    r"|(?:wie|waar|hoe) (?:is|zijn|kan|kun|moet|mag|gaat|werkt|lang|veel|vaak|beslist)\b"
    r"|wat (?!een\b|me\b|mij\b|ik\b)"
    r"|(?:mag|moet|kan) ik\b(?! niet\b| het\b| er\b| dat\b)"
    r"|krijg ik (?:een|dan|nog|straf)\b|heb ik (?:een verwij[sz]\w*|(?:daar|dan) een)\b"
    rf"|(?:{_ASKING_VERB}) (?:{_ASKED_ABOUT})\b)"
)


_SENTENCES = re.compile(r"[.!?]+ +")
_ANSWERED = re.compile(r"^(?:waarom|hoezo|wrm)\b.*\?+ *(?:omdat|want|nou)\b")
"""Says a question of the bot over and answers it: "waarom geen 2? omdat ik haar wil zien"."""


def is_question(text: str) -> bool:
    """Whether a (normalised) message asks something: by the mark at its end, or by how it or its last sentence begins."""
    last = _SENTENCES.split(text.strip(" .!"))[-1]
    asks = text.rstrip(" !").endswith("?") or bool(_OPENING.match(text) or _OPENING.match(last))
    return asks and not _ANSWERED.search(text)
