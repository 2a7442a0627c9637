"""Who answers in own words, chooses the button that is meant."""

import pytest

from bot.chat_dutch import normalise
from bot.content import Button, project_content
from bot.nlu.answer_in_words import EXAMPLES
from bot.nlu.buttons import ButtonModel
from bot.nlu.encoder import load_encoder
from bot.nlu.trained_parts import read_rows
from bot.settings import PROJECT

ENCODER = load_encoder()
AWAY = [
    Button(title="Ja, ik ga nu", to="nu_twintig"),
    Button(title="Nee, weggaan kan niet", to="nu_kan_niet"),
    Button(title="Iemand is in gevaar", to="nu_gevaar"),
]


@pytest.fixture(scope="module")
def model(rasa):
    """The one that was trained with the bot."""
    nodes = rasa.agent.processor.graph_runner._instantiated_nodes.values()
    return next(n._component._model for n in nodes if type(n._component).__name__ == "AnswerInWords")


def likely(model: ButtonModel, typed: str, buttons: list[Button]) -> dict[str, float]:
    text = normalise(typed)
    found = model.probabilities(text, ENCODER.encode([text])[0], buttons)
    return dict(zip((b.to for b in buttons), found, strict=True))


def test_own_words_mean_a_button(model):
    assert likely(model, "kan hier niet weg de kleine slaapt boven", AWAY)["nu_kan_niet"] > 0.75
    assert likely(model, "oke ik pak mijn jas en ga", AWAY)["nu_twintig"] > 0.75


async def test_a_body_under_tension_is_no_tension_now(talk):
    for typed in ("/greeting", "ja dat kan", "ik word boos als mensen door elkaar praten. dan word mijn hoofd vol"):
        await talk.say(typed)
    assert "Ben je nu bij de ander" not in talk.text


async def test_a_button_is_chosen_in_own_words(talk):
    for typed in ("/greeting", "/nu_afstand", "ik kan hier niet weg, mijn zoontje slaapt"):
        await talk.say(typed)
    assert "/nu_hoog" in talk.payloads or "112" in talk.text


def test_other_words_mean_none(model):
    assert max(likely(model, "mijn baas is ook altijd boos", AWAY).values()) < 0.5


def test_without_the_vectors_that_it_learned_from_nothing_is_chosen(model):
    assert model.probabilities("ja", ENCODER.encode(["ja"])[0][:100], AWAY).max() == 0


def test_of_what_others_typed_few_choose_a_wrong_button_and_half_the_right_one(model):
    steps = project_content().steps
    rows = [r for r in read_rows(PROJECT / "tests" / "evaluation" / "buttons_test.jsonl") if r["asked"] in steps]
    chosen, right, meant = 0, 0, 0
    for row in rows:
        found = likely(model, row["text"], list(steps[row["asked"]].buttons))
        best = max(found, key=found.__getitem__)
        chosen += found[best] >= 0.75
        right += found[best] >= 0.75 and best == row["to"]
        meant += row["to"] is not None
    assert right / chosen >= 0.92
    assert right / meant >= 0.5


def test_no_answer_stands_in_the_examples_and_in_the_test():
    examples = {
        normalise(r["text"]) for path in EXAMPLES.glob("*.jsonl") for r in read_rows(path) if len(r["text"].split()) > 4
    }
    test = {normalise(r["text"]) for r in read_rows(PROJECT / "tests" / "evaluation" / "buttons_test.jsonl")}
    assert not examples & test
