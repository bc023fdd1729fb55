"""Answers questions from programs: in separate threads, a few at once, and only as long as the client listens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, TypeVar

from pydantic import Field, model_validator

from rag.assistant import Assistant
from rag.types import Answer, Event, Passage, Turn, Value
from ui.web.metrics import METRICS

Step = TypeVar("Step")
AT_ONCE = 4  # Questions answered at the same time.
HTTP_AT_ONCE = 2  # Questions from programs; more would take most of the machine from the page's readers.
QUEUE_MOST = 32  # Queued questions; any further one is refused as busy.
WAIT_SECONDS = 10.0  # If the first in the queue has waited this long, the queue is too slow: no more are taken.
RETRY_SECONDS = 5  # When a client of a busy server should try again.
Day = Annotated[str | None, Field(json_schema_extra={"format": "date"}, examples=["2025-08-13"])]
Names = Annotated[tuple[str, ...], Field(max_length=200)]


class QuestionBody(Value):
    """The question and its filters; days are inclusive."""

    question: str
    as_of: Day = None  # Nothing published later is considered.
    since: Day = None
    until: Day = None
    outlets: Names = ()
    authors: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _sendable(cls, given: object) -> object:
        """Lone surrogates, which JSON can express but text cannot, become question marks."""
        return json.loads(json.dumps(given, ensure_ascii=False).encode("utf-8", "replace"))

    @property
    def filters(self) -> dict[str, Any]:
        return self.model_dump(include={"as_of", "since", "until", "outlets", "authors"})


class AskBody(QuestionBody):
    history: Annotated[tuple[Turn, ...], Field(max_length=50)] = ()  # The previous turns, oldest first.


class SearchBody(QuestionBody):
    top_k: Annotated[int | None, Field(ge=1, le=200)] = None  # Most passages; the library's setting when not given.


class SearchResult(Value):
    passages: tuple[Passage, ...]


class Busy(Exception):
    """Every slot is taken, and the queue is full."""


class Slots:
    """`at_once` slots and a queue of `waiting`, for one event loop. Call `leave` once for each `enter` that returned."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = QUEUE_MOST) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = waiting
        self._waiting: dict[object, float] = {}  # Since when each has waited, first in line first.

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        now = time.monotonic()
        waited = now - next(iter(self._waiting.values()), now)
        return self._free.locked() and (len(self._waiting) >= self._most or waited > WAIT_SECONDS)

    async def enter(self) -> None:
        """Waits for a slot. Raises `Busy` at once when the queue is full."""
        if self.full:
            raise Busy
        ticket = object()
        self._waiting[ticket] = time.monotonic()
        try:
            await self._free.acquire()
        finally:
            del self._waiting[ticket]

    def leave(self) -> None:
        self._free.release()


class AnswerService:
    def __init__(self, assistant: Assistant, slots: Slots) -> None:
        self._assistant, self.slots = assistant, slots

    def steps(self, asked: AskBody) -> AsyncIterator[Event]:
        """The events of an answer; closing it ends the work. Raises `Busy`, and what `Assistant.stream` raises."""
        return self._told(lambda: self._assistant.stream(asked.question, asked.history, **asked.filters))

    async def answer(self, asked: AskBody) -> Answer:
        """Raises what `steps` raises."""
        async with contextlib.aclosing(self.steps(asked)) as steps:  # type: ignore[type-var]
            async for step in steps:
                if isinstance(step, Answer):
                    return step
        raise AssertionError("a stream always ends with its answer")

    async def search(self, searched: SearchBody) -> SearchResult:
        """Raises what `steps` raises."""

        def found() -> Iterator[SearchResult]:
            passages = self._assistant.library.search(searched.question, searched.top_k, **searched.filters)
            yield SearchResult(passages=passages)

        async with contextlib.aclosing(self._told(found)) as steps:  # type: ignore[type-var]
            return await anext(steps)

    async def _told(self, begin: Callable[[], Iterator[Step]]) -> AsyncIterator[Step]:
        """The steps of an iterator that runs in a thread until it ends or the caller stops listening."""
        await self.slots.enter()
        loop, left = asyncio.get_running_loop(), threading.Event()
        told: asyncio.Queue[Step | BaseException | None] = asyncio.Queue()

        def in_loop(function: Callable[..., None], *given: Step | BaseException | None) -> None:
            with contextlib.suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(function, *given)

        def work() -> None:
            try:
                steps: Any = begin()
                with contextlib.closing(steps):
                    for step in steps:
                        if left.is_set():
                            break
                        in_loop(told.put_nowait, step)
                in_loop(told.put_nowait, None)
            except BaseException as error:  # noqa: BLE001 (told to whoever listens, in whose thread it is handled)
                in_loop(told.put_nowait, error)
            finally:
                in_loop(self.slots.leave)

        # A daemon, so that stopping the server does not wait for a model.
        threading.Thread(target=work, name="dateline-answer", daemon=True).start()
        try:
            while (step := await told.get()) is not None:
                if isinstance(step, BaseException):
                    raise step
                if isinstance(step, Answer):
                    METRICS.answered(step)
                yield step
        finally:
            left.set()
