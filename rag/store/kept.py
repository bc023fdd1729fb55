"""Questions that a library's readers keep, with their last answers, in the catalog."""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from rag.errors import ConfigError, LibraryMismatch
from rag.store.catalog import Catalog
from rag.types import Answer, Value


class Changed(StrEnum):
    """What is different in an answer."""

    FIGURE = "figure"
    """Another number or day answers."""
    ANSWER = "answer"
    """Other words answer."""
    STATE = "state"
    """There is an answer now, or none any more, or sources disagree, or no longer do."""
    NEWS = "news"
    """It stands on a report that was not there."""


class Change(Value):
    """How an answer changed: what it said before and what it says now."""

    what: Changed
    before: str
    now: str
    at: dt.datetime


class KeptQuestion(Value):
    """A question that is asked again after each fetch."""

    number: int = 0
    """By which it can be dropped."""
    question: str
    kept_at: dt.datetime
    answer: Answer
    """The last one."""
    changes: tuple[Change, ...] = ()
    """The newest first."""


class KeptStore:
    """The kept questions of one library. Safe to share between threads and processes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def all(self) -> tuple[KeptQuestion, ...]:
        """Every kept question, the first kept first.

        Raises:
            LibraryMismatch: one of the answers was written by another version of Dateline.
        """
        return tuple(map(_kept, self._catalog.rows("SELECT number, state FROM kept ORDER BY number")))

    def put(self, kept: KeptQuestion) -> KeptQuestion:
        """Keeps a question that is not kept yet, with its number; one that is stays as it is.

        Raises:
            LibraryReadOnly, StorageFull, LibraryLocked: it is not kept.
        """
        with self._catalog.engine.beside() as connection:
            connection.execute(
                "INSERT INTO kept (question, state) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (kept.question, kept.to_json()),
            )
            row = connection.execute("SELECT number, state FROM kept WHERE question = ?", (kept.question,)).fetchone()
        return _kept(row)

    def save(self, kept: KeptQuestion) -> None:
        """Remembers its last answer; nothing where it was dropped meanwhile."""
        self._catalog.change("UPDATE kept SET state = ? WHERE number = ?", kept.to_json(), kept.number)

    def drop(self, number: int) -> None:
        """Keeps it no more. Raises `ConfigError` when there is none with that number."""
        if not self._catalog.change("DELETE FROM kept WHERE number = ?", number):
            raise ConfigError(f"No question is kept under {number}; 'dateline keep' lists them.")


def _kept(row: Any) -> KeptQuestion:
    try:
        return KeptQuestion.model_validate({**json.loads(row["state"]), "number": row["number"]})
    except ValidationError as error:
        raise LibraryMismatch(
            f"The answer of kept question {row['number']} was written by another version of Dateline, which this one "
            f"cannot read; drop it with 'dateline keep --drop {row['number']}' and keep it again."
        ) from error
