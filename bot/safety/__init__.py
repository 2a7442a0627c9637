"""The rule engine: text in, level and kinds out. Pure Python; its lexicon is data in `content/safety/lexicon/`."""

from bot.safety.engine import Engine, load_engine
from bot.safety.levels import KINDS, LEVELS, Screening, highest

__all__ = ["KINDS", "LEVELS", "Engine", "Screening", "highest", "load_engine"]
