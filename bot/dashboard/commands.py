"""`python -m bot overview` and `python -m bot accounts …`."""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys

from bot.dashboard.accounts import FIRST, ROLES, AccountError, Accounts, first_account
from bot.settings import PROJECT, Settings


def add_commands(accounts: argparse.ArgumentParser) -> None:
    """The words after `accounts`."""
    commands = accounts.add_subparsers(required=True, metavar="WHAT")
    add = commands.add_parser("add", help="make an account; its password is shown once")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="counsellor")
    add.add_argument("--organisation", default="", help="whose numbers a counsellor sees")
    add.set_defaults(accounts=add_account)
    commands.add_parser("list", help="who may look").set_defaults(accounts=list_accounts)
    reset = commands.add_parser("reset", help="a new password, shown once")
    reset.add_argument("name")
    reset.set_defaults(accounts=reset_account)
    remove = commands.add_parser("remove", help="remove an account")
    remove.add_argument("name")
    remove.set_defaults(accounts=remove_account)


def run(options: argparse.Namespace) -> None:
    """Run one of them.

    Raises:
        AccountError: it cannot be done; the message says why.
    """
    settings = Settings.read()
    try:
        options.accounts(options, Accounts(settings.accounts_db))
    except (sqlite3.Error, OSError) as error:
        raise AccountError(f"{settings.accounts_db} cannot be used: {error}") from error


def add_account(options: argparse.Namespace, accounts: Accounts) -> None:
    """Make an account and show its password."""
    print(f"Password of {options.name}: {accounts.add(options.name, options.role, options.organisation)}")


def list_accounts(options: argparse.Namespace, accounts: Accounts) -> None:
    """One line an account."""
    for account in accounts.all():
        print(f"{account.name:<20}{account.role:<13}{account.organisation}")


def reset_account(options: argparse.Namespace, accounts: Accounts) -> None:
    """Make a new password and show it."""
    if options.name == FIRST and Settings.read().dashboard_password:
        raise AccountError(f"The password of {FIRST!r} is set by DASHBOARD_PASSWORD. Change it there.")
    print(f"New password of {options.name}: {accounts.reset(options.name)}")


def remove_account(options: argparse.Namespace, accounts: Accounts) -> None:
    """Remove an account."""
    accounts.remove(options.name)
    print(f"Removed {options.name}.")


def say_first_account(settings: Settings) -> None:
    """See to it that there is a first account; show the password that was made, on a terminal only, once."""
    accounts = Accounts(settings.accounts_db)
    if not settings.dashboard_password and not sys.stdout.isatty():
        if not accounts.all():
            elsewhere = settings.themes_db != Settings.read().themes_db
            beside = f"THEMES_DB={settings.themes_db} " if elsewhere else ""
            print(f"  first account: {beside}python -m bot accounts add {FIRST} --role coordinator", flush=True)
        return
    made = first_account(accounts, settings.dashboard_password)
    if made:
        print(f"  sign in as {FIRST!r} with password {made} (shown once)", flush=True)


class OverviewProcess:
    """The overview in a process of its own: whatever happens there, the chat goes on. It ends with this one."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "overview", "--with-parent"], cwd=PROJECT, stdin=subprocess.PIPE
        )

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
