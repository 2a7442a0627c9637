"""The commands behind `python -m bot`. Each imports what it needs, so that a small one starts fast."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from bot.privacy.logs import configure_logging
from bot.settings import MODEL, PROJECT, Settings

CANNOT = 1


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: the words after `python -m bot`.

    Returns:
        The exit code: 0, or 1 after one clear sentence on stderr.
    """
    options = _parser(arguments[:1]).parse_args(arguments)
    configure_logging()
    sys.path.insert(0, str(PROJECT))  # Rasa loads our components by their module path
    try:
        return int(options.run(options) or 0)
    except _expected_errors() as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return 130


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="train if needed and start everything")
    run.add_argument(
        "--worker", action="store_true", help="one more process for the chat, beside `run`; needs REDIS_URL"
    )
    run.set_defaults(run=_run)

    train = commands.add_parser("train", help="train the model")
    train.add_argument("--config", default="config.yml", help="config.yml or config-diet.yml")
    train.add_argument("--name", default="bot", help="name of the file in models/")
    train.add_argument("--if-changed", action="store_true", help="only when something it is made from has changed")
    train.set_defaults(run=_train)

    chat = commands.add_parser("chat", help="talk in the terminal")
    chat.set_defaults(run=_chat)

    classify = commands.add_parser("classify", help="JSON lines in, level, kinds and theme out")
    classify.set_defaults(run=_classify)

    evaluate = commands.add_parser("evaluate", help="recall, false alarms and accuracy on a labelled file; or places")
    evaluate.add_argument("file", type=Path)
    evaluate.set_defaults(run=_evaluate)

    overview = commands.add_parser("overview", help="serve the counsellors' overview alone; `run` starts it too")
    overview.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    overview.set_defaults(run=_overview)

    accounts = commands.add_parser("accounts", help="who may sign in to the overview")
    accounts.set_defaults(run=_accounts)
    themes = commands.add_parser("themes", help="anonymised counts: report, retention, demo")
    themes.set_defaults(run=_themes)
    if "accounts" in arguments:
        from bot.dashboard.commands import add_commands

        add_commands(accounts)
    if "themes" in arguments:
        from bot.themes.commands import add_commands as add_themes

        add_themes(themes)

    content = commands.add_parser("content", help="check what people read; print the help lines as a page for paper")
    content.add_argument("action", choices=["check", "print"])
    content.set_defaults(run=_content)
    return parser


EXPECTED = {
    "bot.settings": ("SettingError",),
    "bot.content": ("ContentError",),
    "bot.safety.lexicon": ("LexiconError",),
    "bot.training": ("TrainingError",),
    "bot.evaluation": ("EvaluationError",),
    "bot.agent": ("ModelError",),
    "bot.server": ("ServerError",),
    "bot.shared.redis_server": ("RedisUnusable",),
    "bot.themes.store": ("ThemesError",),
    "bot.themes.weeks": ("WeekError",),
    "bot.dashboard.accounts": ("AccountError",),
}
"""Errors whose message is for the operator, by module."""


def _expected_errors() -> tuple[type[Exception], ...]:
    """Those that can have been raised: of the modules that were imported."""
    return tuple(
        getattr(sys.modules[module], name)
        for module, names in EXPECTED.items()
        if module in sys.modules
        for name in names
    )


def _run(options: argparse.Namespace) -> None:
    import skops.io  # noqa: F401  it looks through every module loaded so far: before Rasa one second, after it eight

    from bot.server import check_ports, serve
    from bot.training import TrainingError, is_current

    settings = Settings.read()
    check_ports(settings, options.worker)
    if not is_current():
        try:
            _train_apart()
        except TrainingError as error:
            print(f"error: {error} Starting with what there is.", file=sys.stderr)
    serve(settings, options.worker)


def _train_apart() -> None:
    """Train in a process of its own, so that the memory it takes is given back."""
    import subprocess

    from bot.training import TrainingError

    environment = {**os.environ, "OMP_NUM_THREADS": "2"}  # a start leaves one for each message (bot/__main__.py)
    if subprocess.run([sys.executable, "-m", "bot", "train"], cwd=PROJECT, env=environment, check=False).returncode:
        raise TrainingError("The model could not be trained; see the lines above.")


def _train(options: argparse.Namespace) -> None:
    from bot.training import is_current, train

    if options.if_changed and is_current():
        print("The model is up to date.")
        return
    train(options.config, options.name)


def _chat(options: argparse.Namespace) -> None:
    from bot.agent import RasaThread, load_agent
    from bot.terminal import chat

    asyncio.run(chat(RasaThread(load_agent(MODEL))))


def _classify(options: argparse.Namespace) -> None:
    from bot.agent import load_agent
    from bot.evaluation import classify_lines

    agent = load_agent(MODEL)
    for answer in asyncio.run(classify_lines(agent, sys.stdin)):
        print(json.dumps(answer, ensure_ascii=False))


def _evaluate(options: argparse.Namespace) -> None:
    from bot.help.evaluation import evaluate_places, read_places

    if options.file.stem.startswith("places"):
        print(evaluate_places(read_places(options.file)).text())
        return
    from bot.agent import load_agent
    from bot.evaluation import evaluate, read_labelled

    rows = read_labelled(options.file)
    agent = load_agent(MODEL)
    print(asyncio.run(evaluate(agent, rows)))


def _overview(options: argparse.Namespace) -> None:
    from bot.dashboard.app import run_overview

    run_overview(Settings.read(), options.with_parent)


def _accounts(options: argparse.Namespace) -> None:
    from bot.dashboard.commands import run

    run(options)


def _themes(options: argparse.Namespace) -> None:
    from bot.themes.commands import run

    run(options)


def _content(options: argparse.Namespace) -> int:
    if options.action == "print":
        return _print()
    from bot.content_check import check

    report = check()
    print(report.text())
    return CANNOT if report.errors else 0


def _print() -> int:
    from datetime import UTC, datetime

    from bot.content import project_content
    from bot.help.printed import printed
    from bot.organisations import load_organisations

    sites, mistakes = load_organisations()
    directory = project_content().directory
    lines = [(directory.titles[line.id], line) for line in directory.lines.values()]
    page = printed(lines, list(sites.values()), directory.do_not_use, datetime.now(UTC).date())
    sys.stdout.buffer.write(page.encode())
    for mistake in mistakes:
        print(f"left out: {mistake}", file=sys.stderr)
    return 0
