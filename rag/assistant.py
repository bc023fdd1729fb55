"""The pipeline on one screen: question → stand-alone question → passages → quotes → answer."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from rag.answering.abstain import abstention_text, calibration_for, probability, reason_for, signals_of, why_nothing
from rag.answering.answers import quoted_answer
from rag.answering.candidates import READ_PASSAGES
from rag.answering.choice import agreeing, chosen, newest_preferred
from rag.answering.conflict import asks_whether_they_agree, conflict_of, difference_in, with_both_sides
from rag.answering.parts import missing_part
from rag.answering.quote import Quote, best_quotes
from rag.answering.rank import ranked_by_quotes
from rag.dates.anchors import anchored
from rag.dates.recency import wants_newest
from rag.dates.window import asks_about_now, today, window_of
from rag.library import Library, make_filters
from rag.models import load_reader
from rag.reader import Reader
from rag.search.interpret import standalone
from rag.search.question import readable
from rag.search.retrieve import Retrieved
from rag.stopwatch import Stopwatch
from rag.stories.copies import one_per_story, without_copies
from rag.types import AbstentionReason, Answer, Event, Filters, Passage, Status, Text, Turn, Window
from rag.types import Retrieved as RetrievedEvent

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

NOTHING_CLOSE_COSINE = 0.3
"""Under this cosine of the best passage nothing in the library is about the question."""
SPARE_FOR_COPIES = 8
"""Passages that are fetched beyond those, to take the places of copies that say the same."""
Days = dt.date | str | None


class Options(TypedDict, total=False):
    """The filters of `ask`, for its twins."""

    as_of: Days
    since: Days
    until: Days
    outlets: Sequence[str] | None
    authors: Sequence[str] | None


class Assistant:
    """Answers questions over one library. Safe to share between threads; keeps no state between questions.

    Args:
        library: an open library.
        reranker: a llama-index postprocessor that orders the passages anew, e.g. a cross-encoder.
        reader: picks the sentences that answer; loaded from the settings of the library when not given.
        today: the day on which questions are asked; a test gives its own.
    """

    def __init__(
        self,
        library: Library,
        *,
        reranker: BaseNodePostprocessor | None = None,
        reader: Reader | None = None,
        today: Callable[[], dt.date] = today,
    ) -> None:
        self.library = library
        self._reranker = reranker
        self._reader = reader
        self._loading = threading.Lock()
        self._today = today

    @classmethod
    def from_config(cls, library: Library) -> Assistant:
        """An assistant with the models that the library's settings name.

        Raises:
            ModelError: one of them cannot be loaded.
        """
        from rag.models import load_reranker

        config = library.config
        reranker = load_reranker(config.reranker_model, config.candidates) if config.reranker_model else None
        reader = load_reader(config.reader_model) if config.reader_model else None
        return cls(library, reranker=reranker, reader=reader)

    @property
    def reader(self) -> Reader | None:
        """The reading model, loaded when it is first needed; None where the settings name none.

        Raises:
            ModelError: it cannot be loaded.
        """
        with self._loading:
            if self._reader is None and self.library.config.reader_model:
                self._reader = load_reader(self.library.config.reader_model)
            return self._reader

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        as_of: Days = None,
        since: Days = None,
        until: Days = None,
        outlets: Sequence[str] | None = None,
        authors: Sequence[str] | None = None,
    ) -> Answer:
        """The answer to a question.

        Args:
            history: `answer.turns` of the answer before.
            as_of: nothing published later than that day is seen.
            since, until: first and last day of publication, inclusive; ISO text will do.

        Returns:
            The answer; one that the library cannot give has the status `abstained`.

        Raises:
            ConfigError: a date is not one.
            ModelError, LibraryError: the library cannot be read.
        """
        events = self.stream(question, history, as_of=as_of, since=since, until=until, outlets=outlets, authors=authors)
        for event in events:
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream always ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        as_of: Days = None,
        since: Days = None,
        until: Days = None,
        outlets: Sequence[str] | None = None,
        authors: Sequence[str] | None = None,
    ) -> Iterator[Event]:
        """The same as `ask`, step by step: the passages, the text in pieces, and the answer as the last event."""
        filters = make_filters(as_of, since, until, outlets, authors)
        watch = Stopwatch()
        # One more than is allowed, so that a book that was pasted is refused without being read.
        question = readable(question[: self.library.config.question_characters + 1])
        unusable = self._unusable(question)
        if unusable:
            yield from _told(self._abstained(question, question, unusable, Window(), Retrieved.nothing(), history))
            return
        searched = standalone(question, history)
        window = window_of(question, filters, self._today(), self.library.catalog.newest_day())
        window = anchored(
            window, question, searched, filters, self._today(), self.library.catalog, self.library.searcher
        )
        watch.lap("interpret")
        retrieved = self._retrieve(searched, filters, window)
        shown = self._shown(retrieved)
        yield RetrievedEvent(standalone_question=searched, window=window, passages=shown)
        watch.lap("retrieve")
        answer = self._answer(question, searched, filters, window, retrieved, history)
        watch.lap("quote")
        yield from _told(answer.model_copy(update={"timings": _steps(watch.laps, retrieved.timings)}))

    async def aask(self, question: str, history: Sequence[Turn] = (), **options: Unpack[Options]) -> Answer:
        """`ask`, without blocking the event loop. The same arguments, results and errors."""
        return await asyncio.to_thread(self.ask, question, history, **options)

    async def astream(
        self, question: str, history: Sequence[Turn] = (), **options: Unpack[Options]
    ) -> AsyncIterator[Event]:
        """`stream`, without blocking the event loop."""
        events = self.stream(question, history, **options)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def search(self, question: str, top_k: int | None = None, **filters: Unpack[Options]) -> tuple[Passage, ...]:
        """`Library.search`: passages only."""
        return self.library.search(question, top_k, **filters)

    def _unusable(self, question: str) -> AbstentionReason | None:
        if not any(character.isalnum() for character in question):
            return AbstentionReason.EMPTY_QUESTION
        if len(question) > self.library.config.question_characters:
            return AbstentionReason.QUESTION_TOO_LONG
        return None

    def _retrieve(self, searched: str, filters: Filters, window: Window) -> Retrieved:
        most = max(self.library.config.top_k, READ_PASSAGES)
        found = self.library.retrieve(searched, filters, window, most + SPARE_FOR_COPIES)
        retrieved = dataclasses.replace(found, passages=without_copies(found.passages)[:most])
        if self._reranker is None or not retrieved.passages:
            return retrieved
        from rag.llama import reranked

        return reranked(self._reranker, searched, retrieved)

    def _shown(self, retrieved: Retrieved) -> tuple[Passage, ...]:
        return one_per_story(retrieved.passages, self.library.config.top_k)

    def _answer(
        self,
        question: str,
        searched: str,
        filters: Filters,
        window: Window,
        retrieved: Retrieved,
        history: Sequence[Turn],
    ) -> Answer:
        quotes, confidence = self._read(searched, retrieved)
        if self._reranker is None:  # whose order is what somebody asked for
            retrieved = dataclasses.replace(retrieved, passages=ranked_by_quotes(retrieved.passages, quotes))
        asked = filters.as_of or self._today()
        if wants_newest(searched, window, asked):
            quotes = newest_preferred(quotes, window.until)
        difference = difference_in(searched, quotes)
        # Whoever asks whether the sources agree is answered by two that do not, however unlikely either is alone.
        is_answer = difference is not None and asks_whether_they_agree(searched)
        why = None if is_answer else self._why_not(searched, filters, window, retrieved, confidence)
        if why:
            return self._abstained(question, searched, why, window, retrieved, history, confidence)
        words = self.library.config.answer_words
        picked = with_both_sides(difference, quotes, words) if difference else chosen(quotes, words)
        return quoted_answer(
            question=question,
            searched=searched,
            quotes=picked,
            agreeing=agreeing(picked[0], quotes),
            passages=self._shown(retrieved),
            nearby=retrieved.passages,
            window=window,
            confidence=confidence,
            notices=self.library.searcher.notices(),
            version=self.library.version,
            history=tuple(history),
            present=asked if asks_about_now(question, window, asked) else None,
            conflict=conflict_of(searched, difference) if difference else None,
            missing=missing_part(searched, [quote.text for quote in picked]),
        )

    def _read(self, searched: str, retrieved: Retrieved) -> tuple[tuple[Quote, ...], float]:
        """The quotes, best first, and the probability that one of them answers."""
        lexicon = self.library.searcher.lexicon
        stems = lexicon.terms if lexicon else _plain_stems
        read = best_quotes(searched, retrieved, self.reader, stems)
        sure = probability(signals_of(retrieved, read, stems), calibration_for(self.reader))
        return read.quotes, sure if read.quotes else 0.0

    def _why_not(
        self, searched: str, filters: Filters, window: Window, retrieved: Retrieved, confidence: float
    ) -> AbstentionReason | None:
        if not retrieved.passages:
            return why_nothing(filters, self.library.catalog.counts())
        threshold = self.library.config.answer_threshold
        if confidence >= threshold and confidence > 0:
            return None
        # What the reader's own filters hide may answer; what is later than `as_of` stays out of sight all the same.
        open_to = Filters(as_of=filters.as_of)
        if filters != open_to and self._read(searched, self._retrieve(searched, open_to, window))[1] >= threshold:
            return why_nothing(filters, self.library.catalog.counts())
        cosine = max(passage.similarity or 0.0 for passage in retrieved.passages)
        near = cosine >= NOTHING_CLOSE_COSINE
        return AbstentionReason.NO_ANSWER_IN_PASSAGES if near else AbstentionReason.NOTHING_CLOSE

    def _abstained(
        self,
        question: str,
        searched: str,
        why: AbstentionReason,
        window: Window,
        retrieved: Retrieved,
        history: Sequence[Turn],
        confidence: float = 0.0,
    ) -> Answer:
        reason = reason_for(why, self.library.catalog.counts(), retrieved.passages)
        return Answer(
            question=question[: self.library.config.question_characters],
            standalone_question=searched[: self.library.config.question_characters],
            text=abstention_text(reason),
            status=Status.ABSTAINED,
            reason=reason,
            window=window,
            passages=self._shown(retrieved),
            confidence=round(confidence, 4),
            notices=self.library.searcher.notices(),
            library_version=self.library.version,
            history=tuple(history),
        )


def _steps(laps: dict[str, float], within_retrieving: dict[str, float]) -> dict[str, float]:
    """Milliseconds per step, in order; retrieving is told by its own steps, what is left of it is reranking."""
    reranked = max(laps["retrieve"] - sum(within_retrieving.values()), 0.0)
    return {
        "interpret": laps["interpret"],
        **within_retrieving,
        "rerank": round(reranked, 3),
        "quote": laps["quote"],
    }


def _told(answer: Answer) -> Iterator[Event]:
    """The answer's text sentence by sentence, then the answer."""
    position = 0
    for sentence in answer.sentences:
        yield Text(text=answer.text[position : sentence.end])
        position = sentence.end
    if position < len(answer.text):
        yield Text(text=answer.text[position:])
    yield answer


def _plain_stems(text: str) -> list[str]:
    """Words in lower case, while the lexical index with its stemmer is down."""
    return list(dict.fromkeys(word.strip(".,;:!?\"'()“”‘’").lower() for word in text.split()))
