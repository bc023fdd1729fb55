"""The truth of a library, writing side. The caller holds the writer's lock."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import numpy as np

from rag.models import Vectors
from rag.store import set_aside
from rag.store.catalog import Manifest
from rag.store.collections import put_collection, switch_collection
from rag.store.engine import Address, address_of, engine_at
from rag.store.story_writer import StoryWriter
from rag.store.words_in_postgres import put_all_words, put_words
from rag.text.languages import language_of
from rag.types import Article

_ROWS = 500
"""Rows of one statement."""


@dataclass(frozen=True)
class StoredSource:
    """What is remembered of one source: the article that it gave (None for a page without one)."""

    article_id: str | None
    raw_hash: str


def create_catalog(address: Address, manifest: Manifest) -> None:
    """Makes an empty catalog, at once: a crash leaves no half-made one. One that is there stays as it is."""
    rows = [(key, str(value)) for key, value in asdict(manifest).items()]
    engine_at(address).create([*rows, ("revision", "0")])


class CatalogWriter:
    """Changes a catalog. Nothing is stored until the `transaction()` around it ends well."""

    def __init__(self, address: Address) -> None:
        engine = engine_at(address_of(address))
        self._words = engine.shared
        self._writing = engine.writer()
        self._connection = self._writing.connection
        self._stories = StoryWriter(self._connection)

    def close(self) -> None:
        """Ends writing; an open transaction is rolled back."""
        self._writing.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside are stored together or not at all.

        Raises:
            StorageFull: no space; nothing of this transaction is stored, all earlier ones are.
        """
        try:
            with self._writing.transaction():
                last = self._highest_number()
                yield
                self._stories.settle()
                if self._words:
                    put_words(self._connection, last)
                self._connection.execute(
                    "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'revision'"
                )
        except BaseException:
            self._stories.forget()
            raise

    def _highest_number(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(passage_no), 0) FROM passages").fetchone()[0])

    def source(self, source: str) -> StoredSource | None:
        """What is remembered of a source."""
        row = self._connection.execute(
            "SELECT article_id, raw_hash FROM sources WHERE source = ?", (source,)
        ).fetchone()
        return StoredSource(*row) if row else None

    def sources(self) -> list[str]:
        """All sources, sorted."""
        return [row[0] for row in self._connection.execute("SELECT source FROM sources ORDER BY source")]

    def article_with_url(self, identity_url: str) -> str | None:
        """Id of the article of that page."""
        return self._one("SELECT article_id FROM articles WHERE identity_url = ? ORDER BY added_at", identity_url)

    def article_with_hash(self, content_hash: str) -> str | None:
        """Id of the article with exactly that content."""
        return self._one("SELECT article_id FROM articles WHERE content_hash = ? ORDER BY added_at", content_hash)

    def content(self, article_id: str) -> tuple[str, str] | None:
        """Content hash and text of an article; None when there is none with that id."""
        row = self._connection.execute(
            "SELECT content_hash, text FROM articles WHERE article_id = ?", (article_id,)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def _one(self, query: str, value: str) -> str | None:
        row = self._connection.execute(query, (value,)).fetchone()
        return row[0] if row else None

    def put_article(
        self, article: Article, identity_url: str | None, spans: Sequence[tuple[int, int]], vectors: Vectors
    ) -> None:
        """Stores an article, or replaces the one with its id, whose old text is kept as a version."""
        old = self._connection.execute(
            "SELECT content_hash, title, text, added_at FROM articles WHERE article_id = ?", (article.article_id,)
        ).fetchone()
        if old and (old[1], old[2]) != (article.title, article.text):
            self._connection.execute(
                "INSERT INTO versions (article_id, content_hash, title, text, stored_at) VALUES (?, ?, ?, ?, ?)",
                (article.article_id, old[0], old[1], old[2], dt.datetime.now(dt.UTC).isoformat()),
            )
        added_at = old[3] if old else article.added_at.astimezone(dt.UTC).isoformat()
        self._connection.execute(
            "INSERT INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (article_id) DO UPDATE SET"
            " title=excluded.title, text=excluded.text, outlet=excluded.outlet, authors=excluded.authors,"
            " agency=excluded.agency, published=excluded.published, published_source=excluded.published_source,"
            " updated=excluded.updated, language=excluded.language, url=excluded.url,"
            " identity_url=excluded.identity_url, content_hash=excluded.content_hash, place=excluded.place",
            _article_row(article, identity_url, added_at),
        )
        self.put_passages(article, spans, vectors)

    def put_passages(self, article: Article, spans: Sequence[tuple[int, int]], vectors: Vectors) -> list[int]:
        """Replaces the passages of a stored article; returns the numbers of the new ones, ascending as they stand."""
        self._stories.stored(article.article_id)
        self._connection.execute("DELETE FROM passages WHERE article_id = ?", (article.article_id,))
        rows = [(passage_id(article, start), article.article_id, start, end) for start, end in spans]
        every: list[int] = []
        for first in range(0, len(rows), _ROWS):
            batch = rows[first : first + _ROWS]
            # Of several rows at once, numbers may come back in any order.
            numbers = sorted(
                row[0]
                for row in self._connection.execute(
                    f'INSERT INTO passages (id, article_id, start, "end") VALUES {", ".join(["(?, ?, ?, ?)"] * len(batch))}'
                    " RETURNING passage_no",
                    [value for row in batch for value in row],
                )
            )
            every += numbers
            blobs = [np.asarray(one, dtype="<f4").tobytes() for one in vectors[first : first + _ROWS]]
            self._connection.executemany("INSERT INTO vectors VALUES (?, ?)", zip(numbers, blobs, strict=True))
        return every

    def tell_languages(self) -> None:
        """Tells the language of every article of which none is stored, by its text; what cannot be told stays open."""
        unknown = self._connection.execute(
            "SELECT article_id, title, text FROM articles WHERE language IS NULL"
        ).fetchall()
        told = [(language_of(f"{title}\n{text}"), article_id) for article_id, title, text in unknown]
        self._connection.executemany("UPDATE articles SET language = ? WHERE article_id = ?", told)

    def compare_again(self) -> None:
        """Looks for copies, corrections and events among all articles anew, when the transaction ends."""
        self._stories.everything()

    def put_manifest(self, manifest: Manifest) -> None:
        """Says what the library's passages and vectors are made with from now on."""
        set_aside.forget(self._connection)  # its vectors are of another making
        self._connection.executemany(
            "UPDATE meta SET value = ? WHERE key = ?", [(str(value), key) for key, value in asdict(manifest).items()]
        )

    def put_source(self, source: str, article_id: str | None, raw_hash: str) -> None:
        """Remembers where an article was found; an article that no source gives any more is removed."""
        before = self.source(source)
        self._connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " article_id = excluded.article_id, raw_hash = excluded.raw_hash",
            (source, article_id, raw_hash),
        )
        if before and before.article_id not in {None, article_id}:
            self._remove_if_orphaned(str(before.article_id))

    def forget_source(self, source: str) -> bool:
        """Forgets a source, and its article when no other source gives it; True when that was removed."""
        before = self.source(source)
        self._connection.execute("DELETE FROM sources WHERE source = ?", (source,))
        return bool(before and before.article_id and self._remove_if_orphaned(before.article_id))

    def remove_article(self, article_id: str) -> bool:
        """Removes an article with its passages, versions and sources; False when there is none."""
        self._stories.removing(article_id)
        cursor = self._connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))
        return cursor.rowcount > 0

    def put_collection(self, name: str, up_to: int) -> None:
        """Remembers that everything up to a number is in that collection, with this transaction."""
        put_collection(self._connection, name, up_to)

    def switch_collection(self, name: str) -> None:
        """Questions are asked of another collection from this transaction on."""
        switch_collection(self._connection, name)

    def words_again(self) -> None:
        """Makes the words of all passages again, where the catalog holds them."""
        if self._words:
            put_all_words(self._connection)

    def set_aside(self, article_id: str) -> bool:
        """Removes an article so that `bring_back` can undo it until the next publish; False when there is none."""
        return set_aside.keep(self._connection, article_id) and self.remove_article(article_id)

    def bring_back(self, article_id: str) -> bool:
        """Undoes `set_aside`; False when it is too late."""
        if not set_aside.bring_back(self._connection, article_id):
            return False
        self._stories.stored(article_id)
        return True

    def _remove_if_orphaned(self, article_id: str) -> bool:
        held = self._connection.execute("SELECT 1 FROM sources WHERE article_id = ? LIMIT 1", (article_id,)).fetchone()
        return held is None and self.remove_article(article_id)


def passage_id(article: Article, start: int) -> str:
    """Sixteen hex digits; the same article text cut in the same place always gets the same one."""
    key = "\0".join([article.article_id, article.content_hash, str(start)])
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def content_hash_of(article: Article) -> str:
    """Sixteen hex digits over everything that a reader sees of an article."""
    seen = article.model_dump_json(
        include={"title", "text", "outlet", "authors", "agency", "published", "updated", "language"}
    )
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _followable(url: str | None) -> str | None:
    """The address, if a reader may follow it: http(s), a host, no user name that passes for one, one line.

    The one check for every way that an address comes in, be it a feed, a line of JSON or the head of a file.
    """
    try:
        parts = urlsplit(url or "")
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        plain = plain and parts.port != 0  # which also raises for one that is no number
    except ValueError:
        return None
    return url if plain and url and url.isprintable() else None


def _article_row(article: Article, identity_url: str | None, added_at: str) -> tuple[object, ...]:
    return (
        article.article_id,
        article.title,
        article.outlet,
        json.dumps(article.authors, ensure_ascii=False),
        article.agency,
        article.published.isoformat() if article.published else None,
        article.published_source.value,
        article.updated.isoformat() if article.updated else None,
        article.language,
        _followable(article.url),
        identity_url,
        article.content_hash,
        added_at,
        article.text,
        article.place,
    )
