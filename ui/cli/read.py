"""Commands that only read: ask, search, list, show."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from ui.cli import tell
from ui.cli.options import (
    Chosen,
    Settings,
    filter_options,
    json_option,
    print_bytes,
    print_json,
    print_notices,
    width,
    words,
)
from ui.cli.progress import told

ABSTAINED = 3
LOADING = "loading the embedding model"


def shows_bold() -> bool:
    """Whether standard output is a terminal that may be sent colours and bold (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@click.command()
@click.argument("question", type=words)
@filter_options
@json_option
@click.pass_obj
def ask(settings: Settings, /, question: str, as_json: bool, **filters: Any) -> int:
    """Answer QUESTION with checked, numbered citations.

    Exit code 0: answered. Exit code 3: the library holds no sure answer; the text says what it does hold.
    """
    from rag.types import Status

    with told(LOADING):
        from rag.assistant import Assistant

        assistant = Assistant(settings.open())
        answer = assistant.ask(question, **Chosen(**filters).as_arguments())
    if as_json:
        print_bytes(answer.to_json(indent=2))
    else:
        click.echo(tell.answer(answer, width(), bold=shows_bold()))
    print_notices(answer.notices)
    return ABSTAINED if answer.status in (Status.ABSTAINED, Status.CLOSEST) else 0


@click.command()
@click.argument("question", type=words)
@click.option("--top-k", type=click.IntRange(1, 200), help="Most passages; DATELINE_TOP_K or 8 when not given.")
@filter_options
@json_option
@click.pass_obj
def search(settings: Settings, /, question: str, top_k: int | None, as_json: bool, **filters: Any) -> None:
    """Find passages for QUESTION, best first, without an answer."""
    with told(LOADING):
        library = settings.open()
        found = library.search(question, top_k, **Chosen(**filters).as_arguments())
    if as_json:
        print_json({"question": question, "passages": [passage.model_dump(mode="json") for passage in found]})
    elif found:
        click.echo(tell.passages(found, width()))
    else:
        click.echo("Nothing was found.")
    print_notices(library.searcher.notices())


@click.command("list")
@click.option(
    "--outlet", "outlets", type=words, metavar="NAME", multiple=True, help="Only this outlet; may be repeated."
)
@click.option("--limit", type=click.IntRange(min=1), help="Most articles.")
@json_option
@click.pass_obj
def list_articles(settings: Settings, /, outlets: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """List the articles, newest first, each with its id."""
    wanted = {outlet.strip().lower() for outlet in outlets}
    every = settings.open().articles()
    matching = [one for one in every if not wanted or (one.outlet or "").lower() in wanted]
    shown = matching[:limit]
    if as_json:
        print_json({"total": len(matching), "articles": [one.model_dump(mode="json") for one in shown]})
        return
    if shown:
        click.echo(tell.listing(shown))
    if not every:
        print_notices(["The library is empty; add articles with 'dateline ingest PATH'."])
    elif not shown:
        print_notices(["No article is of that outlet; 'dateline list' shows the outlets."])
    elif len(shown) < len(matching):
        print_notices([f"{len(matching) - len(shown):,} more are not shown (--limit {limit})."])


@click.command(short_help="Show one article, with its sources, versions and copies.")
@click.argument("article_id", type=words)
@json_option
@click.pass_obj
def show(settings: Settings, /, article_id: str, as_json: bool) -> None:
    """Show the article with ARTICLE_ID: its text, dates, sources, earlier versions, corrections, copies and event."""
    article = settings.open().article(article_id)
    if as_json:
        print_bytes(article.to_json(indent=2))
    else:
        click.echo(tell.article(article, width()))


COMMANDS = (ask, search, list_articles, show)
