"""A backup is a library: a consistent copy of the catalog, made while others read and write, and of the live index."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from rag.errors import BackupError, IndexUnavailable, LibraryDamaged, LibraryMissing
from rag.store import generations
from rag.store.beside import table_is_there
from rag.store.catalog import FILE_NAME, Catalog
from rag.store.disk import copy_folder, storage_errors, sync_folder, write_atomically, writers_lock
from rag.store.publish import publish


def backup(library: Path, target: Path) -> None:
    """Copies the library to a new folder; everything that was stored when it began is in it.

    Raises:
        BackupError: the target exists and is not empty.
        StorageFull: no space; what was copied is removed.
    """
    catalog = Catalog(library)
    _refuse_existing(target)
    partial = _partial(target)
    with storage_errors():
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            _copy_catalog(catalog, partial / FILE_NAME)
            _copy_index(library, partial)
            _move_into_place(partial, target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def restore(source: Path, library: Path) -> None:
    """Makes a library of a backup, in a folder that has none, and publishes what the backup's index lacks.

    Raises:
        BackupError: the backup cannot be read, or the folder already holds something.
        StorageFull: no space for the articles, which are removed again, or for the index, which 'rebuild' makes later.
        IndexUnavailable: the articles are restored, and the index could not be made.
    """
    try:
        catalog = Catalog(source)
    except LibraryMissing as error:
        raise BackupError(f"'{source}' is not a backup: it has no {FILE_NAME}.") from error
    _refuse_damaged(catalog, source)
    backup(source, library)
    with writers_lock(library, wait_seconds=0):
        # A backup made beside an ingest has more in its catalog than in its index.
        publish(library, Catalog(library), lambda step, done, total: None)


def _refuse_damaged(catalog: Catalog, source: Path) -> None:
    try:
        with catalog.reading() as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except LibraryDamaged:
        whole = False
    if not whole:
        raise BackupError(f"The backup '{source}' is damaged; use another one.")


def _refuse_existing(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"'{target}' already holds something; name a folder that does not exist yet.")


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial-{os.getpid()}")


def _copy_catalog(catalog: Catalog, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        with catalog.reading() as connection, storage_errors():
            # One transaction from first to last page, so that a writer beside us cannot mix two states.
            connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        if table_is_there(copy, "collections"):
            with copy:  # two libraries must never fill one collection
                copy.execute("DELETE FROM collections")
    finally:
        copy.close()


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


def _move_into_place(partial: Path, target: Path) -> None:
    if target.exists():
        target.rmdir()
    partial.replace(target)
    sync_folder(target.parent)
