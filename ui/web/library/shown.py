"""What the library tab shows, as HTML: the list of articles, filtered and sorted, and messages on adding and removing."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from markupsafe import Markup

from ingest.report import Report
from rag.store.catalog import SetAside
from rag.store.listing import EVERYTHING, Choices, Listing, Order, Sought
from rag.types import Article
from ui.format import duration, sendable
from ui.web.components import as_number
from ui.web.html.article import render_article
from ui.web.library.changes import Progress
from ui.web.markup import language_name, part, render
from ui.web.texts import counted, label, of_core, say

ROWS = 100  # Articles per page of the table.
WORDS_CHARACTERS, NAME_CHARACTERS = 200, 500  # Longest search text, and longest outlet or source, in characters.
_COLUMNS = {
    Order.TITLE: label("Title"),
    Order.OUTLET: label("Outlet"),
    Order.PUBLISHED: label("Date"),
    Order.ADDED: label("Added"),
}
NAMED_MOST = 50  # Failures listed by name; the rest are only counted.
UNDO_MOST = 5  # Removals that can be undone one by one; undoing all at once is always possible.
_STEPS = {"ingest": label("Reading"), "publish": label("Making it searchable"), "check": label("Checking the index")}


@dataclass(frozen=True)
class View:
    sought: Sought = EVERYTHING
    order: Order = Order.ADDED
    descending: bool = True
    first: int = 0
    adding: bool = False  # Whether the reader is watching their own addition.

    def sorted_by(self, name: str) -> View:
        """Sorted by another column, days newest first; by the same column again, reversed."""
        with contextlib.suppress(ValueError):  # a browser may send anything
            order = Order(name)
            dated = order in (Order.PUBLISHED, Order.ADDED)
            return replace(self, order=order, descending=not self.descending if order is self.order else dated, first=0)
        return self

    def from_row(self, first: str) -> View:
        row = as_number(first)
        return replace(self, first=row // ROWS * ROWS) if row >= 0 else self


def sought_of(given: Mapping[str, object]) -> Sought:
    """Filters from the values of a form or an address; an invalid day filters nothing."""

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
    """One page of the articles and their number; if there are none, what to do."""
    before, after = view.first - ROWS, view.first + ROWS
    pages = [(say("‹ {count} before", count=ROWS), max(before, 0))] if view.first > 0 else []
    pages += [(say("{count} after ›", count=ROWS), after)] if after < listing.matching else []
    shown = {"listing": listing, "view": view, "removable": removable, "pages": pages, "columns": _COLUMNS.items()}
    return render("table.html", **shown, counted_shown=_count(listing, view), query=urlencode(view.sought.given()))


def render_find(view: View, choices: Choices, followed: Sequence[str]) -> str:
    return render(
        "find.html",
        sought=view.sought,
        narrowed=bool(view.sought.given().keys() - {"words"}),
        outlets=[(one, one[:80]) for one in choices.outlets],
        languages=sorted(((code, language_name(code)) for code in choices.languages), key=lambda one: one[1]),
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


def render_progress(progress: Progress, whose: str = "") -> str:
    """The progress of a job; `whose` says who is adding, if somebody else."""
    step, done, total, seconds = progress
    reading, far = step == "ingest", say("beginning")
    if done:
        far = say("{done} of {articles}", done=f"{done:,}", articles=counted(total, "article"))
        left = (total - done) * seconds / done
        far += f", {say('{time} left', time=duration(left))}" if left >= 1 else ""
    told = f"{say(_STEPS.get(step, 'Working'))}{f': {far}' if reading else ' …'}"
    return part("library_parts.html", "progress", told, reading, total, done, whose)


def render_report(report: Report, stopped: bool = False) -> str:
    added, same = report.stored + report.changed, report.unchanged + report.duplicates
    heading = say("{articles} added", articles=counted(added, "article")) if added else say("Nothing new was added")
    if report.changed:
        changes = label("{new} new, {changed} changed") if report.stored else label("{changed} changed")
        heading += f" ({say(changes, new=report.stored, changed=report.changed)})"
    lines = [
        f"{heading}.",
        say("Already in the library: {articles}.", articles=counted(same, "article")) if same else "",
        say("Stopped: the rest was not read.") if stopped else "",
        *map(of_core, report.notices),
    ]
    return part("library_parts.html", "report", [line for line in lines if line])


def render_failures(report: Report | None) -> str:
    """What the last addition could not add, each with the reason, until its reader dismisses it."""
    if report is None or not (report.failed or report.skipped):
        return ""
    lists = [(say("Not added"), report.failed), (say("Without an article"), report.skipped)]
    return part("library_parts.html", "failures", lists, NAMED_MOST)


def render_said(message: str, *, alarming: bool = True) -> str:
    return part("library_parts.html", "said", message, alarming)


def render_waiting(waiting: Sequence[SetAside], problem: str = "") -> str:
    """What was removed and can be brought back, for everybody who looks at the list."""
    removed = part("library_parts.html", "removed", waiting, UNDO_MOST) if waiting else ""
    return render_said(problem) + removed


def render_opened(article: Article, removable: bool) -> str:
    shown = Markup(render_article(article))  # noqa: S704
    return part("library_parts.html", "opened", article, shown, removable)
