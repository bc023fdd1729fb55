"""Candidates from both sides, fused, in time.

Reciprocal rank fusion: Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual
rank learning methods", SIGIR 2009: score = sum over the sides of 1 / (60 + rank), rank from 1.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.catalog import Catalog
from rag.index import Hit
from rag.models import Embedder, Vectors
from rag.searcher import Searcher
from rag.types import Filters, Passage, Window

RRF_OFFSET = 60
RECENCY_DAYS = 21.0
"""After so many days the recency prior has fallen to 1/e."""
RECENCY_WEIGHT = 1.0
"""How much a passage of the question's own day is worth over one of long ago, as a share of its fused score."""
WINDOW_WEIGHT = 1.0
"""The same for a passage inside the window that the question's words name."""


@dataclass(frozen=True)
class Retrieved:
    """Passages best first, and what the next steps need to know of the question."""

    passages: tuple[Passage, ...]
    terms: tuple[str, ...]
    """Stems of the question's words, in order."""
    vector: Vectors
    """The question to the embedding model, shape (dimension,)."""
    weights: dict[str, float]
    """Inverse document frequency of each stem, 0 for one that is in no passage."""

    @classmethod
    def nothing(cls) -> Retrieved:
        """What is found for what is no question."""
        return cls((), (), np.zeros(0, dtype=np.float32), {})


class Retriever:
    """Finds passages for one stand-alone question."""

    def __init__(self, catalog: Catalog, searcher: Searcher, embedder: Callable[[], Embedder], candidates: int) -> None:
        self._catalog = catalog
        self._searcher = searcher
        self._embedder = embedder
        self._candidates = candidates

    def retrieve(self, question: str, filters: Filters, window: Window, most: int) -> Retrieved:
        """The best `most` passages that pass the filters."""
        vector = self._embedder().encode([question])[0]
        lexicon = self._searcher.lexicon
        terms = tuple(lexicon.terms(question)) if lexicon else ()
        weights = {term: self._weight(term) for term in terms}
        informative = [term for term in terms if weights[term] > 0]
        lexical = self._searcher.lexical(informative, self._candidates, filters)
        dense = self._searcher.dense(vector, self._candidates, filters)
        passages = in_time(self._scored(vector, dense, lexical, filters), window)
        return Retrieved(tuple(passages[:most]), terms, vector, weights)

    def _weight(self, term: str) -> float:
        lexicon = self._searcher.lexicon
        if lexicon is None:
            return 0.0
        total, containing = len(lexicon), lexicon.document_frequency(term)
        return math.log(1 + (total - containing + 0.5) / (containing + 0.5)) if containing else 0.0

    def _scored(
        self, vector: np.ndarray, dense: Sequence[Hit], lexical: Sequence[Hit], filters: Filters
    ) -> list[Passage]:
        fused = reciprocal_rank_fusion([[hit.number for hit in dense], [hit.number for hit in lexical]])
        bm25 = {hit.number: hit.score for hit in lexical}
        found, vectors = self._catalog.vectors(list(fused))
        cosines = dict(zip(found.tolist(), (vectors @ vector).tolist() if len(found) else [], strict=True))
        passages = self._catalog.passages(list(fused), filters)
        return [
            passages[number].model_copy(
                update={"score": score, "similarity": cosines.get(number), "bm25": bm25.get(number)}
            )
            for number, score in fused.items()
            if number in passages
        ]


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Fused score of each number, best first; ties keep the order of the first ranking."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1.0 / (RRF_OFFSET + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def in_time(passages: Sequence[Passage], window: Window) -> list[Passage]:
    """The passages with their scores multiplied by the prior of their day, best first.

    "Latest" is measured from the newest of the passages rather than from today: in a library that was last fed in
    May, the news of May is the latest.
    """
    newest = max((passage.published for passage in passages if passage.published), default=None)
    asked = window.as_of or (newest if window.prefers_newest else None)
    weighed = [
        passage.model_copy(update={"score": passage.score * time_prior(passage.published, window, asked)})
        for passage in passages
    ]
    return sorted(weighed, key=lambda passage: -passage.score)


def time_prior(published: dt.date | None, window: Window, asked: dt.date | None) -> float:
    """How much likelier an article of that day is to answer than one of any day; 1 where nothing is known.

    Never zero: time read from words may push an article down, only the caller's filters may hide it.
    """
    if published is None:
        return 1.0
    prior = 1.0
    if asked:
        prior += RECENCY_WEIGHT * math.exp(-max((asked - published).days, 0) / RECENCY_DAYS)
    if window.words and window.since and window.until:
        prior += WINDOW_WEIGHT * _closeness(published, window.since, window.until)
    return prior


def _closeness(day: dt.date, since: dt.date, until: dt.date) -> float:
    outside = max((since - day).days, (day - until).days, 0)
    return math.exp(-outside / 7.0)
