"""Candidates from both sides, fused and weighted by time.

Reciprocal rank fusion: Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual
rank learning methods", SIGIR 2009: score = sum over the sides of 1 / (offset + rank), rank from 1; they used 60.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rag.config import Config
from rag.models import Embedder, Vectors, reads
from rag.search.searcher import Lexicon, Searcher, ranked
from rag.stopwatch import Stopwatch
from rag.store.catalog import Catalog
from rag.store.index import Hit, rarity
from rag.stories.copies import corrected_first, other_outlets
from rag.text.languages import ENGLISH, language_of_question
from rag.text.names import capitalised
from rag.text.stems import content_stems
from rag.types import Filters, Passage, Question, Window

RRF_OFFSET = 40
RECENCY_DAYS = 28.0
"""After this many days the recency prior has fallen to 1/e."""
RECENCY_WEIGHT = 1.5
"""How much a passage from the question's own day is worth over an old one, as a share of its fused score. Chosen with
the two figures above on one half of the public news questions, from a range that did equally well (40 to 60, 21 to 28
days, 1.25 to 2), such that neither the sample nor the questions of WildGraphBench lose."""
WINDOW_WEIGHT = 1.0
"""The same for a passage inside the window that the question's words name."""
WINDOW_EDGE_DAYS = 7.0
"""After this many days outside the window, or a quarter of its length if that is more, its prior has fallen to 1/e."""


@dataclass(frozen=True)
class Ranking:
    """Passages, best first, and what later steps need to know about the question."""

    passages: tuple[Passage, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    """Inverse document frequency of each stem of the question, 0 for one that does not count."""
    language: str = ENGLISH
    """Language of the question, if the library has articles in it."""
    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds per step."""

    def share(self, held: Collection[str]) -> float:
        """Share of the question's weight that some stems hold, 0 to 1."""
        total = sum(self.weights.values()) or 1.0
        return sum(weight for stem, weight in self.weights.items() if stem in held) / total


class Retriever:
    def __init__(self, catalog: Catalog, searcher: Searcher, embedder: Callable[[], Embedder], config: Config) -> None:
        self._catalog, self._searcher, self._embedder, self._config = catalog, searcher, embedder, config

    def retrieve(self, asked: Question, most: int) -> Ranking:
        """The best `most` passages that pass the filters of the question."""
        watch, question, filters, window = Stopwatch(), asked.searched, asked.filters, asked.window
        language = self.language_of(question)
        lexicon = self._searcher.lexicon
        embedder = self._embedder()
        # Words must do where the model does not read the language.
        by_words = lexicon is not None and self._config.retriever == "hybrid" and not reads(embedder.name, language)
        vector = None if by_words else embedder.encode_question(question)
        watch.lap("embed")
        terms = tuple(lexicon.terms(question, language)) if lexicon else ()
        if lexicon and (window.since or window.until):
            # The days named in a question act through the time prior; as words they would only match other numbers.
            days = set(lexicon.terms(window.words))
            terms = tuple(term for term in terms if term not in days) or terms
        lexical, dense = self._proposed(terms, vector, filters)
        weights = _weights(question, language, terms, lexicon) if lexicon else {}
        watch.lap("search")
        fused = reciprocal_rank_fusion([[hit.number for hit in dense], [hit.number for hit in lexical]])
        in_order = in_time(fused, self._catalog.days(list(fused), filters), window, self._config.time_weight)
        read = tuple(self._read(in_order[:most], vector, {hit.number: hit.score for hit in lexical}, filters))
        passages = self.with_copies(read, filters)
        watch.lap("read")
        return Ranking(passages, weights, language, watch.laps)

    def by_words(self, words: str, filters: Filters, most: int) -> list[Passage]:
        """The best passages by BM25 alone, whatever their day."""
        lexicon = self._searcher.lexicon
        terms = lexicon.terms(words, self.language_of(words)) if lexicon else ()
        numbers = [hit.number for hit in self._searcher.lexical(terms, most, filters)]
        current = self._catalog.days(numbers, filters)  # without what a later text replaces
        found = self._catalog.passages(list(current), filters)
        return list(self.with_copies(tuple(found[number] for number in numbers if number in found), filters))

    def language_of(self, question: str) -> str:
        """Which of the library's languages a question is asked in."""
        return language_of_question(question, self._catalog.languages())

    def _proposed(
        self, terms: Sequence[str], vector: Vectors | None, filters: Filters
    ) -> tuple[Sequence[Hit], Sequence[Hit]]:
        """Candidates of the lexical and of the dense side; none for a side disabled in the settings.

        Lexical hits that the approximate index missed are compared as well, so that two indexes of one library agree.
        """
        most, sides = self._config.candidates, self._config.retriever
        lexical = self._searcher.lexical(terms, most, filters) if sides != "dense" else ()
        if sides == "lexical" or vector is None:
            return lexical, ()
        dense = self._searcher.dense(vector, most, filters)
        known = {hit.number for hit in dense}
        unseen = [hit.number for hit in lexical if hit.number not in known] if dense else []
        return lexical, ranked([*dense, *self._searcher.exact(vector, unseen, most)])[:most]

    def _read(
        self, ranked: Sequence[Hit], vector: Vectors | None, bm25: dict[int, float], filters: Filters
    ) -> Iterator[Passage]:
        """The passages with all their scores; the cosine uses the catalog's vector, not the index's."""
        numbers = [hit.number for hit in ranked]
        exact = () if vector is None else self._searcher.exact(vector, numbers, len(numbers))
        cosines = {hit.number: hit.score for hit in exact}
        passages = self._catalog.passages(numbers, filters)
        for hit in ranked:
            if hit.number in passages:
                scores = {"score": hit.score, "similarity": cosines.get(hit.number), "bm25": bm25.get(hit.number)}
                yield passages[hit.number].model_copy(update=scores)

    def with_copies(self, passages: tuple[Passage, ...], filters: Filters) -> tuple[Passage, ...]:
        """The passages with the other outlets of their stories; a correction precedes uncorrected copies elsewhere."""
        by_story = self._catalog.told_in({passage.story for passage in passages if passage.story}, filters)
        shared = {passage.article_id for passage in passages if len(by_story.get(passage.story, ())) > 1}
        if not shared:
            return passages
        named = (
            passage.model_copy(update={"also_in": other_outlets(passage, by_story.get(passage.story, ()))})
            for passage in passages
        )
        return corrected_first(tuple(named), self._catalog.corrections(shared))


def _weights(question: str, language: str, terms: Sequence[str], lexicon: Lexicon) -> dict[str, float]:
    """The weight of each stem of a question: its inverse document frequency as in BM25.

    In English a name or number found in no passage weighs most, because the library lacks what is asked about; any other
    word found in no passage weighs nothing, because a thing can be said in many ways. In another language every word but
    the function words counts: no model would notice that a passage is about something else.
    """
    holders = {term: lexicon.document_frequency(term) for term in terms}
    if language == ENGLISH:
        named = lexicon.terms(" ".join(capitalised(question)))
        counted = frozenset(term for term in terms if holders[term] or term in named or term.isdigit())
    else:
        counted = content_stems(question, language, lambda term: lexicon.document_frequency(term) > 0)
    return {term: rarity(len(lexicon), holders[term]) if term in counted else 0.0 for term in terms}


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Fused score of each number, best first; ties keep the order of the first ranking."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1.0 / (RRF_OFFSET + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def in_time(fused: dict[int, float], days: dict[int, dt.date | None], window: Window, weight: float = 1.0) -> list[Hit]:
    """The numbers with an entry in `days`, their scores multiplied by the prior of that day, best first.

    `weight` scales how far the prior is from 1; 0 leaves time out.

    "Latest" is measured from the newest of them rather than from today: in a library last fed in May, the news of May
    is the latest. Words that end the window earlier ("by 20 August") also end what is new.
    """
    newest = max((day for day in days.values() if day), default=None)
    asked = window.as_of or (newest if window.prefers_newest else None)
    if asked and window.words and window.until:
        asked = min(asked, window.until)
    weighed = [
        Hit(number, score * (1 + weight * (time_prior(days[number], window, asked) - 1)))
        for number, score in fused.items()
        if number in days
    ]
    return sorted(weighed, key=lambda hit: -hit.score)


def time_prior(published: dt.date | None, window: Window, asked: dt.date | None) -> float:
    """How much likelier an article of that day is to answer than one of any day; 1 if nothing is known.

    Never zero: time read from words may push an article down; only the caller's filters may hide it.
    """
    if published is None:
        return 1.0
    prior = 1.0
    if asked:
        prior += RECENCY_WEIGHT * math.exp(-abs((asked - published).days) / RECENCY_DAYS)
    if window.words and (window.since or window.until):
        prior += WINDOW_WEIGHT * _closeness(published, window.since, window.until)
    return prior


def _closeness(day: dt.date, since: dt.date | None, until: dt.date | None) -> float:
    """1 inside the days, less outside; the longer the span, the softer its edges. Either end may be open."""
    outside = max((since - day).days if since else 0, (day - until).days if until else 0, 0)
    length = (until - since).days if since and until else 0
    return math.exp(-outside / max(WINDOW_EDGE_DAYS, length / 4))
