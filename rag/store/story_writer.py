"""A catalog's stories, kept correct within each transaction that changes its articles.

An article is compared when it is stored, with those near in time whose first passages are close: exactly, with all of
their vectors, so that the outcome does not depend on an index. Articles not compared yet, from a library made by an
earlier version of Dateline, are compared in the next writer's first transaction. This embeds nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

import numpy as np

from rag.store.catalog_rows import day_of
from rag.store.engine import Connection, among, record, recorded
from rag.stories.near_duplicates import (
    CLOSE,
    COPY_DAYS,
    RULES_VERSION,
    Sketch,
    Tie,
    Tied,
    Traits,
    grouped,
    tie_between,
    traits_of,
    worth_reading,
)

KEPT_TRAITS = 2048
"""Texts whose traits are cached between comparisons, about 20 KB each."""
_SKETCH = (
    "SELECT a.article_id, a.content_hash, lower(coalesce(a.outlet, '')), lower(coalesce(a.agency, '')),"
    " a.published, a.updated, (SELECT v.vector FROM passages p JOIN vectors v USING (passage_no)"
    " WHERE p.article_id = a.article_id ORDER BY p.start LIMIT 1) FROM articles a"
)


class StoryWriter:
    """Keeps ties and stories up to date; every method but `forget` runs inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._traits = functools.lru_cache(maxsize=KEPT_TRAITS)(self._read_traits)
        self.forget()

    def forget(self) -> None:
        """Call after the transaction was rolled back."""
        self._stored, self._neighbours, self._looked_for_old = set[str](), set[str](), False

    def stored(self, article_id: str) -> None:
        """Call after an article got a text or vectors."""
        self._leave(article_id)
        self._stored.add(article_id)

    def removing(self, article_id: str) -> None:
        """Call before an article is removed."""
        self._leave(article_id)
        self._stored.discard(article_id)
        self._neighbours.discard(article_id)

    def everything(self) -> None:
        """Has all articles compared again."""
        self._connection.execute("DELETE FROM ties")
        self._connection.execute("DELETE FROM stories")
        self._looked_for_old = False

    def settle(self) -> None:
        """Compares what was stored and regroups what that affects; called last in a transaction."""
        if not self._looked_for_old:
            self._stored |= self._not_compared()
            self._looked_for_old = True
        if self._stored:
            ties = ((tied.first, tied.second, tied.tie.value) for tied in self._new_ties())
            self._connection.executemany("INSERT INTO ties VALUES (?, ?, ?)", ties)
        if touched := self._stored | self._neighbours:
            self._group(touched)
        self._stored, self._neighbours = set(), set()

    def _leave(self, article_id: str) -> None:
        rows = self._connection.execute(
            "SELECT other_id FROM ties WHERE article_id = ? UNION SELECT article_id FROM ties WHERE other_id = ?",
            (article_id, article_id),
        )
        self._neighbours.update(row[0] for row in rows)
        self._connection.execute("DELETE FROM ties WHERE article_id = ? OR other_id = ?", (article_id, article_id))

    def _not_compared(self) -> set[str]:
        if recorded(self._connection, "story_rules") != RULES_VERSION:
            self.everything()
            record(self._connection, "story_rules", RULES_VERSION)
        rows = self._connection.execute("SELECT article_id FROM articles EXCEPT SELECT article_id FROM stories")
        return {row[0] for row in rows}

    def _new_ties(self) -> Iterator[Tied]:
        """Ties of what was stored, with each other and the rest."""
        sketches = self._sketches()
        leads = np.array([sketch.lead for sketch in sketches])
        days = np.array([sketch.ordinal for sketch in sketches])
        undated = int(np.searchsorted(days, 0, side="right"))
        done = set[str]()
        for one in sketches:
            if one.article_id not in self._stored:
                continue
            done.add(one.article_id)
            first, last = 0, len(days)
            if one.ordinal:
                first, last = np.searchsorted(days, (one.ordinal - COPY_DAYS, one.ordinal + COPY_DAYS + 1))
            for rows in (slice(0, min(undated, first)), slice(first, last)):
                for row in np.flatnonzero(leads[rows] @ one.lead >= CLOSE):
                    other = sketches[rows.start + row]
                    if other.article_id not in done and worth_reading(one, other):
                        its, others = (self._traits(each.article_id, each.content_hash) for each in (one, other))
                        if tied := tie_between(one, its, other, others):
                            yield tied

    def _sketches(self) -> list[Sketch]:
        """What was stored, and the articles near any of it in time, by day, undated first; those are near to all."""
        days = among(self._connection, "SELECT DISTINCT published FROM articles WHERE article_id IN (@)", self._stored)
        own = {day_of(row[0]) for row in days}
        if None in own:
            rows = self._connection.execute(_SKETCH).fetchall()
        else:
            apart = range(-COPY_DAYS, COPY_DAYS + 1)
            near = {(day + dt.timedelta(days)).isoformat() for day in own if day for days in apart}
            rows = self._connection.execute(f"{_SKETCH} WHERE a.published IS NULL").fetchall()
            rows += among(self._connection, f"{_SKETCH} WHERE a.published IN (@)", near)
        found = [
            Sketch(key, text_hash, outlet, agency, day_of(published), day_of(updated), np.frombuffer(vector, "<f4"))
            for key, text_hash, outlet, agency, published, updated, vector in rows
            if vector is not None
        ]
        return sorted(found, key=lambda sketch: (sketch.ordinal, sketch.article_id))

    def _read_traits(self, article_id: str, content_hash: str) -> Traits:
        """The traits of a text; the hash keeps the cache from returning those of an earlier text."""
        row = self._connection.execute("SELECT text FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return traits_of(str(row[0]))

    def _group(self, touched: set[str]) -> None:
        """Assigns story and event to every article connected to one of `touched` by any chain of ties."""
        ties = self._ties_around(touched)
        members = touched | {end for tied in ties for end in (tied.first, tied.second)}
        rows = among(self._connection, "SELECT article_id, published FROM articles WHERE article_id IN (@)", members)
        days = {article_id: day_of(published) for article_id, published in rows}
        self._connection.executemany(
            "INSERT INTO stories VALUES (?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET"
            " story = excluded.story, event = excluded.event",
            ((article_id, *group) for article_id, group in grouped(days, ties).items()),
        )

    def _ties_around(self, touched: set[str]) -> set[Tied]:
        found = set[Tied]()
        known, frontier = set(touched), touched
        while frontier:
            for end in ("article_id", "other_id"):
                query = f"SELECT article_id, other_id, kind FROM ties WHERE {end} IN (@)"
                found |= {Tied(one, other, Tie(kind)) for one, other, kind in among(self._connection, query, frontier)}
            frontier = {end for tied in found for end in (tied.first, tied.second)} - known
            known |= frontier
        return found
