"""Every pattern is fed texts that are made to be slow: its own sentences, whole or nearly, over and over."""

from __future__ import annotations

import time

import pytest

from bot.safety import load_engine
from bot.safety.engine import MAX_CHARACTERS

HANGS_SECONDS = 1.0
"""No measure of speed: a pattern that tries every way of leaving out words takes minutes."""


def over_and_over(sentence: str) -> str:
    plain = sentence.translate(str.maketrans("", "", ".!?,")) + " "
    return (plain * (MAX_CHARACTERS // len(plain) + 1))[:MAX_CHARACTERS]


@pytest.mark.parametrize("pattern", load_engine().lexicon.patterns, ids=lambda p: p.name)
def test_no_text_keeps_the_rules_busy(pattern):
    words = pattern.matches[0].split()
    for sentence in (pattern.matches[0], " ".join(words[:-1]), " ".join(words[:2])):
        began = time.perf_counter()
        load_engine().screen(over_and_over(sentence))
        assert time.perf_counter() - began < HANGS_SECONDS
