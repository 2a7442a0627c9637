"""Draws `results/bench.json` for docs/performance.md: each ratio to stock Rasa beside its goal.

.venv/bin/python tests/scale/plot.py [docs/images/bench.svg]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from tests.scale.bench import GOALS, RESULTS

SHOWN = {
    "typed_1_p50_ms": "typed, 1 person, p50",
    "typed_1_p95_ms": "typed, 1 person, p95",
    "typed_16_p95_ms": "typed, 16 people, p95",
    "typed_64_p95_ms": "typed, 64 people, p95",
    "button_1_p95_ms": "button, 1 person, p95",
    "answers_per_cpu_s": "answers a second of a core",
    "turn_300_ms": "turn 300",
    "memory_start_mb": "memory at the start",
    "memory_after_mb": "memory after all turns",
    "first_answer_s": "start to first answer",
    "training_s": "training",
    "theme_accuracy": "theme accuracy",
}
MORE_IS_BETTER = {"answers_per_cpu_s", "theme_accuracy"}


def draw(ratios: dict[str, float], file: Path) -> None:
    """One bar a figure; a short line where its goal is.

    Args:
        ratios: this bot over stock Rasa.
        file: an SVG.
    """
    names = [name for name in SHOWN if name in ratios][::-1]
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "bench", "font.family": "sans-serif"})
    figure, axes = plt.subplots(figsize=(7.5, 0.36 * len(names) + 0.9))
    better = [(ratios[name] > 1) == (name in MORE_IS_BETTER) for name in names]
    axes.barh(
        range(len(names)), [ratios[name] for name in names], color=["#2a7f62" if b else "#b4532a" for b in better]
    )
    for at, name in enumerate(names):
        axes.text(ratios[name], at, f" {ratios[name]:.2f}", va="center")
        if goal := GOALS.get(name):
            axes.plot([goal, goal], [at - 0.45, at + 0.45], color="black", linewidth=2)
    axes.axvline(1, color="grey", linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(names)), [SHOWN[name] for name in names])
    axes.set_xlabel("this bot / stock Rasa; green is better than stock, black is the goal")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlim(0, max(ratios[name] for name in names) * 1.12)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS / "bench.svg"
    draw(json.loads((RESULTS / "bench.json").read_text())["ratios"], target)
