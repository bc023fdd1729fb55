"""The answer in quotes: what was found, read, chosen, and whether it is an answer at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.answering.abstain import abstention_text, calibration_for, probability, reason_for, signals_of, why_nothing
from rag.answering.answers import quoted_answer
from rag.answering.candidates import READ_PASSAGES
from rag.answering.choice import agreeing, chosen, newest_preferred
from rag.answering.conflict import asks_whether_they_agree, conflict_of, difference_in, with_both_sides
from rag.answering.parts import missing_part
from rag.answering.quote import Quote, best_quotes
from rag.answering.rank import ranked_by_quotes
from rag.dates.recency import wants_newest
from rag.dates.window import asks_about_now
from rag.library import Library
from rag.reader import Reader
from rag.search.retrieve import Retrieved
from rag.stories.copies import one_per_story, without_copies
from rag.types import AbstentionReason, Answer, Filters, Passage, Status, Turn, Window

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

NOTHING_CLOSE_COSINE = 0.3
"""Under this cosine of the best passage nothing in the library is about the question."""
SPARE_FOR_COPIES = 8
"""Passages that are fetched beyond those, to take the places of copies that say the same."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """One question, as it was asked and as it is searched."""

    question: str
    searched: str
    filters: Filters
    window: Window
    day: dt.date
    """The day on which it is asked."""
    history: tuple[Turn, ...] = ()


@dataclasses.dataclass(frozen=True)
class InQuotes:
    """An answer in quotes, and what it was chosen from, best first."""

    answer: Answer
    retrieved: Retrieved
    quotes: tuple[Quote, ...] = ()


class Quoting:
    """Finds, reads and quotes. `reader` is asked for when it is first needed, because loading it takes time."""

    def __init__(
        self, library: Library, reader: Callable[[], Reader | None], reranker: BaseNodePostprocessor | None
    ) -> None:
        self._library, self._reader, self._reranker = library, reader, reranker

    def retrieve(self, asked: Asked) -> Retrieved:
        """The passages that are read, best first, and a few more."""
        return self._found(asked.searched, asked.filters, asked.window)

    def shown(self, retrieved: Retrieved) -> tuple[Passage, ...]:
        """The passages that an answer shows: one of each story."""
        return one_per_story(retrieved.passages, self._library.config.top_k)

    def answer(self, asked: Asked, retrieved: Retrieved) -> InQuotes:
        """The best sentences of the passages as an answer; one that abstains when they hold none."""
        searched, window = asked.searched, asked.window
        quotes, confidence = self._read(searched, retrieved)
        if self._reranker is None:  # whose order is what somebody asked for
            retrieved = dataclasses.replace(retrieved, passages=ranked_by_quotes(retrieved.passages, quotes))
        if wants_newest(searched, window, asked.day):
            quotes = newest_preferred(quotes, window.until)
        difference = difference_in(searched, quotes)
        # Whoever asks whether the sources agree is answered by two that do not, however unlikely either is alone.
        is_answer = difference is not None and asks_whether_they_agree(searched)
        why = None if is_answer else self._why_not(asked, retrieved, confidence)
        if why:
            return InQuotes(self.abstained(asked, why, retrieved, confidence), retrieved)
        words = self._library.config.answer_words
        picked = with_both_sides(difference, quotes, words) if difference else chosen(quotes, words)
        answer = quoted_answer(
            question=asked.question,
            searched=searched,
            quotes=picked,
            agreeing=agreeing(picked[0], quotes),
            passages=self.shown(retrieved),
            nearby=retrieved.passages,
            window=window,
            confidence=confidence,
            notices=self._library.searcher.notices(),
            version=self._library.version,
            history=asked.history,
            present=asked.day if asks_about_now(asked.question, window, asked.day) else None,
            conflict=conflict_of(searched, difference) if difference else None,
            missing=missing_part(searched, [quote.text for quote in picked]),
        )
        return InQuotes(answer, retrieved, quotes)

    def abstained(
        self, asked: Asked, why: AbstentionReason, retrieved: Retrieved | None = None, confidence: float = 0.0
    ) -> Answer:
        """Why there is no answer, and what the library does hold."""
        found = retrieved or Retrieved.nothing()
        reason = reason_for(why, self._library.catalog.counts(), found.passages)
        most = self._library.config.question_characters
        return Answer(
            question=asked.question[:most],
            standalone_question=asked.searched[:most],
            text=abstention_text(reason),
            status=Status.ABSTAINED,
            reason=reason,
            window=asked.window,
            passages=self.shown(found),
            confidence=round(confidence, 4),
            notices=self._library.searcher.notices(),
            library_version=self._library.version,
            history=asked.history,
        )

    def _found(self, searched: str, filters: Filters, window: Window) -> Retrieved:
        most = max(self._library.config.top_k, READ_PASSAGES)
        found = self._library.retrieve(searched, filters, window, most + SPARE_FOR_COPIES)
        retrieved = dataclasses.replace(found, passages=without_copies(found.passages)[:most])
        if self._reranker is None or not retrieved.passages:
            return retrieved
        from rag.llama import reranked

        return reranked(self._reranker, searched, retrieved)

    def _read(self, searched: str, retrieved: Retrieved) -> tuple[tuple[Quote, ...], float]:
        """The quotes, best first, and the probability that one of them answers."""
        lexicon = self._library.searcher.lexicon
        stems = lexicon.terms if lexicon else _plain_stems
        reader = self._reader()
        read = best_quotes(searched, retrieved, reader, stems)
        sure = probability(signals_of(retrieved, read, stems), calibration_for(reader))
        return read.quotes, sure if read.quotes else 0.0

    def _why_not(self, asked: Asked, retrieved: Retrieved, confidence: float) -> AbstentionReason | None:
        if not retrieved.passages:
            return why_nothing(asked.filters, self._library.catalog.counts())
        threshold = self._library.config.answer_threshold
        if confidence >= threshold and confidence > 0:
            return None
        # What the reader's own filters hide may answer; what is later than `as_of` stays out of sight all the same.
        open_to = Filters(as_of=asked.filters.as_of)
        if asked.filters != open_to:
            unfiltered = self._found(asked.searched, open_to, asked.window)
            if self._read(asked.searched, unfiltered)[1] >= threshold:
                return why_nothing(asked.filters, self._library.catalog.counts())
        cosine = max(passage.similarity or 0.0 for passage in retrieved.passages)
        near = cosine >= NOTHING_CLOSE_COSINE
        return AbstentionReason.NO_ANSWER_IN_PASSAGES if near else AbstentionReason.NOTHING_CLOSE


def _plain_stems(text: str) -> list[str]:
    """Words in lower case, while the lexical index with its stemmer is down."""
    return list(dict.fromkeys(word.strip(".,;:!?\"'()“”‘’").lower() for word in text.split()))
