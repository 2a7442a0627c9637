"""Whether a message is no more than a place, or says that the person is in Belgium or the Caribbean Netherlands."""

from __future__ import annotations

import re

from bot.help.places import find

PLACE_WORDS = 3
"""A message of more words tells of something."""

_I_LIVE = re.compile(
    r"^(?:ik |we |wij )?(?:woon|wonen|zit|zitten|kom|komen) (?:nu |hier )?(?:in|uit|bij|rond|vlakbij) "
)
_LIVE = r"(?:woon|wonen|zit|leef|ben|kom|uit|hier) (?:\w+ ){0,3}?(?:in|op|uit) (?:\w+ ){0,2}?"
_BELGIUM = (
    "belgie|vlaanderen|antwerpen|gent|brugge|leuven|hasselt|mechelen|kortrijk|oostende|genk|aalst|turnhout|brussel|"
    "sint-niklaas|roeselare|geel|limburg belgie|borgerhout|merksem|deurne antwerpen|lier|ieper"
)
_CARIBBEAN = "bonaire|sint eustatius|statia|saba|sint-eustatius|kralendijk"
_IN_BELGIUM = re.compile(
    rf"\b(?:(?:{_LIVE}|ben van |kom van )(?:{_BELGIUM})\b|in belgie\b|in vlaanderen\b"
    r"|1712\b|(?:het |een )?caw\b|justitiehuis|tele-?onthaal\b)"
)
_IN_CARIBBEAN = re.compile(rf"\b(?:{_CARIBBEAN})\b")


def country(text: str) -> str | None:
    """`be` or `cn` when a (normalised) message says the person is there; None else. Only this is kept, never the place."""
    if _IN_CARIBBEAN.search(text):
        return "cn"
    return "be" if _IN_BELGIUM.search(text) else None


def is_place(text: str) -> bool:
    """Whether a (normalised) message names a place and no more: "arnhem", "breda zegmaar", "woon in nijmegen, bottendaal"."""
    rest = _I_LIVE.sub("", text)
    return 0 < len(rest.split()) <= PLACE_WORDS and find(text).kind != "unknown"
