"""Publishing on a Chroma server: writes what a collection lacks, and records in the catalog how far it got.

Vectors come from the catalog, so a lost server is refilled without embedding. Several machines may publish at once:
each begins at the recorded number and records only what it has written from there on.
"""

from __future__ import annotations

import contextlib

from rag.errors import IndexUnavailable
from rag.models import Vectors
from rag.store.catalog import Catalog, VectorCollection
from rag.store.catalog_writer import CatalogWriter
from rag.store.chroma_server import ChromaServer, Missing, ServerDense
from rag.store.engine import Connection, batched, marks
from rag.store.index import Progress
from rag.store.selfcheck import lost_by_vector, sample_of

RECORDED_EVERY = 1000
"""The most vectors written again after a kill."""
_RECORD = (
    "INSERT INTO collections (name, up_to, live) VALUES (?, ?, FALSE) ON CONFLICT (name) DO UPDATE"
    " SET up_to = excluded.up_to WHERE excluded.up_to > collections.up_to"
)
"""Records that a collection holds everything up to a number; a lower number than before changes nothing."""


def publish_on(server: ChromaServer, catalog: Catalog, progress: Progress, anew: bool = False) -> str | None:
    """Brings the server up to date, and returns the name of its collection; None if it was up to date.

    A collection that is gone, or of another model, is recreated; until it is complete, the old one is searched. Raises
    `IndexUnavailable` if the server does not answer; the next publish continues where this one stopped.
    """
    begun = catalog.live_collection() or next(iter(catalog.collections()), None)
    usable = begun if begun and not anew and _is_usable(server, catalog, begun) else None
    target = usable or VectorCollection(server.create(), 0, False)
    if not usable:
        catalog.change(_RECORD, target.name, 0)
    added = _fill(server, catalog, target, progress)
    if not target.live:
        with catalog.engine.beside() as connection:
            _switch(connection, target.name)
    if not usable:
        drop_others(server, catalog)
    removed = _take_out(server, catalog)
    return target.name if added or removed or not target.live else None


def drop_others(server: ChromaServer, catalog: Catalog) -> None:
    """Drops all collections but the live one."""
    for one in catalog.collections():
        if not one.live:
            server.drop(one.name)
            catalog.change("DELETE FROM collections WHERE name = ?", one.name)


class SecondCollection:
    """Filled while a library is embedded again; becomes the live one in the transaction that stores the rest."""

    def __init__(self, server: ChromaServer) -> None:
        self._server, self.name = server, server.create()

    def add(self, numbers: list[int], vectors: Vectors) -> None:
        """Writes them. Raises `IndexUnavailable`."""
        self._server.put(self.name, numbers, vectors)

    def switch(self, writer: CatalogWriter) -> None:
        """Makes it the live one if the writer's transaction succeeds."""
        highest = writer.connection.execute("SELECT coalesce(max(passage_no), 0) FROM passages").fetchone()
        writer.connection.execute(_RECORD, (self.name, highest[0]))
        _switch(writer.connection, self.name)

    def give_up(self) -> None:
        """Drops it; the library stays with its old one."""
        with contextlib.suppress(IndexUnavailable):
            self._server.drop(self.name)


def check_on(server: ChromaServer, catalog: Catalog) -> str:
    """The state of the collection, in words. Raises `IndexUnavailable` if it lacks something, or does not find a sample."""
    live = catalog.live_collection()
    if live is None:
        raise IndexUnavailable("Nothing is on the Chroma server yet; run 'dateline rebuild'.")
    held, numbers = server.count(live.name), catalog.numbers()
    expected = int((numbers <= live.up_to).sum())
    if held < expected:
        raise IndexUnavailable(f"The Chroma server holds {held} of {expected} passages; run 'dateline rebuild'.")
    sample = sample_of(numbers[numbers <= live.up_to])
    if lost := lost_by_vector(ServerDense(server, live.name, live.up_to), catalog, sample):
        raise IndexUnavailable(f"Passage {lost} is not found by its own vector; run 'dateline rebuild'.")
    behind = len(numbers) - expected
    waiting = f", {behind} passages wait to be published" if behind else ""
    return f"{live.name} at {server.place} holds {held} passages{waiting}; a sample is found by its vectors"


def _is_usable(server: ChromaServer, catalog: Catalog, collection: VectorCollection) -> bool:
    try:
        dimension = server.dimension(collection.name)
    except Missing:
        return False
    return dimension == catalog.manifest().dimension or (dimension is None and not collection.up_to)


def _fill(server: ChromaServer, catalog: Catalog, target: VectorCollection, progress: Progress) -> int:
    """Writes everything above the collection's number, including what is stored meanwhile."""
    up_to, done = target.up_to, 0
    while len(fresh := catalog.numbers(after=up_to)):
        left = len(fresh)
        for part in batched(fresh.tolist(), RECORDED_EVERY):
            numbers, vectors = catalog.vectors(part)
            server.put(target.name, numbers.tolist(), vectors)
            up_to, done, left = part[-1], done + len(numbers), left - len(part)
            progress("publish", done, done + left)
            catalog.change(_RECORD, target.name, up_to)
    return done


def _take_out(server: ChromaServer, catalog: Catalog) -> int:
    """Removes from every collection what has left the catalog."""
    done = 0
    while rows := catalog.rows("SELECT passage_no FROM removed ORDER BY passage_no LIMIT ?", server.records_most):
        gone = [row[0] for row in rows]
        for one in catalog.collections():
            server.remove(one.name, gone)
        catalog.change(f"DELETE FROM removed WHERE passage_no IN ({marks(gone)})", *gone)
        done += len(gone)
    return done


def _switch(connection: Connection, name: str) -> None:
    """Makes this collection the searched one; the others stay until they are dropped."""
    connection.execute("UPDATE collections SET live = FALSE WHERE live AND name <> ?", (name,))
    connection.execute("UPDATE collections SET live = TRUE WHERE name = ?", (name,))
