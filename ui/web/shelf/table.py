"""The list of articles as HTML: a table whose headings sort it, inert like all that is shown of articles."""

from __future__ import annotations

from rag.store.listing import Listing, Order
from rag.types import ArticleSummary
from ui.web.html.buttons import opener
from ui.web.markup import day, inert, one_line, plural
from ui.web.shelf.view import ROWS, View

_COLUMNS = {Order.TITLE: "Title", Order.OUTLET: "Outlet", Order.PUBLISHED: "Date", Order.ADDED: "Added"}


def render_table(listing: Listing, view: View, removable: bool) -> str:
    """One page of the articles; how many there are; what to do where there are none."""
    if not listing.total:
        return _empty(removable)
    if not listing.matching:
        return f'<p class="dl-empty" role="status">No title or outlet has “{one_line(view.words)}” in it.</p>'
    rows = "".join(_row(article, removable) for article in listing.articles)
    last = '<th scope="col"><span class="dl-spoken">Remove</span></th>' if removable else ""
    headings = "".join(_heading(order, view) for order in _COLUMNS)
    return (
        f'<p class="dl-count" role="status">{_count(listing, view)}</p>'
        f'<table class="dl-table"><caption class="dl-spoken">Articles of the library</caption>'
        f"<thead><tr>{headings}{last}</tr></thead><tbody>{rows}</tbody></table>{_pages(listing, view)}"
    )


def _empty(removable: bool) -> str:
    how = (
        "Drop files above, or give the web addresses of articles or feeds"
        if removable
        else "Add some in a terminal with <code>dateline ingest PATH</code>"
    )
    return f'<div class="dl-empty"><p><strong>There are no articles yet.</strong></p><p>{how}.</p></div>'


def _count(listing: Listing, view: View) -> str:
    whole = plural(listing.total, "article")
    counted = whole if listing.matching == listing.total else f"{listing.matching:,} of {whole}"
    if listing.matching <= ROWS:
        return counted
    return f"{counted}, {view.first + 1:,}–{view.first + len(listing.articles):,} shown"


def _heading(order: Order, view: View) -> str:
    now = view.order is order
    way = ("descending" if view.descending else "ascending") if now else "none"
    sign = f' <span aria-hidden="true">{"▼" if view.descending else "▲"}</span>' if now else ""
    return f'<th scope="col" aria-sort="{way}">{opener(_COLUMNS[order] + sign, name="dl-sort", sort=order.value)}</th>'


def _row(article: ArticleSummary, removable: bool) -> str:
    title = " ".join(article.title.split())[:200]
    remove = opener(
        "Remove", name="dl-remove", label=inert(f"Remove “{title}”"), remove=article.article_id
    )  # fmt: skip
    return (
        f'<tr><td class="dl-cell-title">{opener(one_line(article.title), article=article.article_id)}</td>'
        f"<td>{one_line(article.outlet) if article.outlet else '–'}</td>"
        f'<td class="dl-cell-day">{day(article.published, article.published_guessed)}</td>'
        f'<td class="dl-cell-day dl-cell-added">{day(article.added_at.astimezone().date())}</td>'
        f"{f'<td>{remove}</td>' if removable else ''}</tr>"
    )


def _pages(listing: Listing, view: View) -> str:
    before, after = view.first - ROWS, view.first + ROWS
    parts = [
        opener(f"‹ {ROWS} before", name="dl-page-of", row=max(before, 0)) if view.first > 0 else "",
        opener(f"{ROWS} after ›", name="dl-page-of", row=after) if after < listing.matching else "",
    ]
    found = "".join(parts)
    return f'<nav class="dl-pages" aria-label="Pages of the list">{found}</nav>' if found else ""
