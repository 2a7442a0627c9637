"""`python -m bot content check`: everything a person reads, held against the rules of docs/content.md."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

from bot.channels.static import all_texts
from bot.channels.telegram_texts import FILE as TELEGRAM_FILE
from bot.channels.telegram_texts import Name, TelegramTexts, load_texts
from bot.chat_dutch import normalise
from bot.content import DOCTOR_PART, JOURNEYS, PLACEHOLDER, SITUATION, Content, load, with_usual_words
from bot.help.directory import HelpLine
from bot.help.offer import all_texts as all_texts_of_offer
from bot.organisations import Site, load_organisations
from bot.readability import flesch_douma, sentences, words
from bot.safety import KINDS, Engine
from bot.safety.lexicon import LEXICON, load_lexicon
from bot.settings import CONTENT
from bot.themes import THEMES
from bot.told import BANDS, FEELINGS, PART, RULERS, SUBJECT, of_chosen_step, of_value
from bot.widget.files import read_widget_content

MAX_SENTENCE_WORDS = 15
MAX_EASY_SENTENCE_WORDS = 8
"""For the wordings of who asked for something simpler."""
MAX_TURN_WORDS = 60
MAX_PART_WORDS = 20
"""For a part of a summary, four of which make one turn with the question after them."""
LEAST_EASE = 70.0
"""Reading ease below which a file is reported as harder than B1."""

BANNED = {
    "pleger": "name what someone did", "dader": "name what someone did", "mishandelaar": "name what someone did",
    "plegeraanpak": "say hulp or aanbod", "terugval hoort erbij": "safety first", "je moet": "the person chooses",
    "ik begrijp precies": "a program does not", "waar twee vechten": "never shared blame",
    "daders veranderen niet": "not true", "je verandert zeker": "promise nothing", "—": "no dashes",
}  # fmt: skip
BY_PROGRAM = ("greeting", "affirm", "deny", "unsure", "give_number", "only_emoji", "stilte", "vertelt_eerst", "too_long",
              "verder_knop", "samenvatting_leeg", "hulp_na_plaats", "cijfer_reden", "veilig_uitleg",
              "kort_gehoord", "naasten_gehoord", "suicide_bel_nu", "veilig_genoeg_gevraagd")  # fmt: skip
BY_PROGRAM_FAMILIES = (
    "safety_",
    "niet_begrepen_",
    "cijfer_",
    "vertrouwen_",
    "weiger_",
    "gevoel_",
    "gehoord_",
    "moment_",
    SITUATION,
    SUBJECT,
)
"""Steps that the program itself leads to, by name or by the start of their name."""

EMERGENCY = "noodnummer"
"""The line that whatever answers a danger must have."""

_PHONE = re.compile(r"(?<![\w/])(?:\d[\d \-]+\d)(?!\w)")
_NUMBER_OF_OTHER_KIND = re.compile(r"^(?:19|20)\d\d$")


@dataclass
class Report:
    """What the check found.

    Attributes:
        errors: what must be mended; the command fails.
        warnings: what a person should look at.
        scores: reading ease per file.
        unsigned: files that no counsellor has signed.
    """

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    unsigned: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The report for a terminal."""
        lines = ["Reading ease (Flesch-Douma; 70 and above is about B1 or easier)"]
        lines += [f"  {score:5.1f}  {name}" for name, score in sorted(self.scores.items(), key=lambda i: i[1])]
        lines += [f"warning: {w}" for w in self.warnings]
        lines += [f"error: {e}" for e in self.errors]
        lines.append(f"Not yet signed by a counsellor or ervaringsdeskundige: {len(self.unsigned)} files")
        lines.append(f"{len(self.errors)} errors, {len(self.warnings)} warnings")
        return "\n".join(lines)


def check(root: Path = CONTENT, today: date | None = None) -> Report:
    """Check the content below `root`.

    Args:
        root: the folder.
        today: for the age of what was checked by hand.

    Raises:
        ContentError: a file cannot even be read.
    """
    content = load(root)
    report = Report(unsigned=list(content.unsigned))
    per_file: dict[str, list[str]] = defaultdict(list)
    for step in content.steps.values():
        most = MAX_PART_WORDS if step.part else MAX_TURN_WORDS
        for group, texts in step.wordings().items():
            most_of_sentence = MAX_EASY_SENTENCE_WORDS if group == "easy" else MAX_SENTENCE_WORDS
            for text in texts:
                per_file[content.origin[step.name]].append(as_read(text))
                where = f"{content.origin[step.name]}: {step.name}: {group}"
                report.errors += _text_errors(where, text, most_of_sentence, most)
    telegram = load_texts(root)
    per_file[TELEGRAM_FILE] = [PLACEHOLDER.sub("", reply.text) for reply in telegram.replies.values()]
    report.unsigned += [] if telegram.reviewed_by else [TELEGRAM_FILE]
    report.errors += _telegram_errors(telegram, content)
    widget = read_widget_content(content, root)
    if not widget.reviewed_by:
        report.unsigned.append("widget.yml")
    for place, text in widget.texts().items():
        per_file["widget.yml"].append(PLACEHOLDER.sub("", text))
        report.errors += _text_errors(f"widget.yml: {place}", text)
    report.scores = {name: flesch_douma("\n".join(texts)) for name, texts in per_file.items()}
    report.errors += [
        f"{name}: reading ease {score:.0f} is below {LEAST_EASE:.0f}"
        for name, score in report.scores.items()
        if score < LEAST_EASE
    ]
    sites, mistakes = load_organisations(root / "organisations", examples=True)
    report.errors += mistakes
    report.errors += _offer_errors(content, sites.values())
    report.errors += _static_errors(content)
    report.errors += _unreachable(content)
    report.errors += named_errors(content)
    own = [line for site in sites.values() if not site.example for line in site.organisation.help]
    report.warnings += _stale([*content.lines.values(), *own], today or datetime.now(UTC).date())
    report.errors += _journey_errors(content)
    report.errors += _part_errors(content)
    lexicon = load_lexicon(LEXICON)
    report.unsigned += list(lexicon.unsigned)
    report.errors += lexicon_errors(Engine(lexicon))
    return report


def as_read(text: str) -> str:
    """A text with the words that the conversation fills in, and without help lines."""
    return PLACEHOLDER.sub("", with_usual_words(text))


def _text_errors(
    where: str, text: str, most_of_sentence: int = MAX_SENTENCE_WORDS, most: int = MAX_TURN_WORDS
) -> list[str]:
    own = as_read("\n".join(line for line in text.splitlines() if not PLACEHOLDER.fullmatch(line.strip())))
    errors = [
        f"{where}: sentence of {len(words(s))} words, at most {most_of_sentence}: {s!r}"
        for s in sentences(own)
        if len(words(s)) > most_of_sentence
    ]
    if len(words(own)) > most:
        errors.append(f"{where}: {len(words(own))} words in one turn; at most {most}")
    errors += [
        f"{where}: {word!r}: {why}"
        for word, why in BANNED.items()
        if re.search(rf"\b{word}\b", text.lower()) or word == text
    ]
    errors += [f"{where}: number {number!r} is typed out; write it as [[line]]" for number in phone_numbers(own)]
    return errors


def phone_numbers(text: str) -> list[str]:
    """What looks like a phone number: three digits or more, years excepted."""
    found = [m.group().strip() for m in _PHONE.finditer(text)]
    return [n for n in found if sum(map(str.isdigit, n)) >= 3 and not _NUMBER_OF_OTHER_KIND.match(n)]


def _static_errors(content: Content) -> list[str]:
    errors = []
    for where, text in all_texts().items():
        for match in PLACEHOLDER.finditer(text):
            if match.group(1) not in content.lines:
                errors.append(f"safety/static.yml: {where}: [[{match.group(1)}]] is not a line of content/help")
        errors += [
            f"safety/static.yml: {where}: number {n!r} is typed out" for n in phone_numbers(PLACEHOLDER.sub("", text))
            if n not in ("113",)
        ]  # fmt: skip
    return errors


def _telegram_errors(texts: TelegramTexts, content: Content) -> list[str]:
    """What is wrong with the texts that the Telegram channel says by itself."""
    errors = [f"{TELEGRAM_FILE}: {name}: is missing" for name in get_args(Name) if name not in texts.replies]
    for name, reply in texts.replies.items():
        where = f"{TELEGRAM_FILE}: {name}"
        errors += _text_errors(where, reply.text)
        errors += [
            f"{where}: [[{match.group(1)}]] is not a line of content/help"
            for match in PLACEHOLDER.finditer(reply.text)
            if match.group(1) not in content.lines
        ]
        errors += [
            f"{where}: button {button.title!r} leads to {button.to!r}, which does not exist"
            for button in reply.buttons
            if button.to not in content.steps
        ]
    return errors


def _unreachable(content: Content) -> list[str]:
    """Steps that no button leads to, and that neither a theme, a rule nor the program itself asks for."""
    from bot.importer import intents_with_own_rule

    entered = {b.to for s in content.steps.values() for b in s.buttons} | set(THEMES) | intents_with_own_rule()
    entered |= {s.listens for s in content.steps.values() if s.listens}
    entered |= {name for name, step in content.steps.items() if step.named}
    by_program = set(BY_PROGRAM)
    return [
        f"{content.origin[name]}: nothing leads to {name}"
        for name, step in content.steps.items()
        if name not in entered | by_program and not step.part and not name.startswith(BY_PROGRAM_FAMILIES)
    ]


def named_errors(content: Content) -> list[str]:
    """Themes that do not exist, words that no message has once normalised, and what answers a danger without a line."""
    errors = []
    for step in content.steps.values():
        where = f"{content.origin[step.name]}: {step.name}: named"
        if step.named:
            errors += [f"{where}: {theme!r} is no theme" for theme in step.named.themes if theme not in THEMES]
            errors += [f"{where}: open: {kind!r} is no kind of danger" for kind in step.named.open if kind not in KINDS]
            read = (
                (word.rstrip("*"), normalise(word.rstrip("*")))
                for word in (*step.named.words, *step.named.clear, *step.named.unless)
            )
            errors += [f"{where}: write {word!r} as {usual!r}" for word, usual in read if usual != word]
            silent = step.named.in_danger and any(EMERGENCY not in t for ts in step.wordings().values() for t in ts)
            errors += [f"{where}: in_danger, and a wording without [[{EMERGENCY}]]"] if silent else []
    return errors


def _journey_errors(content: Content) -> list[str]:
    """Each journey has a door of its own, one can come in from the menu, and it ends in a step the person chooses."""
    errors = []
    in_menu = _from_menu(content)
    for journey in JOURNEYS:
        start = f"{journey}_start"
        if start not in content.steps:
            errors.append(f"journey {journey}: there is no step {start}")
        elif start not in in_menu:
            errors.append(f"{content.origin[start]}: the menu does not lead to {start}")
        if not any(s.end for n, s in content.steps.items() if content.journey(n) == journey):
            errors.append(f"journey {journey}: no step ends it (end: true)")
    return errors


def _from_menu(content: Content) -> set[str]:
    """Where the buttons of the pages of the menu lead."""
    pages = [s for n, s in content.steps.items() if n == "menu" or n.startswith("menu_")]
    return {b.to for page in pages for b in page.buttons}


def _part_errors(content: Content) -> list[str]:
    """Parts of a summary are named after what they say; no part asks anything."""
    errors = []
    known = part_names(content) | {DOCTOR_PART}
    for name, step in content.steps.items():
        where = f"{content.origin[name]}: {name}"
        if step.part and name not in known:
            errors.append(f"{where}: no theme, feeling, band, value or step that can be summed up has this name")
        if step.part and (step.buttons or any("?" in t for texts in step.wordings().values() for t in texts)):
            errors.append(f"{where}: a part of a summary has no buttons and asks nothing")
        if not step.part and name.startswith(PART) and name in known:
            errors.append(f"{where}: a part of a summary must say so (part: true)")
    return errors


def part_names(content: Content) -> set[str]:
    """The names that a part of a summary can have."""
    chosen = [of_value(n) or of_chosen_step(n) for n in content.steps]
    kinds = [f"thema_{t}" for t in THEMES] + [f"gevoel_{f}" for f in FEELINGS]
    kinds += [f"{ruler}_{band}" for ruler in RULERS.values() for band in BANDS] + [c for c in chosen if c] + ["stap"]
    return {f"{PART}{kind}" for kind in kinds}


def _offer_errors(content: Content, sites: Iterable[Site]) -> list[str]:
    """What is wrong in the sentences of help lines, of organisations, and around them."""
    said = [(f"help: {line.id}", line) for line in content.lines.values()]
    said += [(f"organisations/{site.id}.yml: {line.id}", line) for site in sites for line in site.organisation.help]
    told = {
        f"{where}: {name}": text
        for where, line in said
        for name in ("what", "what_happens", "holds_back")
        if (text := getattr(line, name))
    }
    told |= {f"organisations/{s.id}.yml: opening": s.organisation.opening for s in sites if s.organisation.opening}
    told |= {f"help/texts/offer.yml: {name}": text for name, text in all_texts_of_offer().items()}
    return [error for where, text in told.items() for error in _text_errors(where, text)]


def _stale(lines: Iterable[HelpLine], today: date) -> list[str]:
    return [
        f"content/help: {line.name} ({line.id}) was checked on {line.checked}, more than three months ago"
        for line in lines
        if line.is_stale(today)
    ]


def lexicon_errors(engine: Engine) -> list[str]:
    """Patterns that miss a sentence of their own, or fire where they say they must not."""
    errors = []
    for pattern in engine.lexicon.patterns:
        errors += [
            f"lexicon {pattern.name}: misses {s!r}"
            for s in pattern.matches
            if pattern.name not in engine.screen(s).patterns
        ]
        errors += [
            f"lexicon {pattern.name}: fires on {s!r}"
            for s in pattern.misses
            if pattern.name in engine.screen(s).patterns
        ]
    return errors
