"""One generation of the index: Chroma (dense) and Tantivy (BM25), or one of them. Derived from the catalog, disposable.

The only module that knows the two engines (a Chroma server is asked over HTTP, by chroma_server.py). A generation is built once and never changed; a reader works on
its own copy (see generations.py), because Chroma writes into a folder that it only reads from.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import tantivy

from rag.errors import IndexUnavailable
from rag.models import Vectors
from rag.store.catalog import Catalog, Numbers
from rag.store.disk import copy_folder
from rag.store.engine import batched
from rag.store.passage_feed import IndexedPassage, indexed_passages
from rag.types import Filters

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

ENGINES = DENSE, LEXICAL = ("chroma", "lexical")
"""Folders of a generation, by what is in them."""
COLLECTION = "passages"
UPSERT_MOST = 5000
"""Chroma takes at most 5,461 rows at once."""
LEXICAL_MEMORY_BYTES = 64_000_000
K1, B = 1.2, 0.75
"""Of BM25 as Tantivy has it, so that scores can be compared wherever they are computed."""
QUERY_TERMS_MOST = 64
"""A question of 2,000 characters has more words than this only when it is not a question."""
_UNDATED = 0

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how many are done, and how many there are."""


@dataclass(frozen=True)
class Hit:
    """One passage that an engine proposes, with the engine's own score."""

    number: int
    score: float


class Dense(Protocol):
    """The dense side as questions see it, wherever it is: a generation or collection, in which every live passage up to
    `up_to` is. Another `name`, other contents."""

    @property
    def name(self) -> str: ...
    @property
    def up_to(self) -> int: ...

    def search(self, vector: Vectors, most: int) -> list[Hit]:
        """The about `most` passages nearest to `vector` (approximate), with their cosine.

        Raises:
            IndexUnavailable: it does not answer.
        """


def rarity(total: int, containing: int) -> float:
    """Inverse document frequency as BM25 has it, of a stem that so many of all passages contain."""
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009) over title and text, in stems of their language."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer("news", _stems_as_they_are())
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise IndexUnavailable(f"The lexical index cannot be opened: {error}.") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        """How many passages contain the stem."""
        return int(self._searcher.doc_freq("body", term))

    def search(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        """The best `most` passages that contain any of the stems and pass the filters (authors are not known here)."""
        if not terms or not len(self):
            return []
        schema = self._index.schema
        words = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", term))
                for term in terms[:QUERY_TERMS_MOST]
            ]
        )
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, words), *((tantivy.Occur.Must, one) for one in _conditions(schema, filters))]
        )
        try:
            hits = self._searcher.search(query, most, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        except (ValueError, OSError) as error:
            raise IndexUnavailable(f"The lexical index cannot be searched: {error}.") from error
        return [Hit(int(number or 0), score) for (score, _), number in zip(hits, numbers, strict=True)]


class DenseIndex:
    """A `Dense` in a folder of this machine."""

    def __init__(self, folder: Path, name: str, up_to: int) -> None:
        from chromadb.errors import ChromaError

        self.name, self.up_to = name, up_to
        self._errors = ChromaError
        try:
            self._client = _chroma(folder)
            self._collection: Collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self._count = int(self._collection.count())
        except (ChromaError, ValueError, OSError) as error:
            raise IndexUnavailable(f"The dense index cannot be opened: {error}.") from error

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Lets the files go."""
        self._client.close()

    def search(self, vector: Vectors, most: int) -> list[Hit]:
        """The about `most` passages nearest to `vector` (approximate), with their cosine."""
        if not self._count:
            return []
        try:
            found = self._collection.query(
                query_embeddings=np.atleast_2d(vector),
                n_results=min(most, self._count),
                include=["distances"],
            )
        except (self._errors, ValueError, OSError) as error:
            raise IndexUnavailable(f"The dense index cannot be searched: {error}.") from error
        distances = (found["distances"] or [[]])[0]
        return [Hit(int(number), 1.0 - distance) for number, distance in zip(found["ids"][0], distances, strict=True)]


def build(
    folder: Path,
    catalog: Catalog,
    added: Numbers,
    removed: Numbers,
    progress: Progress,
    engines: Sequence[str] = ENGINES,
) -> None:
    """Applies additions and removals to the index in `folder`, made when it is empty, and closes it.

    Args:
        engines: what is kept in `folder`.

    Raises:
        IndexUnavailable: an engine failed, on a full disk for example.
    """
    from chromadb.errors import ChromaError

    try:
        with contextlib.ExitStack() as opened:
            # Chroma writes its graph once, when it has taken as many operations.
            dense = (
                opened.enter_context(_opened(folder / DENSE, len(added) + len(removed))) if DENSE in engines else None
            )
            lexical = _LexicalWriter(folder / LEXICAL) if LEXICAL in engines else None
            for gone in batched(removed.tolist(), UPSERT_MOST):
                if dense:
                    dense.delete(ids=[str(number) for number in gone])
                if lexical:
                    lexical.remove(gone)
            done = 0
            progress("publish", done, len(added))
            for batch in batched(indexed_passages(catalog, added), UPSERT_MOST):
                if dense:
                    numbers, vectors = catalog.vectors([passage.number for passage in batch])
                    dense.upsert(ids=[str(number) for number in numbers], embeddings=vectors)
                if lexical:
                    lexical.add(batch)
                done += len(batch)
                progress("publish", done, len(added))
            if lexical:
                lexical.finish()
    except (ChromaError, ValueError) as error:  # which of many reasons it is, the engines hardly tell
        raise IndexUnavailable(f"The index cannot be built: {error}.") from error


class _LexicalWriter:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(folder), reuse=True)
        self._index.register_tokenizer("news", _stems_as_they_are())
        self._writer = self._index.writer(heap_size=LEXICAL_MEMORY_BYTES, num_threads=1)

    def remove(self, numbers: list[int]) -> None:
        # Not by term: tantivy 0.27 takes the number for a signed one there, and deletes nothing.
        gone = tantivy.Query.term_set_query(self._index.schema, "number", numbers)
        self._writer.delete_documents_by_query(gone)

    def add(self, batch: Sequence[IndexedPassage]) -> None:
        for passage in batch:
            self._writer.add_document(_document(passage))

    def finish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


def copy_index(source: Path, target: Path) -> None:
    """Copies the files of the engines that are there."""
    for name in ENGINES:
        if (source / name).is_dir():
            copy_folder(source / name, target / name)


def _chroma(folder: Path) -> Any:  # `close` is there since Chroma 1.5 but not in the type of the client
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))


@contextlib.contextmanager
def _opened(folder: Path, operations: int) -> Iterator[Collection]:
    """The collection in `folder`, made where there is none; closed at the end, or removed files would keep their space."""
    existing = folder.exists()
    client = _chroma(folder)
    try:
        if existing:
            yield client.get_collection(COLLECTION, embedding_function=None)
        else:
            yield client.create_collection(
                COLLECTION,
                embedding_function=None,
                # A threshold of exactly what will be written means one flush of the graph, at the end: with a higher
                # one it would be replayed at every opening, with a lower one it would be written again and again.
                configuration={"hnsw": {"space": "cosine", "sync_threshold": max(operations, 2), "ef_search": 200}},
            )
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


def _stems_as_they_are() -> tantivy.TextAnalyzer:
    """Each passage's words are made stems beforehand, by its own language."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def _document(passage: IndexedPassage) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("number", passage.number)
    document.add_text("body", " ".join(passage.stems))
    if passage.outlet:
        document.add_text("outlet", passage.outlet.lower())
    document.add_unsigned("published", passage.published.toordinal() if passage.published else _UNDATED)
    document.add_unsigned("visible_from", passage.visible_from.toordinal())
    return document


def _conditions(schema: tantivy.Schema, filters: Filters) -> list[tantivy.Query]:
    """The filters as queries that do not touch the score."""
    conditions: list[tantivy.Query] = []
    if filters.as_of:
        conditions.append(_between(schema, "visible_from", _UNDATED, filters.as_of.toordinal()))
    if filters.since or filters.until:
        first = filters.since.toordinal() if filters.since else _UNDATED + 1
        last = filters.until.toordinal() if filters.until else dt.date.max.toordinal()
        conditions.append(_between(schema, "published", first, last))
    if filters.outlets:
        names = [outlet.lower() for outlet in filters.outlets]
        conditions.append(tantivy.Query.term_set_query(schema, "outlet", names))
    return [tantivy.Query.const_score_query(condition, 0.0) for condition in conditions]


def _between(schema: tantivy.Schema, field: str, first: int, last: int) -> tantivy.Query:
    return tantivy.Query.range_query(schema, field, tantivy.FieldType.Unsigned, first, last)
