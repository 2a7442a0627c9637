"""The training data of risks: labels that exist, kinds well filled, examinations apart."""

from __future__ import annotations

import json
from collections import Counter

import yaml

from bot.chat_dutch import normalise
from bot.nlu.risk_classifier import read_examples
from bot.safety import KINDS, LEVELS
from bot.settings import PROJECT

LEAST_A_KIND = 150
LEAST_NEGATIVES = 2_500


def test_labels_exist():
    risks, _ = read_examples()
    assert {r["level"] for r in risks} == set(LEVELS)
    assert {k for r in risks for k in r["kinds"]} == set(KINDS)


def test_each_kind_has_many_examples_a_third_of_them_indirect():
    risks, _ = read_examples()
    all_of, indirect = Counter(), Counter()
    for row in risks:
        all_of.update(row["kinds"])
        indirect.update(row["kinds"] if row["form"] == "indirect" else ())
    for kind in KINDS:
        assert all_of[kind] >= LEAST_A_KIND, kind
        assert indirect[kind] * 3 >= all_of[kind], kind
    assert sum(r["level"] == "none" for r in risks) >= LEAST_NEGATIVES


def test_what_the_themes_are_labelled_for_still_stands_among_their_examples():
    examples = set()
    for path in (PROJECT / "data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            examples |= {line.strip()[2:] for line in (block.get("examples") or "").splitlines()}
    rows = (PROJECT / "data" / "safety" / "themes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [r["text"] for r in map(json.loads, rows) if r["text"] not in examples] == []


def test_no_examination_message_is_trained_on():
    trained = {normalise(r["text"]) for rows in read_examples() for r in rows}
    for name in ("safety_dev", "safety_test", "safety_fresh", "safety_plain"):
        rows = (PROJECT / "tests" / "evaluation" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert not trained & {normalise(json.loads(row)["text"]) for row in rows}
