"""What a catalog needs of a database. SQLite and PostgreSQL are behind it; the SQL is written once, in words that both know."""

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
    """A connection whose rows can be read by place and by name; values stand for question marks."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Rows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Engine(Protocol):
    """One database with one library in it, or none yet. Safe to share between threads."""

    address: Address
    name: str
    """As a person may see it: without a password."""
    shared: bool
    """Whether several machines write it."""

    def exists(self) -> bool:
        """Whether there is a library. Raises `LibraryUnreachable`, and `LibraryDamaged` where nobody may look."""

    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        """Makes an empty library at once: a crash leaves no half-made one. One that is there stays."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with. Raises `LibraryDamaged`, `LibraryUnreachable`."""

    def moment(self) -> AbstractContextManager[Connection]:
        """The same, whose reads are all of one moment, whatever is stored meanwhile."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection that changes articles, in one `transaction` after the other; it makes the tables that are missing."""

    def transaction(self, connection: Connection) -> AbstractContextManager[None]:
        """Everything inside is stored or nothing; one at a time, whoever else writes.

        Raises `StorageFull`, `LibraryDamaged`, `LibraryUnreachable`, `LibraryLocked`: nothing of it is stored.
        """

    def beside(self) -> AbstractContextManager[Connection]:
        """A short transaction for what no article depends on, beside whoever writes articles.

        Raises `LibraryReadOnly`, `StorageFull`, `LibraryUnreachable`, `LibraryLocked`: nothing of it is stored.
        """

    def put(self, connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Adds many rows to a table, whose columns are named; inside of the caller's transaction."""
        columns = ", ".join(f'"{name}"' for name in names)
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks(names)})", rows)

    def number_on(self, connection: Connection) -> None:
        """Numbers that were given elsewhere came in: the next ones are higher."""

    def problems(self) -> list[str]:
        """What the engine finds wrong with its own files."""

    def close(self) -> None:
        """Ends the connections that are kept; whoever asks next gets a new one."""


def engine_at(address: Address) -> Engine:
    """The engine of the library at that address; nothing is asked of it yet. Raises `ConfigError`."""
    address = address_of(address)
    if isinstance(address, str):
        from rag.store.postgres import Postgres

        return Postgres.at(address)
    from rag.store.sqlite import Sqlite

    return Sqlite(address)


@functools.cache
def migrations(engine: str) -> list[tuple[int, str]]:
    """The numbered scripts that make an engine's tables, in order."""
    folder = importlib.resources.files("rag.store").joinpath("migrations", engine)
    scripts = [one for one in folder.iterdir() if one.name.endswith(".sql")]
    return sorted((int(one.name[:3]), one.read_text(encoding="utf-8")) for one in scripts)


def batched(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def marks(values: Collection[object]) -> str:
    """As many question marks as there are values, for an IN list; for none what nothing is in."""
    return ",".join("?" * len(values)) or "NULL"


def among(connection: Connection, query: str, values: Iterable[object], *more: object) -> Iterator[Any]:
    """Rows of a query with `IN (@)`, where the values stand for the sign: as many statements as so many values need."""
    for batch in batched(values):
        yield from connection.execute(query.replace("@", marks(batch)), (*batch, *more))


class Tables:
    """Read access to a library's tables, and short changes of what no article depends on. Safe to share between threads."""

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
        """A connection to read with; within `snapshot()` always the same one. Raises what `Engine.reading` raises."""
        held: Connection | None = getattr(self._moment, "connection", None)
        return self.engine.reading() if held is None else contextlib.nullcontext(held)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside, by this thread, is all of one moment, whatever is stored meanwhile. Nesting does nothing."""
        if getattr(self._moment, "connection", None) is not None:
            yield
            return
        with self.held() as within, within():
            yield

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], AbstractContextManager[None]]]:
        """A snapshot for work that stops and goes on, in whichever thread: `with within(): …` around each part of it."""
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
        """What one statement gives. Raises what `reading` raises."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchall()

    def among(self, query: str, values: Iterable[object], *more: object) -> list[Any]:
        """What a query with `IN (@)` gives for the values."""
        with self.reading() as connection:
            return list(among(connection, query, values, *more))

    def row(self, query: str, *values: object) -> Any:
        """The first row that it gives, or None."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchone()

    def change(self, query: str, *values: object) -> int:
        """Runs one statement `beside` those who write articles; how many rows it changed. Raises what `Engine.beside` raises."""
        with self.engine.beside() as connection:
            return connection.execute(query, values).rowcount
