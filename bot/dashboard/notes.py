"""What counsellors note with a week ("campagne op radio"), in a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.themes.store import opened, writing

MAX_CHARACTERS = 200
migrations = Migrations("notes")


@migrations()
def create_notes(db: Database) -> None:
    """The first table."""
    db.table("notes").create(
        {"id": int, "week": str, "organisation": str, "author": str, "text": str}, pk="id", strict=True
    )


@dataclass(frozen=True)
class Note:
    """One note; `organisation` is empty for one that everybody sees."""

    id: int
    week: str
    organisation: str
    author: str
    text: str


class Notes:
    """The file with notes."""

    def __init__(self, path: Path) -> None:
        """Use a file; it is made at first use."""
        self._path = path

    def add(self, week: str, organisation: str, author: str, text: str) -> None:
        """Add a note to a week."""
        with opened(self._path, migrations) as db, writing(db):
            db.execute(
                "INSERT INTO notes (week, organisation, author, text) VALUES (?, ?, ?, ?)",
                [week, organisation, author, text],
            )

    def between(self, first: str, last: str, organisation: str | None) -> list[Note]:
        """The notes of some weeks, the newest week first.

        Args:
            first: the first week.
            last: the last week.
            organisation: whose notes, besides those for everybody; None for all.
        """
        with opened(self._path, migrations) as db:
            rows = db.execute(
                "SELECT id, week, organisation, author, text FROM notes WHERE week BETWEEN ? AND ?"
                " AND (? IS NULL OR organisation IN ('', ?)) ORDER BY week DESC, id",
                [first, last, organisation, organisation],
            ).fetchall()
        return [Note(*row) for row in rows]

    def remove(self, note: int, author: str) -> None:
        """Remove one's own note."""
        with opened(self._path, migrations) as db, writing(db):
            db.execute("DELETE FROM notes WHERE id = ? AND author = ?", [note, author])

    def forget_before(self, week: str) -> int:
        """Delete the notes of weeks before one; returns how many."""
        with opened(self._path, migrations) as db, writing(db):
            return int(db.execute("DELETE FROM notes WHERE week < ?", [week]).rowcount)
