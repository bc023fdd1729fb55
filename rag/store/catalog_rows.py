"""Rows of the catalog as values, and filters as SQL."""

from __future__ import annotations

import datetime as dt
import functools
import json
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from rag.errors import LibraryDamaged
from rag.text.languages import code_of
from rag.types import Article, ArticleSummary, ArticleVersion, DateSource, Filters, Passage, RelatedArticle

SEEN_FROM = (
    "CASE WHEN a.published IS NULL OR a.published_source = 'guess' THEN substr(a.added_at, 1, 10) ELSE a.published END"
)
"""SQL over `articles a`: the day from which an article may be seen."""


def filter_condition(filters: Filters) -> tuple[str, list[object]]:
    """The filters as SQL over `articles a`.

    An article without a date, or with a guessed one, is seen under `as_of` only from the day on which it was added: before that
    nobody can tell that it is not from later. One without a date never lies between `since` and `until`.
    """
    parts: list[str] = []
    values: list[object] = []
    if filters.as_of:
        parts.append(f"{SEEN_FROM} <= ?")
        values.append(filters.as_of.isoformat())
    if filters.since:
        parts.append("a.published >= ?")
        values.append(filters.since.isoformat())
    if filters.until:
        parts.append("a.published <= ?")
        values.append(filters.until.isoformat())
    if filters.outlets:
        parts.append(f"lower(a.outlet) IN ({marks(filters.outlets)})")
        values += [outlet.lower() for outlet in filters.outlets]
    if filters.authors:
        parts.append(
            f"EXISTS (SELECT 1 FROM json_each(a.authors) WHERE lower(json_each.value) IN ({marks(filters.authors)}))"
        )
        values += [author.lower() for author in filters.authors]
    if filters.articles:
        parts.append(f"a.article_id IN ({marks(filters.articles)})")
        values += filters.articles
    return " AND ".join(parts) or "TRUE", values


def current_condition(filters: Filters) -> tuple[str, list[object]]:
    """SQL over `articles a` that leaves out what a later text of the same outlet replaces.

    The later one must be out on the days that the filters show: as of the day before, the old text is the news.
    """
    out, values = filter_condition(Filters(as_of=filters.as_of, until=filters.until))
    replaced = "SELECT t.article_id FROM ties t JOIN articles a ON a.article_id = t.other_id WHERE t.kind = 'update'"
    return f"a.article_id NOT IN ({replaced} AND {out})", values


def article_of(
    row: Any, versions: Sequence[Any], sources: tuple[str, ...], related: tuple[RelatedArticle, ...]
) -> Article:
    """An article, its earlier versions, where it was found, and the articles of its story and event."""
    return Article(
        **_known(row, "article_id title outlet url text agency content_hash published_source"),
        authors=_authors_of(row["authors"]),
        place=row["place"] if "place" in row.keys() else None,  # noqa: SIM118 -- not in a library that nobody wrote since
        published=day_of(row["published"]),
        updated=day_of(row["updated"]),
        language=code_of(row["language"]),
        added_at=dt.datetime.fromisoformat(row["added_at"]),
        sources=sources,
        versions=tuple(
            ArticleVersion(
                **_known(one, "content_hash title text"), stored_at=dt.datetime.fromisoformat(one["stored_at"])
            )
            for one in versions
        ),
        related=related,
    )


def summary_of(row: Any) -> ArticleSummary:
    """An article without its text."""
    return ArticleSummary(**_told(row), passages=row["passages"], added_at=dt.datetime.fromisoformat(row["added_at"]))


def passage_of(row: Any) -> Passage:
    """A passage with what a reader needs of its article; no scores yet."""
    return Passage(**_told(row), **_known(row, "id text start end"), story=row["story"] or "", event=row["event"] or "")


def related_of(row: Any) -> RelatedArticle:
    """Another article of a story or event."""
    return RelatedArticle(
        **_known(row, "article_id title outlet relation"),
        published=day_of(row["published"]),
        published_guessed=row["published_source"] == DateSource.GUESS,
    )


def _told(row: Any) -> dict[str, Any]:
    """What is said of an article wherever it is shown."""
    return {
        **_known(row, "article_id title outlet url"),
        "authors": _authors_of(row["authors"]),
        "published": day_of(row["published"]),
        "published_guessed": row["published_source"] == DateSource.GUESS,
        "language": code_of(row["language"]),
    }


def _known(row: Any, names: str) -> dict[str, Any]:
    return {name: row[name] for name in names.split()}


def day_of(text: str | None) -> dt.date | None:
    """The day that the catalog holds as ISO text. Raises `LibraryDamaged`."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _damaged(f"the day '{text}'") from error


def _authors_of(text: str) -> tuple[str, ...]:
    try:
        return tuple(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise _damaged("the list of an article's authors") from error


def _damaged(what: str) -> LibraryDamaged:
    return LibraryDamaged(f"The catalog is damaged: {what[:80]} cannot be read. Run 'dateline restore BACKUP'.")


def marks(values: Collection[object]) -> str:
    """As many question marks as there are values, for an IN list; for none what nothing is in."""
    return ",".join("?" * len(values)) or "NULL"


@functools.lru_cache(maxsize=8192)
def folded(text: str | None) -> str | None:
    """The same for "É", "é" and "e"; an accent is no reason not to find a name."""
    if text is None or text.isascii():
        return text and text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
