"""Levels and kinds of risk. Source: the project's safety taxonomy, docs/safety.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEVELS = ("none", "concern", "urgent", "acute")
KINDS = (
    "violence_now", "threat_to_others", "losing_control", "weapon", "strangulation", "suicide", "homicide_suicide",
    "child_in_danger", "sexual_violence", "sexual_child", "stalking", "victim", "honour", "psychosis_intoxication",
)  # fmt: skip


def highest(*levels: str) -> str:
    """The highest of some levels; `none` of nothing."""
    return max(levels, key=LEVELS.index, default="none")


@dataclass(frozen=True)
class Screening:
    """What was noticed in one message.

    Attributes:
        level: one of `LEVELS`.
        kinds: what sort of risk, the weightiest first; empty at `none`.
        patterns: names of the lexicon's patterns that fired, for tests and for whoever mends one.
    """

    level: str = "none"
    kinds: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it travels with a message through Rasa."""
        return {"level": self.level, "kinds": list(self.kinds)}

    def together_with(self, other: Screening) -> Screening:
        """The higher level of two; its own kinds first, then the other's."""
        first, second = (self, other) if LEVELS.index(self.level) >= LEVELS.index(other.level) else (other, self)
        kinds = tuple(dict.fromkeys((*first.kinds, *second.kinds)))
        return Screening(first.level, kinds if first.level != "none" else (), self.patterns + other.patterns)

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> Screening:
        """Back from `as_dict`."""
        return cls(data["level"], tuple(data["kinds"])) if data else cls()
