"""Passages of the catalog in the form in which the index takes them, streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.store.catalog import Catalog, Numbers
from rag.store.catalog_rows import SEEN_FROM, day_of
from rag.store.engine import batched
from rag.text.languages import ENGLISH, code_of
from rag.text.stems import stems

_BATCH = 5000
"""So many are held at once."""


@dataclass(frozen=True)
class IndexedPassage:
    """What an index is given of one passage."""

    number: int
    title: str
    text: str
    outlet: str | None
    published: dt.date | None
    visible_from: dt.date
    """Day of publication, or of adding where that is unknown."""
    language: str = ENGLISH

    @property
    def stems(self) -> list[str]:
        """What the lexical side knows of it."""
        return stems(f"{self.title}\n{self.text}", self.language)


def indexed_passages(catalog: Catalog, numbers: Numbers) -> Iterator[IndexedPassage]:
    """The passages with these numbers, ascending; those that are gone meanwhile are left out."""
    for batch in batched(numbers.tolist(), _BATCH):
        wanted = set(batch)
        rows = catalog.rows(
            f"SELECT p.passage_no, a.title, a.outlet, a.published, a.language, {SEEN_FROM} AS seen_from,"
            ' substr(a.text, p.start + 1, p."end" - p.start) AS text'
            " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no BETWEEN ? AND ? ORDER BY p.passage_no",
            batch[0],
            batch[-1],
        )
        yield from (_indexed(row) for row in rows if row["passage_no"] in wanted)


def _indexed(row: Any) -> IndexedPassage:
    return IndexedPassage(
        number=row["passage_no"],
        title=row["title"],
        text=row["text"],
        outlet=row["outlet"],
        published=day_of(row["published"]),
        visible_from=dt.date.fromisoformat(row["seen_from"]),
        language=code_of(row["language"]) or ENGLISH,
    )
