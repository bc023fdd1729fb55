"""Which part of the list of articles a reader looks at."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from rag.store.listing import Order

ROWS = 100
"""Articles of one page of the table."""
WORDS_CHARACTERS = 200
"""Longest search, in characters."""


@dataclass(frozen=True)
class View:
    """Searched for what, sorted by what, from which row on."""

    words: str = ""
    order: Order = Order.ADDED
    descending: bool = True
    first: int = 0
    adding: bool = False
    """Whether the reader looks at an addition of their own."""

    def searched(self, words: str) -> View:
        """The same list with other words."""
        return replace(self, words=words[:WORDS_CHARACTERS], first=0)

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
