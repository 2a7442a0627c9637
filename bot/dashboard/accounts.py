"""Accounts of counsellors, made on the command line. Of a sign-in only who, when and whether it worked is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlite_utils import Database, Migrations

from bot.organisations import counted
from bot.themes.store import opened, writing

Role = Literal["counsellor", "coordinator"]
ROLES: tuple[Role, ...] = ("counsellor", "coordinator")
FIRST = "beheer"
KEPT_DAYS = 90
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not mistaken for one another."""

_NAME = re.compile(r"^[a-z][a-z0-9.-]{1,39}$")
_hasher = PasswordHasher()
migrations = Migrations("accounts")


@migrations()
def create_accounts(db: Database) -> None:
    """The first tables."""
    db.table("accounts").create({"name": str, "hash": str, "role": str, "organisation": str}, pk="name", strict=True)
    db.table("sign_ins").create({"id": int, "at": str, "name": str, "outcome": str}, pk="id", strict=True)
    db.table("secrets").create({"name": str, "value": str}, pk="name", strict=True)


class AccountError(RuntimeError):
    """An account cannot be made or changed; the message says why."""


@dataclass(frozen=True)
class Account:
    """Who may look.

    Attributes:
        name: what the person signs in with.
        role: a coordinator sees everything, a counsellor the own organisation.
        organisation: empty for a coordinator.
        stamp: changes with the password, so that old sessions end.
    """

    name: str
    role: Role
    organisation: str
    stamp: str


@dataclass(frozen=True)
class SignIn:
    """One line of the list of sign-ins."""

    at: str
    name: str
    outcome: str


def new_password() -> str:
    """Four groups of five characters: 98 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))


class Accounts:
    """The file with accounts."""

    def __init__(self, path: Path) -> None:
        """Use a file.

        Args:
            path: SQLite file; made at first use, readable by this user only.
        """
        self._path = path

    def add(self, name: str, role: Role, organisation: str = "", password: str | None = None) -> str:
        """Make an account.

        Returns:
            Its password, which is kept nowhere.

        Raises:
            AccountError: the name is taken or not plain, or the organisation does not fit.
        """
        if not _NAME.match(name):
            raise AccountError(f"{name!r} cannot be a name: 2 to 40 lower-case letters, digits, points and dashes.")
        if role == "counsellor" and organisation not in counted():
            known = ", ".join(sorted(counted())) or "none yet"
            raise AccountError(
                f"A counsellor belongs to an organisation with a file in content/organisations (there: {known}). "
                "Who may see everything is a coordinator: --role coordinator"
            )
        if role == "coordinator" and organisation:
            raise AccountError("A coordinator sees everything and has no organisation.")
        password = password or new_password()
        try:
            with opened(self._path, migrations) as db, writing(db):
                db.execute(
                    "INSERT INTO accounts VALUES (?, ?, ?, ?)", [name, _hasher.hash(password), role, organisation]
                )
        except sqlite3.IntegrityError as error:
            raise AccountError(
                f"There is an account {name!r} already. For a new password: accounts reset {name}"
            ) from error
        return password

    def reset(self, name: str, password: str | None = None) -> str:
        """Give an account a new password; whoever is signed in with it is signed out.

        Raises:
            AccountError: there is no such account.
        """
        password = password or new_password()
        with opened(self._path, migrations) as db, writing(db):
            changed = db.execute("UPDATE accounts SET hash = ? WHERE name = ?", [_hasher.hash(password), name]).rowcount
        if not changed:
            raise AccountError(f"There is no account {name!r}.")
        return password

    def remove(self, name: str) -> None:
        """Remove an account; whoever is signed in with it is signed out.

        Raises:
            AccountError: there is no such account.
        """
        with opened(self._path, migrations) as db, writing(db):
            if not db.execute("DELETE FROM accounts WHERE name = ?", [name]).rowcount:
                raise AccountError(f"There is no account {name!r}.")

    def all(self) -> list[Account]:
        """Every account, by name."""
        with opened(self._path, migrations) as db:
            return [_account(row) for row in db.execute("SELECT * FROM accounts ORDER BY name").fetchall()]

    def find(self, name: str) -> Account | None:
        """The account of a name."""
        return next((account for account in self.all() if account.name == name), None)

    def check(self, name: str, password: str) -> Account | None:
        """The account when the password is right. Takes as long for a name that does not exist."""
        with opened(self._path, migrations) as db:
            row = db.execute("SELECT * FROM accounts WHERE name = ?", [name]).fetchone()
        try:
            _hasher.verify(row[1] if row else _nobody(), password)
        except VerifyMismatchError:
            return None
        return _account(row) if row else None

    def note(self, name: str, outcome: str) -> None:
        """Keep that somebody signed in or tried to. A name that does not exist is not kept: it may be a password."""
        known = self.find(name) is not None
        now = datetime.now(UTC)
        with opened(self._path, migrations) as db, writing(db):
            db.execute(
                "INSERT INTO sign_ins (at, name, outcome) VALUES (?, ?, ?)",
                [now.strftime("%Y-%m-%d %H:%M"), name if known else "", outcome],
            )
            db.execute("DELETE FROM sign_ins WHERE at < ?", [(now - timedelta(days=KEPT_DAYS)).strftime("%Y-%m-%d")])

    def sign_ins(self, most: int = 200) -> list[SignIn]:
        """The last sign-ins, the newest first."""
        with opened(self._path, migrations) as db:
            rows = db.execute("SELECT at, name, outcome FROM sign_ins ORDER BY id DESC LIMIT ?", [most]).fetchall()
        return [SignIn(*row) for row in rows]

    def secret(self) -> bytes:
        """The secret behind the cookies that recognise a browser; made once."""
        with opened(self._path, migrations) as db, writing(db):
            db.execute("INSERT OR IGNORE INTO secrets VALUES ('browser', ?)", [secrets.token_hex(32)])
            (value,) = db.execute("SELECT value FROM secrets WHERE name = 'browser'").fetchone()
        return bytes.fromhex(value)


def _account(row: tuple[str, str, Role, str]) -> Account:
    name, hashed, role, organisation = row
    return Account(name, role, organisation, hashlib.sha256(hashed.encode()).hexdigest())


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no password fits, to spend the same time on."""
    return _hasher.hash(secrets.token_hex(16))


def first_account(accounts: Accounts, password: str) -> str | None:
    """See to it that there is a coordinator `beheer`.

    Args:
        accounts: the file with accounts.
        password: the operator's `DASHBOARD_PASSWORD`, which counts over what is kept; empty for none.

    Returns:
        The password that was made, to show once; None when there was nothing to make.
    """
    if accounts.find(FIRST) is None:
        made = accounts.add(FIRST, "coordinator", password=password or None)
        return None if password else made
    if password and accounts.check(FIRST, password) is None:
        accounts.reset(FIRST, password)
    return None
