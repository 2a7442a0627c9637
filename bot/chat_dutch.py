"""Chat Dutch to plain Dutch: repeated letters, abbreviations, accents, emoji, capitals. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml

WORDS_FILE = Path(__file__).with_name("chat_dutch.yml")

_THREE_OR_MORE = re.compile(r"([^\W\d])\1{2,}")
_WORD = re.compile(r"[\w']+")
_SPACES = re.compile(r"\s+")
_GREETING = re.compile(
    r"^(?:(?:hallo+|hoi+|hey+|hee?|hi+|hai|hello+|salut|goeie(?:dag|morgen|avond)|goeden? ?(?:avond|morgen|middag|dag))"
    r"\b[ ,.!]*(?:(?:allemaal|daar|bot)\b[ ,.!]*)?)+(?=\w\S* \S+ \S)"
)
_AFRAID_OF = re.compile(r"\b(bang|schrik) van (?=(?:mij|me|hem|haar|ons|jou)\b)")
"""Flemish: "bang van mij" is "bang voor mij"; taken for a Dutch "van", whoever frightens is read as frightened."""

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "…": "..."})

# Faces and hearts that carry a feeling become a word, since n-grams and encoder know the word; others fall away.
_EMOJI = {
    "😭": " huilen ", "😢": " verdrietig ", "😞": " verdrietig ", "😔": " verdrietig ", "😡": " boos ",
    "🤬": " woedend ", "😠": " boos ", "❤": " liefde ", "♥": " liefde ", "💔": " hart gebroken ", "🙏": " dank ",
    "👍": " goed ", "😂": " haha ", "🤣": " haha ", "😅": " haha ", "🔪": " mes ", "🔫": " wapen ", "💀": " dood ",
    "🍺": " bier ", "🍷": " wijn ", "👊": " vuist ", "👋": " dag ",
}  # fmt: skip


@lru_cache(maxsize=1)
def chat_words() -> dict[str, str]:
    """The abbreviations of `chat_dutch.yml`."""
    words: dict[str, str] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))["words"]
    return words


def normalise(text: str) -> str:
    """Plain, lower-case Dutch for what a person typed.

    Args:
        text: the message as it was typed.

    Returns:
        The same message with one space between words, no accents, at most two equal letters in a row, known
        abbreviations written out. Never empty for a message that has a letter or digit.
    """
    text = text.translate(_APOSTROPHES)
    text = "".join(_EMOJI.get(char, char) for char in text).lower()
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = "".join(
        c if c.isprintable() and unicodedata.category(c) not in ("So", "Sk", "Cn", "Co") else " " for c in text
    )
    text = _THREE_OR_MORE.sub(r"\1\1", text)
    words = chat_words()
    text = _WORD.sub(lambda m: words.get(m.group(), m.group()), text)
    text = _AFRAID_OF.sub(r"\1 voor ", text)
    return _SPACES.sub(" ", text).strip()


def without_greeting(text: str) -> str:
    """A (normalised) message of at least three words without the greeting before it.

    "hallo is dit anoniem" asks what "is dit anoniem" asks. "Dag" stays: who types "dag lieve schat" may be leaving.
    """
    return _GREETING.sub("", text)
