"""Small tables beside the articles: made when they are first needed, written in short transactions of their own.

They are written beside whoever holds the writer's lock: SQLite lets one transaction in at a time, and those of an
ingest are short. Nothing of the library changes by them, so its version stays, too.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from rag.errors import LibraryLocked
from rag.store.catalog import Catalog, damaged
from rag.store.disk import storage_errors

BUSY_SECONDS = 2.0
"""How long one waits for another transaction; one of an ingest takes a fraction of that."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextlib.contextmanager
def writing_beside(folder: Path, table: str, script: str) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are stored together when all went well.

    Args:
        table: made by `rag/store/SCRIPT` where there is none yet.

    Raises:
        LibraryReadOnly, StorageFull: it cannot be written here.
        LibraryLocked: another process did not let go of the catalog in time.
    """
    path = Catalog(folder).path
    with storage_errors(), _others_told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        try:
            # FULL: what is acknowledged survives a power cut too.
            connection.execute("PRAGMA synchronous = FULL")
            if not table_is_there(connection, table):
                connection.executescript(
                    importlib.resources.files("rag.store").joinpath(script).read_text(encoding="utf-8")
                )
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # rolls back what was not committed


def table_is_there(connection: sqlite3.Connection, table: str) -> bool:
    """False in a library that never needed the table, or that an earlier Dateline made."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


@contextlib.contextmanager
def _others_told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY:
            raise LibraryLocked("The library is being written just now; try again in a moment.") from error
        raise
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
