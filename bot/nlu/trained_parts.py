"""Shared by the classifiers beside the themes: reading examples, keeping what was trained, telling when to train again."""

from __future__ import annotations

import json
from copy import copy
from hashlib import sha256
from pathlib import Path
from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

FILE = "parts.skops"
VOCABULARIES = "vocabularies.json"
LEARNING = (
    "risk_classifier.py",
    "change_talk.py",
    "text_features.py",
    "trained_parts.py",
    "example_vectors.py",
    "encoder.py",
    "buttons.py",
)
Rows = list[dict[str, Any]]


def read_rows(path: Path) -> Rows:
    """The rows of one file of examples, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def fingerprint_of(folder: Path) -> str:
    """A hash over the examples in a folder, and over the code here that learns from them; another one means training again."""
    files = sorted(folder.glob("*.jsonl")) + [Path(__file__).with_name(name) for name in LEARNING]
    return sha256(b"".join(f.read_bytes() for f in files)).hexdigest()


def write_parts(storage: ModelStorage, resource: Resource, parts: dict[str, Any]) -> None:
    """Keep trained parts in the model. skops runs no code when it reads them back, unlike pickle.

    Vocabularies are kept beside them: skops takes seconds to check a hundred thousand n-grams one by one. The n-grams that were
    too rare (`stop_words_` of sklearn) are left out: nothing reads them, and there are more of them.
    """
    import skops.io

    vocabularies: dict[str, dict[str, int]] = {}
    others = dict(parts)
    for name, part in parts.items():
        if hasattr(part, "vocabulary_"):
            vocabularies[name] = {ngram: int(column) for ngram, column in part.vocabulary_.items()}
            others[name] = copy(part)
            del others[name].vocabulary_, others[name].stop_words_
    with storage.write_to(resource) as folder:
        skops.io.dump(others, folder / FILE)
        (folder / VOCABULARIES).write_text(json.dumps(vocabularies), encoding="utf-8")


def read_parts(storage: ModelStorage, resource: Resource) -> dict[str, Any]:
    """The trained parts of a model that was made here."""
    import skops.io

    with storage.read_from(resource) as folder:
        file = folder / FILE
        parts: dict[str, Any] = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))
        vocabularies = json.loads((folder / VOCABULARIES).read_text(encoding="utf-8"))
    for name, vocabulary in vocabularies.items():
        parts[name].vocabulary_ = vocabulary
    return parts
