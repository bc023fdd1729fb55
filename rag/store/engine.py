"""What a catalog needs from a database, be it SQLite or PostgreSQL; the SQL is written once, in what both understand."""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from rag.config import Address, address_of
from rag.errors import LibraryMissing

__all__ = ["Address", "Connection", "Engine", "Tables", "address_of", "among", "batched", "engine_at", "marks"]

T = TypeVar("T")
BATCH = 10_000
"""Well below SQLite's limit of 32,766 variables in one statement."""


class Rows(Protocol):
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection whose rows can be read by position and by name; question marks stand for values."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Rows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Engine(Protocol):
    """One database with one library in it, or none yet. Safe to share between threads."""

    address: Address
    name: str
    """For display: without a password."""
    shared: bool
    """Whether several machines write to it."""

    def exists(self) -> bool:
        """Whether there is a library. Raises `LibraryUnreachable`, and `LibraryDamaged` if access is denied."""

    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        """Makes an empty library atomically: a crash leaves no half-made one. An existing one stays."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with. Raises `LibraryDamaged`, `LibraryUnreachable`."""

    def moment(self) -> AbstractContextManager[Connection]:
        """The same, but all reads see one moment, whatever is stored meanwhile."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection for changing articles, one `transaction` at a time; it creates missing tables."""

    def transaction(self, connection: Connection) -> AbstractContextManager[None]:
        """Everything inside is stored or nothing; one at a time among all writers.

        Raises `StorageFull`, `LibraryDamaged`, `LibraryUnreachable`, `LibraryLocked`: nothing inside is then stored.
        """

    def beside(self) -> AbstractContextManager[Connection]:
        """A short transaction for what no article depends on, alongside anyone writing articles.

        Raises `LibraryReadOnly`, `StorageFull`, `LibraryUnreachable`, `LibraryLocked`: nothing inside is then stored.
        """

    def put(self, connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Adds many rows to a table, by column name, inside the caller's transaction."""
        columns = ", ".join(f'"{name}"' for name in names)
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks(names)})", rows)

    def number_on(self, connection: Connection) -> None:
        """Moves the number sequences past imported numbers."""

    def problems(self) -> list[str]:
        """Problems the engine finds in its own files."""

    def close(self) -> None:
        """Closes cached connections; later use opens new ones."""


def engine_at(address: Address) -> Engine:
    """The engine of the library at that address; it is not contacted yet. Raises `ConfigError`."""
    address = address_of(address)
    if isinstance(address, str):
        from rag.store.postgres import Postgres

        return Postgres.at(address)
    from rag.store.sqlite import Sqlite

    return Sqlite(address)


@functools.cache
def migrations(engine: str) -> list[tuple[int, str]]:
    """The numbered scripts that create an engine's tables, in order."""
    folder = importlib.resources.files("rag.store").joinpath("migrations", engine)
    scripts = [one for one in folder.iterdir() if one.name.endswith(".sql")]
    return sorted((int(one.name[:3]), one.read_text(encoding="utf-8")) for one in scripts)


def batched(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def marks(values: Collection[object]) -> str:
    """As many question marks as there are values, for an IN list; for no values, a list that matches nothing."""
    return ",".join("?" * len(values)) or "NULL"


def among(connection: Connection, query: str, values: Iterable[object], *more: object) -> Iterator[Any]:
    """Rows of a query with `IN (@)`, `@` standing for the values: as many statements as their number requires."""
    for batch in batched(values):
        yield from connection.execute(query.replace("@", marks(batch)), (*batch, *more))


def recorded(connection: Connection, key: str) -> str | None:
    """An entry of `meta`, which tells how the rest is to be read."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def record(connection: Connection, key: str, value: str) -> None:
    given = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    connection.execute(given, (key, value))


class Tables:
    """Reads a library's tables, and makes short changes no article depends on. Safe to share between threads."""

    def __init__(self, address: Address) -> None:
        """Raises `LibraryMissing`, `LibraryUnreachable`."""
        self.engine = engine_at(address)
        self.address, self.name, self.shared = self.engine.address, self.engine.name, self.engine.shared
        self._moment = threading.local()
        if not self.engine.exists():
            raise LibraryMissing(
                f"There is no library at '{self.name}'. Run 'dateline --library {self.name} ingest PATH' to make one."
            )

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with; always the same one within `snapshot()`. Raises what `Engine.reading` raises."""
        held: Connection | None = getattr(self._moment, "connection", None)
        return self.engine.reading() if held is None else contextlib.nullcontext(held)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside, on this thread, see one moment, whatever is stored meanwhile. Nesting has no effect."""
        if getattr(self._moment, "connection", None) is not None:
            yield
            return
        with self.held() as within, within():
            yield

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], AbstractContextManager[None]]]:
        """A snapshot for work that pauses and resumes, on any thread: wrap each part in `with within(): …`."""
        with self.engine.moment() as connection:

            @contextlib.contextmanager
            def within() -> Iterator[None]:
                before = getattr(self._moment, "connection", None)
                self._moment.connection = connection
                try:
                    yield
                finally:
                    self._moment.connection = before

            yield within

    def rows(self, query: str, *values: object) -> list[Any]:
        """The result of one statement. Raises what `reading` raises."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchall()

    def among(self, query: str, values: Iterable[object], *more: object) -> list[Any]:
        """The result of a query with `IN (@)` for the values."""
        with self.reading() as connection:
            return list(among(connection, query, values, *more))

    def row(self, query: str, *values: object) -> Any:
        """The first row of the result, or None."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchone()

    def change(self, query: str, *values: object) -> int:
        """Runs one statement with `beside`; returns how many rows it changed. Raises what `Engine.beside` raises."""
        with self.engine.beside() as connection:
            return connection.execute(query, values).rowcount
