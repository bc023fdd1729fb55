"""Removed articles that may still be brought back: they are in no other table, so nobody finds them.

A removal is done as soon as it is stored, whatever happens then; what is kept here only undoes it. The passages of an
article that comes back get new numbers, as all that is stored: they are found at once, and no index has to know.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag.store.beside import table_is_there
from rag.store.catalog import Catalog
from rag.store.disk import storage_errors
from rag.types import Value

_KEPT = ("articles", "versions", "sources")
"""Tables whose rows are kept as they are; passages and vectors are kept without their numbers."""


class SetAside(Value):
    """An article that was removed and may be brought back."""

    article_id: str
    title: str
    at: dt.datetime


def keep(connection: sqlite3.Connection, article_id: str) -> bool:
    """Keeps all rows of an article, inside of the caller's transaction; False when there is no such article."""
    kept: dict[str, list[dict[str, Any]]] = {
        table: _rows(connection, f"SELECT * FROM {table} WHERE article_id = ?", article_id) for table in _KEPT
    }
    if not kept["articles"]:
        return False
    kept["passages"] = _rows(
        connection,
        "SELECT id, start, end, lower(hex(vector)) AS vector FROM passages JOIN vectors USING (passage_no)"
        " WHERE article_id = ? ORDER BY passage_no",
        article_id,
    )
    connection.execute(importlib.resources.files("rag.store").joinpath("set_aside.sql").read_text(encoding="utf-8"))
    connection.execute(
        "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?)",
        (article_id, dt.datetime.now(dt.UTC).isoformat(), kept["articles"][0]["title"], json.dumps(kept)),
    )
    return True


def bring_back(connection: sqlite3.Connection, article_id: str) -> bool:
    """Puts all rows back, inside of the caller's transaction; False when they are not kept any more."""
    if not table_is_there(connection, "set_aside"):
        return False
    found = connection.execute("SELECT kept FROM set_aside WHERE article_id = ?", (article_id,)).fetchone()
    if found is None:
        return False
    connection.execute("DELETE FROM set_aside WHERE article_id = ?", (article_id,))
    if connection.execute("SELECT 1 FROM articles WHERE article_id = ?", (article_id,)).fetchone():
        return True  # somebody ingested it again meanwhile
    kept = json.loads(found[0])
    for table in _KEPT:
        for row in kept[table]:
            _insert(connection, table, row)
    for passage in kept["passages"]:
        vector = bytes.fromhex(passage.pop("vector"))
        number = _insert(connection, "passages", {**passage, "article_id": article_id})
        _insert(connection, "vectors", {"passage_no": number, "vector": vector})
    return True


def forget(connection: sqlite3.Connection) -> None:
    """Nothing can be brought back any more; inside of the caller's transaction, if there is one."""
    if table_is_there(connection, "set_aside"):
        connection.execute("DELETE FROM set_aside")


def waiting(catalog: Catalog) -> tuple[SetAside, ...]:
    """What may be brought back, the last removed first."""
    with catalog.reading() as connection:
        if not table_is_there(connection, "set_aside"):
            return ()
        rows = connection.execute("SELECT article_id, title, at FROM set_aside ORDER BY at DESC, article_id").fetchall()
    return tuple(SetAside(article_id=row[0], title=row[1], at=dt.datetime.fromisoformat(row[2])) for row in rows)


def forget_published(path: Path) -> None:
    """`forget` for the catalog at `path`, which nobody else writes just now."""
    with storage_errors():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
        try:
            with connection:
                forget(connection)
        finally:
            connection.close()


def _rows(connection: sqlite3.Connection, query: str, article_id: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query, (article_id,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int | None:
    # A source may lead to another article by now, which keeps it.
    kind = "INSERT OR IGNORE" if table == "sources" else "INSERT"
    marks = ", ".join("?" * len(row))
    return connection.execute(f"{kind} INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()]).lastrowid
