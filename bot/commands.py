"""The commands behind `python -m bot`. Each imports what it needs, so that a small one starts fast."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from bot.privacy.logs import configure_logging
from bot.settings import MODEL, PROJECT, SettingError, Settings

CANNOT = 1


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: the words after `python -m bot`.

    Returns:
        The exit code: 0, or 1 after one clear sentence on stderr.
    """
    options = _parser().parse_args(arguments)
    configure_logging()
    sys.path.insert(0, str(PROJECT))  # Rasa loads our components by their module path
    try:
        return int(options.run(options) or 0)
    except _expected_errors() as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="train if needed and start everything")
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

    content = commands.add_parser("content", help="check what people read; print the help lines as a page for paper")
    content.add_argument("action", choices=["check", "print"])
    content.set_defaults(run=_content)
    return parser


def _expected_errors() -> tuple[type[Exception], ...]:
    from bot.content import ContentError
    from bot.evaluation import EvaluationError
    from bot.safety.lexicon import LexiconError
    from bot.training import TrainingError

    expected: list[type[Exception]] = [
        SettingError,
        ContentError,
        LexiconError,
        TrainingError,
        EvaluationError,
    ]
    agent = sys.modules.get("bot.agent")
    if agent is not None:
        expected.append(agent.ModelError)
    server = sys.modules.get("bot.server")
    if server is not None:
        expected.append(server.ServerError)
    return tuple(expected)


def _run(options: argparse.Namespace) -> None:
    from bot.server import check_port, serve
    from bot.training import TrainingError, is_current

    settings = Settings.read()
    check_port(settings.host, settings.port)
    if not is_current():
        try:
            _train_apart()
        except TrainingError as error:
            print(f"error: {error} Starting with what there is.", file=sys.stderr)
    serve(settings)


def _train_apart() -> None:
    """Train in a process of its own, so that the memory it takes is given back."""
    import subprocess

    from bot.training import TrainingError

    if subprocess.run([sys.executable, "-m", "bot", "train"], cwd=PROJECT, check=False).returncode:
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

    asyncio.run(chat(RasaThread(load_agent(MODEL, Settings.read().conversation_ttl))))


def _classify(options: argparse.Namespace) -> None:
    from bot.agent import load_agent
    from bot.evaluation import classify_lines

    agent = load_agent(MODEL, Settings.read().conversation_ttl)
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
    agent = load_agent(MODEL, Settings.read().conversation_ttl)
    print(asyncio.run(evaluate(agent, rows)))


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
