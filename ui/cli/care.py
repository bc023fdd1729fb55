"""Commands that look after a library: doctor, backup, restore, move."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import tell
from ui.cli.options import FOLDER, Said, Settings, address, command
from ui.cli.progress import Progress, told
from ui.format import one_line


@command()
def doctor(settings: Settings, /) -> Said:
    """Check the library: catalog, embedding model, passages, index. Exit code 1 when something is wrong."""
    with told("loading the embedding model"):
        from rag.doctor import examine
    checks = []
    remaining = examine(settings.library, settings.config())
    while True:
        with told("checking"):
            check = next(remaining, None)
        if check is None:
            break
        checks.append(check)
        if not click.get_current_context().params["as_json"]:
            click.echo(tell.check(check))  # each as soon as it is done
    ok = all(check.ok for check in checks)
    return Said({"ok": ok, "checks": checks}, code=0 if ok else 1)


@command(short_help="Copy the library to a folder.")
@click.argument("folder", type=FOLDER)
def backup(settings: Settings, /, folder: Path) -> Said:
    """Copy the library to FOLDER, which must not exist yet; also while others read and write."""
    from rag.store.backup import backup as copy

    with told("copying the library"):
        copy(settings.library, folder)
    return _copied("The library was copied to", folder)


@command(short_help="Make a library of a backup.")
@click.argument("folder", type=FOLDER)
def restore(settings: Settings, /, folder: Path) -> Said:
    """Make a library (at --library, where there must be none yet) of the backup in FOLDER."""
    from rag.store.backup import restore as copy

    with told("copying the backup"):
        copy(folder, settings.library)
    return _copied("The backup was restored to", settings.library)


@command(short_help="Copy a library to another engine.")
@click.argument("source", type=address)
@click.argument("target", type=address)
def move(settings: Settings, /, source: Path | str, target: Path | str) -> Said:
    """Copy the library at SOURCE to TARGET, where there must be none: a folder, or postgresql://USER@HOST/DATABASE.

    Nothing is embedded again, and ids and numbers stay. SOURCE stays as it is; remove it when TARGET serves you well.
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
    return Said(
        {"folder": catalog.name, "articles": counts.articles, "passages": counts.passages},
        f"{what} '{one_line(catalog.name)}': {counts.articles:,} articles.",
    )


COMMANDS = (doctor, backup, restore, move)
