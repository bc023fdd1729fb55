"""Lists of articles: a page of all of them, filtered, sorted and counted; and the new ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from rag.store.catalog import Catalog
from rag.store.catalog_rows import Condition, all_of, folded, iso
from rag.types import ArticleSummary, DateSource


class Order(StrEnum):
    TITLE = "title"
    OUTLET = "outlet"
    PUBLISHED = "published"
    ADDED = "added"


_SORTED_BY = {"title": "folded(title)", "outlet": "folded(outlet)", "published": "published", "added": "added_at"}


LATE = dt.timedelta(days=7)
"""Feeds list an article for some days, and may be read late; what is older when it comes is no news."""


@dataclass(frozen=True)
class Listing:
    """Some of the articles, how many match, and how many there are in all."""

    articles: tuple[ArticleSummary, ...]
    matching: int
    total: int


@dataclass(frozen=True)
class Sought:
    """Which articles to list; days are inclusive, and empty values do not filter."""

    words: str = ""
    """Words that must all occur in title or outlet, regardless of case and accents."""
    outlet: str = ""
    language: str = ""
    """Code (ISO 639)."""
    source: str = ""
    """Part of where the article came from: a feed, a site, a file."""
    since: dt.date | None = None
    until: dt.date | None = None

    def given(self) -> dict[str, str]:
        """The criteria that are set, as text."""
        return {name: str(value) for name, value in vars(self).items() if value}


EVERYTHING = Sought()


@dataclass(frozen=True)
class Choices:
    outlets: tuple[str, ...]
    languages: tuple[str, ...]


def matching(
    catalog: Catalog, sought: Sought = EVERYTHING, order: Order = Order.ADDED, *, descending: bool = True
) -> list[str]:
    """Ids of all matching articles. Those without an outlet or date come last in either direction."""
    condition, values = _condition(sought)
    by, way = _SORTED_BY[order], "DESC" if descending else "ASC"
    rows = catalog.rows(
        f"SELECT article_id FROM articles a WHERE {condition} ORDER BY {by} IS NULL, {by} {way}, article_id", *values
    )
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
    """One page of the matching articles, starting at `first`."""
    found = matching(catalog, sought, order, descending=descending)
    total = catalog.row("SELECT count(*) FROM articles")[0]
    shown = catalog.summaries(found[max(first, 0) :][:most])
    return Listing(tuple(shown), len(found), total)


def choices(catalog: Catalog) -> Choices:
    """Every outlet and every language of the library, each sorted."""
    outlets, languages = (
        [row[0] for row in catalog.rows(f"SELECT DISTINCT {one} FROM articles WHERE {one} IS NOT NULL")]
        for one in ("outlet", "language")
    )
    return Choices(tuple(sorted(outlets, key=str.casefold)), tuple(sorted(languages)))


def recent(
    catalog: Catalog, since: dt.date, until: dt.date, after: dt.datetime | None = None
) -> tuple[list[str], frozenset[str]]:
    """Ids of articles that are new on the days, newest first, and of those whose text changed then.

    New means published then, added then without a reliable date or at most `LATE` after its day, or changed then; and
    neither added nor changed before `after`. Articles replaced by another one of the same days are left out.
    """
    first, end = since.isoformat(), (until + dt.timedelta(days=1)).isoformat()
    came = after.astimezone(dt.UTC).isoformat() if after else first
    versions = catalog.rows("SELECT article_id FROM versions WHERE stored_at >= ? AND stored_at < ?", came, end)
    changed = {row[0] for row in versions}
    dated = catalog.rows(
        "SELECT article_id FROM (SELECT article_id, published, added_at, CASE WHEN published IS NULL OR published_source = ?"
        " THEN added_at ELSE published END AS day FROM articles) AS dated WHERE day < ? AND added_at >= ?"
        " AND (day >= ? OR (published >= ? AND added_at >= ? AND added_at < ?))"
        " ORDER BY published DESC NULLS LAST, article_id",
        *(DateSource.GUESS.value, end, came if after else "", first, (since - LATE).isoformat(), first, end),
    )
    found = [row[0] for row in dated]
    found += sorted(changed - set(found))
    ties = catalog.rows("SELECT article_id, other_id FROM ties WHERE kind = 'update'")
    here = set(found)
    replaced = {old for old, new in ties if new in here}
    return [one for one in found if one not in replaced], frozenset(changed)


def _condition(sought: Sought) -> Condition:
    words = [
        ("instr(folded(title || ' ' || coalesce(outlet, '')), @) > 0", [folded(one)]) for one in sought.words.split()
    ]
    source = "EXISTS (SELECT 1 FROM sources s WHERE s.article_id = a.article_id AND instr(folded(s.source), @) > 0)"
    return all_of(
        *words,
        ("outlet = @", [sought.outlet] if sought.outlet else ()),
        ("language = @", [sought.language] if sought.language else ()),
        ("published >= @", iso(sought.since)),
        ("published <= @", iso(sought.until)),
        (source, [folded(sought.source)] if sought.source else ()),
    )
