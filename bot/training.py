"""Trains the model, when something it is made from has changed."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path

from bot.settings import MODEL, MODELS, PROJECT

SOURCES = ("config.yml", "domain.yml", "data", "content/safety/lexicon", "bot/nlu", "bot/policies", "bot/safety",
           "bot/importer.py", "bot/content.py", "bot/chat_dutch.py", "bot/chat_dutch.yml", "requirements/run.lock")  # fmt: skip
"""Of the content only names of steps (see `fingerprint`) and the lexicon: a changed text or number needs no training."""
LEAST_DISK_BYTES = 500_000_000


class TrainingError(RuntimeError):
    """Training is not possible; the message says why."""


def fingerprint() -> str:
    """A hash over everything the model is made from, the Dutch pipeline in use included.

    Raises:
        ContentError: the content cannot be read.
    """
    from bot.content import project_content
    from bot.nlu.dutch import pipeline_in_use

    digest = hashlib.sha256(pipeline_in_use().encode())
    digest.update(" ".join(sorted(project_content().payloads())).encode())
    for source in SOURCES:
        path = PROJECT / source
        files = (
            [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.suffix in (".py", ".yml", ".jsonl"))
        )
        for file in files:
            digest.update(file.relative_to(PROJECT).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _note(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".json")


def trained_with(model: Path) -> str | None:
    """The Dutch pipeline that a model was trained with, where that is known."""
    note = _note(model)
    return json.loads(note.read_text(encoding="utf-8"))["dutch"] if note.is_file() else None


def is_current(model: Path = MODEL) -> bool:
    """Whether the model exists and was made from what stands in the project now."""
    note = _note(model)
    return (
        model.is_file()
        and note.is_file()
        and json.loads(note.read_text(encoding="utf-8"))["made_from"] == fingerprint()
    )


class _Progress(logging.Handler):
    """Says which component is being trained; Rasa's lines hold no text of examples, but only the names are taken."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Starting to train component"):
            print(f"  … {message.split(chr(39))[1].rsplit('.', 1)[-1]}", flush=True)


def train(config: str = "config.yml", name: str = "bot") -> Path:
    """Train a model.

    Args:
        config: `config.yml`, or `config-diet.yml` for the comparison.
        name: the file in `models/` without its ending.

    Returns:
        The model file.

    Raises:
        TrainingError: too little disk, or Rasa could not train.
    """
    MODELS.mkdir(exist_ok=True)
    free = shutil.disk_usage(MODELS).free
    if free < LEAST_DISK_BYTES:
        raise TrainingError(f"Training needs {LEAST_DISK_BYTES // 10**6} MB of disk; {free // 10**6} MB is free.")
    print("Training the model (ten to fifteen minutes the first time, then less) …", flush=True)
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's own switch for its progress bars, which hide the lines that matter
    from rasa.model_training import train as rasa_train

    from bot.nlu.dutch import pipeline_in_use

    made_from = fingerprint()
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(_Progress())
    try:
        result = rasa_train(
            domain=str(PROJECT / "domain.yml"),
            config=str(PROJECT / config),
            training_files=[str(PROJECT / "data")],
            output=str(MODELS),
            fixed_model_name=name,
            force_training=False,
        )
    except Exception as error:
        raise TrainingError(f"The model could not be trained ({type(error).__name__}): {error}") from error
    if result.code != 0 or result.model is None:
        raise TrainingError("Rasa could not train the model; see the lines above.")
    model = MODELS / f"{name}.tar.gz"
    note = {"made_from": made_from, "dutch": pipeline_in_use(), "config": config}
    _note(model).write_text(json.dumps(note), encoding="utf-8")
    print(f"Model ready: {model.relative_to(PROJECT)}", flush=True)
    return model
