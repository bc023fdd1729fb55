"""One page of the list of articles: narrowed, sorted, counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from rag.store.catalog import Catalog
from rag.store.catalog_rows import folded, marks, summary_of
from rag.store.engine import Connection
from rag.types import ArticleSummary

MOST = 1000
"""Most articles of one page."""


class Order(StrEnum):
    """What a list of articles is sorted by."""

    TITLE = "title"
    OUTLET = "outlet"
    PUBLISHED = "published"
    ADDED = "added"


_EXPRESSIONS = {
    Order.TITLE: "folded(title)",
    Order.OUTLET: "folded(outlet)",
    Order.PUBLISHED: "published",
    Order.ADDED: "added_at",
}


@dataclass(frozen=True)
class Listing:
    """Some of the articles, how many match, and how many there are."""

    articles: tuple[ArticleSummary, ...]
    matching: int
    total: int


@dataclass(frozen=True)
class Sought:
    """What articles are listed; days are inclusive, and empty values narrow nothing."""

    words: str = ""
    """Title and outlet have all of them, in any case and with any accents."""
    outlet: str = ""
    language: str = ""
    """Code (ISO 639)."""
    source: str = ""
    """A part of where the article came from: a feed, a site, a file."""
    since: dt.date | None = None
    until: dt.date | None = None

    def given(self) -> dict[str, str]:
        """Those that narrow something, as text."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in values.items() if value}


EVERYTHING = Sought()


@dataclass(frozen=True)
class Choices:
    """What there is to choose from."""

    outlets: tuple[str, ...]
    languages: tuple[str, ...]


def matching(
    catalog: Catalog, sought: Sought = EVERYTHING, order: Order = Order.ADDED, *, descending: bool = True
) -> list[str]:
    """Ids of all articles that are sought. What has no outlet or no date stands last, whichever way it is sorted."""
    conditions, values = _conditions(sought)
    by, way = _EXPRESSIONS[order], "DESC" if descending else "ASC"
    with catalog.reading() as connection:
        rows = connection.execute(
            f"SELECT article_id FROM articles a WHERE {conditions} ORDER BY {by} IS NULL, {by} {way}, article_id",
            values,
        ).fetchall()
    return [row[0] for row in rows]


def listing(
    catalog: Catalog,
    sought: Sought = EVERYTHING,
    order: Order = Order.ADDED,
    *,
    descending: bool = True,
    first: int = 0,
    most: int = 100,
) -> Listing:
    """Those of the articles that are sought from the `first` on."""
    found = matching(catalog, sought, order, descending=descending)
    with catalog.reading() as connection:
        total = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        shown = _summaries(connection, found[max(first, 0) : max(first, 0) + min(most, MOST)])
    return Listing(shown, len(found), total)


def choices(catalog: Catalog) -> Choices:
    """Every outlet and every language of the library, each in its order."""
    with catalog.reading() as connection:
        outlets, languages = (
            [row[0] for row in connection.execute(f"SELECT DISTINCT {one} FROM articles WHERE {one} IS NOT NULL")]
            for one in ("outlet", "language")
        )
    return Choices(tuple(sorted(outlets, key=str.casefold)), tuple(sorted(languages)))


def _conditions(sought: Sought) -> tuple[str, list[object]]:
    wanted = [folded(word) for word in sought.words.split()]
    conditions = ["instr(folded(title || ' ' || coalesce(outlet, '')), ?) > 0"] * len(wanted)
    values: list[object] = list(wanted)
    for condition, value in (
        ("outlet = ?", sought.outlet),
        ("language = ?", sought.language),
        ("published >= ?", sought.since and sought.since.isoformat()),
        ("published <= ?", sought.until and sought.until.isoformat()),
        (
            "EXISTS (SELECT 1 FROM sources s WHERE s.article_id = a.article_id AND instr(folded(s.source), ?) > 0)",
            folded(sought.source),
        ),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    return " AND ".join(conditions) or "TRUE", values


def _summaries(connection: Connection, article_ids: Sequence[str]) -> tuple[ArticleSummary, ...]:
    rows = connection.execute(
        "SELECT article_id, title, outlet, authors, published, published_source, language, url, added_at,"
        " (SELECT count(*) FROM passages p WHERE p.article_id = a.article_id) AS passages"
        f" FROM articles a WHERE article_id IN ({marks(article_ids)})",
        article_ids,
    ).fetchall()
    by_id = {row["article_id"]: summary_of(row) for row in rows}
    return tuple(by_id[article_id] for article_id in article_ids)
