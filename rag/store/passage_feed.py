"""Passages of the catalog in the form in which the index takes them, streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rag.store.catalog import Catalog, Numbers
from rag.store.catalog_rows import SEEN_FROM
from rag.store.index import IndexedPassage
from rag.text.languages import ENGLISH, code_of


def indexed_passages(catalog: Catalog, numbers: Numbers) -> Iterator[IndexedPassage]:
    """The passages with these numbers, ascending; those that are gone meanwhile are left out."""
    wanted = set(numbers.tolist())
    if not wanted:
        return
    with catalog.reading() as connection:
        rows = connection.execute(
            f"SELECT p.passage_no, a.title, a.outlet, a.published, a.language, {SEEN_FROM} AS seen_from,"
            " substr(a.text, p.start + 1, p.end - p.start) AS text"
            " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no >= ? ORDER BY p.passage_no",
            (int(numbers[0]),),
        )
        for row in rows:
            if row["passage_no"] not in wanted:
                continue
            published = dt.date.fromisoformat(row["published"]) if row["published"] else None
            yield IndexedPassage(
                number=row["passage_no"],
                title=row["title"],
                text=row["text"],
                outlet=row["outlet"],
                published=published,
                visible_from=dt.date.fromisoformat(row["seen_from"]),
                language=code_of(row["language"]) or ENGLISH,
            )
