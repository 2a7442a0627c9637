"""The evaluator's own arithmetic, and its errors."""

import pytest

from bot.evaluation import EvaluationError, Share, read_labelled, wilson
from bot.themes import theme_of


def test_the_interval_of_wilson():
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(10, 10)[1] == 1.0


def test_a_share_of_nothing_is_a_dash():
    assert str(Share(0, 0)) == "-"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{oops", "not JSON"),
        ('{"id": 1}', "text"),
        ('{"id": 1, "text": "a", "level": "erg"}', "erg"),
        ('{"id": 1, "text": "a", "theme": "weer"}', "weer"),
        ('{"id": 1, "text": "a", "kinds": ["x"]}', "unknown"),
        ("", "no lines"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path, line, says):
    file = tmp_path / "set.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match=says):
        read_labelled(file)


def test_the_theme_is_the_best_guess_also_below_the_threshold():
    ranking = [{"name": "nlu_fallback", "confidence": 0.4}, {"name": "remorse", "confidence": 0.2}]
    assert theme_of({"intent": {"name": "nlu_fallback"}, "intent_ranking": ranking}) == ("remorse", 0.2)
