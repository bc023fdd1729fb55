"""What the catalog knows of stories, read over a connection.

A library that an earlier Dateline made has no such tables until its next change: then no stories are known.
"""

from __future__ import annotations

from collections.abc import Collection

from rag.store.catalog_rows import day_of, filter_condition, marks
from rag.store.engine import Connection
from rag.types import DateSource, Filters, RelatedArticle, Relation

NO_STORY = "NULL AS story, NULL AS event"
"""Columns of a passage where no stories are known."""


def stories_known(connection: Connection) -> bool:
    """Whether the tables of stories are there."""
    return connection.knows("stories")


def current_condition(filters: Filters) -> tuple[str, list[object]]:
    """SQL over `articles a` that leaves out what a later text of the same outlet replaces.

    The later one must be out on the days that the filters show: as of the day before, the old text is the news.
    """
    out, values = filter_condition(Filters(as_of=filters.as_of, until=filters.until))
    replaced = "SELECT t.article_id FROM ties t JOIN articles a ON a.article_id = t.other_id WHERE t.kind = 'update'"
    return f"a.article_id NOT IN ({replaced} AND {out})", values


def told_in(
    connection: Connection, stories: Collection[str], filters: Filters
) -> dict[str, list[tuple[str, str | None]]]:
    """Articles of each story that pass the filters, the earliest first: id and outlet."""
    condition, values = filter_condition(filters)
    found: dict[str, list[tuple[str, str | None]]] = {}
    rows = connection.execute(
        "SELECT s.story, a.article_id, a.outlet FROM stories s JOIN articles a USING (article_id)"
        f" WHERE s.story IN ({marks(stories)}) AND {condition} ORDER BY a.published NULLS LAST, a.article_id",
        [*stories, *values],
    )
    for story, article_id, outlet in rows:
        found.setdefault(story, []).append((article_id, outlet))
    return found


def corrections_among(connection: Connection, article_ids: Collection[str]) -> set[str]:
    """Those of the articles that replace an earlier one."""
    rows = connection.execute(
        f"SELECT other_id FROM ties WHERE kind = 'update' AND other_id IN ({marks(article_ids)})", list(article_ids)
    )
    return {row[0] for row in rows}


def related_to(connection: Connection, article_id: str) -> tuple[RelatedArticle, ...]:
    """The other articles of an article's story and event: what it replaces and is replaced by, copies, the rest; by day."""
    if not stories_known(connection):
        return ()
    rows = connection.execute(
        "SELECT a.article_id, a.title, a.outlet, a.published, a.published_source, CASE"
        "  WHEN EXISTS (SELECT 1 FROM ties WHERE article_id = own.article_id AND other_id = a.article_id AND kind = 'update')"
        "   THEN 'superseded_by'"
        "  WHEN EXISTS (SELECT 1 FROM ties WHERE article_id = a.article_id AND other_id = own.article_id AND kind = 'update')"
        "   THEN 'supersedes'"
        "  WHEN s.story = own.story THEN 'copy' ELSE 'same_event' END"
        " FROM stories own JOIN stories s ON s.event = own.event JOIN articles a ON a.article_id = s.article_id"
        " WHERE own.article_id = ? AND a.article_id <> own.article_id ORDER BY a.published NULLS LAST, a.article_id",
        (article_id,),
    )
    order = list(Relation)
    related = [
        RelatedArticle(
            article_id=row[0],
            title=row[1],
            outlet=row[2],
            published=day_of(row[3]),
            published_guessed=row[4] == DateSource.GUESS,
            relation=Relation(row[5]),
        )
        for row in rows
    ]
    return tuple(sorted(related, key=lambda one: order.index(one.relation)))
