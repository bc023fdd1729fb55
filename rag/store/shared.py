"""Answers that stay as they were given, each under a link of its own, in the catalog."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from pydantic import ValidationError

from rag.errors import LibraryMismatch
from rag.store.catalog import Catalog
from rag.types import Answer

_KEY = "key"


class SharedStore:
    """The shared answers of one library. Safe to share between threads and processes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def put(self, shared_id: str, answer: Answer) -> None:
        """Keeps an answer under an id; the first that is kept under it stays.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: it is not kept.
        """
        with self._catalog.engine.beside() as connection:
            connection.execute("INSERT INTO shared VALUES (?, ?) ON CONFLICT DO NOTHING", (shared_id, answer.to_json()))

    def get(self, shared_id: str) -> Answer | None:
        """The answer under an id; None where there is none. Raises `LibraryMismatch` where another Dateline wrote it."""
        row = None if shared_id == _KEY else self._row(shared_id)
        try:
            return Answer.from_json(row) if row else None
        except ValidationError as error:
            raise LibraryMismatch(
                "This answer was written by another version of Dateline, which this one cannot read; ask its question again."
            ) from error

    def remove(self, shared_id: str) -> None:
        """Forgets an answer: its link leads nowhere from now on. Raises what `put` raises."""
        if shared_id != _KEY:
            with self._catalog.engine.beside() as connection:
                connection.execute("DELETE FROM shared WHERE id = ?", (shared_id,))

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of some ids under which an answer is kept."""
        with self._catalog.reading() as connection:
            if not connection.knows("shared"):
                return frozenset()
            query = "SELECT id FROM shared WHERE id = ?"
            rows = [connection.execute(query, (one,)).fetchone() for one in ids if one != _KEY]
        return frozenset(str(row["id"]) for row in rows if row)

    def key(self) -> bytes:
        """A secret of this library, 32 bytes, by which a page knows an answer again that a browser kept.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: there was none yet, and it cannot be kept.
        """
        if known := self._row(_KEY):
            return bytes.fromhex(known)
        with self._catalog.engine.beside() as connection:
            connection.execute("INSERT INTO shared VALUES (?, ?) ON CONFLICT DO NOTHING", (_KEY, secrets.token_hex(32)))
            row = connection.execute("SELECT answer FROM shared WHERE id = ?", (_KEY,)).fetchone()
        return bytes.fromhex(row["answer"])

    def _row(self, shared_id: str) -> str:
        with self._catalog.reading() as connection:
            if not connection.knows("shared"):
                return ""
            row = connection.execute("SELECT answer FROM shared WHERE id = ?", (shared_id,)).fetchone()
        return str(row["answer"]) if row else ""
