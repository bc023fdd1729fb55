"""A library copied from one engine to another as it is: ids, numbers and vectors stay, nothing is embedded."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rag.errors import BackupError
from rag.store.catalog import Catalog
from rag.store.disk import storage_errors, sync_folder
from rag.store.engine import Address, Engine, engine_at, marks
from rag.store.words_in_postgres import put_all_words

ROWS = 1000
"""Rows that are read and written at once."""


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
"""All that cannot be made again, by its key; which collections hold a library is not copied, because two must never fill one."""
_NUMBERS = frozenset({"rowid", "passage_no", "number"})
"""Keys that are numbers from 1 on."""
_OF_THE_ENGINE = frozenset({"migration", "words"})
"""What `meta` says of the database and not of the library."""


def copy_library(source: Address, target: Address, progress: Callable[[str, int, int], None]) -> Catalog:
    """Copies the library at `source`, as it is at one moment, to `target`, where there must be none. Its index is not copied.

    Raises:
        LibraryMissing: there is no library at `source`.
        BackupError: there is something at `target`.
        StorageFull, LibraryReadOnly, LibraryUnreachable: nothing is at `target` then.
    """
    catalog = Catalog(source)
    if isinstance(target, Path):
        with appearing_at(target) as folder:
            _fill(catalog, engine_at(folder), progress)
    else:
        engine = engine_at(target)
        if engine.exists():
            raise _occupied(engine.name)
        _fill(catalog, engine, progress)
    return Catalog(target)


@contextlib.contextmanager
def appearing_at(target: Path) -> Iterator[Path]:
    """A folder to be filled, which is at `target` when all went well, at once and also after a power cut, and nowhere else.

    Raises:
        BackupError: there is something at `target`.
        StorageFull, LibraryReadOnly: as they say.
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


def _occupied(name: str) -> BackupError:
    return BackupError(f"'{name}' already holds a library; name a database or schema without one.")


def _fill(catalog: Catalog, engine: Engine, progress: Callable[[str, int, int], None]) -> None:
    """One transaction: until it ends there is no library."""
    passages, done = catalog.counts().passages, 0
    engine.create(())
    with catalog.snapshot(), engine.writing() as writing, engine.transaction(writing):
        if writing.execute("SELECT 1 FROM meta WHERE key = 'revision'").fetchone():
            raise _occupied(engine.name)
        for table in _TABLES:
            for names, rows in _pages(catalog, table):
                engine.put(writing, table, names, rows)
                if table == "vectors":
                    done += len(rows)
                    progress("move", done, passages)
        meta = [tuple(row) for row in catalog.rows("SELECT key, value FROM meta") if row[0] not in _OF_THE_ENGINE]
        engine.put(writing, "meta", ("key", "value"), meta)
        if engine.shared:
            put_all_words(writing)
        engine.number_on(writing)


def _pages(catalog: Catalog, table: str) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """Columns and rows of a table, in the order of its key."""
    keys = _TABLES[table].split()
    key, last = ", ".join(f"t.{one}" for one in keys), [0 if one in _NUMBERS else "" for one in keys]
    while rows := catalog.rows(
        f"SELECT t.*{', t.rowid' if keys == ['rowid'] else ''} FROM {table} t"
        f" WHERE ({key}) > ({marks(keys)}) ORDER BY {key} LIMIT {ROWS}",
        *last,
    ):
        names = [name for name in rows[0].keys() if name != "rowid"]  # noqa: SIM118  SQLite's own, which no column holds
        yield names, [[row[name] for name in names] for row in rows]
        last = [rows[-1][one] for one in keys]
