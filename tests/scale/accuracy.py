"""Theme accuracy with n-grams alone, the encoder alone, both, and DIET; cross-validation by writer beside it.

    python tests/scale/accuracy.py            all but DIET, a few minutes
    python tests/scale/accuracy.py --diet     DIET too, some twenty minutes more

The separate test set decides; folds by writer are reported and aimed at by nobody.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TQDM_DISABLE", "1")
PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from bot.privacy.logs import configure_logging

configure_logging()

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_nlu

from bot.evaluation import Share, read_labelled
from bot.themes import theme_of

TEST_SET = PROJECT / "tests" / "evaluation" / "themes_test.jsonl"
NGRAMS, ENCODER = "CountVectorsFeaturizer", "bot.nlu.sentence_encoder.SentenceEncoder"
NO_NEED = {
    "bot.nlu.last_question.LastQuestion",
    "bot.nlu.risk_classifier.RiskClassifier",
    "bot.nlu.change_talk.ChangeTalk",
    "bot.nlu.safety.SafetyScreen",
}


def without(*names: str) -> dict[str, Any]:
    """The project's configuration without some components."""
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    config["pipeline"] = [c for c in config["pipeline"] if c["name"] not in {*names, *NO_NEED}]
    return config


def variants(diet: bool) -> dict[str, dict[str, Any]]:
    """Name and configuration of what is compared."""
    found = {"n-grams": without(ENCODER), "encoder": without(NGRAMS), "both": without()}
    if diet:
        found["DIET"] = yaml.safe_load((PROJECT / "config-diet.yml").read_text(encoding="utf-8"))
    return found


def train(config: dict[str, Any], data: Path, folder: Path) -> Path:
    """Train NLU alone on a folder of examples."""
    file = folder / "config.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return Path(
        train_nlu(str(file), str(data), str(folder), fixed_model_name="nlu", domain=str(PROJECT / "domain.yml"))
    )


async def accuracy(model: Path, rows: list[dict[str, Any]]) -> Share:
    """The share of rows whose theme is right."""
    agent = Agent.load(str(model))
    right = [theme_of(await agent.processor.parse_message(UserMessage(r["text"])))[0] == r["theme"] for r in rows]
    return Share(sum(right), len(right))


def blocks() -> list[dict[str, Any]]:
    """The blocks of examples in `data/nlu`: intent, writer, examples."""
    files = sorted((PROJECT / "data" / "nlu").glob("*.yml"))
    return [block for file in files for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]


def by_writer(config: dict[str, Any]) -> dict[str, Share]:
    """Train on all writers but one, examine on that one, for each writer."""
    everything = blocks()
    results = {}
    for writer in sorted({b["metadata"]["writer"] for b in everything}):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            kept = [b for b in everything if b["metadata"]["writer"] != writer]
            (folder / "nlu.yml").write_text(
                yaml.safe_dump({"version": "3.1", "nlu": kept}, allow_unicode=True), encoding="utf-8"
            )
            model = train(config, folder / "nlu.yml", folder)
            rows = [
                {"text": line[2:].strip(), "theme": b["intent"]}
                for b in everything
                if b["metadata"]["writer"] == writer
                for line in b["examples"].splitlines()
            ]
            results[writer] = asyncio.run(accuracy(model, rows))
    return results


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--diet", action="store_true")
    parser.add_argument("--only", help="one of the variants: n-grams, encoder, both, DIET")
    parser.add_argument("--by-writer", action="store_true")
    options = parser.parse_args()
    rows = read_labelled(TEST_SET)
    for name, config in variants(options.diet or options.only == "DIET").items():
        if options.only and name != options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            model = train(config, PROJECT / "data", Path(folder))
            seconds = time.perf_counter() - start
            print(f"{name:10} {asyncio.run(accuracy(model, rows))}  trained in {seconds:.0f} s", flush=True)
    if options.by_writer:
        for writer, share in by_writer(without()).items():
            print(f"fold {writer:5} {share}", flush=True)


if __name__ == "__main__":
    main()
