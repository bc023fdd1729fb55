"""Commands that only read: ask, search, list, show."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ui.cli import tell
from ui.cli.options import Said, Settings, command, filter_options, outlet_option, print_notices, width
from ui.cli.progress import Progress
from ui.format import sendable

if TYPE_CHECKING:
    from rag.library import Library

ABSTAINED = 3
LOADING = "loading the embedding model"


@command()
@click.argument("question", type=sendable)
@filter_options
def ask(settings: Settings, /, question: str, **filters: Any) -> Said:
    """Answer QUESTION with checked, numbered citations.

    Exit code 0: answered. Exit code 3: the library holds no reliable answer; the text says what it does hold.
    """
    from rag.types import Status

    with Progress(LOADING):
        assistant = settings.assistant()
        assistant.load_ahead()
        answer = assistant.ask(question, **filters)
    print_notices([*answer.notices, *_unknown(assistant.library, filters["outlets"])])
    refused = answer.status in (Status.ABSTAINED, Status.CLOSEST)
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # no-color.org
    return Said(answer, tell.answer(answer, width(), bold=bold), code=ABSTAINED if refused else 0)


@command()
@click.argument("question", type=sendable)
@click.option("--top-k", type=click.IntRange(1, 200), help="Most passages; DATELINE_TOP_K or 8 when not given.")
@filter_options
def search(settings: Settings, /, question: str, top_k: int | None, **filters: Any) -> Said:
    """Find passages for QUESTION, best first, without an answer."""
    with Progress(LOADING):
        library = settings.open()
        found = library.search(question, top_k, **filters)
    print_notices([*library.searcher.notices(), *_unknown(library, filters["outlets"])])
    nothing = "Nothing was found." if question.strip() else "There is no question; type one."
    return Said({"question": question, "passages": found}, tell.passages(found, width()) or nothing)


def _unknown(library: Library, outlets: Sequence[str]) -> list[str]:
    """One message for each named outlet that the library does not know, saying what to do."""
    known = {outlet.lower() for outlet in library.catalog.counts().outlets} if outlets else set()
    return [
        f"No outlet of the library is called '{outlet}'; 'dateline list' shows the outlets."
        for outlet in outlets
        if outlet.strip().lower() not in known
    ]


@command("list")
@outlet_option
@click.option("--limit", type=click.IntRange(min=1), help="Most articles.")
def list_articles(settings: Settings, /, outlets: tuple[str, ...], limit: int | None) -> Said:
    """List the articles, newest first, each with its id."""
    wanted = {outlet.strip().lower() for outlet in outlets}
    library = settings.open()
    every = library.articles()
    matching = [one for one in every if not wanted or (one.outlet or "").lower() in wanted]
    shown = matching[:limit]
    notices = []
    if not every:
        notices = ["The library is empty; add articles with 'dateline ingest PATH'."]
    elif not shown:
        notices = _unknown(library, outlets)
    elif len(shown) < len(matching):
        notices = [f"{len(matching) - len(shown):,} more are not shown (--limit {limit})."]
    return Said({"total": len(matching), "articles": shown}, tell.listing(shown), notices)


@command(short_help="Show one article, with its sources, versions and copies.")
@click.argument("article_id", type=sendable)
def show(settings: Settings, /, article_id: str) -> Said:
    """Show the article with ARTICLE_ID: its text, dates, sources, earlier versions, corrections, copies and event."""
    article = settings.open().article(article_id)
    return Said(article, tell.article(article, width()))


COMMANDS = (ask, search, list_articles, show)
