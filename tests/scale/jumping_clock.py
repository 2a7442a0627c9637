"""The bot with a clock that jumps: a day ahead at SIGUSR1, two days back at SIGUSR2. For tests/scale/faults.py alone."""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

DAY = 24 * 3600
_real = time.time
_off = [0]


def _jump(by: int) -> Any:
    def handle(*_: Any) -> None:
        _off[0] += by

    return handle


time.time = lambda: _real() + _off[0]
signal.signal(signal.SIGUSR1, _jump(DAY))
signal.signal(signal.SIGUSR2, _jump(-2 * DAY))

import bot.__main__  # noqa: F401  sets the environment as a start does
from bot.commands import main

if __name__ == "__main__":
    sys.exit(main(["run"]))
