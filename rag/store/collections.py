"""Which collections of a server for vectors hold a library, and up to which passage; kept in the catalog.

Numbers are given and become visible in one order, so everything above `up_to` is what a collection lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.store.catalog_rows import marks
from rag.store.engine import Connection, Engine

_BATCH = 10_000


@dataclass(frozen=True)
class Collection:
    """One collection. Every live passage up to `up_to` is in it; questions are asked of the live one."""

    name: str
    up_to: int
    live: bool


class Collections:
    """The part of a catalog that knows of collections."""

    engine: Engine

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""
        raise NotImplementedError

    def collections(self) -> tuple[Collection, ...]:
        """Every collection that was not dropped yet."""
        with self.reading() as connection:
            if not connection.knows("collections"):
                return ()
            rows = connection.execute("SELECT name, up_to, live FROM collections ORDER BY name").fetchall()
        return tuple(Collection(row[0], row[1], bool(row[2])) for row in rows)

    def live_collection(self) -> Collection | None:
        """The one that questions are asked of."""
        return next((one for one in self.collections() if one.live), None)

    def put_collection(self, name: str, up_to: int) -> None:
        """Remembers that everything up to a number is in; a lower one than before changes nothing."""
        with self.engine.beside() as connection:
            put_collection(connection, name, up_to)

    def switch_collection(self, name: str) -> None:
        """From now on questions are asked of this one; the others stay until they are dropped."""
        with self.engine.beside() as connection:
            switch_collection(connection, name)

    def drop_collection(self, name: str) -> None:
        """Forgets one, after the server dropped it."""
        with self.engine.beside() as connection:
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))

    def removed(self, most: int) -> npt.NDArray[np.int64]:
        """Numbers of passages that went and may still be in a collection, ascending."""
        with self.reading() as connection:
            if not connection.knows("removed"):
                return np.zeros(0, dtype=np.int64)
            rows = connection.execute("SELECT passage_no FROM removed ORDER BY passage_no LIMIT ?", (most,)).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def forget_removed(self, numbers: Sequence[int]) -> None:
        """They are in no collection any more."""
        with self.engine.beside() as connection:
            for start in range(0, len(numbers), _BATCH):
                batch = [int(number) for number in numbers[start : start + _BATCH]]
                connection.execute(f"DELETE FROM removed WHERE passage_no IN ({marks(batch)})", batch)


def put_collection(connection: Connection, name: str, up_to: int) -> None:
    """`Collections.put_collection` inside of the caller's transaction."""
    connection.execute(
        "INSERT INTO collections (name, up_to, live) VALUES (?, ?, FALSE) ON CONFLICT (name) DO UPDATE"
        " SET up_to = excluded.up_to WHERE excluded.up_to > collections.up_to",
        (name, up_to),
    )


def switch_collection(connection: Connection, name: str) -> None:
    """`Collections.switch_collection` inside of the caller's transaction."""
    connection.execute("UPDATE collections SET live = FALSE WHERE live AND name <> ?", (name,))
    connection.execute("UPDATE collections SET live = TRUE WHERE name = ?", (name,))
