"""`python -m bot themes …`: report, retention, demo."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from dataclasses import replace

from bot.dashboard.notes import Notes
from bot.settings import PROJECT, Settings
from bot.themes.demo import DEMO_GROUPS, DEMO_WEEKS, fill
from bot.themes.published import Choice
from bot.themes.report import as_csv, as_json, as_table
from bot.themes.store import ThemesError, forget_before, is_demo, opened, publish
from bot.themes.weeks import monday, shift, this_week

REPORT_WEEKS = 26
KEPT_WEEKS = 156
DEMO_FILE = PROJECT / "var" / "demo" / "themes.db"


def add_commands(themes: argparse.ArgumentParser) -> None:
    """The words after `themes`."""
    commands = themes.add_subparsers(required=True, metavar="WHAT")
    report = commands.add_parser("report", help="the published numbers")
    report.add_argument("--from", dest="first", metavar="2026-W40", help=f"default: {REPORT_WEEKS} weeks ago")
    report.add_argument("--to", dest="last", metavar="2026-W48", help="default: this week")
    report.add_argument("--format", choices=("table", "csv", "json"), default="table")
    report.set_defaults(themes=report_numbers)
    retention = commands.add_parser("retention", help="delete numbers and notes of long ago")
    retention.add_argument("--weeks", type=int, default=KEPT_WEEKS, help=f"how many to keep; default {KEPT_WEEKS}")
    retention.set_defaults(themes=delete_old)
    demo = commands.add_parser("demo", help="fill a file of its own with made-up weeks")
    demo.add_argument("--show", action="store_true", help="and serve the overview over it, without a bot")
    demo.set_defaults(themes=make_demo)


def run(options: argparse.Namespace) -> None:
    """Run one of them.

    Raises:
        ThemesError: the file with counts cannot be used.
    """
    settings = Settings.read()
    try:
        options.themes(options, settings)
    except (sqlite3.Error, OSError) as error:
        raise ThemesError(f"{settings.themes_db} cannot be used: {error}") from error


def report_numbers(options: argparse.Namespace, settings: Settings) -> None:
    """Print the published numbers; what is over and not published yet is published first."""
    last = options.last or this_week()
    choice = Choice(options.first or shift(last, -REPORT_WEEKS), last)
    if monday(choice.first) > monday(choice.last):
        raise ThemesError(f"--from {choice.first} is after --to {choice.last}.")
    if settings.themes_db.is_file():
        with opened(settings.themes_db) as db:
            publish(db)
    write = {"table": as_table, "csv": as_csv, "json": as_json}[options.format]
    sys.stdout.write(write(settings.themes_db, choice))


def delete_old(options: argparse.Namespace, settings: Settings) -> None:
    """Delete what ended more than so many weeks ago."""
    if options.weeks < 1:
        raise ThemesError("--weeks must be 1 or more.")
    before = shift(this_week(), -options.weeks)
    with opened(settings.themes_db) as db:
        gone = forget_before(db, before)
    notes = Notes(settings.notes_db).forget_before(before)
    print(f"Deleted {gone} numbers and {notes} notes from before {before}.")


def make_demo(options: argparse.Namespace, settings: Settings) -> None:
    """Fill the demo file, and say or do how to look at it."""
    DEMO_FILE.parent.mkdir(parents=True, exist_ok=True)
    if DEMO_FILE.is_file():
        with opened(DEMO_FILE) as db:
            if not is_demo(db):
                raise ThemesError(f"{DEMO_FILE} holds real counts and is left alone.")
    made = fill(DEMO_FILE, DEMO_GROUPS, DEMO_WEEKS)
    print(f"{made} made-up conversations in {DEMO_WEEKS} weeks: {DEMO_FILE.relative_to(PROJECT)}")
    if not options.show:
        print("Look at them: python -m bot themes demo --show")
        return
    from bot.dashboard.app import run_overview
    from bot.dashboard.commands import say_first_account

    apart = replace(settings, themes_db=DEMO_FILE)
    say_first_account(apart)
    run_overview(apart)
