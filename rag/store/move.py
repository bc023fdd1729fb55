"""A library copied from one engine to another as it is: ids, numbers and vectors stay, nothing is embedded."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import BackupError
from rag.store.catalog import Catalog
from rag.store.catalog_rows import marks
from rag.store.disk import storage_errors, sync_folder
from rag.store.engine import Address, Engine, engine_at
from rag.store.words_in_postgres import put_all_words

ROWS = 1000
"""Rows that are read and written at once."""


@dataclass(frozen=True)
class Table:
    """What is copied of a table, in the order of its key, whose first values are above `start`."""

    name: str
    key: str
    columns: str
    start: Any = ""


_TABLES = (
    Table(
        "articles",
        "article_id",
        "article_id title outlet authors agency published published_source updated language url identity_url content_hash"
        " added_at text",
    ),
    Table("versions", "rowid", "article_id content_hash title text stored_at", 0),
    Table("sources", "source", "source article_id raw_hash"),
    Table("passages", "passage_no", "passage_no id article_id start end", 0),
    Table("vectors", "passage_no", "passage_no vector", 0),
    Table("ties", "article_id other_id", "article_id other_id kind"),
    Table("stories", "article_id", "article_id story event"),
    Table("set_aside", "article_id", "article_id at title kept"),
    Table("feedback", "number", "number id at thumbs note answer", 0),
    Table("kept", "number", "number question state", 0),
    Table("shared", "id", "id answer"),
    Table("talks", "number", "number reader name at value", 0),
    Table("followed", "source", "source state pages"),
    Table("followed_hosts", "origin", "origin robots"),
)
"""All that cannot be made again; which collections hold a library is not copied, because two must never fill one."""
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
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"'{target}' already holds something; name a folder that does not exist yet.")
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    with storage_errors():
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
            for rows in _pages(catalog, table):
                writing.executemany(f"INSERT INTO {table.name} ({_names(table)}) VALUES ({marks(rows[0])})", rows)
                if table.name == "vectors":
                    done += len(rows)
                    progress("move", done, passages)
        meta = [tuple(row) for row in catalog.rows("SELECT key, value FROM meta") if row[0] not in _OF_THE_ENGINE]
        writing.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", meta)
        if engine.shared:
            put_all_words(writing)
        engine.number_on(writing)


def _pages(catalog: Catalog, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    keys, width = table.key.split(), len(table.columns.split())
    key, last = ", ".join(keys), [table.start] * len(keys)
    while rows := catalog.rows(
        f"SELECT {_names(table)}, {key} FROM {table.name} WHERE ({key}) > ({marks(keys)}) ORDER BY {key} LIMIT {ROWS}",
        *last,
    ):
        yield [tuple(row)[:width] for row in rows]
        last = list(tuple(rows[-1])[width:])


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns.split())
