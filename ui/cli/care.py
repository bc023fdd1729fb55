"""Commands that look after a library: doctor, backup, restore."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from ui.cli import tell
from ui.cli.options import Settings, json_option, print_json
from ui.cli.progress import told

FOLDER = click.Path(path_type=Path)


@click.command()
@json_option
@click.pass_obj
def doctor(settings: Settings, /, as_json: bool) -> int:
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
        if not as_json:
            click.echo(tell.check(check))
    ok = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(check) for check in checks]})
    return 0 if ok else 1


@click.command(short_help="Copy the library to a folder.")
@click.argument("folder", type=FOLDER)
@json_option
@click.pass_obj
def backup(settings: Settings, /, folder: Path, as_json: bool) -> None:
    """Copy the library to FOLDER, which must not exist yet; also while others read and write."""
    from rag.store.backup import backup as copy

    with told("copying the library"):
        copy(settings.library, folder)
    _tell("The library was copied to", folder, as_json)


@click.command(short_help="Make a library of a backup.")
@click.argument("folder", type=FOLDER)
@json_option
@click.pass_obj
def restore(settings: Settings, /, folder: Path, as_json: bool) -> None:
    """Make a library (at --library, where there must be none yet) of the backup in FOLDER."""
    from rag.store.backup import restore as copy

    with told("copying the backup"):
        copy(folder, settings.library)
    _tell("The backup was restored to", settings.library, as_json)


def _tell(what: str, folder: Path, as_json: bool) -> None:
    from rag.store.catalog import Catalog

    counts = Catalog(folder).counts()
    if as_json:
        print_json({"folder": str(folder), "articles": counts.articles, "passages": counts.passages})
    else:
        click.echo(f"{what} '{tell.one_line(str(folder))}': {counts.articles:,} articles.")


COMMANDS = (doctor, backup, restore)
