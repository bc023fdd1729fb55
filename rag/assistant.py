"""The pipeline on one screen: question → stand-alone question → passages → quotes → answer."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import datetime as dt
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Self, Unpack

from rag.answering.quoting import Quoting
from rag.errors import ModelError
from rag.library import Library
from rag.question.filters import Restrictions, make_filters
from rag.question.follow_up import carried, depends, standalone
from rag.question.kind import kind_of_question
from rag.question.window import today, window_of
from rag.reader import Reader
from rag.reading_models import load_reader, load_reranker
from rag.stopwatch import Stopwatch
from rag.text.clean import readable
from rag.text.languages import ENGLISH, identifier
from rag.text.words import content_words
from rag.types import AbstentionReason, Answer, Digest, Event, Filters, Kind, Question, Retrieved, Text, Turn, Window

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from rag.checking.verify import Judge
    from rag.language.writer import Writer
    from rag.writing.author import Author

STORIES_MOST = 20
"""Stories in a digest: about two pages."""
_OF_ANY_DAY = frozenset(
    "happen happened happend happening news headlines headline new going go big main top stories events day whats what's "
    "about tell me else all world made make anything something up any today yesterday week month".split()
)
"""Words too general to search for."""


class Assistant:
    """Answers questions over one library. Safe to share between threads; keeps no state between questions.

    Models not given are taken from the library's settings (DATELINE_LLM, DATELINE_RERANKER_MODEL and the like).

    Args:
        library: an open library.
        llm: writes the answers, each sentence of which is checked; without one they are quotes.
        reranker: a llama-index postprocessor that reorders the passages, e.g. a cross-encoder.
        reader: picks the sentences that answer; loaded on first use.
        judge: gives the probability that passages support a written sentence.
        today: the day on which questions are asked; tests pass their own.

    Raises:
        ModelError: a model named in the settings cannot be loaded.
    """

    def __init__(
        self,
        library: Library,
        *,
        llm: LLM | Writer | None = None,
        reranker: BaseNodePostprocessor | None = None,
        reader: Reader | None = None,
        judge: Judge | None = None,
        today: Callable[[], dt.date] = today,
    ) -> None:
        self.library = library
        self._reader = reader
        self._loading = threading.Lock()
        self._today = today
        config = library.config
        if reranker is None and config.reranker_model:
            reranker = load_reranker(config.reranker_model, config.candidates)
        self.quoting = Quoting(library, self._reader_for, reranker)
        self._author = _author(library, self.quoting, llm, judge) if llm is not None or config.llm else None

    @classmethod
    def from_config(cls, library: Library) -> Self:
        """An assistant with all models from the settings: an explicit name for `Assistant(library)`."""
        return cls(library)

    @property
    def reader(self) -> Reader | None:
        """The reading model, loaded on first use; None if the settings name none. Raises `ModelError`."""
        with self._loading:
            if self._reader is None and self.library.config.reader_model:
                config = self.library.config
                self._reader = load_reader(config.reader_model, config.second_reading)
            return self._reader

    def load_ahead(self) -> None:
        """Begins to load what a question needs, in threads; the question waits for it, and reports what fails."""
        for load in (identifier, lambda: self.reader):
            threading.Thread(target=_quietly, args=(load,)).start()

    def _reader_for(self, language: str) -> Reader | None:
        """The reading model if it reads that language; otherwise sentences are judged by their words."""
        reader = self.reader
        return None if language != ENGLISH and getattr(reader, "only_english", False) else reader

    def in_quotes(self) -> Assistant:
        """The same assistant without its language model."""
        other = copy.copy(self)
        other._author = None
        return other

    def ask(self, question: str, history: Sequence[Turn] = (), **restricted: Unpack[Restrictions]) -> Answer:
        """The answer to a question; if the library cannot give one, its status is `abstained`.

        Args:
            history: `answer.turns` of the previous answer.
            restricted: `as_of`: nothing published after that day is used; `since`, `until`: first and last day of
                publication, inclusive; `outlets`, `authors`: any of these. A day may be given as ISO text.

        Raises:
            ConfigError: a date is invalid.
            ModelError, LibraryError: the library cannot be read.
        """
        *_, answer = self.stream(question, history, **restricted)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Sequence[Turn] = (), **restricted: Unpack[Restrictions]
    ) -> Iterator[Event]:
        """The same as `ask`, step by step: the passages, the text in pieces, and the answer as the last event.

        With a language model the answer in quotes comes first, then the model's words, unchecked, with a verdict after
        each sentence. Closing the stream stops the work, including the model's.
        """
        filters = make_filters(**restricted)
        watch = Stopwatch()
        # One more than is allowed, so that a pasted book is refused without being processed.
        question = readable(question[: self.library.config.question_characters + 1])
        if unusable := self._unusable(question):
            nothing = Question(
                text=question, searched=question, filters=filters, day=self._today(), history=tuple(history)
            )
            yield from _in_pieces(self.quoting.abstained(nothing, unusable))
            return
        with self.library.catalog.held() as within:
            with within():
                asked = self.interpreted(question, filters, tuple(history))
                watch.lap("interpret")
                asked, retrieved = self.quoting.retrieve(asked)
                shown = self.quoting.shown(retrieved)
            yield Retrieved.like(asked, standalone_question=asked.searched, passages=shown)
            watch.lap("retrieve")
            with within():
                quoted = self.quoting.answer(asked, retrieved)
            watch.lap("quote")
        timings = _steps(watch.laps, retrieved.timings)
        quoted = dataclasses.replace(quoted, answer=quoted.answer.model_copy(update={"timings": timings}))
        if self._author is None:
            yield from _in_pieces(quoted.answer)
            return
        answer = yield from self._author.written(asked, quoted)
        watch.lap("write")
        yield answer.model_copy(update={"timings": {**answer.timings, "write": watch.laps["write"]}})

    def digest(
        self, since: dt.date | str, until: dt.date | str | None = None, *, topic: str = "", most: int = STORIES_MOST
    ) -> Digest:
        """What is new between two days, inclusive (ISO text is accepted), the most widely reported stories first.

        Args:
            since: if it is a moment, only what the library received or saw changed from then on.
            until: today if not given.
            most: stories to include; the others are counted.

        Raises:
            ConfigError: a date is invalid.
            ModelError, LibraryError: the library cannot be read.
        """
        from rag.digest import digest

        after = since.astimezone() if isinstance(since, dt.datetime) else None
        days = make_filters(since=after or since, until=until or self._today())
        return digest(self.library, self._reader_for, days, after=after, topic=readable(topic), most=most)

    async def aask(self, question: str, history: Sequence[Turn] = (), **restricted: Unpack[Restrictions]) -> Answer:
        """`ask`, without blocking the event loop. The same arguments, results and errors."""
        return await asyncio.to_thread(self.ask, question, history, **restricted)

    async def astream(
        self, question: str, history: Sequence[Turn] = (), **restricted: Unpack[Restrictions]
    ) -> AsyncIterator[Event]:
        """`stream`, without blocking the event loop."""
        events = self.stream(question, history, **restricted)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def interpreted(self, text: str, filters: Filters, history: tuple[Turn, ...]) -> Question:
        """What is asked, the form it is searched in, and the days it is about."""
        day, english = self._today(), self.library.retriever.language_of(text) == ENGLISH
        window = window_of(text if english else "", filters, day, self.library.catalog.newest_day())
        day = filters.as_of or day
        asked = Question(text=text, searched=text, filters=filters, window=window, day=day, history=history)
        if not english:  # kind, back references and days are recognised by English words only
            return asked
        kind = kind_of_question(text, only_days=_only_days(text, window))
        history = () if kind is Kind.META else history  # a greeting follows nothing
        topic = carried(text, history)
        searched = standalone(text, topic)
        if self._author and history and depends(text):
            searched = self._author.standalone(text, history) or searched
        return asked.model_copy(update={"searched": searched, "carried": topic, "kind": kind})

    def _unusable(self, question: str) -> AbstentionReason | None:
        if not any(character.isalnum() for character in question):
            return AbstentionReason.EMPTY_QUESTION
        if len(question) > self.library.config.question_characters:
            return AbstentionReason.QUESTION_TOO_LONG
        return None


def _quietly(load: Callable[[], object]) -> None:
    with contextlib.suppress(ModelError, OSError):
        load()


def _only_days(text: str, window: Window) -> bool:
    """Whether a question names days and nothing else to look for."""
    known = _OF_ANY_DAY.union(content_words(window.words))
    return bool(window.words and (window.since or window.until)) and known.issuperset(content_words(text))


def _steps(laps: dict[str, float], within_retrieving: dict[str, float]) -> dict[str, float]:
    """Milliseconds per step, in order; retrieving is split into its own steps, with reranking as the remainder."""
    reranked = max(laps["retrieve"] - sum(within_retrieving.values()), 0.0)
    return {"interpret": laps["interpret"], **within_retrieving, "rerank": round(reranked, 3), "quote": laps["quote"]}


def _in_pieces(answer: Answer) -> Iterator[Event]:
    """The answer's text sentence by sentence, then the answer."""
    position = 0
    for end in (*(sentence.end for sentence in answer.sentences), len(answer.text)):
        if position < end:
            yield Text(text=answer.text[position:end])
        position = end
    yield answer


def _author(library: Library, quoting: Quoting, llm: LLM | Writer | None, judge: Judge | None) -> Author:
    from rag.checking.support import load_judge
    from rag.language.client import Foreign
    from rag.language.writer import Writer, load_writer
    from rag.writing.author import Author

    config = library.config
    if llm is None:
        llm = load_writer(config)
    elif not isinstance(llm, Writer):
        llm = Writer(Foreign(llm), seconds=config.llm_timeout_seconds, context_tokens=config.llm_context_tokens)
    return Author(library, quoting, llm, judge or load_judge(config.support_model))
