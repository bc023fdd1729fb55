"""Answers that stay as they were given, each under a link of its own, in the catalog."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from pydantic import ValidationError

from rag.errors import LibraryMismatch
from rag.store.catalog import Catalog
from rag.types import Answer

_KEY = "key"
_INSERT = "INSERT INTO shared VALUES (?, ?) ON CONFLICT DO NOTHING"


class SharedStore:
    """The shared answers of one library. Safe to share between threads and processes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def put(self, shared_id: str, answer: Answer) -> None:
        """Keeps an answer under an id; the first that is kept under it stays.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: it is not kept.
        """
        self._catalog.change(_INSERT, shared_id, answer.to_json())

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
            self._catalog.change("DELETE FROM shared WHERE id = ?", shared_id)

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of some ids under which an answer is kept."""
        return frozenset(one for one in ids if one != _KEY and self._row(one))

    def key(self) -> bytes:
        """A secret of this library, 32 bytes, by which a page knows an answer again that a browser kept.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: there was none yet, and it cannot be kept.
        """
        if not self._row(_KEY):
            self._catalog.change(_INSERT, _KEY, secrets.token_hex(32))
        return bytes.fromhex(self._row(_KEY))

    def _row(self, shared_id: str) -> str:
        row = self._catalog.row("SELECT answer FROM shared WHERE id = ?", shared_id)
        return str(row["answer"]) if row else ""
