"""Where questions of programs are answered: in threads of their own, few at once, and no longer than somebody listens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, model_validator

from rag.assistant import Assistant
from rag.types import Answer, Event, Passage, Turn, Value
from ui.web.metrics import METRICS
from ui.web.slots import Slots

Step = TypeVar("Step")
Day = Annotated[str | None, Field(json_schema_extra={"format": "date"}, examples=["2025-08-13"])]
Names = Annotated[tuple[str, ...], Field(max_length=200)]


class QuestionBody(Value):
    """What is asked for, and what may be seen; days are inclusive."""

    question: str
    as_of: Day = None
    """Nothing published later is seen."""
    since: Day = None
    until: Day = None
    outlets: Names = ()
    authors: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _sendable(cls, given: object) -> object:
        """Lone surrogates, which JSON can name and no text can hold, become question marks."""
        return json.loads(json.dumps(given, ensure_ascii=False).encode("utf-8", "replace"))

    @property
    def filters(self) -> dict[str, Any]:
        """As `ask` and `search` take them."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "until": self.until,
            "outlets": self.outlets,
            "authors": self.authors,
        }


class AskBody(QuestionBody):
    """A question for an answer."""

    history: Annotated[tuple[Turn, ...], Field(max_length=50)] = ()
    """The turns before, oldest first."""


class SearchBody(QuestionBody):
    """A question for passages."""

    top_k: Annotated[int | None, Field(ge=1, le=200)] = None
    """Passages; the library's setting when not given."""


class SearchResult(Value):
    """What a search gives, best first."""

    passages: tuple[Passage, ...]


class AnswerService:
    """Answers and searches for programs, by one assistant."""

    def __init__(self, assistant: Assistant, slots: Slots) -> None:
        self._assistant, self._slots = assistant, slots

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        return self._slots.waiting

    @property
    def full(self) -> bool:
        """Whether one more question would be refused."""
        return self._slots.full

    def steps(self, asked: AskBody) -> AsyncIterator[Event]:
        """The events of an answer. Whoever stops listening closes it, and the work ends after the step it is at.

        Raises:
            Busy: the line is full.
            DatelineError: what `Assistant.stream` raises.
        """
        return self._told(lambda: self._assistant.stream(asked.question, asked.history, **asked.filters))

    async def answer(self, asked: AskBody) -> Answer:
        """The answer. Raises what `steps` raises."""
        async with contextlib.aclosing(self.steps(asked)) as steps:  # type: ignore[type-var]
            async for step in steps:
                if isinstance(step, Answer):
                    return step
        raise AssertionError("a stream always ends with its answer")

    async def search(self, searched: SearchBody) -> SearchResult:
        """The passages. Raises what `steps` raises."""

        def found() -> Iterator[SearchResult]:
            yield SearchResult(passages=self._assistant.search(searched.question, searched.top_k, **searched.filters))

        async with contextlib.aclosing(self._told(found)) as steps:  # type: ignore[type-var]
            return await anext(steps)

    async def _told(self, begin: Callable[[], Iterator[Step]]) -> AsyncIterator[Step]:
        await self._slots.enter()
        work = _Work(begin, self._slots.leave)
        try:
            while (step := await work.told.get()) is not None:
                if isinstance(step, BaseException):
                    raise step
                if isinstance(step, Answer):
                    METRICS.answered(step)
                yield step
        finally:
            work.left.set()


class _Work(Generic[Step]):
    """An iterator that runs in a thread until it ends or nobody listens; then `done` is called in the event loop."""

    def __init__(self, begin: Callable[[], Iterator[Step]], done: Callable[[], None]) -> None:
        self.told: asyncio.Queue[Step | BaseException | None] = asyncio.Queue()
        self.left = threading.Event()
        self._loop = asyncio.get_running_loop()
        # A daemon: a server that stops does not wait for a model.
        threading.Thread(target=self._run, args=(begin, done), name="dateline-answer", daemon=True).start()

    def _run(self, begin: Callable[[], Iterator[Step]], done: Callable[[], None]) -> None:
        try:
            steps: Any = begin()
            with contextlib.closing(steps):
                for step in steps:
                    if self.left.is_set():
                        break
                    self._tell(step)
            self._tell(None)
        except BaseException as error:  # noqa: BLE001 (told to whoever listens, in whose thread it is handled)
            self._tell(error)
        finally:
            self._in_loop(done)

    def _tell(self, step: Step | BaseException | None) -> None:
        self._in_loop(lambda: self.told.put_nowait(step))

    def _in_loop(self, function: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(function)
