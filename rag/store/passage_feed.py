"""Passages of the catalog in the form in which the index takes them, streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from rag.store.catalog import Catalog, Numbers
from rag.store.catalog_rows import SEEN_FROM, day_of
from rag.store.engine import Connection, batched
from rag.text.languages import ENGLISH, code_of
from rag.text.stems import stems

_BATCH = 5000
"""So many are held at once."""


@dataclass(frozen=True)
class IndexedPassage:
    number: int
    title: str
    text: str
    outlet: str | None
    published: dt.date | None
    visible_from: dt.date
    """Day of publication, or of adding where that is unknown."""
    language: str

    @property
    def stems(self) -> list[str]:
        return stems(f"{self.title}\n{self.text}", self.language)


def indexed_passages(catalog: Catalog, numbers: Numbers) -> Iterator[IndexedPassage]:
    """The passages with these numbers, ascending; those that are gone meanwhile are left out."""
    for batch in batched(numbers.tolist(), _BATCH):
        wanted = set(batch)
        with catalog.reading() as connection:
            found = list(passages_between(connection, batch[0], batch[-1]))
        yield from (one for one in found if one.number in wanted)


def passages_between(connection: Connection, first: int, last: int) -> Iterator[IndexedPassage]:
    """Those with a number from `first` to `last`, ascending."""
    rows = connection.execute(
        'SELECT p.passage_no, a.title, substr(a.text, p.start + 1, p."end" - p.start),'
        f" a.outlet, a.published, {SEEN_FROM}, a.language"
        " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no BETWEEN ? AND ? ORDER BY p.passage_no",
        (first, last),
    )
    for number, title, text, outlet, published, seen_from, language in rows:
        days = day_of(published), dt.date.fromisoformat(seen_from)
        yield IndexedPassage(number, title, text, outlet, *days, code_of(language) or ENGLISH)
