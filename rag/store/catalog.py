"""A library's source of truth: articles, passages and their vectors, in a database. Reading side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.errors import ArticleNotFound, LibraryDamaged
from rag.models import Vectors
from rag.store.catalog_rows import (
    IndexedPassage,
    current_condition,
    day_of,
    filter_condition,
    passages_between,
    value_of,
)
from rag.store.engine import Tables
from rag.store.manifest import Manifest
from rag.text.languages import code_of
from rag.types import Article, ArticleSummary, ArticleVersion, Counts, Filters, Passage, RelatedArticle, Relation, Value

if TYPE_CHECKING:
    from rag.store.words_in_postgres import WordsInPostgres

Numbers = npt.NDArray[np.int64]
"""Passage numbers, sorted."""


@dataclass(frozen=True)
class VectorCollection:
    """A vector server's collection that holds this library: every live passage up to `up_to`.

    Numbers are assigned and become visible in order, so it lacks everything above `up_to`. The live collection is searched.
    """

    name: str
    up_to: int
    live: bool


class SetAside(Value):
    """A removed article that can still be brought back."""

    article_id: str
    title: str
    at: dt.datetime


class Catalog(Tables):
    """Read access to a catalog. Writing is `catalog_writer.CatalogWriter`."""

    _words: WordsInPostgres | None = None

    @property
    def words(self) -> WordsInPostgres | None:
        """The lexical side for all passages, if the database holds it."""
        if not self.shared:
            return None
        from rag.store.words_in_postgres import WordsInPostgres

        words, revision = self._words, self.revision()
        if words is None or words.revision != revision:
            words = self._words = WordsInPostgres(self, revision)
        return words

    def manifest(self) -> Manifest:
        """What the library was built with. Raises `LibraryDamaged` if this is not recorded."""
        meta = dict(self.rows("SELECT key, value FROM meta"))
        try:
            return Manifest.model_validate({name: meta[name] for name in Manifest.model_fields})
        except (KeyError, ValueError) as error:
            raise LibraryDamaged(
                f"The library '{self.name}' does not say what it was built with. Run 'dateline restore BACKUP'."
            ) from error

    def revision(self) -> int:
        """A number that grows with every stored change."""
        return int(self.row("SELECT value FROM meta WHERE key = 'revision'")[0])

    def languages(self) -> frozenset[str]:
        """Codes of the articles' known languages."""
        rows = self.rows("SELECT DISTINCT language FROM articles WHERE language IS NOT NULL")
        return frozenset(code for row in rows if (code := code_of(row[0])))

    def newest_day(self) -> dt.date | None:
        """Day of the newest article; None if no article has a date."""
        return day_of(self.row("SELECT max(published) FROM articles")[0])

    def counts(self) -> Counts:
        row = self.row(
            "SELECT count(*) AS articles, count(*) - count(published) AS undated_articles, min(published) AS earliest,"
            " max(published) AS latest, (SELECT count(*) FROM passages) AS passages FROM articles"
        )
        outlets = self.rows(
            "SELECT outlet FROM articles WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY count(*) DESC, outlet"
        )
        return value_of(Counts, row, outlets=tuple(one[0] for one in outlets))

    def article(self, article_id: str) -> Article:
        """One article with its earlier versions, and the articles of its story and event. Raises `ArticleNotFound`."""
        row = self.row("SELECT * FROM articles WHERE article_id = ?", article_id)
        if row is None:
            raise ArticleNotFound(f"No article has the id '{article_id[:80]}'; 'dateline list' shows the ids.")
        versions = self.rows("SELECT * FROM versions WHERE article_id = ? ORDER BY rowid", article_id)
        sources = self.rows("SELECT source FROM sources WHERE article_id = ? ORDER BY source", article_id)
        return value_of(
            Article,
            row,
            sources=tuple(source[0] for source in sources),
            versions=tuple(value_of(ArticleVersion, one) for one in versions),
            related=self._related(article_id),
        )

    def _related(self, article_id: str) -> tuple[RelatedArticle, ...]:
        """What an article replaces and is replaced by, its copies, and the rest of its event; each group by day."""
        replaces = "EXISTS (SELECT 1 FROM ties WHERE article_id = {} AND other_id = {} AND kind = 'update')"
        rows = self.rows(
            "SELECT a.article_id, a.title, a.outlet, a.published, a.published_source, CASE"
            f" WHEN {replaces.format('own.article_id', 'a.article_id')} THEN 'superseded_by'"
            f" WHEN {replaces.format('a.article_id', 'own.article_id')} THEN 'supersedes'"
            " WHEN s.story = own.story THEN 'copy' ELSE 'same_event' END AS relation"
            " FROM stories own JOIN stories s ON s.event = own.event JOIN articles a ON a.article_id = s.article_id"
            " WHERE own.article_id = ? AND a.article_id <> own.article_id ORDER BY a.published NULLS LAST, a.article_id",
            article_id,
        )
        related, order = (value_of(RelatedArticle, row) for row in rows), list(Relation)
        return tuple(sorted(related, key=lambda one: order.index(one.relation)))

    def summaries(self, article_ids: Sequence[str]) -> list[ArticleSummary]:
        """These articles without their texts, in order; any removed in the meantime are left out."""
        rows = self.among(
            "SELECT a.article_id, a.title, a.outlet, a.authors, a.published, a.published_source, a.language, a.url,"
            " a.added_at, (SELECT count(*) FROM passages p WHERE p.article_id = a.article_id) AS passages FROM articles a"
            " WHERE a.article_id IN (@)",
            article_ids,
        )
        found = {row["article_id"]: value_of(ArticleSummary, row) for row in rows}
        return [found[one] for one in article_ids if one in found]

    def waiting(self) -> tuple[SetAside, ...]:
        """Articles that can be brought back, the last removed first."""
        rows = self.rows("SELECT article_id, title, at FROM set_aside ORDER BY at DESC, article_id")
        return tuple(value_of(SetAside, row) for row in rows)

    def content_hashes(self) -> list[str]:
        """Hashes of all articles' texts, sorted."""
        return [row[0] for row in self.rows("SELECT content_hash FROM articles ORDER BY content_hash")]

    def sources(self) -> dict[str, str]:
        """Every source read, with the id of the article it became."""
        return dict(self.rows("SELECT source, article_id FROM sources WHERE article_id IS NOT NULL"))

    def passages(self, numbers: Sequence[int], filters: Filters) -> dict[int, Passage]:
        """The passages among `numbers` that are live and pass the filters, by number."""
        condition, values = filter_condition(filters)
        rows = self.among(
            'SELECT p.passage_no, p.id, p.start, p."end", a.article_id, a.title, a.outlet, a.authors, a.published,'
            ' a.published_source, a.language, a.url, substr(a.text, p.start + 1, p."end" - p.start) AS text,'
            " coalesce(s.story, '') AS story, coalesce(s.event, '') AS event"
            " FROM passages p JOIN articles a USING (article_id) LEFT JOIN stories s USING (article_id)"
            f" WHERE p.passage_no IN (@) AND {condition}",
            map(int, numbers),
            *values,
        )
        return {row["passage_no"]: value_of(Passage, row) for row in rows}

    def beginnings(self, article_ids: Sequence[str], filters: Filters) -> list[Passage]:
        """The first passage of each of the articles, in order, as far as they pass the filters."""
        first = (
            "SELECT article_id, passage_no FROM passages p WHERE article_id IN (@)"
            " AND start = (SELECT min(start) FROM passages o WHERE o.article_id = p.article_id)"
        )
        numbers = dict(self.among(first, article_ids))
        found = self.passages(list(numbers.values()), filters)
        return [found[numbers[one]] for one in article_ids if numbers.get(one) in found]

    def leads(self, article_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vector of the first passage of each of the articles."""
        rows = self.among(
            "SELECT article_id, (SELECT v.vector FROM passages p JOIN vectors v USING (passage_no)"
            " WHERE p.article_id = a.article_id ORDER BY p.start LIMIT 1) FROM articles a WHERE article_id IN (@)",
            article_ids,
        )
        return {key: np.frombuffer(vector, dtype="<f4") for key, vector in rows if vector is not None}

    def newest_beginnings(self, filters: Filters, most: int) -> list[Passage]:
        """The first passages of the newest articles that pass the filters, newest first; undated ones last."""
        condition, values = current_condition(filters)
        rows = self.rows(
            f"SELECT a.article_id FROM articles a WHERE {condition}"
            " AND EXISTS (SELECT 1 FROM passages p WHERE p.article_id = a.article_id)"
            " ORDER BY a.published IS NULL, a.published DESC, a.article_id LIMIT ?",
            *values,
            most,
        )
        return self.beginnings([row[0] for row in rows], filters)

    def numbers(self, filters: Filters | None = None, after: int = 0) -> Numbers:
        """Numbers of the live passages above `after` that pass the filters, ascending."""
        condition, values = filter_condition(filters or Filters())
        join = "" if condition == "TRUE" else "JOIN articles a USING (article_id)"
        rows = self.rows(
            f"SELECT p.passage_no FROM passages p {join} WHERE p.passage_no > ? AND {condition} ORDER BY p.passage_no",
            after,
            *values,
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def days(self, numbers: Sequence[int], filters: Filters) -> dict[int, dt.date | None]:
        """Publication days of those `numbers` that are live, pass the filters and are not replaced by a later text."""
        # A named article is read, replaced or not.
        condition, values = filter_condition(filters) if filters.articles else current_condition(filters)
        rows = self.among(
            "SELECT p.passage_no, a.published FROM passages p JOIN articles a USING (article_id)"
            f" WHERE p.passage_no IN (@) AND {condition}",
            map(int, numbers),
            *values,
        )
        return {number: day_of(published) for number, published in rows}

    def told_in(self, stories: Collection[str], filters: Filters) -> dict[str, list[tuple[str, str | None]]]:
        """Articles of each story that pass the filters, the earliest first: id and outlet."""
        condition, values = filter_condition(filters)
        found: dict[str, list[tuple[str, str | None]]] = {}
        query = (
            "SELECT s.story, a.article_id, a.outlet FROM stories s JOIN articles a USING (article_id)"
            f" WHERE s.story IN (@) AND {condition} ORDER BY a.published NULLS LAST, a.article_id"
        )
        for story, article_id, outlet in self.among(query, stories, *values):
            found.setdefault(story, []).append((article_id, outlet))
        return found

    def corrections(self, article_ids: Collection[str]) -> set[str]:
        """Which of the articles replace an earlier one."""
        wanted = "SELECT other_id FROM ties WHERE kind = 'update' AND other_id IN (@)"
        return {row[0] for row in self.among(wanted, article_ids)}

    def indexed(self, numbers: Sequence[int]) -> list[IndexedPassage]:
        """The passages with these ascending numbers in index form; any removed in the meantime are left out."""
        wanted = set(numbers)
        with self.reading() as connection:
            found = passages_between(connection, numbers[0], numbers[-1])
        return [one for one in found if one.number in wanted]

    def vectors(self, numbers: Sequence[int]) -> tuple[Numbers, Vectors]:
        """Numbers that still exist, ascending, and their vectors, shape (numbers, dimension)."""
        found = self.among(
            "SELECT passage_no, vector FROM vectors WHERE passage_no IN (@) ORDER BY passage_no", map(int, numbers)
        )
        blob = b"".join(vector for _, vector in found)
        matrix = np.frombuffer(blob, dtype="<f4").reshape(len(found), -1) if found else np.zeros((0, 0))
        return np.array([number for number, _ in found], dtype=np.int64), matrix.astype(np.float32, copy=False)

    def collections(self) -> tuple[VectorCollection, ...]:
        """A vector server's collections that have not been dropped yet."""
        rows = self.rows("SELECT name, up_to, live FROM collections ORDER BY name")
        return tuple(VectorCollection(name, up_to, bool(live)) for name, up_to, live in rows)

    def live_collection(self) -> VectorCollection | None:
        """The collection that is searched."""
        return next((one for one in self.collections() if one.live), None)
