"""Logs that cannot hold what a person typed.

Rasa logs messages, slots and predictions, some of them even at ERROR. So a line of any library is reduced to where it
came from and which kind of error it was; only this project's own lines, which hold no variable text, pass as they are.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

OWN = "bot"


class WithoutText(logging.Formatter):
    """Formats a record without a word that a person may have typed."""

    def format(self, record: logging.LogRecord) -> str:
        """Own lines whole; of a library its name, place and kind of error."""
        head = f"{self.formatTime(record)} {record.levelname} "
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        if record.name == OWN or record.name.startswith(f"{OWN}."):
            return head + record.getMessage() + (f" [{error}]" if error else "")
        return f"{head}{record.name}:{record.lineno}" + (f" [{error}]" if error else "")


def _drop(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every structured line: Rasa puts text, slots and predictions in them."""
    raise structlog.DropEvent


def configure_logging() -> None:
    """Set up logging for the whole process, before Rasa is imported."""
    structlog.configure(processors=[_drop], wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutText())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
    for name in ("sanic.access", "sanic.root", "sanic.error", "httpx", "rasa"):
        library = logging.getLogger(name)
        library.handlers[:] = []
        library.propagate = True
        library.setLevel(logging.ERROR)
    # Access lines hold addresses of people.
    logging.getLogger("sanic.access").disabled = True
    # Rasa sets its own warning filters and some warnings quote data: none is shown.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").disabled = True
