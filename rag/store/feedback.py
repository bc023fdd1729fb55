"""What readers said of answers: thumbs up or down with a note, kept in the catalog with the whole answer."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, Literal

from pydantic import ValidationError

from rag.errors import ConfigError, LibraryMismatch
from rag.store.catalog import Catalog
from rag.types import Answer, Value

NOTE_CHARACTERS = 2000
"""Longest note, in characters."""


class Feedback(Value):
    """What a reader said of one answer."""

    id: str
    at: dt.datetime
    """When it was given or last changed, UTC."""
    thumbs: Literal["up", "down"]
    note: str = ""
    answer: Answer


class FeedbackStore:
    """The feedback of one library. Safe to share between threads; another process may write the library meanwhile."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def give(self, answer: Answer, thumbs: str, note: str = "", *, feedback_id: str | None = None) -> str:
        """Keeps what a reader says of an answer, and returns its id.

        Args:
            thumbs: `up` or `down`.
            feedback_id: the id that an earlier call returned: thumbs and note are changed, the answer stays.

        Raises:
            ConfigError: the thumbs are neither up nor down, or the note is too long.
            LibraryReadOnly, StorageFull: it cannot be written here.
            LibraryLocked: another process did not let go of the catalog in time.
        """
        if thumbs not in ("up", "down"):
            raise ConfigError(f"'{thumbs[:20]}' says nothing of an answer; say 'up' or 'down'.")
        note = note.encode("utf-8", "replace").decode().strip()
        if len(note) > NOTE_CHARACTERS:
            raise ConfigError(f"The note is longer than {NOTE_CHARACTERS:,} characters; shorten it.")
        given_id = feedback_id or secrets.token_hex(8)
        now = dt.datetime.now(dt.UTC).isoformat()
        self._catalog.change(
            "INSERT INTO feedback (id, at, thumbs, note, answer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
            " DO UPDATE SET at = excluded.at, thumbs = excluded.thumbs, note = excluded.note",
            *(given_id, now, thumbs, note, answer.to_json()),
        )
        return given_id

    def take_back(self, feedback_id: str) -> bool:
        """Forgets what was said; False when there is nothing with that id. Raises what `give` raises."""
        return self._catalog.change("DELETE FROM feedback WHERE id = ?", feedback_id) > 0

    def all(self) -> tuple[Feedback, ...]:
        """Everything that was said, in the order in which it was first given.

        Raises:
            LibraryMismatch: an answer among it was written by another version of Dateline.
            LibraryDamaged: the catalog cannot be read.
        """
        rows = self._catalog.rows("SELECT id, at, thumbs, note, answer FROM feedback ORDER BY number")
        return tuple(map(_feedback, rows))


def _feedback(row: Any) -> Feedback:
    try:
        answer = Answer.from_json(row["answer"])
    except ValidationError as error:
        raise LibraryMismatch(
            f"The answer of the feedback '{row['id']}' was kept by another version of Dateline, which this one cannot "
            "read; export it with that version."
        ) from error
    return Feedback(
        id=row["id"], at=dt.datetime.fromisoformat(row["at"]), thumbs=row["thumbs"], note=row["note"], answer=answer
    )
