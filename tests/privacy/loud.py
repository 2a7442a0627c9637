"""The bot with every logger at its loudest, which no setting offers: what the log may hold must not hang on a level."""

import logging
import sys

import bot.__main__ as program
from bot import commands
from bot.privacy.logs import configure_logging


def loudest() -> None:
    configure_logging()
    logging.getLogger().setLevel(logging.DEBUG)
    for logger in list(logging.getLogger().manager.loggerDict):
        logging.getLogger(logger).setLevel(logging.DEBUG)
    for name in ("telegram", "httpx", "httpcore", "asyncio", "rasa", "sanic.root", "sanic.error", "bot"):
        logging.getLogger(name).setLevel(logging.DEBUG)


commands.configure_logging = loudest
sys.exit(program.main(["run"]))
