"""Which organisations are counted apart: those with a file in `content/organisations/`. A visitor can send any other name."""

from __future__ import annotations

from functools import lru_cache

from bot.settings import CONTENT


@lru_cache(maxsize=1)
def known_organisations() -> frozenset[str]:
    """The names of the organisations that show the chat on their site."""
    return frozenset(path.stem for path in (CONTENT / "organisations").glob("*.yml"))
