"""A library's source of truth, writing side. The caller holds the writer's lock."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from rag.models import Vectors
from rag.store.catalog_rows import value_of
from rag.store.engine import Connection, Engine, marks, record
from rag.store.manifest import Manifest
from rag.store.story_writer import StoryWriter
from rag.store.words_in_postgres import put_all_words, put_words
from rag.text.languages import language_of
from rag.types import Article

_SET_ASIDE = ("articles", "versions", "sources")
"""Tables whose rows are kept unchanged until a removal is published."""


class CatalogWriter:
    """Changes a catalog over a connection of `engine.writing()`. Nothing is stored until the outer `transaction()` succeeds."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._engine, self.connection = engine, connection
        self._stories = StoryWriter(connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside are stored together or not at all. Raises what `Engine.transaction` raises."""
        try:
            with self._engine.transaction(self.connection):
                last = self._row("SELECT coalesce(max(passage_no), 0) FROM passages")[0]
                yield
                self._stories.settle()
                if self._engine.shared:
                    put_words(self.connection, last)
                self.connection.execute(
                    "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'revision'"
                )
        except BaseException:
            self._stories.forget()
            raise

    def source(self, source: str) -> tuple[str | None, str | None]:
        """The article a source gave, and the hash of what was read then; None for what is missing."""
        row = self._row("SELECT article_id, raw_hash FROM sources WHERE source = ?", source)
        return (row[0], row[1]) if row else (None, None)

    def sources(self) -> list[str]:
        return [row[0] for row in self.connection.execute("SELECT source FROM sources ORDER BY source")]

    def article_with(self, column: Literal["identity_url", "content_hash"], value: str) -> str | None:
        """Id of the article of that page, or with exactly that content; the oldest if there are several."""
        row = self._row(f"SELECT article_id FROM articles WHERE {column} = ? ORDER BY added_at", value)
        return row[0] if row else None

    def content(self, article_id: str) -> tuple[str, str] | None:
        """Content hash and text of an article; None if there is none with that id."""
        row = self._row("SELECT content_hash, text FROM articles WHERE article_id = ?", article_id)
        return (row[0], row[1]) if row else None

    def _row(self, query: str, *values: object) -> Any:
        return self.connection.execute(query, values).fetchone()

    def put_article(
        self, article: Article, identity_url: str | None, spans: Sequence[tuple[int, int]], vectors: Vectors
    ) -> None:
        """Stores an article, or replaces the one with its id, keeping the old text as a version."""
        self.connection.execute(
            "INSERT INTO versions (article_id, content_hash, title, text, stored_at)"
            " SELECT article_id, content_hash, title, text, ? FROM articles"
            " WHERE article_id = ? AND (title <> ? OR text <> ?)",
            (dt.datetime.now(dt.UTC).isoformat(), article.article_id, article.title, article.text),
        )
        row = {
            **article.model_dump(mode="json", exclude={"sources", "versions", "related"}),
            "authors": json.dumps(article.authors, ensure_ascii=False),
            "identity_url": identity_url,
            "added_at": article.added_at.astimezone(dt.UTC).isoformat(),
        }
        again = ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("article_id", "added_at"))
        self.connection.execute(
            f"INSERT INTO articles ({', '.join(row)}) VALUES ({marks(row)}) ON CONFLICT (article_id) DO UPDATE SET {again}",
            [*row.values()],
        )
        self.put_passages(article, spans, vectors)

    def put_passages(self, article: Article, spans: Sequence[tuple[int, int]], vectors: Vectors) -> list[int]:
        """Replaces the passages of a stored article; returns the new numbers, ascending in text order."""
        self._stories.stored(article.article_id)
        self.connection.execute("DELETE FROM passages WHERE article_id = ?", (article.article_id,))
        rows = [(passage_id(article, start), article.article_id, start, end) for start, end in spans]
        self._engine.put(self.connection, "passages", ("id", "article_id", "start", "end"), rows)
        given = "SELECT passage_no FROM passages WHERE article_id = ? ORDER BY passage_no"
        numbers = [int(row[0]) for row in self.connection.execute(given, (article.article_id,))]
        blobs = [np.asarray(one, dtype="<f4").tobytes() for one in vectors]
        self._engine.put(self.connection, "vectors", ("passage_no", "vector"), list(zip(numbers, blobs, strict=True)))
        return numbers

    def tell_languages(self) -> None:
        """Detects the language of every article without one from its text; undecided ones stay open."""
        unknown = self.connection.execute("SELECT article_id, title, text FROM articles WHERE language IS NULL")
        told = [(language_of(f"{title}\n{text}"), article_id) for article_id, title, text in unknown]
        self.connection.executemany("UPDATE articles SET language = ? WHERE article_id = ?", told)

    def derive_again(self) -> None:
        """Detects missing languages, redoes all words, and compares all articles again when the transaction ends."""
        self.tell_languages()
        self._stories.everything()
        if self._engine.shared:
            put_all_words(self.connection)

    def put_manifest(self, manifest: Manifest) -> None:
        """Records what the library's passages and vectors are made with from now on."""
        self.connection.execute("DELETE FROM set_aside")  # its vectors were made differently
        for key, value in manifest.rows():
            record(self.connection, key, value)

    def put_source(self, source: str, article_id: str | None, raw_hash: str) -> None:
        """Records where an article was found; an article no longer given by any source is removed."""
        before, _ = self.source(source)
        self.connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " article_id = excluded.article_id, raw_hash = excluded.raw_hash",
            (source, article_id, raw_hash),
        )
        if before and before != article_id:
            self._remove_if_orphaned(before)

    def forget_source(self, source: str) -> bool:
        """Forgets a source, and its article if no other source gives it; True if that was removed."""
        before, _ = self.source(source)
        self.connection.execute("DELETE FROM sources WHERE source = ?", (source,))
        return bool(before and self._remove_if_orphaned(before))

    def remove_article(self, article_id: str) -> bool:
        """Removes an article with its passages, versions and sources; False if there is none."""
        self._stories.removing(article_id)
        return self.connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,)).rowcount > 0

    def set_aside(self, article_id: str) -> bool:
        """Removes an article so that `bring_back` can undo it until the next publish; False if there is none.

        Its rows move to another table, where nothing finds them; passages and vectors are kept without their numbers.
        """
        queries = {table: f"SELECT * FROM {table} WHERE article_id = ?" for table in _SET_ASIDE}
        queries["passages"] = (
            'SELECT id, start, "end", lower(hex(vector)) AS vector FROM passages JOIN vectors USING (passage_no)'
            " WHERE article_id = ? ORDER BY passage_no"
        )
        kept = {
            table: [{name: row[name] for name in row.keys()} for row in self.connection.execute(query, (article_id,))]  # noqa: SIM118
            for table, query in queries.items()
        }
        if not kept["articles"]:
            return False
        self.connection.execute(
            "INSERT INTO set_aside VALUES (?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET"
            " at = excluded.at, title = excluded.title, kept = excluded.kept",
            (article_id, dt.datetime.now(dt.UTC).isoformat(), kept["articles"][0]["title"], json.dumps(kept)),
        )
        return self.remove_article(article_id)

    def bring_back(self, article_id: str) -> bool:
        """Undoes `set_aside`; False if it is too late. The passages get new numbers, like anything stored."""
        found = self._row("SELECT kept FROM set_aside WHERE article_id = ?", article_id)
        if found is None:
            return False
        self.connection.execute("DELETE FROM set_aside WHERE article_id = ?", (article_id,))
        if self.content(article_id) is None:  # else somebody has ingested it again
            kept = json.loads(found[0])
            # A source may lead to another article by now; it stays with that one.
            kept["sources"] = [row for row in kept["sources"] if not any(self.source(row["source"]))]
            for table in _SET_ASIDE:
                if rows := kept[table]:
                    self._engine.put(self.connection, table, list(rows[0]), [list(row.values()) for row in rows])
            spans = [(one["start"], one["end"]) for one in kept["passages"]]
            vectors = [np.frombuffer(bytes.fromhex(one["vector"]), dtype="<f4") for one in kept["passages"]]
            self.put_passages(value_of(Article, kept["articles"][0]), spans, np.array(vectors))
        return True

    def _remove_if_orphaned(self, article_id: str) -> bool:
        held = self._row("SELECT 1 FROM sources WHERE article_id = ? LIMIT 1", article_id)
        return held is None and self.remove_article(article_id)


def passage_id(article: Article, start: int) -> str:
    """Sixteen hex digits; the same article text cut at the same place always gets the same id."""
    key = "\0".join([article.article_id, article.content_hash, str(start)])
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def content_hash_of(article: Article) -> str:
    """Sixteen hex digits over everything a reader sees of an article."""
    seen = article.model_dump_json(
        include={"title", "text", "outlet", "authors", "agency", "published", "updated", "language"}
    )
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
