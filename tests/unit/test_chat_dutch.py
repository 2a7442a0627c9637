"""Chat Dutch becomes plain Dutch, the same way for examples and messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_dutch import chat_words, normalise, without_greeting


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
        ("hij is bang van mij", "hij is bang voor mij"),
    ],
)
def test_what_people_type(typed, plain):
    assert normalise(typed) == plain


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("hallo is dit anoniem", "is dit anoniem"),
        ("Goedenavond, ik heb een vraag", "ik heb een vraag"),
        ("hey hallo daar! ik wil stoppen", "ik wil stoppen"),
        ("hoi", "hoi"),
        ("hoi, alles goed?", "hoi, alles goed?"),
        ("hij had dat gezegd", "hij had dat gezegd"),
        ("dag lieve schat ik ga", "dag lieve schat ik ga"),
    ],
)
def test_a_greeting_does_not_change_what_comes_behind_it(typed, read):
    assert without_greeting(normalise(typed)) == read


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
