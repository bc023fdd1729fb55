"""A single-machine library: one SQLite file in its folder.

A connection is opened for each read: it costs a fifth of a millisecond, and leaves no state to share between threads or
to go stale when the file is replaced.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rag.errors import LibraryDamaged, LibraryError, LibraryLocked, LibraryReadOnly
from rag.store.catalog_rows import folded
from rag.store.disk import storage_errors, sync_folder
from rag.store.engine import Address, Connection, Engine, migrations

FILE_NAME = "catalog.sqlite"
BUSY_SECONDS = 2.0
"""How long a short change waits for another transaction; an ingest's takes a fraction of that."""
WRITER_SECONDS = 30.0


class Sqlite(Engine):
    shared = False

    def __init__(self, folder: Path) -> None:
        self.address: Address = folder
        self.name, self.path = str(folder), folder / FILE_NAME

    def exists(self) -> bool:
        try:
            return self.path.is_file()
        except OSError as error:
            raise _forbidden(self.path) from error

    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        if self.exists():
            return
        temporary = self.path.with_name(f".{FILE_NAME}.new")
        with storage_errors():
            temporary.unlink(missing_ok=True)
            with contextlib.closing(sqlite3.connect(temporary)) as connection:
                migrate(connection)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
                connection.commit()
            temporary.replace(self.path)
            sync_folder(self.path.parent)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        connection = _connect_read_only(self.path)
        connection.create_function("folded", 1, folded, deterministic=True)
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise _trouble(self.path, error) from error
        finally:
            connection.close()

    @contextlib.contextmanager
    def moment(self) -> Iterator[sqlite3.Connection]:
        with self.reading() as connection:
            connection.execute("BEGIN")
            yield connection

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """The caller holds the writer's lock."""
        return self._opened_to_write(WRITER_SECONDS, "PRAGMA journal_mode = WAL")

    @contextlib.contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        with _trouble_told(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.OperationalError):  # SQLite may already have done so
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def beside(self) -> Iterator[sqlite3.Connection]:
        """SQLite lets in one transaction at a time, and an ingest's are short."""
        with self._opened_to_write(BUSY_SECONDS) as connection, self.transaction(connection):
            yield connection

    def number_on(self, connection: Connection) -> None:
        """SQLite does this by itself."""

    def problems(self) -> list[str]:
        with self.reading() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            orphaned = dict.fromkeys(row[0] for row in connection.execute("PRAGMA foreign_key_check"))
        return found + [f"{table} refers to entries that are gone" for table in orphaned]

    def close(self) -> None:
        """No connection is kept."""

    @contextlib.contextmanager
    def _opened_to_write(self, timeout: float, *pragmas: str) -> Iterator[sqlite3.Connection]:
        # FULL: what is reported as stored survives even a power cut.
        pragmas = (*pragmas, "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")
        with _trouble_told(self.path):
            connection = _connect(self.path, "mode=rw", timeout, *pragmas)
        with contextlib.closing(connection):
            with _trouble_told(self.path):
                migrate(connection)
            yield connection


def _forbidden(path: Path) -> LibraryDamaged:
    return LibraryDamaged(f"The library at '{path.parent}' may not be read; give yourself permission to read it.")


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _trouble(path: Path, error: sqlite3.Error) -> LibraryError:
    if _is_busy(error):
        return LibraryLocked("The library is being written just now; try again in a moment.")
    if not os.access(path, os.R_OK):
        return _forbidden(path)
    if str(error).startswith("no such table"):
        return LibraryDamaged(f"The library was made by an earlier Dateline ({error}); run 'dateline rebuild'.")
    return LibraryDamaged(
        f"The catalog '{path.name}' of the library cannot be read ({error}). "
        "Run 'dateline restore BACKUP', or move the folder away and ingest again."
    )


@contextlib.contextmanager
def _trouble_told(path: Path) -> Iterator[None]:
    """Turns the errors of a writing connection into ours."""
    with storage_errors():
        try:
            yield
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_busy(error):
                raise
            raise _trouble(path, error) from error


def migrate(connection: sqlite3.Connection) -> None:
    """Creates missing tables; not within a transaction."""
    made = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, script in migrations("sqlite"):
        if number > made:
            connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _connect_read_only(path: Path) -> sqlite3.Connection:
    look = "SELECT value FROM meta LIMIT 1"
    try:
        return _connect(path, "mode=ro", WRITER_SECONDS, look)
    except sqlite3.DatabaseError as error:
        if _is_busy(error):
            raise _trouble(path, error) from error
        # A catalog on a read-only or full disk cannot create the two small files that shared reading needs.
        # Without a write-ahead log there is nothing for them to protect.
        waiting = path.with_name(path.name + "-wal")
        if waiting.exists() and waiting.stat().st_size:
            if isinstance(error, sqlite3.OperationalError):
                raise LibraryReadOnly(
                    "The last changes of the library were not finished, and its folder cannot be written now; make it "
                    "writable, or free some space, and open it again."
                ) from error
            raise _trouble(path, error) from error
        try:
            return _connect(path, "immutable=1", WRITER_SECONDS, look)
        except sqlite3.DatabaseError as second:
            raise _trouble(path, second) from second


def _connect(path: Path, how: str, timeout: float, *first: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        for statement in first:
            connection.execute(statement).fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
