"""Stories of a catalog, kept right within each transaction that changes its articles.

An article is compared when it is stored, with those near in time whose first passages are close: with all of their
vectors, exactly, so that the outcome does not hang on an index. Articles that nobody compared yet, those of a library
that an earlier Dateline made, are compared in the first transaction of the next writer. Nothing is embedded for it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rag.store.catalog_rows import day_of, marks
from rag.store.engine import Connection, batched
from rag.stories.grouping import grouped
from rag.stories.near_duplicates import (
    CLOSE,
    COPY_DAYS,
    RULES_VERSION,
    Sketch,
    Tie,
    Tied,
    Traits,
    tie_between,
    traits_of,
    worth_reading,
)

KEPT_TRAITS = 2048
"""Texts whose traits are kept from one comparison to the next, about 20 KB each."""
UNDATED = 0
"""Stands for no day among the numbers of days, before the first of them."""


class StoryWriter:
    """Keeps ties and stories up to date; every method but `forget` runs inside of the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stored: set[str] = set()
        self._neighbours: set[str] = set()
        self._looked_for_old = False
        self._traits = functools.lru_cache(maxsize=KEPT_TRAITS)(self._read_traits)

    def stored(self, article_id: str) -> None:
        """An article got a text or vectors."""
        self._leave(article_id)
        self._stored.add(article_id)

    def removing(self, article_id: str) -> None:
        """An article will be removed."""
        self._leave(article_id)
        self._stored.discard(article_id)
        self._neighbours.discard(article_id)

    def everything(self) -> None:
        """All articles are compared again."""
        self._connection.execute("DELETE FROM ties")
        self._connection.execute("DELETE FROM stories")
        self._looked_for_old = False

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._stored.clear()
        self._neighbours.clear()
        self._looked_for_old = False

    def settle(self) -> None:
        """Compares what was stored and groups what that concerns; the last thing in a transaction."""
        if not self._looked_for_old:
            self._stored |= self._not_compared()
            self._looked_for_old = True
        if self._stored:
            ties = _ties_of(self._sketches(self._stored), self._stored, self._traits)
            self._connection.executemany(
                "INSERT INTO ties VALUES (?, ?, ?)", ((tied.first, tied.second, tied.tie.value) for tied in ties)
            )
        if self._stored or self._neighbours:
            self._group(self._stored | self._neighbours)
        self._stored, self._neighbours = set(), set()

    def _leave(self, article_id: str) -> None:
        rows = self._connection.execute(
            "SELECT other_id FROM ties WHERE article_id = ? UNION SELECT article_id FROM ties WHERE other_id = ?",
            (article_id, article_id),
        ).fetchall()
        self._neighbours.update(row[0] for row in rows)
        self._connection.execute("DELETE FROM ties WHERE article_id = ? OR other_id = ?", (article_id, article_id))

    def _not_compared(self) -> set[str]:
        rules = self._connection.execute("SELECT value FROM meta WHERE key = 'story_rules'").fetchone()
        if rules is None or rules[0] != RULES_VERSION:
            self._connection.execute("DELETE FROM ties")
            self._connection.execute("DELETE FROM stories")
            self._connection.execute(
                "INSERT INTO meta VALUES ('story_rules', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (RULES_VERSION,),
            )
        rows = self._connection.execute(
            "SELECT article_id FROM articles WHERE article_id NOT IN (SELECT article_id FROM stories)"
        )
        return {row[0] for row in rows}

    def _sketches(self, wanted: set[str]) -> list[Sketch]:
        """The wanted articles, and those that are near in time to one of them, by day; one without a date is near to all."""
        own: set[dt.date | None] = set()
        for batch in batched(wanted):
            rows = self._connection.execute(
                f"SELECT DISTINCT published FROM articles WHERE article_id IN ({marks(batch)})", batch
            )
            own.update(day_of(row[0]) for row in rows)
        if None in own:
            found = self._sketches_where("TRUE", [])
        else:
            found = self._sketches_where("a.published IS NULL", [])
            apart = range(-COPY_DAYS, COPY_DAYS + 1)
            near = {(day + dt.timedelta(days)).isoformat() for day in own if day for days in apart}
            for dated in batched(near):
                found += self._sketches_where(f"a.published IN ({marks(dated)})", dated)
        return sorted(found, key=lambda sketch: (_ordinal_of(sketch), sketch.article_id))

    def _sketches_where(self, condition: str, values: list[str]) -> list[Sketch]:
        rows = self._connection.execute(
            "SELECT a.article_id, a.content_hash, lower(coalesce(a.outlet, '')), lower(coalesce(a.agency, '')),"
            " a.published, a.updated, (SELECT v.vector FROM passages p JOIN vectors v USING (passage_no)"
            f"  WHERE p.article_id = a.article_id ORDER BY p.start LIMIT 1) FROM articles a WHERE {condition}",
            values,
        )
        return [
            Sketch(
                article_id,
                content_hash,
                outlet,
                agency,
                day_of(published),
                day_of(updated),
                np.frombuffer(vector, dtype="<f4").astype(np.float32, copy=False),
            )
            for article_id, content_hash, outlet, agency, published, updated, vector in rows
            if vector is not None
        ]

    def _read_traits(self, article_id: str, content_hash: str) -> Traits:
        """The traits of a text; the hash is there for the cache, which must not give those of an earlier one."""
        row = self._connection.execute("SELECT text FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return traits_of(str(row[0]))

    def _group(self, touched: set[str]) -> None:
        """Gives a place to every article that hangs together with one of `touched`, by any chain of ties."""
        ties = self._ties_around(touched)
        members = touched | {end for tied in ties for end in (tied.first, tied.second)}
        days: dict[str, dt.date | None] = {}
        for batch in batched(members):
            rows = self._connection.execute(
                f"SELECT article_id, published FROM articles WHERE article_id IN ({marks(batch)})", batch
            )
            days.update((article_id, day_of(published)) for article_id, published in rows)
        self._connection.executemany(
            "INSERT INTO stories VALUES (?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET"
            " story = excluded.story, event = excluded.event",
            ((article_id, place.story, place.event) for article_id, place in grouped(days, ties).items()),
        )

    def _ties_around(self, touched: set[str]) -> list[Tied]:
        found: dict[tuple[str, str], Tied] = {}
        known, frontier = set(touched), set(touched)
        while frontier:
            reached: set[str] = set()
            for batch in batched(frontier):
                rows = self._connection.execute(
                    f"SELECT article_id, other_id, kind FROM ties WHERE article_id IN ({marks(batch)})"
                    f" UNION ALL SELECT article_id, other_id, kind FROM ties WHERE other_id IN ({marks(batch)})",
                    [*batch, *batch],
                )
                for first, second, kind in rows:
                    found[first, second] = Tied(first, second, Tie(kind))
                    reached.update((first, second))
            frontier = reached - known
            known |= reached
        return list(found.values())


def _ties_of(sketches: Sequence[Sketch], wanted: set[str], traits: Callable[[str, str], Traits]) -> Iterator[Tied]:
    """Ties of the wanted articles, with each other and with the rest.

    Args:
        sketches: sorted by day.
        traits: those of the article with that id and content hash.
    """
    if not sketches:
        return
    leads = np.stack([sketch.lead for sketch in sketches])
    ordinals = np.array([_ordinal_of(sketch) for sketch in sketches])
    undated = int(np.searchsorted(ordinals, UNDATED, side="right"))
    done: set[str] = set()
    for one in sketches:
        if one.article_id not in wanted:
            continue
        first, last = _rows_near(one, ordinals)
        for rows in (range(0, min(undated, first)), range(first, last)):
            for row in np.flatnonzero(leads[rows.start : rows.stop] @ one.lead >= CLOSE) + rows.start:
                other = sketches[int(row)]
                if other.article_id == one.article_id or other.article_id in done or not worth_reading(one, other):
                    continue
                its, others = (traits(each.article_id, each.content_hash) for each in (one, other))
                tied = tie_between(one, its, other, others)
                if tied:
                    yield tied
        done.add(one.article_id)


def _rows_near(one: Sketch, ordinals: npt.NDArray[np.int64]) -> tuple[int, int]:
    """First row and the one after the last of those that are near in time."""
    if one.published is None:
        return 0, len(ordinals)
    day = one.published.toordinal()
    return int(np.searchsorted(ordinals, day - COPY_DAYS)), int(
        np.searchsorted(ordinals, day + COPY_DAYS, side="right")
    )


def _ordinal_of(sketch: Sketch) -> int:
    return sketch.published.toordinal() if sketch.published else UNDATED
