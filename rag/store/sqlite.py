"""A library of one machine: one SQLite file in its folder.

A connection is opened for each read: it costs a fifth of a millisecond, and leaves no state to share
between threads or to go stale when the file is replaced.
"""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from rag.errors import LibraryDamaged, LibraryLocked, LibraryReadOnly
from rag.store.catalog_rows import folded
from rag.store.disk import storage_errors, sync_folder
from rag.store.engine import Address, Connection, Writing, migrations

FILE_NAME = "catalog.sqlite"
BUSY_SECONDS = 2.0
"""How long a short change waits for another transaction; one of an ingest takes a fraction of that."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class SqliteConnection(sqlite3.Connection):
    """A connection that can say which tables there are."""

    def knows(self, table: str) -> bool:
        """False for a table of a later migration, in a library that nobody wrote since."""
        return self.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


class Sqlite:
    """The SQLite file of a library."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.address: Address = folder
        self.name, self.path = str(folder), folder / FILE_NAME

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()

    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        """Makes an empty catalog at once: a crash leaves no half-made one. One that is there stays."""
        if self.exists():
            return
        folder, temporary = self.path.parent, self.path.with_name(f".{FILE_NAME}.new")
        with storage_errors():
            temporary.unlink(missing_ok=True)
            connection = sqlite3.connect(temporary)
            try:
                _migrate(connection)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
                connection.commit()
            finally:
                connection.close()
            temporary.replace(self.path)
            sync_folder(folder)

    @contextlib.contextmanager
    def reading(self) -> Iterator[SqliteConnection]:
        """A read-only connection.

        Raises:
            LibraryDamaged: the file is not a catalog, or its pages are damaged.
        """
        connection = _connect_read_only(self.path)
        connection.create_function("folded", 1, folded, deterministic=True)
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise damaged(self.path, error) from error
        finally:
            connection.close()

    @contextlib.contextmanager
    def moment(self) -> Iterator[SqliteConnection]:
        """A read-only connection in one transaction."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextlib.contextmanager
    def beside(self) -> Iterator[SqliteConnection]:
        """SQLite lets one transaction in at a time, and those of an ingest are short.

        Raises:
            LibraryReadOnly, StorageFull: it cannot be written here.
            LibraryLocked: another process did not let go of the catalog in time.
        """
        with storage_errors(), _others_told(self.path):
            connection = self._connect_to_write(BUSY_SECONDS)
            try:
                # FULL: what is acknowledged survives a power cut too.
                connection.execute("PRAGMA synchronous = FULL")
                _migrate(connection)
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()  # rolls back what was not committed

    def writer(self) -> Writing:
        """A connection that changes articles; the caller holds the writer's lock."""
        with storage_errors(), damage_told(self.path):
            connection = self._connect_to_write(30)
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL: what is reported as stored survives a power cut too.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection)
        return SqliteWriting(self.path, connection)

    def problems(self) -> list[str]:
        """What SQLite's own check finds."""
        with self.reading() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        return found if found != ["ok"] or broken else []

    def _connect_to_write(self, timeout: float) -> SqliteConnection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=timeout,
            isolation_level=None,
            factory=SqliteConnection,
        )
        connection.row_factory = sqlite3.Row
        return connection


class SqliteWriting:
    """The one connection of a writer."""

    def __init__(self, path: Path, connection: SqliteConnection) -> None:
        self._path, self._raw = path, connection
        self.connection: Connection = connection

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is stored or nothing.

        Raises:
            StorageFull: no space; nothing of this transaction is stored, all earlier ones are.
        """
        with storage_errors(), damage_told(self._path):
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    def number_on(self) -> None:
        """SQLite sees to it by itself."""

    def close(self) -> None:
        """Ends writing; an open transaction is rolled back."""
        self._raw.close()


def damaged(path: Path, error: Exception) -> LibraryDamaged:
    """The error for a catalog that cannot be read."""
    return LibraryDamaged(
        f"The catalog '{path.name}' of the library cannot be read ({error}). "
        "Run 'dateline restore BACKUP', or move the folder away and ingest again."
    )


@contextlib.contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Turns what SQLite says of damaged pages into our error."""
    try:
        yield
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


@contextlib.contextmanager
def _others_told(path: Path) -> Iterator[None]:
    try:
        with damage_told(path):
            yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY:
            raise LibraryLocked("The library is being written just now; try again in a moment.") from error
        raise


@functools.cache
def _scripts() -> list[tuple[int, str]]:
    return migrations("sqlite")


def _migrate(connection: sqlite3.Connection) -> None:
    """Makes the tables that are not there yet; not within a transaction."""
    made = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, script in _scripts():
        if number > made:
            connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _connect_read_only(path: Path) -> SqliteConnection:
    try:
        connection = _connect(path, "mode=ro")
    except sqlite3.DatabaseError as error:
        # A catalog on a read-only or full disk cannot make the two small files that shared reading needs.
        # Without a write-ahead log there is nothing that they would protect.
        waiting = path.with_name(path.name + "-wal")
        if waiting.exists() and waiting.stat().st_size:
            if isinstance(error, sqlite3.OperationalError):
                raise LibraryReadOnly(
                    "The last changes of the library were not finished, and its folder cannot be written now; make it "
                    "writable, or free some space, and open it again."
                ) from error
            raise damaged(path, error) from error
        try:
            connection = _connect(path, "immutable=1")
        except sqlite3.DatabaseError as second:
            raise damaged(path, second) from second
    return connection


def _connect(path: Path, how: str) -> SqliteConnection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30, factory=SqliteConnection, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("SELECT value FROM meta LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
