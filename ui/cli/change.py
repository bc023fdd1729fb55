"""Commands that change or maintain a library: ingest, remove, rebuild; doctor, backup, restore, move."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ingest.report import Report
from ui.cli import tell
from ui.cli.options import FOLDER, Said, Settings, address, command, print_notices, private_option
from ui.cli.progress import Progress
from ui.format import one_line, sendable
from ui.web.texts import counted


@command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--sync", is_flag=True, help="Also remove articles that these sources gave earlier and no longer give.")
@private_option
def ingest(settings: Settings, /, sources: tuple[str, ...], sync: bool, allow_private: bool) -> Said:
    """Add articles: files, folders, feeds and web addresses.

    Anything unchanged since last time is skipped. A bad source never stops the rest; it is named, and the exit code
    is 1. A library that does not exist yet is created.
    """
    with Progress("loading the embedding model"):
        from ingest.run import ingest as run
        from rag.library import Library

        library = Library.create(settings.library, settings.config())
        # Loaded here rather than on first use, so that loading time does not count as reading time.
        _ = library.embedder
    private = allow_private or library.config.allow_private
    with Progress("reading and embedding") as progress:
        return _reported(run(library, sources, sync=sync, allow_private=private, progress=progress))


@command()
@click.argument("article_ids", nargs=-1, required=True, type=sendable, metavar="ARTICLE_ID...")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
def remove(settings: Settings, /, article_ids: tuple[str, ...], yes: bool) -> Said:
    """Remove articles. They come back when their source is ingested again."""
    library = settings.open()
    ids = tuple(dict.fromkeys(article_ids))
    articles = [library.article(article_id) for article_id in ids]
    told = counted(len(ids), "article")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Add --yes: there is nobody here who could be asked.")
        for article in articles:
            click.echo(f"{one_line(article.article_id)}  {one_line(article.title)}", err=True)
        if not click.confirm(f"Remove {told}?", err=True):
            print_notices(["nothing was removed."])
            raise click.exceptions.Exit(1)
    with Progress("removing") as progress:
        library.remove(ids, progress)
    return Said({"removed": ids}, f"Removed {told}.")


@command(short_help="Make stories and index again.")
@click.option("--embed", is_flag=True, help="Also cut and embed all texts again, e.g. for another embedding model.")
def rebuild(settings: Settings, /, embed: bool) -> Said:
    """Group the articles into stories again and rebuild the index, both from the catalog.

    Without --embed nothing is embedded. A library made by an earlier Dateline gets its stories and the languages of
    its articles this way, or with its next change.
    """
    if embed:
        with Progress("loading the embedding model") as progress:
            from ingest.reembed import reembed

            return _reported(reembed(settings.library, settings.config(), progress))
    library = settings.open()
    with Progress("reading the catalog") as progress:
        published = library.rebuild(progress)
    stats = library.stats()
    told = f"The index was made again: {stats.articles:,} articles, {stats.passages:,} passages."
    return Said({"generation": published, "passages": stats.passages}, told)


def _reported(report: Report) -> Said:
    return Said(report.to_dict(), tell.report(report), report.notices, 0 if report.ok else 1)


@command()
def doctor(settings: Settings, /) -> Said:
    """Check the library: catalog, embedding model, passages, index. Exit code 1 when something is wrong."""
    with Progress("checking"):
        from rag.doctor import examine

        checks = list(examine(settings.library, settings.config()))
    ok = all(check.ok for check in checks)
    return Said({"ok": ok, "checks": checks}, "\n".join(map(tell.check, checks)), code=0 if ok else 1)


@command(short_help="Copy the library to a folder.")
@click.argument("folder", type=FOLDER)
def backup(settings: Settings, /, folder: Path) -> Said:
    """Copy the library to FOLDER, which must not exist yet. Others may keep reading and writing."""
    from rag.store.backup import backup as copy

    with Progress("copying the library"):
        copy(settings.library, folder)
    return _copied("The library was copied to", folder)


@command(short_help="Make a library of a backup.")
@click.argument("folder", type=FOLDER)
def restore(settings: Settings, /, folder: Path) -> Said:
    """Create a library from the backup in FOLDER, at --library, where there must be none yet."""
    from rag.store.backup import restore as copy

    with Progress("copying the backup"):
        copy(folder, settings.library)
    return _copied("The backup was restored to", settings.library)


@command(short_help="Copy a library to another engine.")
@click.argument("source", type=address)
@click.argument("target", type=address)
def move(settings: Settings, /, source: Path | str, target: Path | str) -> Said:
    """Copy the library at SOURCE to TARGET, where there must be none: a folder, or postgresql://USER@HOST/DATABASE.

    Nothing is embedded again; ids and numbers stay. SOURCE is left as it is: remove it once TARGET works for you.
    """
    with Progress("copying the library") as progress:
        from rag.library import Library
        from rag.store.backup import copy_library

        catalog = copy_library(source, target, progress)
        library = Library(settings.config().model_copy(update={"library": target}), catalog)
        with library.writing():
            library.publish(progress)
    return _copied("The library was copied to", target)


def _copied(what: str, folder: Path | str) -> Said:
    from rag.store.catalog import Catalog

    catalog = Catalog(folder)
    counts = catalog.counts()
    document = {"folder": catalog.name, "articles": counts.articles, "passages": counts.passages}
    return Said(document, f"{what} '{one_line(catalog.name)}': {counts.articles:,} articles.")


COMMANDS = (ingest, remove, rebuild, doctor, backup, restore, move)
