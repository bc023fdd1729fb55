"""Passages of the catalog in the form in which the index takes them, streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from rag.store.catalog import Catalog, Numbers
from rag.store.catalog_rows import SEEN_FROM
from rag.store.index import IndexedPassage
from rag.text.languages import ENGLISH, code_of

_BATCH = 5000
"""So many are held at once."""


def indexed_passages(catalog: Catalog, numbers: Numbers) -> Iterator[IndexedPassage]:
    """The passages with these numbers, ascending; those that are gone meanwhile are left out."""
    for first in range(0, len(numbers), _BATCH):
        batch = numbers[first : first + _BATCH]
        wanted = set(batch.tolist())
        with catalog.reading() as connection:
            rows = connection.execute(
                f"SELECT p.passage_no, a.title, a.outlet, a.published, a.language, {SEEN_FROM} AS seen_from,"
                ' substr(a.text, p.start + 1, p."end" - p.start) AS text'
                " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no BETWEEN ? AND ?"
                " ORDER BY p.passage_no",
                (int(batch[0]), int(batch[-1])),
            ).fetchall()
        yield from (_indexed(row) for row in rows if row["passage_no"] in wanted)


def _indexed(row: Any) -> IndexedPassage:
    return IndexedPassage(
        number=row["passage_no"],
        title=row["title"],
        text=row["text"],
        outlet=row["outlet"],
        published=dt.date.fromisoformat(row["published"]) if row["published"] else None,
        visible_from=dt.date.fromisoformat(row["seen_from"]),
        language=code_of(row["language"]) or ENGLISH,
    )
