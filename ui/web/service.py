"""Where questions of programs are answered: in threads of their own, few at once, and no longer than somebody listens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Generic, TypeVar

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
        """How many stand in line."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether one more would be refused."""
        now = time.monotonic()
        waited = now - next(iter(self._waiting.values()), now)
        return self._free.locked() and (len(self._waiting) >= self._most or waited > WAIT_SECONDS)

    async def enter(self) -> None:
        """Waits for a place.

        Raises:
            Busy: at once, when the line is full.
        """
        if self.full:
            raise Busy
        ticket = object()
        self._waiting[ticket] = time.monotonic()
        try:
            await self._free.acquire()
        finally:
            del self._waiting[ticket]

    def leave(self) -> None:
        """Gives the place to the next one."""
        self._free.release()


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
