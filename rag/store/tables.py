"""The tables of a library as they are read: each statement by itself, or many of one moment."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from rag.errors import LibraryMissing
from rag.store.engine import Address, Connection, engine_at


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

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; within `snapshot()` always the same one.

        Raises:
            LibraryDamaged, LibraryUnreachable: it cannot be read.
        """
        held: Connection | None = getattr(self._moment, "connection", None)
        if held is not None:
            yield held
            return
        with self.engine.reading() as connection:
            yield connection

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

    def row(self, query: str, *values: object) -> Any:
        """The first row that it gives, or None."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchone()

    def change(self, query: str, *values: object) -> int:
        """Runs one statement in a short transaction of its own; how many rows it changed.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked, LibraryUnreachable: it changed nothing.
        """
        with self.engine.beside() as connection:
            return connection.execute(query, values).rowcount
