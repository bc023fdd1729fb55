"""Removed articles that may still be brought back: they are in no other table, so nobody finds them.

A removal is done as soon as it is stored, whatever happens then; what is kept here only undoes it. The passages of an
article that comes back get new numbers, as all that is stored: they are found at once, and no index has to know.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from rag.store.catalog import Catalog
from rag.store.catalog_rows import marks
from rag.store.engine import Connection
from rag.types import Value

_KEPT = ("articles", "versions", "sources")
"""Tables whose rows are kept as they are; passages and vectors are kept without their numbers."""


class SetAside(Value):
    """An article that was removed and may be brought back."""

    article_id: str
    title: str
    at: dt.datetime


def keep(connection: Connection, article_id: str) -> bool:
    """Keeps all rows of an article, inside of the caller's transaction; False when there is no such article."""
    kept: dict[str, list[dict[str, Any]]] = {
        table: _rows(connection, f"SELECT * FROM {table} WHERE article_id = ?", article_id) for table in _KEPT
    }
    if not kept["articles"]:
        return False
    kept["passages"] = _rows(
        connection,
        'SELECT id, start, "end", lower(hex(vector)) AS vector FROM passages JOIN vectors USING (passage_no)'
        " WHERE article_id = ? ORDER BY passage_no",
        article_id,
    )
    connection.execute(
        "INSERT INTO set_aside VALUES (?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET"
        " at = excluded.at, title = excluded.title, kept = excluded.kept",
        (article_id, dt.datetime.now(dt.UTC).isoformat(), kept["articles"][0]["title"], json.dumps(kept)),
    )
    return True


def bring_back(connection: Connection, article_id: str) -> bool:
    """Puts all rows back, inside of the caller's transaction; False when they are not kept any more."""
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
        number = _insert(connection, "passages", {**passage, "article_id": article_id}, "passage_no")
        _insert(connection, "vectors", {"passage_no": number, "vector": vector})
    return True


def waiting(catalog: Catalog) -> tuple[SetAside, ...]:
    """What may be brought back, the last removed first."""
    rows = catalog.rows("SELECT article_id, title, at FROM set_aside ORDER BY at DESC, article_id")
    return tuple(SetAside(article_id=row[0], title=row[1], at=dt.datetime.fromisoformat(row[2])) for row in rows)


def _rows(connection: Connection, query: str, article_id: str) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row.keys()} for row in connection.execute(query, (article_id,))]  # noqa: SIM118


def _insert(connection: Connection, table: str, row: Mapping[str, object], returned: str = "") -> int | None:
    names = ", ".join(f'"{name}"' for name in row)
    # A source may lead to another article by now, which keeps it.
    found = connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks(row)}) {'ON CONFLICT DO NOTHING' if table == 'sources' else ''}"
        f" {f'RETURNING {returned}' if returned else ''}",
        [*row.values()],
    )
    return int(found.fetchone()[0]) if returned else None
