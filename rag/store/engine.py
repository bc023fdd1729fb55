"""What a catalog needs of a database. SQLite and PostgreSQL are behind it; the SQL is written once, in words that both know."""

from __future__ import annotations

import functools
import importlib.resources
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from rag.config import Address, address_of
from rag.store.catalog_rows import marks

__all__ = ["Address", "Connection", "Engine", "Rows", "address_of", "batched", "engine_at", "migrations"]

T = TypeVar("T")
BATCH = 10_000
"""Well below SQLite's limit of 32,766 variables in one statement."""


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection whose rows can be read by place and by name; values stand for question marks."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Rows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Engine(ABC):
    """One database with one library in it, or none yet. Safe to share between threads."""

    address: Address
    name: str
    """As a person may see it: without a password."""
    shared: bool
    """Whether several machines write it."""

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is a library. Raises `LibraryUnreachable`, and `LibraryDamaged` where nobody may look."""

    @abstractmethod
    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        """Makes an empty library at once: a crash leaves no half-made one. One that is there stays."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with.

        Raises:
            LibraryDamaged, LibraryUnreachable: it cannot be read.
        """

    @abstractmethod
    def moment(self) -> AbstractContextManager[Connection]:
        """The same, whose reads are all of one moment, whatever is stored meanwhile."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A connection that changes articles, in one `transaction` after the other; it makes the tables that are missing."""

    @abstractmethod
    def transaction(self, connection: Connection) -> AbstractContextManager[None]:
        """Everything inside is stored or nothing; one at a time, whoever else writes.

        Raises:
            StorageFull, LibraryDamaged, LibraryUnreachable: nothing of it is stored, all earlier ones are.
            LibraryLocked: another writer did not end in time.
        """

    @abstractmethod
    def beside(self) -> AbstractContextManager[Connection]:
        """A short transaction for what no article depends on, beside whoever writes articles.

        Raises:
            LibraryReadOnly, StorageFull, LibraryUnreachable: it cannot be written.
            LibraryLocked: another process did not let go in time.
        """

    def put(self, connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Adds many rows to a table, whose columns are named; inside of the caller's transaction."""
        columns = ", ".join(f'"{name}"' for name in names)
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks(names)})", rows)

    @abstractmethod
    def number_on(self, connection: Connection) -> None:
        """Numbers that were given elsewhere came in: the next ones are higher."""

    @abstractmethod
    def problems(self) -> list[str]:
        """What the engine finds wrong with its own files."""

    @abstractmethod
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
    """The values in lists of at most `size`."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
