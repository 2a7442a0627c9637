"""`classify` and `evaluate`: the same path that a message takes in the running bot, without a dialogue."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.content import project_content
from bot.content_check import phone_numbers
from bot.nlg import not_spoken_of, with_lines_of
from bot.nlu.context import SAFETY
from bot.policies.safety import reply_to
from bot.safety import KINDS, LEVELS, Screening, load_engine
from bot.themes import THEMES, theme_of

Z_95 = 1.96
MOST_NUMBERS = 4  # three lines, one of which has two numbers: 113 and 0800-0113


class EvaluationError(ValueError):
    """A labelled file that cannot be used; the message names the line."""


LINES_TO_NAME: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(KINDS, ("0800-2000",)),
    "suicide": ("113", "0800-0113"),
    "homicide_suicide": ("112", "113"),
    "sexual_child": ("0800-266 64 36",),
    "psychosis_intoxication": ("huisarts",),
}
"""What the first reply must name for each kind; 112 besides when it is acute. Source: the safety taxonomy, docs/safety.md."""


def first_reply(seen: dict[str, Any]) -> str:
    """The text of the first reply to a message with a risk, in its first wording."""
    content = project_content()
    name = reply_to(seen, {f"utter_{step}" for step in content.steps})
    text = content.fill(content.steps[name.removeprefix("utter_")].variations[0])
    return with_lines_of(text, not_spoken_of(name, seen["kinds"]), None)


def names_line(kind: str, level: str, text: str) -> bool:
    """Whether a reply names what the taxonomy asks for a kind at a level."""
    wanted = {*LINES_TO_NAME[kind], *(("112",) if level == "acute" else ())}
    if level == "acute":
        wanted.discard("huisarts")
    return all(number in text for number in wanted)


async def classify(agent: Agent, text: str) -> dict[str, Any]:
    """Level, kinds, theme and the theme's confidence of one message; see `look_at`."""
    seen = await look_at(agent, text)
    return {name: value for name, value in seen.items() if name not in ("unsure", "others")}


async def look_at(agent: Agent, text: str) -> dict[str, Any]:
    """What `classify` says of one message, whether its kind is too unsure to speak of, and whether it is between others.

    Args:
        agent: with a model loaded.
        text: as a person types it.
    """
    screening = load_engine().screen(text)
    message = UserMessage(text=text.lstrip("/ ") or text, metadata={SAFETY: screening.as_dict()})
    parsed = await agent.processor.parse_message(message)
    seen = Screening.from_dict(parsed.get(SAFETY))
    theme, confidence = theme_of(parsed)
    return {
        "level": seen.level,
        "kinds": list(seen.kinds),
        "unsure": bool((parsed.get(SAFETY) or {}).get("unsure")),
        "others": bool((parsed.get(SAFETY) or {}).get("others")),
        "theme": theme,
        "confidence": round(confidence, 4),
    }


async def classify_lines(agent: Agent, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Classify JSON lines `{"id", "text"}`; a line that is no such object is answered with an error and the rest goes on."""
    answers = []
    for line in lines:
        if not line.strip():
            continue
        row: Any = None
        try:
            row = json.loads(line)
            text = row["text"]
            if not isinstance(text, str):
                raise TypeError("text is not a string")
            answers.append({"id": row.get("id"), **await classify(agent, text)})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            known = row.get("id") if isinstance(row, dict) else None
            answers.append({"id": known, "error": f"not an object with id and text ({type(error).__name__})"})
    return answers


def read_labelled(path: Path) -> list[dict[str, Any]]:
    """Read lines `{id, text, level?, kinds?, theme?, form?, trap?}`.

    Raises:
        EvaluationError: the file is missing, or a line is no such object or has an unknown label.
    """
    if not path.is_file():
        raise EvaluationError(f"{path}: no such file")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{where}: not JSON: {error}") from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise EvaluationError(f"{where}: needs an object with `text`")
        if row.get("level", "none") not in LEVELS:
            raise EvaluationError(f"{where}: level {row['level']!r} is not one of {', '.join(LEVELS)}")
        if row.get("theme", THEMES[0]) not in THEMES:
            raise EvaluationError(f"{where}: theme {row['theme']!r} is unknown")
        if set(row.get("kinds", ())) - set(KINDS):
            raise EvaluationError(f"{where}: kinds {row['kinds']} hold an unknown one")
        rows.append(row)
    if not rows:
        raise EvaluationError(f"{path}: no lines")
    return rows


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    def __str__(self) -> str:
        """The share with its 95 % interval (Wilson)."""
        if not self.total:
            return "-"
        low, high = wilson(self.hits, self.total)
        return f"{self.hits / self.total:.3f}  [{low:.3f}, {high:.3f}]  {self.hits}/{self.total}"


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson 1927, score interval."""
    p, z2 = hits / total, Z_95**2
    middle = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = Z_95 * math.sqrt(p * (1 - p) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(rows: list[bool]) -> Share:
    return Share(sum(rows), len(rows))


async def evaluate(agent: Agent, rows: list[dict[str, Any]]) -> str:
    """A report on labelled rows: recall per level and kind, false alarms per trap, accuracy of themes.

    Args:
        agent: with a model loaded.
        rows: from `read_labelled`.
    """
    seen = [(row, await look_at(agent, row["text"])) for row in rows]
    report: list[str] = []
    if any("level" in row for row in rows):
        report += _safety_report([(r, s) for r, s in seen if "level" in r])
    if any("theme" in row for row in rows):
        report += _theme_report([(r, s) for r, s in seen if "theme" in r])
    return "\n".join(report)


def _safety_report(seen: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[str]:
    rank = LEVELS.index
    risky = [(r, s) for r, s in seen if r["level"] != "none"]
    calm = [(r, s) for r, s in seen if r["level"] == "none"]
    report = ["Recall at the label's level or above [95 % interval]"]
    for form in ("direct", "indirect"):
        for level in LEVELS[1:]:
            rows = [rank(s["level"]) >= rank(level) for r, s in risky if r.get("form") == form and r["level"] == level]
            report.append(f"  {form:9} {level:8} {_share(rows)}")
        both = [
            rank(s["level"]) >= rank(r["level"])
            for r, s in risky
            if r.get("form") == form and r["level"] in ("acute", "urgent")
        ]
        report.append(f"  {form:9} acute and urgent {_share(both)}")
    report.append("Recall per kind (at the label's level or above)")
    for kind in KINDS:
        rows = [rank(s["level"]) >= rank(r["level"]) for r, s in risky if kind in r["kinds"]]
        report.append(f"  {kind:24} {_share(rows)}")
    named = [bool(set(s["kinds"][:3]) & set(r["kinds"])) for r, s in risky if s["level"] != "none"]
    report.append(f"Kind named, over the caught        {_share(named)}")
    replies = [(r, s, first_reply(s)) for r, s in risky if s["level"] != "none" and r["kinds"]]
    lines = [names_line(r["kinds"][0], s["level"], text) for r, s, text in replies]
    report.append(f"Right line named, over the caught  {_share(lines)}")
    few = [len(set(phone_numbers(text))) <= MOST_NUMBERS for _, _, text in replies]
    report.append(f"At most three lines in it          {_share(few)}")
    over = [s["level"] == "acute" for r, s in risky if r["level"] in ("concern", "urgent")]
    report.append(f"Concern and urgent seen as acute   {_share(over)}")
    report.append("Without risk: seen as urgent or acute (as concern beside it)")
    for trap in sorted({r.get("trap", "-") for r, _ in calm}):
        levels = [s["level"] for r, s in calm if r.get("trap", "-") == trap]
        alarms = _share([rank(level) >= rank("urgent") for level in levels])
        report.append(f"  {trap:12} {alarms}  concern {levels.count('concern')}")
    alarmed = [r["level"] in ("urgent", "acute") for r, s in seen if s["level"] in ("urgent", "acute")]
    report.append(f"PPV of urgent and acute            {_share(alarmed)}")
    return report


def _theme_report(seen: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[str]:
    right = [s["theme"] == r["theme"] for r, s in seen]
    report = [
        f"Theme accuracy [95 % interval]      {_share(right)}",
        "Per theme: right, and what it was taken for",
    ]
    confusions: dict[str, Counter[str]] = defaultdict(Counter)
    for row, said in seen:
        confusions[row["theme"]][said["theme"]] += 1
    for theme in THEMES:
        counts = confusions.get(theme)
        if counts:
            others = ", ".join(f"{t} {n}" for t, n in counts.most_common() if t != theme)
            report.append(f"  {theme:28} {counts[theme]}/{sum(counts.values())}  {others}")
    return report
