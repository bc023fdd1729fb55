"""Copies libraries: to a backup, itself a library, and from one engine to another. Nothing is embedded.

A backup is a consistent copy of the catalog, made while others read and write, and of the live index.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from rag.errors import BackupError, IndexUnavailable, LibraryDamaged, LibraryMissing
from rag.store import generations
from rag.store.catalog import Catalog
from rag.store.disk import copy_folder, storage_errors, sync_folder, write_atomically, writers_lock
from rag.store.engine import Address, engine_at, marks, recorded
from rag.store.index import Progress, no_progress
from rag.store.publish import publish
from rag.store.sqlite import FILE_NAME, migrate
from rag.store.words_in_postgres import put_all_words

ROWS = 1000
"""Rows read and written at a time."""
_TABLES = {
    "articles": "article_id",
    "versions": "rowid",
    "sources": "source",
    "passages": "passage_no",
    "vectors": "passage_no",
    "ties": "article_id other_id",
    "stories": "article_id",
    "set_aside": "article_id",
    "feedback": "number",
    "kept": "number",
    "shared": "id",
    "talks": "number",
    "followed": "source",
    "followed_hosts": "origin",
}
"""Everything that cannot be recreated, with its key; `collections` is left out, because two libraries must never fill one."""
_NUMBERS = frozenset({"rowid", "passage_no", "number"})
"""Keys that are numbers counted from 1."""
_OF_THE_ENGINE = frozenset({"migration", "words"})
"""Entries of `meta` that describe the database rather than the library."""


def backup(library: Address, target: Path) -> None:
    """Copies the library to a new folder: everything stored when it began, or nothing.

    For a database this is the catalog, as a single-machine library; its index is made on restore. Raises `BackupError`
    if the target exists and is not empty, `StorageFull`.
    """
    if not isinstance(library, Path):
        copy_library(library, target, no_progress)
        return
    catalog = Catalog(library)
    with appearing_at(target) as folder:
        with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as copy:
            with catalog.reading() as connection, storage_errors():
                # One transaction for all pages, so that a concurrent writer cannot mix two states.
                cast("sqlite3.Connection", connection).backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            migrate(copy)
            with copy:  # two libraries must never fill one collection
                copy.execute("DELETE FROM collections")
        _copy_index(library, folder)


def restore(source: Path, library: Address) -> None:
    """Makes a library from a backup, in an unused folder or database, and publishes what the backup's index lacks.

    Raises `BackupError` if the backup cannot be read or the target holds something; `StorageFull` if there is no space
    for the articles, which are removed again, or for the index; `IndexUnavailable` if only the index could not be made.
    """
    try:
        catalog = Catalog(source)
    except LibraryMissing as error:
        raise BackupError(
            f"'{source}' is not a backup: it has no {FILE_NAME}; name a folder that 'dateline backup' made."
        ) from error
    whole = False
    with contextlib.suppress(LibraryDamaged):
        whole = catalog.row("PRAGMA quick_check(1)")[0] == "ok"
    if not whole:
        raise BackupError(f"The backup '{source}' is damaged; use another one.")
    if isinstance(library, Path):
        backup(source, library)
        # The catalog of a backup made during an ingest is ahead of its index.
        with writers_lock(library, wait_seconds=0):
            publish(library, Catalog(library), no_progress)
    else:
        copy_library(source, library, no_progress)


def copy_library(source: Address, target: Address, progress: Progress) -> Catalog:
    """Copies the library at `source`, as of one moment, to `target`, whatever their engines; all of it or nothing.

    Ids, numbers and vectors stay; the index is not copied. Raises `LibraryMissing`, `BackupError` if `target` is not
    empty, `StorageFull`, `LibraryReadOnly`, `LibraryUnreachable`.
    """
    catalog = Catalog(source)
    with appearing_at(target) if isinstance(target, Path) else contextlib.nullcontext(target) as place:
        _fill(catalog, place, progress)
    return Catalog(target)


@contextlib.contextmanager
def appearing_at(target: Path) -> Iterator[Path]:
    """A folder to fill, which appears at `target` atomically, and power-cut safe, if all went well, and nowhere otherwise.

    Raises `BackupError` if there is something at `target`.
    """
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    with storage_errors():
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BackupError(f"'{target}' already holds something; name a folder that does not exist yet.")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            if target.exists():
                target.rmdir()
            partial.replace(target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _copy_index(library: Path, partial: Path) -> None:
    """Copies the live generation if nothing replaces it meanwhile; otherwise `rebuild` makes the index again."""
    name = generations.current(library)
    if name is None:
        return
    index = partial / "index"
    index.mkdir()
    with contextlib.suppress(FileNotFoundError, IndexUnavailable):
        copy_folder(library / "index" / name, index / name)
        if not generations.damaged_files(index / name):
            write_atomically(index / "CURRENT", name.encode())
            return
    shutil.rmtree(index)


def _fill(catalog: Catalog, target: Address, progress: Progress) -> None:
    """Fills the catalog at `target` in one transaction: until it ends there is no library."""
    engine, passages, done = engine_at(target), catalog.counts().passages, 0
    occupied = BackupError(f"'{engine.name}' already holds a library; name a database or schema without one.")
    if engine.exists():
        raise occupied
    engine.create(())
    with catalog.snapshot(), engine.writing() as writing, engine.transaction(writing):
        if recorded(writing, "revision") is not None:
            raise occupied
        for table in _TABLES:
            for rows in pages(catalog, table):
                names = [name for name in rows[0].keys() if name != "rowid"]  # noqa: SIM118  SQLite's own, in no column
                engine.put(writing, table, names, [[row[name] for name in names] for row in rows])
                if table == "vectors":
                    done += len(rows)
                    progress("move", done, passages)
        meta = [tuple(row) for row in catalog.rows("SELECT key, value FROM meta") if row[0] not in _OF_THE_ENGINE]
        engine.put(writing, "meta", ("key", "value"), meta)
        if engine.shared:
            put_all_words(writing)
        engine.number_on(writing)


def pages(catalog: Catalog, table: str) -> Iterator[list[Any]]:
    """The rows of a table by its key, some at a time."""
    keys = _TABLES[table].split()
    key, last = ", ".join(f"t.{one}" for one in keys), [0 if one in _NUMBERS else "" for one in keys]
    while rows := catalog.rows(
        f"SELECT t.*{', t.rowid' if keys == ['rowid'] else ''} FROM {table} t"
        f" WHERE ({key}) > ({marks(keys)}) ORDER BY {key} LIMIT {ROWS}",
        *last,
    ):
        yield rows
        last = [rows[-1][one] for one in keys]
