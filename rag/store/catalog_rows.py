"""Catalog rows as values, passages in index form, and filters as SQL."""

from __future__ import annotations

import datetime as dt
import functools
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from rag.errors import LibraryDamaged
from rag.store.engine import Connection, marks
from rag.text.languages import ENGLISH, code_of
from rag.text.stems import stems
from rag.types import DateSource, Filters, Value

V = TypeVar("V", bound=Value)

SEEN_FROM = (
    "CASE WHEN a.published IS NULL OR a.published_source = 'guess' THEN substr(a.added_at, 1, 10) ELSE a.published END"
)
"""SQL over `articles a`: the day from which an article is visible."""


@dataclass(frozen=True)
class IndexedPassage:
    number: int
    title: str
    text: str
    outlet: str | None
    published: dt.date | None
    visible_from: dt.date
    """Day of publication, or of adding if that is unknown."""
    language: str

    @property
    def stems(self) -> list[str]:
        return stems(f"{self.title}\n{self.text}", self.language)


Condition = tuple[str, list[object]]
"""SQL over `articles a`, and the values for its question marks."""


def all_of(*conditions: tuple[str, Collection[object]]) -> Condition:
    """Conditions in one, each with `@` for its values; one without values is left out."""
    given = [(condition.replace("@", marks(values)), values) for condition, values in conditions if values]
    return " AND ".join(condition for condition, _ in given) or "TRUE", [one for _, values in given for one in values]


def iso(day: dt.date | None) -> list[str]:
    return [day.isoformat()] if day else []


def filter_condition(filters: Filters) -> Condition:
    """What passes the filters.

    An article without a date, or with a guessed one, is visible under `as_of` only from the day it was added: before that,
    it might be from a later day. One without a date never lies between `since` and `until`.
    """
    authors = "EXISTS (SELECT 1 FROM json_each(a.authors) WHERE lower(json_each.value) IN (@))"
    return all_of(
        (f"{SEEN_FROM} <= @", iso(filters.as_of)),
        ("a.published >= @", iso(filters.since)),
        ("a.published <= @", iso(filters.until)),
        ("lower(a.outlet) IN (@)", [outlet.lower() for outlet in filters.outlets]),
        (authors, [author.lower() for author in filters.authors]),
        ("a.article_id IN (@)", filters.articles),
    )


def current_condition(filters: Filters) -> Condition:
    """What passes the filters and is not replaced by a later text of its outlet.

    The later one must be out by the days the filters show: as of the day before, the old text is the news.
    """
    passing, values = filter_condition(filters)
    out, more = filter_condition(Filters(as_of=filters.as_of, until=filters.until))
    replaced = "SELECT t.article_id FROM ties t JOIN articles a ON a.article_id = t.other_id WHERE t.kind = 'update'"
    return f"{passing} AND a.article_id NOT IN ({replaced} AND {out})", values + more


def value_of(kind: type[V], row: Any, **more: Any) -> V:
    """A row as a value: columns by field name, plus any other fields given. Raises `LibraryDamaged`."""
    known = {name: row[name] for name in row.keys() if name in kind.model_fields}  # noqa: SIM118
    try:
        if "authors" in known:
            known["authors"] = from_json(known["authors"])
        if "language" in known:
            known["language"] = code_of(known["language"])
        if "published_guessed" in kind.model_fields:
            known["published_guessed"] = row["published_source"] == DateSource.GUESS
        return kind(**{**known, **more})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise _damaged(f"the {wrong['loc'][0]} '{wrong['input']}'") from error
    except ValueError as error:
        raise _damaged("the list of an article's authors") from error


def day_of(text: str | None) -> dt.date | None:
    """A day that the catalog stores as ISO text. Raises `LibraryDamaged`."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _damaged(f"the day '{text}'") from error


def passages_between(connection: Connection, first: int, last: int) -> list[IndexedPassage]:
    """Passages numbered from `first` to `last`, ascending."""
    rows = connection.execute(
        'SELECT p.passage_no, a.title, substr(a.text, p.start + 1, p."end" - p.start),'
        f" a.outlet, a.published, {SEEN_FROM}, a.language"
        " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no BETWEEN ? AND ? ORDER BY p.passage_no",
        (first, last),
    )
    found = []
    for number, title, text, outlet, published, seen_from, language in rows:
        days = day_of(published), dt.date.fromisoformat(seen_from)
        found.append(IndexedPassage(number, title, text, outlet, *days, code_of(language) or ENGLISH))
    return found


def _damaged(what: str) -> LibraryDamaged:
    return LibraryDamaged(f"The catalog is damaged: {what[:80]} cannot be read. Run 'dateline restore BACKUP'.")


@functools.lru_cache(maxsize=8192)
def folded(text: str | None) -> str | None:
    """Maps "É", "é" and "e" to the same; an accent should not keep a name from being found."""
    if text is None or text.isascii():
        return text and text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
