"""The list of articles as HTML: what narrows it, and a table whose headings sort it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from rag.store.listing import Choices, Listing, Order
from rag.text.languages import name_of
from ui.web.html.templates import render
from ui.web.markup import plural
from ui.web.shelf.view import ROWS, View

_COLUMNS = {Order.TITLE: "Title", Order.OUTLET: "Outlet", Order.PUBLISHED: "Date", Order.ADDED: "Added"}


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
        languages=[(code, name_of(code)) for code in choices.languages],
        sources=followed,
    )


def _count(listing: Listing, view: View) -> str:
    whole = plural(listing.total, "article")
    counted = whole if listing.matching == listing.total else f"{listing.matching:,} of {whole}"
    if listing.matching <= ROWS:
        return counted
    return f"{counted}, {view.first + 1:,}–{view.first + len(listing.articles):,} shown"


def _pages(listing: Listing, view: View) -> list[tuple[str, int]]:
    before, after = view.first - ROWS, view.first + ROWS
    found = [(f"‹ {ROWS} before", max(before, 0))] if view.first > 0 else []
    return [*found, (f"{ROWS} after ›", after)] if after < listing.matching else found
