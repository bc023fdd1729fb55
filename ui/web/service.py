"""Where questions of programs are answered: in threads of their own, few at once, and no longer than somebody listens."""

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
AT_ONCE = 4
"""Questions answered at the same time."""
HTTP_AT_ONCE = 2
"""Of programs, besides: a few of them would otherwise take most of the machine from the readers of the page."""
QUEUE_MOST = 32
"""Questions that wait; one more is told that the server is busy."""
WAIT_SECONDS = 10.0
"""When the next in line has waited for so long, one more is told the same: the line is too slow for it."""
RETRY_SECONDS = 5
"""When to come back, as a busy server tells it."""
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
        return self.model_dump(include={"as_of", "since", "until", "outlets", "authors"})


class AskBody(QuestionBody):
    history: Annotated[tuple[Turn, ...], Field(max_length=50)] = ()
    """The turns before, oldest first."""


class SearchBody(QuestionBody):
    top_k: Annotated[int | None, Field(ge=1, le=200)] = None
    """Passages; the library's setting when not given."""


class SearchResult(Value):
    passages: tuple[Passage, ...]


class Busy(Exception):
    """Every place is taken, and the line is full."""


class Slots:
    """`at_once` slots and a line of `waiting`. For one event loop; `leave` is called for each `enter` that came back."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = QUEUE_MOST) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = waiting
        self._waiting: dict[object, float] = {}
        """Since when, the first in line first."""

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        now = time.monotonic()
        waited = now - next(iter(self._waiting.values()), now)
        return self._free.locked() and (len(self._waiting) >= self._most or waited > WAIT_SECONDS)

    async def enter(self) -> None:
        """Waits for a place. Raises `Busy` at once when the line is full."""
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
    """Answers and searches for programs, by one assistant."""

    def __init__(self, assistant: Assistant, slots: Slots) -> None:
        self._assistant, self.slots = assistant, slots

    def steps(self, asked: AskBody) -> AsyncIterator[Event]:
        """The events of an answer. Whoever stops listening closes it, and the work ends after the step it is at.

        Raises `Busy`, and what `Assistant.stream` raises.
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
            yield SearchResult(
                passages=self._assistant.library.search(searched.question, searched.top_k, **searched.filters)
            )

        async with contextlib.aclosing(self._told(found)) as steps:  # type: ignore[type-var]
            return await anext(steps)

    async def _told(self, begin: Callable[[], Iterator[Step]]) -> AsyncIterator[Step]:
        """The steps of an iterator that runs in a thread until it ends or nobody listens."""
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

        # A daemon: a server that stops does not wait for a model.
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
