"""A backup is a library: a consistent copy of the catalog, made while others read and write, and of the live index."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import cast

from rag.errors import BackupError, IndexUnavailable, LibraryDamaged, LibraryMissing
from rag.store import generations
from rag.store.catalog import Catalog
from rag.store.disk import copy_folder, storage_errors, write_atomically, writers_lock
from rag.store.engine import Address
from rag.store.move import appearing_at, copy_library
from rag.store.publish import publish
from rag.store.sqlite import FILE_NAME, migrate


def backup(library: Address, target: Path) -> None:
    """Copies the library to a new folder; everything that was stored when it began is in it.

    Of a database it is the catalog, as a library of one machine; its index is made when it is restored.

    Raises:
        BackupError: the target exists and is not empty.
        StorageFull: no space; what was copied is removed.
    """
    if not isinstance(library, Path):
        copy_library(library, target, _unseen)
        return
    catalog = Catalog(library)
    with appearing_at(target) as folder:
        _copy_catalog(catalog, folder / FILE_NAME)
        _copy_index(library, folder)


def restore(source: Path, library: Address) -> None:
    """Makes a library of a backup, in a folder or database that has none, and publishes what the backup's index lacks.

    Raises:
        BackupError: the backup cannot be read, or the folder already holds something.
        StorageFull: no space for the articles, which are removed again, or for the index, which 'rebuild' makes later.
        IndexUnavailable: the articles are restored, and the index could not be made.
    """
    try:
        catalog = Catalog(source)
    except LibraryMissing as error:
        raise BackupError(
            f"'{source}' is not a backup: it has no {FILE_NAME}; name a folder that 'dateline backup' made."
        ) from error
    _refuse_damaged(catalog, source)
    if isinstance(library, Path):
        backup(source, library)
        # A backup made beside an ingest has more in its catalog than in its index.
        with writers_lock(library, wait_seconds=0):
            publish(library, Catalog(library), _unseen)
    else:
        copy_library(source, library, _unseen)


def _unseen(step: str, done: int, total: int) -> None:
    """Nobody watches."""


def _refuse_damaged(catalog: Catalog, source: Path) -> None:
    try:
        whole = catalog.row("PRAGMA quick_check(1)")[0] == "ok"
    except LibraryDamaged:
        whole = False
    if not whole:
        raise BackupError(f"The backup '{source}' is damaged; use another one.")


def _copy_catalog(catalog: Catalog, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as copy:
        with catalog.reading() as connection, storage_errors():
            # One transaction from first to last page, so that a writer beside us cannot mix two states.
            cast("sqlite3.Connection", connection).backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        migrate(copy)
        with copy:  # two libraries must never fill one collection
            copy.execute("DELETE FROM collections")


def _copy_index(library: Path, partial: Path) -> None:
    """The live generation, if it holds still; it can be published over meanwhile, and `rebuild` makes it again."""
    name = generations.current(library)
    if name is None:
        return
    index = partial / "index"
    index.mkdir()
    try:
        copy_folder(library / "index" / name, index / name)
        whole = not generations.damaged_files(index / name)
    except (FileNotFoundError, IndexUnavailable):
        whole = False
    if whole:
        write_atomically(index / "CURRENT", name.encode())
    else:
        shutil.rmtree(index)
