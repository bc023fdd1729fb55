"""Commands that change a library: ingest, remove, rebuild."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Settings, json_option, print_json, print_notices, words
from ui.cli.progress import Progress, told

if TYPE_CHECKING:
    from ingest.report import Report


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--sync", is_flag=True, help="Also remove articles that these sources gave earlier and no longer give.")
@click.option("--allow-private", is_flag=True, help="Let addresses of one's own network be fetched.")
@json_option
@click.pass_obj
def ingest(settings: Settings, /, sources: tuple[str, ...], sync: bool, allow_private: bool, as_json: bool) -> int:
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
        report = run(library, sources, sync=sync, allow_private=private, progress=progress)
    return _tell(report, as_json)


@click.command()
@click.argument("article_ids", nargs=-1, required=True, type=words, metavar="ARTICLE_ID...")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@json_option
@click.pass_obj
def remove(settings: Settings, /, article_ids: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Remove articles. They come back when their source is ingested again."""
    library = settings.open()
    ids = tuple(dict.fromkeys(article_ids))
    articles = [library.article(article_id) for article_id in ids]
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Add --yes: there is nobody here who could be asked.")
        for article in articles:
            click.echo(f"{tell.one_line(article.article_id)}  {tell.one_line(article.title)}", err=True)
        if not click.confirm(f"Remove {_counted(len(ids))}?", err=True):
            print_notices(["nothing was removed."])
            return 1
    with Progress("removing") as progress:
        library.remove(ids, progress)
    if as_json:
        print_json({"removed": list(ids)})
    else:
        click.echo(f"Removed {_counted(len(ids))}.")
    return 0


@click.command(short_help="Make stories and index again.")
@click.option("--embed", is_flag=True, help="Also cut and embed all texts again, e.g. for another embedding model.")
@json_option
@click.pass_obj
def rebuild(settings: Settings, /, embed: bool, as_json: bool) -> int:
    """Group the articles into stories and make the index, again from what the catalog holds.

    Without --embed nothing is embedded. A library that an earlier Dateline made learns its stories this way, or with
    its next change, and the languages of its articles.
    """
    if embed:
        with Progress("loading the embedding model") as progress:
            from ingest.reembed import reembed

            report = reembed(settings.library, settings.config(), progress)
        return _tell(report, as_json)
    library = settings.open()
    with Progress("reading the catalog") as progress:
        published = library.rebuild(progress)
    stats = library.stats()
    if as_json:
        print_json({"generation": published.name if published else None, "passages": stats.passages})
    else:
        click.echo(f"The index was made again: {stats.articles:,} articles, {stats.passages:,} passages.")
    return 0


def _tell(report: Report, as_json: bool) -> int:
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(tell.report(report))
        print_notices(report.notices)
    return 0 if report.ok else 1


def _counted(articles: int) -> str:
    return f"{articles} article{'s' if articles != 1 else ''}"


COMMANDS = (ingest, remove, rebuild)
