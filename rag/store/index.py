"""One generation of the index: Chroma (dense) and Tantivy (BM25), or one of them. Derived from the catalog, disposable.

The only module that knows the two engines (a Chroma server is accessed over HTTP, by chroma_server.py). A generation is
built once and never changed; a reader uses its own copy (see generations.py), because Chroma writes even when reading.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import tantivy

from rag.errors import IndexUnavailable
from rag.models import Vectors
from rag.store.catalog import Catalog, Numbers
from rag.store.catalog_rows import IndexedPassage
from rag.store.disk import copy_folder
from rag.store.engine import batched
from rag.types import Filters

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

ENGINES = DENSE, LEXICAL = ("chroma", "lexical")
"""Folders of a generation, one per engine."""
COLLECTION = "passages"
FEW = 1000
"""A library of this many passages is compared one by one sooner than Chroma is asked, and far sooner than it is imported."""
UPSERT_MOST = 5000
"""Chroma takes at most 5,461 rows at a time."""
LEXICAL_MEMORY_BYTES = 64_000_000
K1, B = 1.2, 0.75
"""BM25 parameters as in Tantivy, so that scores are comparable wherever they are computed."""
QUERY_TERMS_MOST = 64
"""A question of 2,000 characters has more words than this only if it is not a question."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how many items are done, and how many there are."""


def no_progress(step: str, done: int, total: int) -> None:
    """Reports nothing."""


@dataclass(frozen=True)
class Hit:
    """One passage proposed by an engine, with the engine's own score."""

    number: int
    score: float


class Dense(Protocol):
    """The dense side as seen by questions, wherever it is: a generation or collection of every live passage up to `up_to`."""

    @property
    def up_to(self) -> int: ...

    def search(self, vector: Vectors, most: int) -> list[Hit]:
        """About `most` passages nearest to `vector` (approximate), with their cosine. Raises `IndexUnavailable`."""


def rarity(total: int, containing: int) -> float:
    """Inverse document frequency as in BM25, of a stem contained in `containing` of `total` passages."""
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009) over title and text, stemmed by language.

    Kept in a folder, created if empty, or in memory. Additions and removals take effect after `commit`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        try:
            self._index = tantivy.Index(_schema(), path=str(folder) if folder else None, reuse=True)
            # Each passage's words are stemmed beforehand, in its own language.
            as_they_are = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer("news", as_they_are)
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise IndexUnavailable(f"The lexical index cannot be opened: {error}.") from error
        self._writer: Any = None

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        return int(self._searcher.doc_freq("body", term))

    def search(
        self, terms: Sequence[str], most: int, filters: Filters, weights: Mapping[str, float] | None = None
    ) -> list[Hit]:
        """The best `most` passages that contain any of the stems and pass the filters (except authors, unknown here).

        `weights` gives the weight of each stem; without it, its rarity in this index.
        """
        query_of, schema = tantivy.Query, self._index.schema
        words = {term: query_of.term_query(schema, "body", term) for term in terms[:QUERY_TERMS_MOST]}
        if weights is not None:
            own = {term: rarity(len(self), self.document_frequency(term)) for term in words}
            words = {term: query_of.boost_query(one, weights[term] / own[term]) for term, one in words.items()}
        if not words or not len(self):
            return []
        any_of = query_of.boolean_query([(tantivy.Occur.Should, one) for one in words.values()])
        query = query_of.boolean_query([(tantivy.Occur.Must, one) for one in [any_of, *_conditions(schema, filters)]])
        try:
            hits = self._searcher.search(query, most, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        except (ValueError, OSError) as error:
            raise IndexUnavailable(f"The lexical index cannot be searched: {error}.") from error
        return [Hit(int(number or 0), score) for (score, _), number in zip(hits, numbers, strict=True)]

    def remove(self, numbers: list[int]) -> None:
        # Not by term: tantivy 0.27 treats the number as signed there, and deletes nothing.
        self._writing().delete_documents_by_query(tantivy.Query.term_set_query(self._index.schema, "number", numbers))

    def add(self, passages: Iterable[IndexedPassage]) -> None:
        """Adds passages that are not in the index yet."""
        for passage in passages:
            document = tantivy.Document()
            document.add_unsigned("number", passage.number)
            document.add_text("body", " ".join(passage.stems))
            if passage.outlet:
                document.add_text("outlet", passage.outlet.lower())
            document.add_unsigned("published", passage.published.toordinal() if passage.published else 0)
            document.add_unsigned("visible_from", passage.visible_from.toordinal())
            self._writing().add_document(document)

    def commit(self) -> None:
        """Writes everything to disk."""
        writer, self._writer = self._writing(), None
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _writing(self) -> Any:
        self._writer = self._writer or self._index.writer(heap_size=LEXICAL_MEMORY_BYTES, num_threads=1)
        return self._writer


class DenseIndex:
    """A `Dense` in a local folder; that of a small library is opened only if it is needed."""

    def __init__(self, folder: Path, up_to: int) -> None:
        self.up_to, self._folder = up_to, folder
        self._opening = threading.Lock()
        self._opened: tuple[Any, Collection, int] | None = None  # the client, its collection, and what that holds
        if up_to > FEW:
            self._collection()

    def __len__(self) -> int:
        return self._collection()[1]

    def close(self) -> None:
        if self._opened:
            self._opened[0].close()

    def search(self, vector: Vectors, most: int) -> list[Hit]:
        collection, count = self._collection()
        if not count:
            return []
        with _dense_errors("searched"):
            found = collection.query(
                query_embeddings=np.atleast_2d(vector), n_results=min(most, count), include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [Hit(int(number), 1.0 - distance) for number, distance in zip(found["ids"][0], distances, strict=True)]

    def _collection(self) -> tuple[Collection, int]:
        with self._opening, _dense_errors("opened"):
            if self._opened is None:
                client = _chroma(self._folder)
                collection = client.get_collection(COLLECTION, embedding_function=None)
                self._opened = client, collection, int(collection.count())
            return self._opened[1:]


@contextlib.contextmanager
def _dense_errors(what: str) -> Iterator[None]:
    """Raises Chroma's own errors as `IndexUnavailable`."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        raise IndexUnavailable(f"The dense index cannot be {what}: {error}.") from error


def build(
    folder: Path, catalog: Catalog, added: Numbers, removed: Numbers, progress: Progress, engines: Sequence[str]
) -> None:
    """Applies additions and removals to the `engines` in `folder`, created if empty. Raises `IndexUnavailable`."""
    from chromadb.errors import ChromaError

    try:
        with contextlib.ExitStack() as opened:
            # Chroma writes its graph only once, after the expected number of operations.
            dense = lexical = None
            if DENSE in engines:
                dense = opened.enter_context(_opened(folder / DENSE, len(added) + len(removed)))
            if LEXICAL in engines:
                (folder / LEXICAL).mkdir(exist_ok=True)
                lexical = LexicalIndex(folder / LEXICAL)
            for gone in batched(removed.tolist(), UPSERT_MOST):
                if dense:
                    dense.delete(ids=[str(number) for number in gone])
                if lexical is not None:
                    lexical.remove(gone)
            done = 0
            progress("publish", 0, len(added))
            for wanted in batched(added.tolist(), UPSERT_MOST):
                batch = catalog.indexed(wanted)
                if dense:
                    numbers, vectors = catalog.vectors([passage.number for passage in batch])
                    dense.upsert(ids=[str(number) for number in numbers], embeddings=vectors)
                if lexical is not None:
                    lexical.add(batch)
                done += len(batch)
                progress("publish", done, len(added))
            if lexical is not None:
                lexical.commit()
    except (ChromaError, ValueError) as error:  # the engines rarely say for which of many reasons
        raise IndexUnavailable(f"The index cannot be built: {error}.") from error


def copy_index(source: Path, target: Path) -> None:
    for name in ENGINES:
        if (source / name).is_dir():
            copy_folder(source / name, target / name)


def _chroma(folder: Path) -> Any:  # `close` exists since Chroma 1.5, but not in the client's type
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))


@contextlib.contextmanager
def _opened(folder: Path, operations: int) -> Iterator[Collection]:
    """The collection in `folder`, created if there is none; closed at the end, or removed files would keep their space."""
    existing = folder.exists()
    client = _chroma(folder)
    try:
        # A threshold of exactly the number of writes means one flush of the graph, at the end: a higher one would
        # replay it at every opening, a lower one would write it again and again.
        hnsw = {"space": "cosine", "sync_threshold": max(operations, 2), "ef_search": 200}
        if existing:
            yield client.get_collection(COLLECTION, embedding_function=None)
        else:
            yield client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": hnsw})
    finally:
        client.close()


def _schema() -> tantivy.Schema:
    return (
        tantivy.SchemaBuilder()
        .add_unsigned_field("number", stored=False, indexed=True, fast=True)
        .add_text_field("body", stored=False, tokenizer_name="news", index_option="freq")
        .add_text_field("outlet", stored=False, tokenizer_name="raw", index_option="basic")
        .add_unsigned_field("published", stored=False, indexed=True, fast=True)
        .add_unsigned_field("visible_from", stored=False, indexed=True, fast=True)
        .build()
    )


def _conditions(schema: tantivy.Schema, filters: Filters) -> list[tantivy.Query]:
    """The filters as queries that do not affect the score."""
    unsigned, conditions = tantivy.FieldType.Unsigned, []
    for field, since, until in (("visible_from", None, filters.as_of), ("published", filters.since, filters.until)):
        if since or until:
            first, last = (since or dt.date.min).toordinal(), (until or dt.date.max).toordinal()
            conditions.append(tantivy.Query.range_query(schema, field, unsigned, first, last))
    if filters.outlets:
        names = [outlet.lower() for outlet in filters.outlets]
        conditions.append(tantivy.Query.term_set_query(schema, "outlet", names))
    return [tantivy.Query.const_score_query(condition, 0.0) for condition in conditions]
