"""No log line, of whatever library at whatever level, holds what a person typed."""

import logging

import structlog

from bot.privacy.logs import WithoutText, configure_logging

CANARY = "zilverreiger"


def test_a_line_of_a_library_is_reduced_to_its_place_and_error():
    try:
        raise ValueError(CANARY)
    except ValueError:
        import sys

        record = logging.LogRecord(
            "rasa.core", logging.ERROR, "x.py", 7, f"text={CANARY} %s", (CANARY,), sys.exc_info()
        )
    line = WithoutText().format(record)
    assert CANARY not in line
    assert "rasa.core:7" in line
    assert "ValueError" in line


def test_a_line_of_our_own_is_kept():
    record = logging.LogRecord("bot.server", logging.INFO, "x.py", 7, "started", (), None)
    assert "started" in WithoutText().format(record)


def test_structured_lines_of_rasa_are_dropped(capfd):
    configure_logging()
    structlog.get_logger("rasa").error("processor.message", text=CANARY)
    structlog.get_logger("rasa").critical("processor.message", text=CANARY)
    captured = capfd.readouterr()
    assert CANARY not in captured.out + captured.err
