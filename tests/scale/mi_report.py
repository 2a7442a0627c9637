"""`make mi-report`: simulated people talk with the bot, and what the bot does in each turn is counted.

    python tests/scale/mi_report.py [--persons FILE] [--out FOLDER] [--codes FILE FILE]

Writes one transcript a person as Markdown, and `turns.jsonl`, each reply with what came before it, for readers who code it
without seeing the writers' codes. Two such files of codes (lines {"id", "codes"}) replace the writers' codes in the count, and
their agreement is printed as kappa. The people's lines were written beforehand and by other hands than the replies; they do
not react to the bot. No person who exists is among them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from bot.privacy.logs import configure_logging

configure_logging()

from rasa.shared.core.events import BotUttered, UserUttered

from bot.agent import RasaThread, load_agent
from bot.channels.answer import answer
from bot.content import CODES, PLACEHOLDER, QUESTION_CODES, project_content
from bot.heard import WORDING
from bot.readability import words
from bot.settings import MODEL

PERSONS = PROJECT / "tests" / "evaluation" / "persons.jsonl"
OUT = PROJECT / "results" / "mi"
CONTEXT_TURNS = 3

REFLECTIONS = {"simple_reflection", "complex_reflection", "summary"}
COMPLEX = {"complex_reflection", "summary"}
CONSISTENT = {"affirmation", "autonomy", "permission", "advice_with_permission", *REFLECTIONS, "open_question"}
"""After MITI 4.2.1; a norm, structure, facts and crisis lines count for neither side."""
INCONSISTENT = {"confront", "persuade"}
"""No step of the content may have these; readers may find them all the same."""
KNOWN = {*CODES, *INCONSISTENT}


@dataclass
class Turn:
    """What a person typed and what the bot answered.

    Attributes:
        typed: by the person; empty for the greeting.
        replies: texts, in order.
        wordings: `step/group/number` of each reply.
        codes: what the replies do.
        level: of the risk that was seen.
        careful, talk, feeling: what was recognised.
    """

    typed: str
    replies: list[str]
    wordings: list[str]
    codes: list[str]
    level: str
    careful: bool
    talk: str
    feeling: str

    @property
    def steps(self) -> list[str]:
        return [w.split("/")[0] for w in self.wordings]


@dataclass
class Talk:
    """One simulated person and the whole conversation."""

    person: dict[str, Any]
    turns: list[Turn] = field(default_factory=list)


async def play(rasa: RasaThread, person: dict[str, Any]) -> Talk:
    """Let a person say their lines one by one."""
    talk = Talk(person)
    key = f"mi-{person['id']}"
    for typed in ("/greeting", *person["lines"]):
        replies = await answer(typed, key, "web", rasa.handle_message)
        tracker = await rasa.call(lambda: rasa.agent.tracker_store.retrieve(key))
        wordings: list[str] = []
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered):
                break
            if isinstance(event, BotUttered) and WORDING in event.metadata:
                wordings.insert(0, event.metadata[WORDING])
        steps = project_content().steps
        codes = []
        for wording in wordings:
            step, group, number = wording.split("/")
            codes += steps[step].codes_for(group, int(number))
        talk.turns.append(
            Turn(
                typed="" if typed == "/greeting" else typed,
                replies=[r.text for r in replies],
                wordings=wordings,
                codes=codes,
                level=next((r.risk["level"] for r in replies if r.risk), "none"),
                careful=bool(tracker.get_slot("careful")),
                talk=str(tracker.get_slot("talk")),
                feeling=str(tracker.get_slot("feeling")),
            )
        )
    await rasa.forget(key)
    return talk


def turn_id(talk: Talk, number: int) -> str:
    """A name for one turn that tells nothing of its codes."""
    return hashlib.sha256(f"{talk.person['id']}/{number}/{talk.turns[number].replies}".encode()).hexdigest()[:12]


def own_words(text: str) -> int:
    """Words of a reply without the lines of help, which are a list and not talk."""
    lines = {PLACEHOLDER.sub("", line.line()) for line in project_content().lines.values()}
    return len(words("\n".join(line for line in text.splitlines() if line.strip() not in lines)))


def figures(talks: list[Talk], codes_of: dict[str, list[str]] | None = None) -> dict[str, float]:
    """The counts over all turns after the greeting.

    Args:
        talks: the conversations.
        codes_of: a reader's codes by the turn's id; without, the writers'.

    Returns:
        Ratio of reflections to questions; shares from 0 to 1; words.
    """
    count: Counter[str] = Counter()
    turns = unasked = 0
    typed = said = 0
    for talk in talks:
        for number, turn in enumerate(talk.turns[1:], 1):
            codes = turn.codes if codes_of is None else codes_of.get(turn_id(talk, number))
            if codes is None:
                continue
            turns += 1
            count.update(codes)
            unasked += "persuade" in codes
            typed += len(words(turn.typed))
            said += sum(map(own_words, turn.replies))
    reflections = sum(count[c] for c in REFLECTIONS)
    consistent, inconsistent = sum(count[c] for c in CONSISTENT), sum(count[c] for c in INCONSISTENT)
    return {
        "turns": turns,
        "reflections to questions": reflections / max(1, sum(count[c] for c in QUESTION_CODES)),
        "complex reflections": sum(count[c] for c in COMPLEX) / max(1, reflections),
        "MI-consistent": consistent / max(1, consistent + inconsistent),
        "turns with unasked advice": unasked / max(1, turns),
        "confrontations": count["confront"],
        "words of the bot for one of the person": said / max(1, typed),
    }


def more(talks: list[Talk]) -> dict[str, str]:
    """Which replies came most, and how often a message was not understood or a wording came twice."""
    turns = [t for talk in talks for t in talk.turns[1:]]
    steps = Counter(s for t in turns for s in t.steps)
    twice = sum(n > 1 for talk in talks for n in Counter(w for t in talk.turns for w in t.wordings).values())
    # a closed list would go stale: what is not understood is named so in the content
    lost = sum(n for s, n in steps.items() if s.startswith("niet_begrepen"))
    felt = sum(n for s, n in steps.items() if s.startswith(("gevoel_", "gehoord_", "moment_")))
    return {
        "not understood": f"{lost} of {len(turns)}; answered by moment, feeling or direction: {felt}",
        "wordings heard twice in one conversation": str(twice),
        "groups": ", ".join(
            f"{g} {n}" for g, n in Counter(w.split("/")[1] for t in turns for w in t.wordings).most_common()
        ),
        "risk": ", ".join(f"{level} {n}" for level, n in Counter(t.level for t in turns).most_common()),
        "most often": ", ".join(f"{s} {n}" for s, n in steps.most_common(15)),
    }


def kappa(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, float]:
    """Cohen's kappa of two readers for each code (present in the turn or not), over the turns both coded."""
    both = sorted(set(one) & set(other))
    found = {}
    for code in sorted(KNOWN):
        a, b = [code in one[i] for i in both], [code in other[i] for i in both]
        if not any(a) and not any(b):
            continue
        agree = sum(x == y for x, y in zip(a, b, strict=True)) / len(both)
        by_chance = sum(a) * sum(b) / len(both) ** 2 + (len(both) - sum(a)) * (len(both) - sum(b)) / len(both) ** 2
        found[code] = 1.0 if by_chance == 1 else (agree - by_chance) / (1 - by_chance)
    return found


def transcript(talk: Talk) -> str:
    """One conversation as Markdown."""
    lines = [f"# {talk.person['id']}: {talk.person['who']}", "", f"Types: {', '.join(talk.person['types'])}", ""]
    for turn in talk.turns:
        if turn.typed:
            lines += [f"**Mens:** {turn.typed}", ""]
        for text in turn.replies:
            lines += ["> " + line if line else ">" for line in text.splitlines()] + [""]
        marks = [*turn.wordings, f"codes: {', '.join(turn.codes)}"]
        marks += [f"risk: {turn.level}"] if turn.level != "none" else []
        marks += [f"talk: {turn.talk}, feeling: {turn.feeling}"] if turn.typed else []
        marks += ["careful"] if turn.careful else []
        lines += [f"<sub>{' · '.join(marks)}</sub>", ""]
    return "\n".join(lines)


def to_code(talks: list[Talk]) -> list[dict[str, Any]]:
    """The turns as a reader gets them: context and reply, without the writers' codes."""
    rows = []
    for talk in talks:
        for number, turn in enumerate(talk.turns[1:], 1):
            before = talk.turns[max(0, number - CONTEXT_TURNS) : number]
            context = [{"typed": t.typed, "reply": "\n\n".join(t.replies)} for t in before]
            reply = "\n\n".join(turn.replies)
            rows.append({"id": turn_id(talk, number), "context": context, "typed": turn.typed, "reply": reply})
    return rows


def read_codes(file: Path) -> dict[str, list[str]]:
    """A reader's codes by the turn's id.

    Raises:
        ValueError: a line has an unknown code.
    """
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        unknown = set(row["codes"]) - KNOWN
        if unknown:
            raise ValueError(f"{file}, line {number}: unknown codes {sorted(unknown)}")
        found[row["id"]] = row["codes"]
    return found


def table(found: dict[str, float]) -> str:
    return "\n".join(f"  {name:<42} {value:8.2f}" for name, value in found.items())


async def main(options: argparse.Namespace) -> None:
    persons = [json.loads(line) for line in options.persons.read_text(encoding="utf-8").splitlines() if line]
    rasa = RasaThread(load_agent(MODEL))
    talks = [await play(rasa, person) for person in persons]
    rasa.stop()
    options.out.mkdir(parents=True, exist_ok=True)
    for talk in talks:
        (options.out / f"{talk.person['id']}.md").write_text(transcript(talk), encoding="utf-8")
    with (options.out / "turns.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in to_code(talks))
    print(f"{len(talks)} people. Codes as the writers of the replies gave them:\n{table(figures(talks))}")
    print("\n".join(f"  {name}: {value}" for name, value in more(talks).items()))
    readers = [read_codes(file) for file in options.codes]
    for file, codes in zip(options.codes, readers, strict=True):
        print(f"Codes of {file.name}:\n{table(figures(talks, codes))}")
    if len(readers) == 2:
        print(f"Agreement of the two readers (kappa):\n{table(kappa(*readers))}")
    print(f"Transcripts: {options.out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=Path, default=PERSONS)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--codes", type=Path, nargs="*", default=[], help="files of one or two readers")
    asyncio.run(main(parser.parse_args()))
