"""Hits from the live generation and from passages not published yet; never from damaged data.

Every number that an engine proposes is joined with the catalog, and every cosine is recomputed from the catalog's
vectors, so a damaged index can cost recall but cannot show anybody a wrong passage.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import IndexUnavailable
from rag.models import Vectors
from rag.store.catalog import Catalog, Numbers
from rag.store.chroma_server import ChromaServer, ServerDense
from rag.store.generations import Generation, current, open_current
from rag.store.index import FEW, Dense, Hit, LexicalIndex, rarity
from rag.store.words_in_postgres import WordsInPostgres
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import Filters

EXACT_MOST = 4000
"""This many vectors are compared one by one in a few milliseconds; more are left to the dense index."""
FRESH_MOST = 20_000
"""How many of the newest passages not indexed yet are compared by vector (half a second); words find all of them."""
SCORE_DIGITS = 4
"""Copies of one text have the same score; engines compute it to six or seven digits."""
OVERFETCH = 3
"""Filters are applied after the dense index has proposed, so it is asked for more than needed."""
OVERFETCH_MOST = 2000
SEARCHED_LEAST = 1000
"""An approximate index examines as many as requested; at least this many, so that any two find the same best ones."""
READ_MOST = 20_000
"""Reading the words of this many passages takes about two seconds; more are read only if they arrive gradually."""


class FreshWords:
    """The words of the passages not in any lexical index, read as they are stored. Safe to share between threads.

    Without them a passage would be found by its words only after the next publish, and until then rank below every
    published passage proposed by both sides.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._above: int | None = None

    def above(self, number: int) -> LexicalIndex | None:
        """Words of the passages above `number`; None if there are too many."""
        with self._lock:
            if self._above != number:
                self._above, self._read, self._revision, self._index = number, number, -1, LexicalIndex()
            revision = self._catalog.revision()
            if revision != self._revision:
                fresh = self._catalog.numbers(after=self._read)
                if len(fresh) > READ_MOST:
                    return None
                if len(fresh):
                    self._index.add(self._catalog.indexed(fresh.tolist()))
                    self._index.commit()
                    self._read = int(fresh[-1])
                self._revision = revision
            return self._index


class Lexicon:
    """Words of all passages: which stems a text has, how common they are, and which passages contain them."""

    def __init__(self, published: LexicalIndex | WordsInPostgres | None, fresh: LexicalIndex | None) -> None:
        self._published, self._fresh = published, fresh
        self._parts = [part for part in (published, fresh) if part is not None]

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def terms(self, text: str, language: str = ENGLISH) -> list[str]:
        """The stems of the words of `text` in its language, in order, each once."""
        return list(dict.fromkeys(stems(text, language)))

    def document_frequency(self, term: str) -> int:
        return sum(part.document_frequency(term) for part in self._parts)

    def search(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        """The best `most` published passages that pass the filters, and as many of the others.

        Published passages are weighted by how common a stem is among them, the others by how common it is among all.
        """
        hits = [] if self._published is None else self._published.search(terms, most, filters)
        if self._fresh is not None:
            rarities = {term: rarity(len(self), self.document_frequency(term)) for term in terms}
            hits += self._fresh.search(terms, most, filters, rarities)
        return hits


class Searcher:
    """Searches one library; moves to a new generation by itself. Safe to share between threads."""

    def __init__(self, folder: Path, catalog: Catalog, engines: Sequence[str], server: ChromaServer | None) -> None:
        self._folder, self._catalog, self._engines, self._server = folder, catalog, engines, server
        self._generation: Generation | None = None
        self._problem: str | None = None
        self._failed: str | None = None
        self._dense_problem: str | None = None
        self._opening = threading.Lock()
        self._fresh: tuple[tuple[int, int], Numbers, Vectors] | None = None
        self._words = FreshWords(catalog)

    def refresh(self) -> None:
        """Opens the live generation now, unless it is already open."""
        with self._opening:
            name = current(self._folder)
            known = self._failed, self._generation.name if self._generation else None
            if not self._engines or (name is not None and name in known):
                return
            try:
                self._generation = open_current(self._folder)
                self._problem, self._failed = " ".join(self._generation.problems) or None, None
            except IndexUnavailable as error:
                self._generation, self._problem, self._failed = None, str(error), name

    def close(self) -> None:
        """Releases the copy of the index now; the next search reopens it."""
        with self._opening:
            generation, self._generation = self._generation, None
        if generation:
            generation.close()

    def _live(self) -> Generation | None:
        """The generation to search. A newer one is opened in the background while the old one serves."""
        generation = self._generation
        if not self._engines:
            return None
        if generation is None:
            self.refresh()
        elif current(self._folder) != generation.name and not self._opening.locked():
            threading.Thread(target=self.refresh, daemon=True).start()
        return self._generation or generation

    @property
    def lexicon(self) -> Lexicon | None:
        """The words of all passages; None while a large library's lexical index is down."""
        if (own := self._catalog.words) is not None:
            return Lexicon(own, None)
        generation = self._live()
        if generation is not None and generation.lexical is not None:
            return Lexicon(generation.lexical, self._words.above(generation.highest_number))
        fresh = self._words.above(0)
        return None if fresh is None else Lexicon(None, fresh)

    def notices(self) -> tuple[str, ...]:
        """What a reader should know: that one side of the index, or both, is down."""
        problems = (self._problem, self._dense_problem)
        return tuple(f"{problem} Answers come from the rest meanwhile." for problem in problems if problem)

    def lexical(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        """Best passages by BM25 that pass the filters, including those not published yet."""
        lexicon = self.lexicon
        hits = lexicon.search(terms, most, filters) if lexicon else []
        return self._allowed(ranked(hits), filters)[:most]

    def dense(self, vector: Vectors, most: int, filters: Filters) -> list[Hit]:
        """Nearest passages by cosine that pass the filters, including those not published yet.

        If there are few passages, or the dense index is down, vectors are compared one by one: all of them for
        an index on this machine; for one on a server, only those it would not know either.
        """
        generation = None if self._server else self._live()  # held, so that nobody closes it while it is searched
        if generation and generation.highest_number <= FEW:
            numbers = self._catalog.numbers(filters)
            if len(numbers) <= FEW:
                return self.exact(vector, numbers.tolist(), most)
        index = generation.dense if generation else self._on_server()
        if index is not None:
            try:
                found = self._asked(index, vector, most, filters)
                self._dense_problem = None
                return found
            except IndexUnavailable as error:
                self._dense_problem = str(error)
        if self._server is None:
            return self.exact(vector, self._catalog.numbers(filters).tolist(), most)
        collection = self._catalog.live_collection()
        fresh = self._catalog.numbers(filters, after=collection.up_to if collection else 0)
        return self.exact(vector, fresh[-FRESH_MOST:].tolist(), most)

    def _asked(self, index: Dense, vector: Vectors, most: int, filters: Filters) -> list[Hit]:
        filtered = filters != Filters()
        wanted = min(most * OVERFETCH, OVERFETCH_MOST) if filtered else most
        hits = self._proposed(index, vector, wanted, filters)
        if filtered and len(hits) < most // 2:
            allowed = self._catalog.numbers(filters)
            if len(allowed) <= EXACT_MOST:
                return self.exact(vector, allowed.tolist(), most)
            hits = self._proposed(index, vector, OVERFETCH_MOST, filters)
        return ranked([*hits, *self._among_fresh(index, vector, filters)])[:most]

    def _on_server(self) -> Dense | None:
        """The collection to ask; None without a server, or while it is down."""
        if self._server is None or not self._server.may_be_asked():
            return None
        live = self._catalog.live_collection()
        return ServerDense(self._server, live.name, live.up_to) if live else None

    def _proposed(self, index: Dense, vector: Vectors, most: int, filters: Filters) -> list[Hit]:
        return self._allowed(index.search(vector, max(most, SEARCHED_LEAST))[:most], filters)

    def _allowed(self, hits: list[Hit], filters: Filters) -> list[Hit]:
        if filters == Filters():
            return hits
        allowed = self._catalog.days([hit.number for hit in hits], filters)
        return [hit for hit in hits if hit.number in allowed]

    def exact(self, vector: Vectors, numbers: Sequence[int], most: int) -> list[Hit]:
        """The nearest of these passages, by the catalog's vectors."""
        return _nearest(vector, *self._catalog.vectors(numbers), most)

    def _among_fresh(self, index: Dense, vector: Vectors, filters: Filters) -> list[Hit]:
        key = (index.up_to, self._catalog.revision())
        fresh = self._fresh
        if fresh is None or fresh[0] != key:
            newest = self._catalog.numbers(after=index.up_to)[-FRESH_MOST:]
            self._fresh = fresh = key, *self._catalog.vectors(newest.tolist())
        _, numbers, vectors = fresh
        return self._allowed(_nearest(vector, numbers, vectors, len(numbers)), filters)


def ranked(hits: list[Hit]) -> list[Hit]:
    """Best first. Differences within the engines' rounding error are ordered as in the catalog, whatever the engine."""
    return sorted(hits, key=lambda hit: (-round(hit.score, SCORE_DIGITS), hit.number))


def _nearest(vector: Vectors, numbers: Numbers, vectors: Vectors, most: int) -> list[Hit]:
    if not len(numbers):
        return []
    cosines = vectors @ vector.ravel()
    best = np.argsort(-cosines, kind="stable")[:most]
    return [Hit(int(numbers[row]), float(cosines[row])) for row in best]
