"""Which collections of a server for vectors hold a library, and up to which passage; kept in the catalog.

Numbers are given and become visible in one order, so everything above `up_to` is what a collection lacks.
"""

from __future__ import annotations

import importlib.resources
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.store.disk import storage_errors


@dataclass(frozen=True)
class Collection:
    """One collection. Every live passage up to `up_to` is in it; questions are asked of the live one."""

    name: str
    up_to: int
    live: bool


class Collections:
    """The part of a catalog that knows of collections."""

    path: Path

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection to read with."""
        raise NotImplementedError

    def collections(self) -> tuple[Collection, ...]:
        """Every collection that was not dropped yet."""
        with self.reading() as connection:
            if not _known(connection):
                return ()
            rows = connection.execute("SELECT name, up_to, live FROM collections ORDER BY name").fetchall()
        return tuple(Collection(row[0], row[1], bool(row[2])) for row in rows)

    def live_collection(self) -> Collection | None:
        """The one that questions are asked of."""
        return next((one for one in self.collections() if one.live), None)

    def put_collection(self, name: str, up_to: int) -> None:
        """Remembers that everything up to a number is in; a lower one than before changes nothing."""
        with self._beside() as connection:
            put_collection(connection, name, up_to)

    def switch_collection(self, name: str) -> None:
        """From now on questions are asked of this one; the others stay until they are dropped."""
        with self._beside() as connection:
            switch_collection(connection, name)

    def drop_collection(self, name: str) -> None:
        """Forgets one, after the server dropped it."""
        with self._beside() as connection:
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))

    def removed(self, most: int) -> npt.NDArray[np.int64]:
        """Numbers of passages that went and may still be in a collection, ascending."""
        with self.reading() as connection:
            if not _known(connection):
                return np.zeros(0, dtype=np.int64)
            rows = connection.execute("SELECT passage_no FROM removed ORDER BY passage_no LIMIT ?", (most,)).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def forget_removed(self, numbers: Sequence[int]) -> None:
        """They are in no collection any more."""
        with self._beside() as connection:
            connection.executemany("DELETE FROM removed WHERE passage_no = ?", [(int(number),) for number in numbers])

    @contextmanager
    def _beside(self) -> Iterator[sqlite3.Connection]:
        with (
            storage_errors(),
            closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as connection,
            connection,
        ):
            create_tables(connection)
            yield connection


def create_tables(connection: sqlite3.Connection) -> None:
    """Makes the tables where there are none; not inside of a transaction."""
    if not _known(connection):
        connection.executescript(importlib.resources.files("rag.store").joinpath("collections.sql").read_text())


def put_collection(connection: sqlite3.Connection, name: str, up_to: int) -> None:
    """`Collections.put_collection` inside of the caller's transaction."""
    connection.execute(
        "INSERT INTO collections (name, up_to, live) VALUES (?, ?, FALSE) ON CONFLICT (name) DO UPDATE"
        " SET up_to = excluded.up_to WHERE excluded.up_to > collections.up_to",
        (name, up_to),
    )


def switch_collection(connection: sqlite3.Connection, name: str) -> None:
    """`Collections.switch_collection` inside of the caller's transaction."""
    connection.execute("UPDATE collections SET live = FALSE WHERE live AND name <> ?", (name,))
    connection.execute("UPDATE collections SET live = TRUE WHERE name = ?", (name,))


def _known(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'removed'").fetchone() is not None
