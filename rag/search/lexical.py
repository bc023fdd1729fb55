"""The lexical side as one collection: the published index, and in memory the passages that are not in it yet.

Without the second part, a passage would be found by its words only after the next publish, and until then every
published passage that both sides propose would be ranked above it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from rag.store.catalog import Catalog
from rag.store.index import K1, B, Hit, LexicalIndex, rarity
from rag.store.passage_feed import IndexedPassage, indexed_passages
from rag.store.words_in_postgres import WordsInPostgres
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import Filters

READ_MOST = 20_000
"""So many passages are read for their words in about two seconds; more, only when they come bit by bit."""


class WordTable:
    """Which passages hold which stem, and how often. Grows, never shrinks; safe to share between threads."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._lengths: list[int] = []
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def highest_number(self) -> int:
        """The highest passage number in here, 0 when there is none."""
        return self._numbers[-1] if self._numbers else 0

    def document_frequency(self, term: str) -> int:
        """How many passages contain the stem."""
        postings = self._postings.get(term)
        return len(postings[0]) if postings else 0

    def extend(self, passages: Iterable[IndexedPassage]) -> None:
        """Adds passages, whose numbers ascend; those that are in here already are left as they are."""
        with self._lock:
            for passage in passages:
                if passage.number > self.highest_number:
                    self._add(passage)

    def _add(self, passage: IndexedPassage) -> None:
        words = Counter(passage.stems)
        row = len(self._numbers)
        for word, times in words.items():
            rows, counts = self._postings.setdefault(word, ([], []))
            rows.append(row)
            counts.append(times)
        self._lengths.append(words.total())
        self._numbers.append(passage.number)

    def search(self, weights: dict[str, float], most: int) -> list[Hit]:
        """The best `most` passages by BM25, each stem counted with the weight given (its idf)."""
        with self._lock:
            if not self._numbers:
                return []
            lengths = np.array(self._lengths, dtype=np.float64)
            scores = np.zeros(len(lengths))
            for term, weight in weights.items():
                if term in self._postings:
                    rows, counts = (np.array(part) for part in self._postings[term])
                    norm = K1 * (1 - B + B * lengths[rows] / lengths.mean())
                    scores[rows] += weight * counts * (K1 + 1) / (counts + norm)
            best = np.argsort(-scores, kind="stable")[:most]
            return [Hit(self._numbers[row], float(scores[row])) for row in best.tolist() if scores[row] > 0]


class FreshWords:
    """The words of the passages that no lexical index holds, read as they are stored. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._generation: str | None = None
        self._above = 0
        self._revision = -1
        self._table = WordTable()

    def above(self, number: int, generation: str | None) -> WordTable | None:
        """Words of the passages above `number`, the last one that this generation holds; None when they are too many."""
        with self._lock:
            if (generation, number) != (self._generation, self._above):
                self._generation, self._above, self._revision, self._table = generation, number, -1, WordTable()
            revision = self._catalog.revision()
            if revision != self._revision:
                fresh = self._catalog.numbers(after=max(number, self._table.highest_number))
                if len(fresh) > READ_MOST:
                    return None
                self._table.extend(indexed_passages(self._catalog, fresh))
                self._revision = revision
            return self._table


class Lexicon:
    """Words of all passages: which stems a text has, how common they are, and who has them."""

    def __init__(self, published: LexicalIndex | WordsInPostgres | None, fresh: WordTable) -> None:
        self._published = published
        self._fresh = fresh

    def __len__(self) -> int:
        return (len(self._published) if self._published else 0) + len(self._fresh)

    def terms(self, text: str, language: str = ENGLISH) -> list[str]:
        """The stems of the words of `text` in its language, in order, each once."""
        return list(dict.fromkeys(stems(text, language)))

    def document_frequency(self, term: str) -> int:
        """How many passages contain the stem."""
        published = self._published.document_frequency(term) if self._published else 0
        return published + self._fresh.document_frequency(term)

    def search(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        """The best `most` published passages that pass the filters, and as many of the others, which are not filtered.

        The published part counts how common a stem is among its own passages, the other one among all.
        """
        hits = self._published.search(terms, most, filters) if self._published else []
        rarities = {term: rarity(len(self), self.document_frequency(term)) for term in terms}
        return sorted([*hits, *self._fresh.search(rarities, most)], key=lambda hit: -hit.score)
