"""What messages are about, on a set by hands that never saw the training data."""

from bot.evaluation import classify, read_labelled
from bot.settings import PROJECT


async def test_nine_of_ten_themes_are_right(rasa):
    rows = read_labelled(PROJECT / "tests" / "evaluation" / "themes_test.jsonl")
    right = [(await rasa.call(lambda t=r["text"]: classify(rasa.agent, t)))["theme"] == r["theme"] for r in rows]
    assert sum(right) / len(right) >= 0.85


async def test_a_bad_line_of_classify_is_answered_and_the_rest_goes_on(rasa):
    from bot.evaluation import classify_lines

    lines = ['{"id": 1, "text": "ik heb spijt"}', "{oops", "[]", '{"id": 4}', '{"id": 5, "text": "dankjewel"}']
    answers = await rasa.call(lambda: classify_lines(rasa.agent, lines))
    assert [("error" in a) for a in answers] == [False, True, True, True, False]
    assert answers[0]["theme"] == "remorse"
    assert set(answers[0]) == {"id", "level", "kinds", "theme", "confidence"}
