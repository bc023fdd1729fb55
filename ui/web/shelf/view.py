"""Which part of the list of articles a reader looks at."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.store.listing import EVERYTHING, Order, Sought
from ui.web.chat.received import sendable

ROWS = 100
"""Articles of one page of the table."""
WORDS_CHARACTERS, NAME_CHARACTERS = 200, 500
"""Longest search, and longest outlet or source, in characters."""


@dataclass(frozen=True)
class View:
    """Narrowed to what, sorted by what, from which row on."""

    sought: Sought = EVERYTHING
    order: Order = Order.ADDED
    descending: bool = True
    first: int = 0
    adding: bool = False
    """Whether the reader looks at an addition of their own."""

    def narrowed(self, given: Mapping[str, object]) -> View:
        """The same list with other filters: what a form says, whoever sent it."""
        return replace(self, sought=sought_of(given), first=0)

    def sorted_by(self, name: str) -> View:
        """Sorted by another column, days the newest first; by the same one again, the other way round."""
        with contextlib.suppress(ValueError):  # a browser may send anything
            order = Order(name)
            dated = order in (Order.PUBLISHED, Order.ADDED)
            return replace(self, order=order, descending=not self.descending if order is self.order else dated, first=0)
        return self

    def from_row(self, first: str) -> View:
        """Another page of it."""
        whole = first.isascii() and first.isdigit() and len(first) < 10
        return replace(self, first=int(first) // ROWS * ROWS) if whole else self

    def way(self, order: Order) -> str:
        """How a column is sorted, as ARIA calls it."""
        return ("descending" if self.descending else "ascending") if order is self.order else "none"


def sought_of(given: Mapping[str, object]) -> Sought:
    """Filters from the values of a form or an address; a day that is none filters nothing."""

    def words(name: str, most: int = NAME_CHARACTERS) -> str:
        value = given.get(name)
        return sendable(value)[:most].strip() if isinstance(value, str) else ""

    return Sought(
        words=words("words", WORDS_CHARACTERS),
        outlet=words("outlet"),
        language=words("language"),
        source=words("source"),
        since=_day(words("since")),
        until=_day(words("until")),
    )


def _day(text: str) -> dt.date | None:
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(text)
    return None
