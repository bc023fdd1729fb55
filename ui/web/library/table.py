"""The list of articles: which part of it a reader looks at, what narrows it, and a table whose headings sort it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from markupsafe import Markup

from rag.store.listing import EVERYTHING, Choices, Listing, Order, Sought
from ui.web.components import sendable
from ui.web.html.templates import render
from ui.web.markup import language_name
from ui.web.texts import counted, label, say

ROWS = 100
"""Articles of one page of the table."""
WORDS_CHARACTERS, NAME_CHARACTERS = 200, 500
"""Longest search, and longest outlet or source, in characters."""
_COLUMNS = {
    Order.TITLE: label("Title"),
    Order.OUTLET: label("Outlet"),
    Order.PUBLISHED: label("Date"),
    Order.ADDED: label("Added"),
}


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


def render_table(listing: Listing, view: View, removable: bool) -> str:
    """One page of the articles; how many there are; what to do where there are none."""

    def arrow(order: Order) -> Markup:
        sign = "▼" if view.descending else "▲"
        return Markup(f' <span aria-hidden="true">{sign}</span>' if order is view.order else "")  # noqa: S704

    return render(
        "table.html",
        listing=listing,
        view=view,
        removable=removable,
        columns=tuple(_COLUMNS.items()),
        arrow=arrow,
        counted_shown=_count(listing, view),
        query=urlencode(view.sought.given()),
        pages=tuple(_pages(listing, view)),
    )


def render_find(view: View, choices: Choices, followed: Sequence[str]) -> str:
    """Search and filters, with what is chosen just now."""
    return render(
        "find.html",
        sought=view.sought,
        narrowed=bool(view.sought.given().keys() - {"words"}),
        outlets=[(one, one[:80]) for one in choices.outlets],
        languages=[(code, language_name(code)) for code in choices.languages],
        sources=followed,
    )


def _count(listing: Listing, view: View) -> str:
    told = counted(listing.total, "article")
    if listing.matching != listing.total:
        told = say("{done} of {articles}", done=f"{listing.matching:,}", articles=told)
    if listing.matching <= ROWS:
        return told
    first, last = view.first + 1, view.first + len(listing.articles)
    return f"{told}, {say('{first}–{last} shown', first=f'{first:,}', last=f'{last:,}')}"


def _pages(listing: Listing, view: View) -> list[tuple[str, int]]:
    before, after = view.first - ROWS, view.first + ROWS
    found = [(say("‹ {count} before", count=ROWS), max(before, 0))] if view.first > 0 else []
    return [*found, (say("{count} after ›", count=ROWS), after)] if after < listing.matching else found
