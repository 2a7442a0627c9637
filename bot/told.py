"""What a person told in this conversation, as far as it is remembered: never words, only names of what was recognised.

These names join three rooms: the pipeline recognises, slots remember, and the parts of a summary (`content/`) say it back.
"""

from __future__ import annotations

from typing import Any

from bot.content import Content

TALKS = ("change", "sustain")
"""Which way a message speaks, after motivational interviewing; `none` when neither."""

FEELINGS = ("boos", "schaamte", "angst", "verdriet", "moe", "alleen", "hoop", "schuld")
MOMENTS = (
    "steun", "eigen_aandeel", "eigen_stap", "inzicht", "eerste_keer", "overbelast", "gemis", "onrecht", "lijf", "geheim",
    "geraakt", "wie_ik_ben", "tegenzin", "contact",
)  # fmt: skip
"""What a message may tell that is no theme: someone who helps, the own share, an own step, ... (data/README.md)."""

CONTACT = "contact"
"""The moment of seeking or getting contact with somebody who lives apart. What it asks for touches the other: it comes before a
theme."""

ROLES = ("zelf", "slachtoffer", "omstander", "hulpverlener")
"""Who types, as far as a message shows: who uses violence, who bears it, who sees it with others, who works with them."""

ACTS = (
    "tells", "asks_help", "asks_how", "asks_chat", "asks_simpler", "corrects", "harm", "yes", "no", "unsure", "number",
    "greets", "thanks", "ends", "victim", "onlooker",
)  # fmt: skip
"""What a person does with a message (a dialogue act), read beside what the bot said before it (data/README.md)."""

HARM = "harm"
"""The act of asking for help with something that harms another."""

SUBJECT = "vertelt_over_"
"""How the steps begin that answer what is known of a message by its subject alone: it tells of a child, of drink."""

TELLING = "vertelt"
"""Intent of a message that tells on without a theme of its own, and the step that answers it."""

NONE = "none"

OTHER = "de ander"
"""How a reply names whom it is about, until the person says who that is."""

RULERS = {"importance": "belang", "confidence": "vertrouwen"}
"""Slot of a ruler, and the word for it in names of steps."""

BANDS = ("laag", "midden", "hoog")
HIGHEST_LOW, HIGHEST_MIDDLE = 3, 6

ABOUT = "over_mij"
"""The journey about the chat itself: a question in between, which does not take the place of where the person was."""

ROLE_OF_STEP = {
    "naasten_omstander": "omstander",
    "naasten_werk": "hulpverlener",
    "naasten_zelf": "zelf",
    "veilig_over_mij": None,
}
"""What choosing a step says of who types. Help for who bears violence says nothing: who hits may be hit too."""

PART = "samenvatting_"
"""Parts of a summary are steps whose names begin so, such as `samenvatting_thema_remorse`."""


def band(value: float) -> str:
    """The part of a ruler from 0 to 10: `laag` (0-3), `midden` (4-6) or `hoog` (7-10)."""
    if value <= HIGHEST_LOW:
        return BANDS[0]
    return BANDS[1] if value <= HIGHEST_MIDDLE else BANDS[2]


def of_value(step: str) -> str | None:
    """`waarde_rust` for the step by which a person chooses that value; None for any other step."""
    return step if step.startswith("waarde_") else None


def of_chosen_step(step: str) -> str | None:
    """`stap_bellen` for a step such as `plan_stap_bellen`, by which a person chooses what to do; None for any other."""
    _, found, what = step.partition("_stap_")
    return f"stap_{what}" if found else None


def marks_of_step(content: Content, name: str) -> dict[str, Any]:
    """What choosing a step leaves behind in the conversation, as slots and their values.

    A value or a small step is remembered for the summary; a step of a journey is where "verder" leads back to, until the
    journey has ended; a ruler that is asked anew forgets its number.

    Args:
        content: with the steps.
        name: of the step that was chosen, by a button or in words.
    """
    step = content.steps.get(name)
    if step is None:
        return {}
    marks: dict[str, Any] = {}
    if of_value(name):
        marks["value"] = name
    if of_chosen_step(name):
        marks["chosen_step"] = name
    if content.journey(name) not in (None, ABOUT) and not step.control:
        marks["paused_step"] = None if step.end else name
    if step.control:
        marks[name.removeprefix("ask_")] = None
    if name in ROLE_OF_STEP:
        marks["role"] = ROLE_OF_STEP[name]
    if name == "makkelijker":
        marks["easy"] = True
    return marks


def as_entities(marks: dict[str, Any]) -> list[dict[str, Any]]:
    """Marks as entities, which fill the slots of the same name; a list fills a list."""
    return [
        {"entity": name, "value": one, "start": 0, "end": 0}
        for name, value in marks.items()
        for one in (value if isinstance(value, list) else [value])
    ]
