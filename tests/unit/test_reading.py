"""Reading ease after Douma, and pieces for the encoder."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.encoder import MAX_PIECES, MAX_WORDS_A_PIECE, load_encoder, pieces, plain
from bot.readability import flesch_douma, sentences

EASY = "Ik word snel boos. Ik wil dat niet. Wie kan mij helpen?"
HARD = (
    "Desalniettemin veronderstelt gedragsverandering binnen intergenerationele problematiek onontkoombaar een "
    "langdurige therapeutische behandelingsgeschiedenis met verantwoordelijkheidsontwikkeling."
)


def test_plain_words_score_above_official_language():
    assert flesch_douma(EASY) > 90
    assert flesch_douma(HARD) < 0


def test_a_line_break_ends_a_sentence():
    assert sentences("Adem uit\nLoop weg. Nu.") == ["Adem uit", "Loop weg.", "Nu."]


@given(st.text(max_size=3000))
def test_a_message_of_any_length_becomes_few_short_pieces(text):
    found = pieces(text)
    assert len(found) <= MAX_PIECES
    assert all(0 < len(p.split()) <= MAX_WORDS_A_PIECE for p in found)


def test_a_sentence_in_the_middle_of_a_long_message_keeps_a_piece_of_its_own():
    filler = " ".join(["gewone dag met werk en boodschappen"] * 5) + ". "
    text = filler + "Ik heb haar keel dichtgeknepen. " + filler
    assert any("keel dichtgeknepen" in p and len(p.split()) <= MAX_WORDS_A_PIECE for p in pieces(text))


def test_the_encoder_gives_vectors_of_length_one_and_puts_like_beside_like():
    encoder = load_encoder()
    angry, furious, cost = map(plain, encoder.encode(["ik ben zo boos", "ik ben woedend", "wat kost zo'n cursus"]))
    assert np.allclose(np.linalg.norm([angry, furious, cost], axis=1), 1, atol=0.01)
    assert angry @ furious > angry @ cost


def test_without_an_encoder_the_bot_still_starts():
    assert load_encoder("/no/such/folder") is None
