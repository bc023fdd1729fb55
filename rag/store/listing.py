"""One page of the list of articles: searched by the words of title and outlet, sorted, counted."""

from __future__ import annotations

import functools
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.store.catalog import Catalog
from rag.store.catalog_rows import marks, summary_of
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


def listing(
    catalog: Catalog,
    words: str = "",
    order: Order = Order.ADDED,
    *,
    descending: bool = True,
    first: int = 0,
    most: int = 100,
) -> Listing:
    """Articles from the `first` on whose title or outlet has all the words, in any case and with any accents.

    What has no outlet or no date stands last, whichever way it is sorted.
    """
    wanted = [folded(word) for word in words.split()]
    condition = " AND ".join(["instr(folded(title || ' ' || coalesce(outlet, '')), ?)"] * len(wanted)) or "1"
    by, way = _EXPRESSIONS[order], "DESC" if descending else "ASC"
    with catalog.reading() as connection:
        connection.create_function("folded", 1, folded, deterministic=True)
        rows = connection.execute(
            f"SELECT article_id FROM articles WHERE {condition} ORDER BY {by} IS NULL, {by} {way}, article_id", wanted
        ).fetchall()
        matching = [row[0] for row in rows]
        total = len(matching) if not wanted else connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        shown = _summaries(connection, matching[max(first, 0) : max(first, 0) + min(most, MOST)])
    return Listing(shown, len(matching), total)


def _summaries(connection: sqlite3.Connection, article_ids: Sequence[str]) -> tuple[ArticleSummary, ...]:
    rows = connection.execute(
        "SELECT article_id, title, outlet, authors, published, published_source, language, url, added_at,"
        " (SELECT count(*) FROM passages p WHERE p.article_id = a.article_id) AS passages"
        f" FROM articles a WHERE article_id IN ({marks(article_ids)})",
        article_ids,
    ).fetchall()
    by_id = {row["article_id"]: summary_of(row) for row in rows}
    return tuple(by_id[article_id] for article_id in article_ids)


@functools.lru_cache(maxsize=8192)
def folded(text: str | None) -> str | None:
    """The same for "É", "é" and "e"; an accent is no reason not to find a name."""
    if text is None or text.isascii():
        return text and text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
