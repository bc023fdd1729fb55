"""Conversations of readers who log in, as their browsers keep them, in the catalog."""

from __future__ import annotations

from collections.abc import Iterable

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

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def put(self, reader: str, entries: Iterable[Entry]) -> None:
        """Keeps entries; of two with one name the later stays, whichever comes first.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: none is kept.
        """
        with self._catalog.engine.beside() as connection:
            for one in entries:
                connection.execute(
                    "DELETE FROM talks WHERE reader = ? AND name = ? AND at < ?", (reader, one.name, one.at)
                )
                connection.execute(
                    "INSERT INTO talks (reader, name, at, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (reader, one.name, one.at, one.value),
                )
            connection.execute(
                "DELETE FROM talks WHERE reader = ? AND number <= (SELECT number FROM talks WHERE reader = ?"
                " ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (reader, reader, ENTRIES_MOST),
            )

    def after(self, reader: str, number: int, characters: int) -> tuple[int, tuple[Entry, ...]]:
        """The entries that changed after a number, about so many characters of them, and the number of the last."""
        found: list[Entry] = []
        with self._catalog.reading() as connection:
            rows = connection.execute(
                "SELECT number, name, at, value FROM talks WHERE reader = ? AND number > ? ORDER BY number",
                (reader, number),
            )
            for row in rows:
                found.append(Entry(name=row["name"], at=row["at"], value=row["value"]))
                number, characters = row["number"], characters - len(row["value"])
                if characters <= 0:
                    break
        return number, tuple(found)
