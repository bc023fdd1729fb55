"""A language model behind an address, or as an object of llama-index: its words as they come, a time limit, a way to stop."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import httpx

from rag.errors import WritingFailed
from rag.types import WritingProblem

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

Body = dict[str, Any]
CONNECT_SECONDS = 5.0
"""After this a server that has not accepted the connection counts as unreachable."""
BEAT_SECONDS = 0.5
"""How often a listener may leave a silent model."""
MOST_CHARACTERS = 20_000
"""A model that writes more does not stop by itself: no answer is a tenth as long."""
MOST_LINE_BYTES = 1_000_000
_SIGNS: tuple[tuple[WritingProblem, str, tuple[type[BaseException], ...]], ...] = (
    (
        WritingProblem.UNREACHABLE,
        "cannot be reached; is its server running at the address in DATELINE_LLM?",
        (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, ConnectionRefusedError),
    ),
    (WritingProblem.TOO_SLOW, "took too long.", (httpx.TimeoutException, TimeoutError)),
    (WritingProblem.CUT_OFF, "broke off in the middle of the answer.", (httpx.TransportError, ConnectionError)),
    (
        WritingProblem.UNREADABLE,
        "sent something else than an answer; is the address in DATELINE_LLM right?",
        (ValueError, TypeError, LookupError, AttributeError, httpx.DecodingError),
    ),
)
"""The most telling first: a connection that takes too long is a server that cannot be reached."""
_OF_STATUS = {
    "refuses the key ({}); set the right one in the environment.": (401, 403),
    "has no such model or address ({}); see DATELINE_LLM.": (404,),
    "has had too many questions, or wants payment ({}).": (402, 429),
    "is busy or still starting ({}).": (502, 503, 504, 529),
    "does not accept the question ({}); if it is too long for the model, set DATELINE_LLM_CONTEXT_TOKENS.": (
        400,
        413,
        422,
    ),
    "points elsewhere ({}), which is not followed; name the final address.": range(300, 400),
    "failed ({}).": range(600),
}
_MOST_CAUSES = 20  # a chain of them may be a ring


class Stop:
    """Ends a question from another thread, also one that waits for its server."""

    def __init__(self) -> None:
        self.stopped = False
        self._socket: socket.socket | None = None

    def __call__(self) -> None:
        """Hangs up at once; a second time changes nothing."""
        self.stopped = True
        if self._socket:
            with contextlib.suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # under TLS too, without saying goodbye

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpx tells of a request's steps (https://www.encode.io/httpcore/extensions/#trace)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.stopped:
                self()


class Model:
    """A language model as `Writer` asks it."""

    name = ""
    """Shown to people: never an address, a path or a key."""
    here = False
    """Whether this machine's own processor reads for it, some hundred tokens a second."""
    context_tokens = 0
    """How much it reads at once; 0 where nobody says."""

    def words(self, rules: str, task: str, stop: Stop) -> Generator[str, None, None]:
        """The words as they come. May raise anything."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends what was started for it."""


class Client(Model):
    """A model behind an address. May be used by several threads; asks once, follows no redirect, keeps no connection.

    Args:
        address: says where the server is now, without a slash at the end. Raises `WritingFailed` where it is not there.
        local: the server is on this machine, and never asked through a proxy.
        context_tokens: how much it is to read at once, where that can be chosen.
    """

    path = key_variable = usual_address = ""
    needs_key = False

    def __init__(
        self, name: str, address: Callable[[], str], key: str, *, local: bool = False, context_tokens: int = 0
    ) -> None:
        self.name, self.local, self.context_tokens, self._address = name, local, context_tokens, address
        self._http = httpx.Client(
            headers=self.headers(key),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # whoever asks stops it
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            trust_env=not local,
        )

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}

    def body(self, rules: str, task: str) -> Body:
        system = [{"role": "system", "content": rules}] if rules else []
        messages = [*system, {"role": "user", "content": task}]
        return {"model": self.name, "messages": messages, "stream": True}

    def heard(self, event: Any) -> tuple[str, bool]:
        """The words of an event, and whether it is the last one."""
        raise NotImplementedError

    def words(self, rules: str, task: str, stop: Stop) -> Generator[str, None, None]:
        """The words as they come; a server that hangs up before it has said that it is done raises."""
        address, begun, trace = self._address() + self.path, False, {"trace": stop.trace}
        with self._http.stream("POST", address, json=self.body(rules, task), extensions=trace) as response:
            response.raise_for_status()
            for event in filter(None, map(_event, _lines(response))):
                if event.get("error"):
                    message = "The language model's server failed in the middle of the answer."
                    raise WritingFailed(WritingProblem.SERVER_ERROR, message)
                begun = True
                text, last = self.heard(event)
                yield text
                if last:
                    return
        if begun:
            raise httpx.RemoteProtocolError("The answer has no end.")


class Foreign(Model):
    """A model of llama-index. One that is waiting cannot be interrupted: it is left at its next word."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        name = str(getattr(llm, "model", "") or getattr(llm, "model_name", "") or type(llm).__name__)
        self.name = "".join(sign for sign in name if sign.isprintable())
        with contextlib.suppress(ValueError):  # llama-index does not know OpenAI's newest
            self.context_tokens = llm.metadata.context_window or 0

    def words(self, rules: str, task: str, stop: Stop) -> Generator[str, None, None]:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [ChatMessage(role=MessageRole.SYSTEM, content=rules)] if rules else []
        characters = 0
        for response in self._llm.stream_chat([*messages, ChatMessage(role=MessageRole.USER, content=task)]):
            text = response.delta
            if text is None:  # some models only give all the words so far
                text = (response.message.content or "")[characters:]
            characters += len(text)
            yield text


def listen(model: Model, rules: str, task: str, *, seconds: float) -> Generator[str, None, None]:
    """The words as they come, and an empty piece twice a second while none comes, so that whoever listens can leave.

    The model is asked in a thread of its own. Closing the iterator closes the connection to it.

    Args:
        seconds: from the first `next` to the last word.

    Raises:
        WritingFailed: the model cannot be reached, is not done in time, fails, breaks off, or writes nothing. No
            secret is in the message, and nothing that the server said.
    """
    deadline, written = time.monotonic() + seconds, ""
    stop, said = Stop(), SimpleQueue[str | _End]()
    threading.Thread(target=_ask, args=(model, rules, task, stop, said), name="language model", daemon=True).start()
    try:
        while len(written) <= MOST_CHARACTERS:
            left = deadline - time.monotonic()
            try:
                piece = said.get(timeout=min(max(0.0, left), BEAT_SECONDS))
            except Empty:
                if left <= BEAT_SECONDS:
                    raise _too_slow(seconds, written) from None
                piece = ""
            if isinstance(piece, tuple):
                return _refuse(piece[0], seconds, written)
            written += piece
            yield piece
        raise WritingFailed(WritingProblem.REPEATING, "The language model writes without an end.")
    finally:
        stop()


_End = tuple[BaseException | None]
"""The last thing that is said: with what the model failed, or None."""


def _ask(model: Model, rules: str, task: str, stop: Stop, said: SimpleQueue[str | _End]) -> None:
    with contextlib.ExitStack() as stack:

        def tell(kind: object, error: BaseException | None, traceback: object) -> bool:
            said.put((error,))
            return True  # whatever a model raises is raised where its words are read

        stack.push(tell)
        for piece in stack.enter_context(contextlib.closing(model.words(rules, task, stop))):
            if stop.stopped:
                return
            if piece:
                said.put(piece)


def _refuse(error: BaseException | None, seconds: float, written: str) -> None:
    if error is not None:
        failed = _failure_of(error)
        raise _too_slow(seconds, written) if failed.problem == WritingProblem.TOO_SLOW else failed from None
    if not written.strip():
        raise WritingFailed(WritingProblem.EMPTY, "The language model ended without a word.")


def _failure_of(error: BaseException) -> WritingFailed:
    """The problem behind what was raised, looked for along the whole chain of causes.

    A server may repeat the key in what it says, so its words are neither shown nor chained.
    """
    chain = [error]
    while len(chain) < _MOST_CAUSES and (cause := chain[-1].__cause__ or chain[-1].__context__):
        chain.append(cause)
    for one in chain:
        if isinstance(one, WritingFailed):
            return one
        status = getattr(getattr(one, "response", one), "status_code", None)
        if status in range(600):
            message = next(message for message, codes in _OF_STATUS.items() if status in codes)
            return WritingFailed(WritingProblem.SERVER_ERROR, f"The language model's server {message.format(status)}")
    for problem, message, kinds in _SIGNS:
        if any(isinstance(one, kinds) for one in chain):
            return WritingFailed(problem, f"The language model {message}")
    return WritingFailed(WritingProblem.SERVER_ERROR, f"The language model failed ({type(error).__name__}).")


def _too_slow(seconds: float, written: str) -> WritingFailed:
    done = "was not done" if written.strip() else "said nothing"
    return WritingFailed(WritingProblem.TOO_SLOW, f"The language model {done} within {seconds:g} s.")


def _event(line: bytes) -> Any:
    """The JSON of a line, as a server-sent event or plain; None where the line holds none. Raises ValueError."""
    text = line.strip()
    if text.startswith((b":", b"event:", b"id:", b"retry:")):
        return None
    data = text.removeprefix(b"data:").strip()
    return {"done": True} if data == b"[DONE]" else json.loads(data) if data else None


def _lines(response: httpx.Response) -> Iterator[bytes]:
    """Not as httpx cuts them, which is also where a word has a line separator."""
    rest = b""
    for piece in response.iter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > MOST_LINE_BYTES:
            raise ValueError
    yield rest
