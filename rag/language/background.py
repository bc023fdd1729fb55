"""Asking a language model beside the reader's thread, so that a question can be left at any moment.

What the model says is put into a queue by a loop of its own; one loop serves all models, because a client's open connections
belong to the loop that opened them. A model without an asynchronous side is read in a thread of its own instead.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import inspect
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage, ChatResponse

BLOCKED_SECONDS = 2.0
"""A loop that does not begin with a question for so long is blocked by a model that only pretends to be asynchronous."""

CLOSING_SECONDS = 1.0
"""How long a program that ends waits for connections to be closed."""
FORGOTTEN_SECONDS = 5.0
"""How long after its time a question is left that nobody reads any more."""


@dataclass(frozen=True)
class Piece:
    """The next words."""

    text: str


@dataclass(frozen=True)
class End:
    """The model stopped, by itself or with an error."""

    error: BaseException | None
    finished: bool = True
    """False when the model's server says when it is done, and did not."""


class Call(Protocol):
    """A question that a model is working on."""

    said: SimpleQueue[Piece | End]

    def stop(self) -> None:
        """Leaves it: the connection is closed, nothing more is put into `said`. Returns at once."""


def ask(llm: LLM, messages: Sequence[ChatMessage], seconds: float) -> Call:
    """Starts a question. It is for the reader to leave it after `seconds`; one that is forgotten ends soon after."""
    return _AsyncCall(llm, messages, seconds) if _is_asynchronous(llm) else _ThreadCall(llm, messages)


def _is_asynchronous(llm: LLM) -> bool:
    from llama_index.core.llms import CustomLLM

    # llama-index wraps the methods of each class anew, also those that it inherits.
    own, inherited = inspect.unwrap(type(llm).astream_chat), inspect.unwrap(CustomLLM.astream_chat)
    return not isinstance(llm, CustomLLM) or own is not inherited


class _Heard:
    """Puts what a model says into the queue."""

    def __init__(self) -> None:
        self.said: SimpleQueue[Piece | End] = SimpleQueue()
        self._characters = 0
        self._finished: bool | None = None

    def hear(self, response: ChatResponse) -> None:
        """The next response of a stream."""
        text = response.delta
        if text is None:  # some models only give all the words so far
            text = (response.message.content or "")[self._characters :]
        finished = _says_finished(response.raw)
        if finished is not None:
            self._finished = finished or bool(self._finished)
        if text:
            self._characters += len(text)
            self.said.put(Piece(text))

    def end(self, error: BaseException | None) -> None:
        """The stream is over."""
        self.said.put(End(error, finished=self._finished is not False))


def _says_finished(raw: Any) -> bool | None:
    """Whether a server's own message is its last one; None where it does not say."""
    if isinstance(raw, dict):  # Ollama
        return bool(raw["done"]) if "done" in raw else None
    choices = getattr(raw, "choices", None)  # OpenAI
    if choices is None:
        return None
    return any(getattr(choice, "finish_reason", None) for choice in choices)


class _AsyncCall(_Heard):
    def __init__(self, llm: LLM, messages: Sequence[ChatMessage], seconds: float) -> None:
        super().__init__()
        self._loop = _loop()
        self._future = self._loop.run(lambda: self._listen(llm, messages, seconds))
        self._future.add_done_callback(self._done)

    async def _listen(self, llm: LLM, messages: Sequence[ChatMessage], seconds: float) -> None:
        # Later than the reader's own limit: cancelled twice at once, a connection would stay open.
        async with asyncio.timeout(seconds + FORGOTTEN_SECONDS):
            responses = cast("AsyncIterator[ChatResponse]", await llm.astream_chat(messages))
            async for response in responses:
                self.hear(response)

    def _done(self, future: Future[None]) -> None:
        self.end(None if future.cancelled() else future.exception())

    def stop(self) -> None:
        if not self._future.done():
            self._loop.cancel(self._future)


class _ThreadCall(_Heard, contextlib.AbstractContextManager["_ThreadCall"]):
    """A model that is waiting cannot be interrupted here: its thread ends at its next word."""

    def __init__(self, llm: LLM, messages: Sequence[ChatMessage]) -> None:
        super().__init__()
        self._stopped = threading.Event()
        threading.Thread(target=self._listen, args=(llm, messages), name="language model", daemon=True).start()

    def _listen(self, llm: LLM, messages: Sequence[ChatMessage]) -> None:
        with self, contextlib.closing(cast("Any", llm.stream_chat(messages))) as responses:
            for response in responses:
                if self._stopped.is_set():
                    return
                self.hear(response)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self.end(error)
        return True  # it is raised where the words are read

    def stop(self) -> None:
        self._stopped.set()


class _Loop:
    """An event loop in a thread of its own, which ends with the program."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._waiting: dict[int, float] = {}
        self._numbers = count()
        self._thread = threading.Thread(target=self._loop.run_forever, name="language models", daemon=True)
        self._thread.start()
        atexit.register(self._close)

    def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> Future[None]:
        """Starts work there."""
        number = next(self._numbers)
        self._waiting[number] = time.monotonic()

        async def begun() -> None:
            self._waiting.pop(number, None)
            await work()

        future = asyncio.run_coroutine_threadsafe(begun(), self._loop)
        future.add_done_callback(lambda _: self._waiting.pop(number, None))
        return future

    def cancel(self, future: Future[None]) -> None:
        """Ends work, and notes whether the loop still does what it is told."""
        if self._loop.is_closed():  # the program is ending
            return
        number = next(self._numbers)
        self._waiting[number] = time.monotonic()
        future.cancel()
        self._loop.call_soon_threadsafe(self._waiting.pop, number, None)

    def is_blocked(self) -> bool:
        """Whether something that was handed to it was not even begun for long."""
        oldest = min([*self._waiting.values()], default=math.inf)
        return not self._thread.is_alive() or time.monotonic() - oldest > BLOCKED_SECONDS

    def _close(self) -> None:
        # Without it an interpreter that ends would speak of unclosed sockets and of work that was destroyed.
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(CLOSING_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


_lock = threading.Lock()
_loops: list[_Loop] = []
"""One; more only while one of them is blocked."""


def _loop() -> _Loop:
    with _lock:
        free = next((loop for loop in _loops if not loop.is_blocked()), None)
        if free is None:
            free = _Loop()
            _loops.append(free)
        return free
