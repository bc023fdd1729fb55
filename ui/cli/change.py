"""Commands that change a library: ingest, remove, rebuild."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Said, Settings, command, print_notices, private_option, words
from ui.cli.progress import Progress, told
from ui.format import one_line

if TYPE_CHECKING:
    from ingest.report import Report


@command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--sync", is_flag=True, help="Also remove articles that these sources gave earlier and no longer give.")
@private_option
def ingest(settings: Settings, /, sources: tuple[str, ...], sync: bool, allow_private: bool) -> Said:
    """Add articles: files, folders, feeds and web addresses.

    What is unchanged since last time is skipped. One bad source never stops the rest; it is named, and the exit code
    is 1. A library that does not exist yet is made.
    """
    with told("loading the embedding model"):
        from ingest.run import ingest as run
        from rag.library import Library

        library = Library.create(settings.library, settings.config())
        # Loaded here and not at its first use, so that the time it takes does not count as reading.
        _ = library.embedder
    private = allow_private or library.config.allow_private
    with Progress("reading and embedding") as progress:
        return _reported(run(library, sources, sync=sync, allow_private=private, progress=progress))


@command()
@click.argument("article_ids", nargs=-1, required=True, type=words, metavar="ARTICLE_ID...")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
def remove(settings: Settings, /, article_ids: tuple[str, ...], yes: bool) -> Said:
    """Remove articles. They come back when their source is ingested again."""
    library = settings.open()
    ids = tuple(dict.fromkeys(article_ids))
    articles = [library.article(article_id) for article_id in ids]
    counted = f"{len(ids)} article{'s' if len(ids) != 1 else ''}"
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Add --yes: there is nobody here who could be asked.")
        for article in articles:
            click.echo(f"{one_line(article.article_id)}  {one_line(article.title)}", err=True)
        if not click.confirm(f"Remove {counted}?", err=True):
            print_notices(["nothing was removed."])
            raise click.exceptions.Exit(1)
    with Progress("removing") as progress:
        library.remove(ids, progress)
    return Said({"removed": ids}, f"Removed {counted}.")


@command(short_help="Make stories and index again.")
@click.option("--embed", is_flag=True, help="Also cut and embed all texts again, e.g. for another embedding model.")
def rebuild(settings: Settings, /, embed: bool) -> Said:
    """Group the articles into stories and make the index, again from what the catalog holds.

    Without --embed nothing is embedded. A library that an earlier Dateline made learns its stories this way, or with
    its next change, and the languages of its articles.
    """
    if embed:
        with Progress("loading the embedding model") as progress:
            from ingest.reembed import reembed

            return _reported(reembed(settings.library, settings.config(), progress))
    library = settings.open()
    with Progress("reading the catalog") as progress:
        published = library.rebuild(progress)
    stats = library.stats()
    return Said(
        {"generation": published, "passages": stats.passages},
        f"The index was made again: {stats.articles:,} articles, {stats.passages:,} passages.",
    )


def _reported(report: Report) -> Said:
    return Said(report.to_dict(), tell.report(report), report.notices, 0 if report.ok else 1)


COMMANDS = (ingest, remove, rebuild)
