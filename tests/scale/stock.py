"""Stock Rasa on this project's examples: what `rasa init` writes, for `make bench` to measure beside.

The examples are those of `data/nlu`; each theme is answered by a text of its own. Pipeline and policies are those of
`config-diet.yml`: DIET, TED and UnexpecTED as `rasa init` writes them.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
STORIES, STORY_TURNS = 200, 4


def write(folder: Path, epochs: int = 100, seed: int = 9) -> None:
    """Write a stock project: configuration, domain, examples, stories, rules and the built-in REST channel.

    Args:
        folder: an empty folder.
        epochs: of everything that is trained in epochs.
        seed: of the order in which themes follow each other in the stories.
    """
    config = yaml.safe_load((PROJECT / "config-diet.yml").read_text(encoding="utf-8"))
    del config["importers"]
    for part in (*config["pipeline"], *config["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    files = sorted((PROJECT / "data" / "nlu").glob("*.yml"))
    themes = [file.stem for file in files]
    (folder / "data" / "nlu").mkdir(parents=True)
    for file in files:
        shutil.copy(file, folder / "data" / "nlu" / file.name)
    dice = random.Random(seed)
    stories = [
        {"story": f"talk {i}", "steps": [s for t in dice.sample(themes, STORY_TURNS) for s in _answered(t)]}
        for i in range(STORIES)
    ]
    rules = [{"rule": theme, "steps": _answered(theme)} for theme in ("stop_goodbye", "who_are_you_bot")]
    domain = {
        "intents": themes,
        "responses": {f"utter_{theme}": [{"text": f"Dit gaat over {theme}."}] for theme in themes},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }
    _dump(folder / "config.yml", config)
    _dump(folder / "domain.yml", domain)
    _dump(folder / "data" / "stories.yml", {"stories": stories})
    _dump(folder / "data" / "rules.yml", {"rules": rules})
    _dump(folder / "credentials.yml", {"rest": None})
    _dump(folder / "endpoints.yml", {})


def _answered(theme: str) -> list[dict[str, str]]:
    return [{"intent": theme}, {"action": f"utter_{theme}"}]


def _dump(file: Path, data: dict[str, Any]) -> None:
    if file.parent.name == "data" or file.stem == "domain":
        data = {"version": "3.1"} | data
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
