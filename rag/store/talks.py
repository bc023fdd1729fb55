"""Conversations of readers who log in, as their browsers keep them, in the catalog."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from rag.store.beside import table_is_there, writing_beside
from rag.store.catalog import Catalog
from rag.types import Value

ENTRIES_MOST = 5000
"""Of one reader, about 10 kB each; those that were changed longest ago go first."""


class Entry(Value):
    """One answer of a conversation, or its name."""

    name: str
    at: int
    """When it was made, in milliseconds since 1970."""
    value: str
    """JSON; empty where it was deleted."""


class TalkStore:
    """Entries of all readers of one library. Safe to share between threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, reader: str, entries: Iterable[Entry]) -> None:
        """Keeps entries; of two with one name the later stays, whichever comes first.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: none is kept.
        """
        with writing_beside(self._folder, "talks", "talks.sql") as connection:
            for one in entries:
                connection.execute(
                    "DELETE FROM talks WHERE reader = ? AND name = ? AND at < ?", (reader, one.name, one.at)
                )
                connection.execute(
                    "INSERT OR IGNORE INTO talks (reader, name, at, value) VALUES (?, ?, ?, ?)",
                    (reader, one.name, one.at, one.value),
                )
            connection.execute(
                "DELETE FROM talks WHERE reader = ?1 AND number <= (SELECT number FROM talks WHERE reader = ?1"
                " ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                (reader, ENTRIES_MOST),
            )

    def after(self, reader: str, number: int, characters: int) -> tuple[int, tuple[Entry, ...]]:
        """The entries that changed after a number, about so many characters of them, and the number of the last."""
        found: list[Entry] = []
        with Catalog(self._folder).reading() as connection:
            if not table_is_there(connection, "talks"):
                return 0, ()
            rows: Iterable[sqlite3.Row] = connection.execute(
                "SELECT number, name, at, value FROM talks WHERE reader = ? AND number > ? ORDER BY number",
                (reader, number),
            )
            for row in rows:
                found.append(Entry(name=row["name"], at=row["at"], value=row["value"]))
                number, characters = row["number"], characters - len(row["value"])
                if characters <= 0:
                    break
        return number, tuple(found)
