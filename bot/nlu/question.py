"""Whether a message asks something, with or without a question mark."""

from __future__ import annotations

import re

_OPENING = re.compile(
    r"^(?:(?:en|maar|oke|ja|nee|ok|hoi|sorry|vraag \d)[,:]? )*(?:"
    r"(?:wie|waar|wanneer|hoe|hoelang|hoeveel|welke|waarom|wrm)\b|wat (?!een\b|me\b|mij\b|ik\b)"
    r"|(?:kan|kun|kunnen|kunt|mag|moet|moeten|is|zijn|bestaat|bestaan|heeft|hebt|heb|werkt|wordt|krijg|weet|zou|zal|helpt|komt"
    r"|telt|doen|doet)"
    r" (?:ik|je|jij|jullie|ge|gij|u|er|hij|ze|zij|iemand|dat|dit|die|het|t|we|wij|men|mijn|der)\b)"
)


def is_question(text: str) -> bool:
    """Whether a (normalised) message asks something: by the mark at its end, or by how it begins."""
    return text.rstrip(" !").endswith("?") or bool(_OPENING.match(text))
