"""Chat Dutch becomes plain Dutch, the same way for examples and messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_dutch import chat_words, normalise


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Kga ff WEGGGG", "ik ga even wegg"),
        ("mn vrouw is in dr kamer", "mijn vrouw is in haar kamer"),
        ("Ik héb géén zin", "ik heb geen zin"),
        ("ze’s boos… echt", "ze's boos... echt"),
        ("ik snap t nie 😭", "ik snap t niet huilen"),
        ("   veel\n\n spaties\t", "veel spaties"),
        ("🇳🇱🦄", ""),
        ("A", "a"),
    ],
)
def test_what_people_type(typed, plain):
    assert normalise(typed) == plain


def test_every_abbreviation_is_text_and_is_written_out():
    for short, long in chat_words().items():
        assert isinstance(short, str)
        assert isinstance(long, str)
        assert normalise(short) == normalise(long), short


@given(st.text(max_size=300))
def test_any_text_can_be_normalised_and_twice_is_once(text):
    once = normalise(text)
    assert normalise(once) == normalise(normalise(once))
    assert "  " not in once
