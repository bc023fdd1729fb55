"""The truth of a library: one SQLite file with articles, passages and their vectors. Reading side.

A connection is opened for each question: it costs a fifth of a millisecond, and leaves no state to share
between threads or to go stale when the file is replaced.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.errors import ArticleNotFound, LibraryDamaged, LibraryMissing, LibraryReadOnly
from rag.models import Vectors
from rag.store.catalog_rows import (
    article_of,
    day_of,
    filter_condition,
    marks,
    passage_of,
    summary_of,
)
from rag.store.collections import Collections
from rag.store.story_rows import NO_STORY, corrections_among, current_condition, related_to, stories_known, told_in
from rag.text.languages import code_of
from rag.types import Article, ArticleSummary, Filters, Passage

Numbers = npt.NDArray[np.int64]
"""Passage numbers, sorted."""

FILE_NAME = "catalog.sqlite"
SCHEMA_VERSION = "1"
_BATCH = 30_000
"""Fewer than SQLite's limit of 32,766 variables in one statement."""


@dataclass(frozen=True)
class Manifest:
    """What a library was built with; anything else is refused."""

    schema_version: str
    embedding_model: str
    embedding_fingerprint: str
    dimension: int
    window_tokens: int
    chunking: str


@dataclass(frozen=True)
class Counts:
    """How much a library holds."""

    articles: int
    passages: int
    undated_articles: int
    earliest: dt.date | None
    latest: dt.date | None
    outlets: tuple[str, ...]


class Catalog(Collections):
    """Read access to a catalog. Writing is `catalog_writer.CatalogWriter`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        if not self.path.is_file():
            raise LibraryMissing(
                f"There is no library at '{folder}'. Run 'dateline --library {folder} ingest PATH' to make one."
            )

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection.

        Raises:
            LibraryDamaged: the file is not a catalog, or its pages are damaged.
        """
        connection = _connect_read_only(self.path)
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise damaged(self.path, error) from error
        finally:
            connection.close()

    def manifest(self) -> Manifest:
        """What the library was built with."""
        with self.reading() as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        try:
            return Manifest(
                schema_version=meta["schema_version"],
                embedding_model=meta["embedding_model"],
                embedding_fingerprint=meta["embedding_fingerprint"],
                dimension=int(meta["dimension"]),
                window_tokens=int(meta["window_tokens"]),
                chunking=meta["chunking"],
            )
        except (KeyError, ValueError) as error:
            raise damaged(self.path, error) from error

    def revision(self) -> int:
        """A number that grows with every stored change."""
        with self.reading() as connection:
            return int(connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0])

    def languages(self) -> frozenset[str]:
        """Codes of the languages that articles are in, as far as they are known."""
        with self.reading() as connection:
            rows = connection.execute("SELECT DISTINCT language FROM articles WHERE language IS NOT NULL").fetchall()
        return frozenset(code for row in rows if (code := code_of(row[0])))

    def newest_day(self) -> dt.date | None:
        """Day of the newest article; None when no article has a date."""
        with self.reading() as connection:
            return day_of(connection.execute("SELECT max(published) FROM articles").fetchone()[0])

    def counts(self) -> Counts:
        """How much the library holds."""
        with self.reading() as connection:
            articles, undated, earliest, latest = connection.execute(
                "SELECT count(*), sum(published IS NULL), min(published), max(published) FROM articles"
            ).fetchone()
            passages = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
            outlets = connection.execute(
                "SELECT outlet FROM articles WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY count(*) DESC, outlet"
            ).fetchall()
        return Counts(
            articles, passages, undated or 0, day_of(earliest), day_of(latest), tuple(row[0] for row in outlets)
        )

    def article(self, article_id: str) -> Article:
        """One article with its text and earlier versions.

        Raises:
            ArticleNotFound: no article has that id.
        """
        with self.reading() as connection:
            row = connection.execute("SELECT * FROM articles WHERE article_id = ?", (article_id,)).fetchone()
            if row is None:
                raise ArticleNotFound(f"No article has the id '{article_id[:80]}'; 'dateline list' shows the ids.")
            versions = connection.execute(
                "SELECT content_hash, title, text, stored_at FROM versions WHERE article_id = ? ORDER BY rowid",
                (article_id,),
            ).fetchall()
            sources = connection.execute(
                "SELECT source FROM sources WHERE article_id = ? ORDER BY source", (article_id,)
            ).fetchall()
            related = related_to(connection, article_id)
        return article_of(row, versions, tuple(source[0] for source in sources), related)

    def summaries(self) -> list[ArticleSummary]:
        """All articles without their texts, newest first, undated last."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT a.article_id, a.title, a.outlet, a.authors, a.published, a.published_source, a.language, a.url, a.added_at,"
                " (SELECT count(*) FROM passages p WHERE p.article_id = a.article_id) AS passages"
                " FROM articles a ORDER BY a.published DESC NULLS LAST, a.article_id"
            ).fetchall()
        return [summary_of(row) for row in rows]

    def content_hashes(self) -> list[str]:
        """Hashes of all articles' texts, sorted."""
        with self.reading() as connection:
            return [row[0] for row in connection.execute("SELECT content_hash FROM articles ORDER BY content_hash")]

    def sources(self) -> dict[str, str]:
        """Every source that was read, with the id of the article that it became."""
        with self.reading() as connection:
            rows = connection.execute("SELECT source, article_id FROM sources WHERE article_id IS NOT NULL").fetchall()
        return {row["source"]: row["article_id"] for row in rows}

    def passages(self, numbers: Sequence[int], filters: Filters) -> dict[int, Passage]:
        """The passages among `numbers` that are live and pass the filters, by number."""
        condition, values = filter_condition(filters)
        found: dict[int, Passage] = {}
        with self.reading() as connection:
            known = stories_known(connection)
            story, join = ("s.story, s.event", "LEFT JOIN stories s USING (article_id)") if known else (NO_STORY, "")
            for batch in _batches(numbers):
                rows = connection.execute(
                    "SELECT p.passage_no, p.id, p.start, p.end, a.article_id, a.title, a.outlet, a.authors,"
                    f" a.published, a.published_source, a.language, a.url, substr(a.text, p.start + 1, p.end - p.start) AS text, {story}"
                    f" FROM passages p JOIN articles a USING (article_id) {join}"
                    f" WHERE p.passage_no IN ({marks(batch)}) AND {condition}",
                    [*batch, *values],
                )
                found.update((row["passage_no"], passage_of(row)) for row in rows)
        return found

    def beginnings(self, article_ids: Sequence[str], filters: Filters) -> list[Passage]:
        """The first passage of each of the articles, in their order, as far as they pass the filters."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT article_id, passage_no, min(start) FROM passages WHERE article_id IN ({marks(article_ids)})"
                " GROUP BY article_id",
                list(article_ids),
            ).fetchall()
        numbers = {row[0]: row[1] for row in rows}
        found = self.passages(list(numbers.values()), filters)
        return [found[numbers[one]] for one in article_ids if numbers.get(one) in found]

    def newest_beginnings(self, filters: Filters, most: int) -> list[Passage]:
        """The first passages of the newest articles that pass the filters, newest first; undated ones last."""
        condition, values = filter_condition(filters)
        with self.reading() as connection:
            if stories_known(connection):
                current, more = current_condition(filters)
                condition, values = f"{condition} AND {current}", [*values, *more]
            rows = connection.execute(
                f"SELECT a.article_id FROM articles a WHERE {condition}"
                " AND EXISTS (SELECT 1 FROM passages p WHERE p.article_id = a.article_id)"
                " ORDER BY a.published IS NULL, a.published DESC, a.article_id LIMIT ?",
                [*values, most],
            ).fetchall()
        return self.beginnings([row[0] for row in rows], filters)

    def numbers(self, filters: Filters | None = None, after: int = 0) -> Numbers:
        """Numbers of the live passages above `after` that pass the filters, ascending."""
        condition, values = filter_condition(filters or Filters())
        join = "" if condition == "1" else "JOIN articles a USING (article_id)"
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT p.passage_no FROM passages p {join} WHERE p.passage_no > ? AND {condition}"
                " ORDER BY p.passage_no",
                [after, *values],
            ).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def days(self, numbers: Sequence[int], filters: Filters) -> dict[int, dt.date | None]:
        """Day of publication of those of `numbers` that are live, pass the filters and are not replaced by a later text."""
        condition, values = filter_condition(filters)
        found: dict[int, dt.date | None] = {}
        with self.reading() as connection:
            if stories_known(connection):
                current, more = current_condition(filters)
                condition, values = f"{condition} AND {current}", [*values, *more]
            for batch in _batches(numbers):
                rows = connection.execute(
                    "SELECT p.passage_no, a.published FROM passages p JOIN articles a USING (article_id)"
                    f" WHERE p.passage_no IN ({marks(batch)}) AND {condition}",
                    [*batch, *values],
                )
                found.update((number, day_of(published)) for number, published in rows)
        return found

    def told_in(self, stories: Collection[str], filters: Filters) -> dict[str, list[tuple[str, str | None]]]:
        """Articles of each story that pass the filters, the earliest first: id and outlet."""
        with self.reading() as connection:
            return told_in(connection, stories, filters)

    def corrections(self, article_ids: Collection[str]) -> set[str]:
        """Those of the articles that replace an earlier one."""
        with self.reading() as connection:
            return corrections_among(connection, article_ids)

    def vectors(self, numbers: Sequence[int]) -> tuple[Numbers, Vectors]:
        """Numbers that still exist, ascending, and their vectors, shape (numbers, dimension)."""
        found: list[tuple[int, bytes]] = []
        with self.reading() as connection:
            for batch in _batches(numbers):
                found += connection.execute(
                    f"SELECT passage_no, vector FROM vectors WHERE passage_no IN ({marks(batch)}) ORDER BY passage_no",
                    batch,
                ).fetchall()
        blob = b"".join(vector for _, vector in found)
        matrix = np.frombuffer(blob, dtype="<f4").reshape(len(found), -1) if found else np.zeros((0, 0))
        return np.array([number for number, _ in found], dtype=np.int64), matrix.astype(np.float32, copy=False)


def damaged(path: Path, error: Exception) -> LibraryDamaged:
    """The error for a catalog that cannot be read."""
    return LibraryDamaged(
        f"The catalog '{path.name}' of the library cannot be read ({error}). "
        "Run 'dateline restore BACKUP', or move the folder away and ingest again."
    )


def _connect_read_only(path: Path) -> sqlite3.Connection:
    try:
        connection = _connect(path, "mode=ro")
    except sqlite3.DatabaseError as error:
        # A catalog on a read-only or full disk cannot make the two small files that shared reading needs.
        # Without a write-ahead log there is nothing that they would protect.
        waiting = path.with_name(path.name + "-wal")
        if waiting.exists() and waiting.stat().st_size:
            if isinstance(error, sqlite3.OperationalError):
                raise LibraryReadOnly(
                    "The last changes of the library were not finished, and its folder cannot be written now; make it "
                    "writable, or free some space, and open it again."
                ) from error
            raise damaged(path, error) from error
        try:
            connection = _connect(path, "immutable=1")
        except sqlite3.DatabaseError as second:
            raise damaged(path, second) from second
    return connection


def _connect(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("SELECT value FROM meta LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _batches(numbers: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _BATCH):
        yield [int(number) for number in numbers[start : start + _BATCH]]
