"""What readers leave in a library besides articles: feedback, kept questions, answers under a link, conversations.

All stores are safe to share between threads and processes. Methods that change data raise what `Tables.change` raises.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal

from pydantic import ValidationError

from rag.errors import ConfigError, LibraryMismatch
from rag.store.catalog import Catalog
from rag.store.catalog_rows import V, value_of
from rag.types import Answer, Value

NOTE_CHARACTERS = 2000
"""Longest note, in characters."""
ENTRIES_MOST = 5000
"""Of one reader, about 10 kB each; the least recently changed go first."""
_KEY = "key"
_SHARE = "INSERT INTO shared VALUES (?, ?) ON CONFLICT DO NOTHING"


class Feedback(Value):
    id: str
    at: dt.datetime
    """When it was given or last changed, UTC."""
    thumbs: Literal["up", "down"]
    note: str = ""
    answer: Answer


class Changed(StrEnum):
    FIGURE = "figure"
    """Another number or day is the answer."""
    ANSWER = "answer"
    """Other words are the answer."""
    STATE = "state"
    """There is an answer now, or no longer, or sources disagree, or no longer do."""
    NEWS = "news"
    """It rests on a new report."""


class Change(Value):
    """How an answer changed: what it said before and what it says now."""

    what: Changed
    before: str
    now: str
    at: dt.datetime


class KeptQuestion(Value):
    """A question that is asked again after each fetch."""

    number: int = 0
    """Identifies it for dropping."""
    question: str
    """In the form that is searched."""
    words: str = ""
    """As its reader asked it; empty if that is the same."""
    kept_at: dt.datetime
    answer: Answer
    """The latest one."""
    changes: tuple[Change, ...] = ()
    """Newest first."""

    @property
    def asked(self) -> str:
        return self.words or self.question


class Entry(Value):
    name: str
    at: int
    """When it was made, in milliseconds since 1970."""
    value: str
    """JSON; empty if deleted."""


class Store:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog


class FeedbackStore(Store):
    """What readers said about answers: thumbs up or down with a note, and the whole answer."""

    def give(self, answer: Answer, thumbs: str, note: str = "", *, feedback_id: str | None = None) -> str:
        """Stores a reader's feedback on an answer, and returns its id.

        With the id of an earlier call, thumbs and note are changed and the answer stays. Raises `ConfigError` if
        `thumbs` is neither "up" nor "down", or the note is too long.
        """
        if thumbs not in ("up", "down"):
            raise ConfigError(f"'{thumbs[:20]}' says nothing of an answer; say 'up' or 'down'.")
        note = note.encode("utf-8", "replace").decode().strip()
        if len(note) > NOTE_CHARACTERS:
            raise ConfigError(f"The note is longer than {NOTE_CHARACTERS:,} characters; shorten it.")
        given_id = feedback_id or secrets.token_hex(8)
        self._catalog.change(
            "INSERT INTO feedback (id, at, thumbs, note, answer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
            " DO UPDATE SET at = excluded.at, thumbs = excluded.thumbs, note = excluded.note",
            *(given_id, dt.datetime.now(dt.UTC).isoformat(), thumbs, note, answer.to_json()),
        )
        return given_id

    def take_back(self, feedback_id: str) -> bool:
        """Deletes feedback; False if there is none with that id."""
        return self._catalog.change("DELETE FROM feedback WHERE id = ?", feedback_id) > 0

    def all(self) -> tuple[Feedback, ...]:
        """All feedback, first given first. Raises `LibraryMismatch` if another version of Dateline wrote an answer."""
        rows = self._catalog.rows("SELECT id, at, thumbs, note, answer FROM feedback ORDER BY number")
        return tuple(map(_given, rows))


class KeptStore(Store):
    """The questions that are asked again, with their latest answers."""

    def all(self) -> tuple[KeptQuestion, ...]:
        """All kept questions, oldest first. Raises `LibraryMismatch` if another version of Dateline wrote an answer."""
        return tuple(map(_kept, self._catalog.rows("SELECT number, state FROM kept ORDER BY number")))

    def put(self, kept: KeptQuestion) -> KeptQuestion:
        """Stores a question and returns it with its number; one already kept stays as it is."""
        with self._catalog.engine.beside() as connection:
            connection.execute(
                "INSERT INTO kept (question, state) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (kept.question, kept.to_json()),
            )
            row = connection.execute("SELECT number, state FROM kept WHERE question = ?", (kept.question,)).fetchone()
        return _kept(row)

    def save(self, kept: KeptQuestion) -> None:
        """Stores its latest answer; does nothing if it has been dropped."""
        self._catalog.change("UPDATE kept SET state = ? WHERE number = ?", kept.to_json(), kept.number)

    def drop(self, number: int) -> None:
        """Stops keeping it. Raises `ConfigError` if there is none with that number."""
        if not self._catalog.change("DELETE FROM kept WHERE number = ?", number):
            raise ConfigError(f"No question is kept under {number}; 'dateline keep' lists them.")


class SharedStore(Store):
    """Answers preserved as they were given, each under a link of its own."""

    def put(self, shared_id: str, answer: Answer) -> None:
        """Stores an answer under an id; the first one stored there stays."""
        self._catalog.change(_SHARE, shared_id, answer.to_json())

    def get(self, shared_id: str) -> Answer | None:
        """An id's answer; None if there is none. Raises `LibraryMismatch` if another version of Dateline wrote it."""
        text = None if shared_id == _KEY else self._row(shared_id)
        return _read(Answer, text, "This answer", "ask its question again") if text else None

    def remove(self, shared_id: str) -> None:
        """Deletes an answer: its link then leads nowhere."""
        if shared_id != _KEY:
            self._catalog.change("DELETE FROM shared WHERE id = ?", shared_id)

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Which of the ids have an answer stored."""
        return frozenset(one for one in ids if one != _KEY and self._row(one))

    def key(self) -> bytes:
        """A secret of this library, 32 bytes, by which a page recognises an answer kept by a browser."""
        if not self._row(_KEY):
            self._catalog.change(_SHARE, _KEY, secrets.token_hex(32))
        return bytes.fromhex(self._row(_KEY))

    def _row(self, shared_id: str) -> str:
        row = self._catalog.row("SELECT answer FROM shared WHERE id = ?", shared_id)
        return str(row["answer"]) if row else ""


class TalkStore(Store):
    """Conversations of readers who log in, as their browsers keep them."""

    def put(self, reader: str, entries: Iterable[Entry]) -> None:
        """Stores all entries or none; of two with one name the later wins, in whichever order they arrive."""
        with self._catalog.engine.beside() as connection:
            for one in entries:
                connection.execute(
                    "DELETE FROM talks WHERE reader = ? AND name = ? AND at < ?", (reader, one.name, one.at)
                )
                connection.execute(
                    "INSERT INTO talks (reader, name, at, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (reader, one.name, one.at, one.value),
                )
            connection.execute(
                "DELETE FROM talks WHERE reader = ? AND number <= (SELECT number FROM talks WHERE reader = ?"
                " ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (reader, reader, ENTRIES_MOST),
            )

    def after(self, reader: str, number: int, characters: int) -> tuple[int, tuple[Entry, ...]]:
        """The entries changed after a number, up to about `characters` of them, and the number of the last."""
        found: list[Entry] = []
        with self._catalog.reading() as connection:
            rows = connection.execute(
                "SELECT number, name, at, value FROM talks WHERE reader = ? AND number > ? ORDER BY number",
                (reader, number),
            )
            for row in rows:
                found.append(value_of(Entry, row))
                number, characters = row["number"], characters - len(row["value"])
                if characters <= 0:
                    break
        return number, tuple(found)


def _given(row: Any) -> Feedback:
    what = f"The answer of the feedback '{row['id']}'"
    return value_of(Feedback, row, answer=_read(Answer, row["answer"], what, "export it with that version"))


def _kept(row: Any) -> KeptQuestion:
    number = row["number"]
    advice = f"drop it with 'dateline keep --drop {number}' and keep it again"
    kept = _read(KeptQuestion, row["state"], f"The answer of kept question {number}", advice)
    return kept.model_copy(update={"number": number})


def _read(kind: type[V], text: str, what: str, advice: str) -> V:
    try:
        return kind.from_json(text)
    except ValidationError as error:
        raise LibraryMismatch(
            f"{what} was written by another version of Dateline, which this one cannot read; {advice}."
        ) from error
