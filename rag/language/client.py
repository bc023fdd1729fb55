"""A language model behind an address, or as a llama-index object: streamed words, a time limit, a way to stop."""

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
"""For a server to accept the connection; after them it counts as unreachable."""
BEAT_SECONDS = 0.5
"""How often the caller gets a chance to leave a silent model."""
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
"""The most specific first: a connection that times out is an unreachable server."""
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
_MOST_CAUSES = 20  # the chain of causes may be circular


class Stop:
    """Ends a request from another thread, even one waiting for its server."""

    def __init__(self) -> None:
        self.stopped = False
        self._socket: socket.socket | None = None

    def __call__(self) -> None:
        """Hangs up at once; calling it again does nothing."""
        self.stopped = True
        if self._socket:
            with contextlib.suppress(OSError):  # it is already closed
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # under TLS too, without a closing handshake

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Trace callback for the steps of an httpx request (https://www.encode.io/httpcore/extensions/#trace)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.stopped:
                self()


class Model:
    """A language model as `Writer` uses it. Its name is shown to users, so it is never an address, a path or a key.

    `here`: it runs on this machine's CPU, at a few hundred prompt tokens a second. `context_tokens` is 0 if unknown.
    """

    name, here, context_tokens = "", False, 0

    def words(self, rules: str, task: str, stop: Stop) -> Generator[str, None, None]:
        """Yields the words as they come. May raise anything."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends whatever was started for it."""


class Client(Model):
    """A model behind an address. Thread-safe; asks once, follows no redirects, keeps no connection open.

    Args:
        address: returns the server's current address, without a trailing slash. Raises `WritingFailed` if it is down.
        local: the server is on this machine, and never asked through a proxy.
        context_tokens: context size to request, if that can be chosen.
    """

    path = key_variable = usual_address = ""
    needs_key = False

    def __init__(
        self, name: str, address: Callable[[], str], key: str, *, local: bool = False, context_tokens: int = 0
    ) -> None:
        self.name, self.local, self.context_tokens, self._address = name, local, context_tokens, address
        self._http = httpx.Client(
            headers=self.headers(key),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # the caller stops it
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
        """Yields the words as they come; raises if the server hangs up before saying it is done."""
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
    """A llama-index model. It cannot be interrupted while waiting: it is abandoned at its next word."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        name = str(getattr(llm, "model", "") or getattr(llm, "model_name", "") or type(llm).__name__)
        self.name = "".join(sign for sign in name if sign.isprintable())
        with contextlib.suppress(ValueError):  # llama-index does not know OpenAI's newest models
            self.context_tokens = llm.metadata.context_window or 0

    def words(self, rules: str, task: str, stop: Stop) -> Generator[str, None, None]:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [ChatMessage(role=MessageRole.SYSTEM, content=rules)] if rules else []
        characters = 0
        for response in self._llm.stream_chat([*messages, ChatMessage(role=MessageRole.USER, content=task)]):
            text = response.delta
            if text is None:  # some models only return all the words so far
                text = (response.message.content or "")[characters:]
            characters += len(text)
            yield text


def listen(model: Model, rules: str, task: str, *, seconds: float) -> Generator[str, None, None]:
    """Yields the words as they come, and an empty piece twice a second while none come, so that the caller can leave.

    The model is asked in a separate thread, which may take `seconds` from the first `next` to the last word. Closing the
    iterator closes the connection to it. Raises `WritingFailed` if it cannot be reached, is not done in time, fails,
    breaks off, or writes nothing; the message contains no secret, and nothing the server said.
    """
    deadline, written = time.monotonic() + seconds, ""
    stop, said = Stop(), SimpleQueue[str | BaseException | None]()
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
            if piece is None and written.strip():
                return
            if not isinstance(piece, str):
                failed = _failure_of(piece)
                raise _too_slow(seconds, written) if failed.problem == WritingProblem.TOO_SLOW else failed from None
            written += piece
            yield piece
        raise WritingFailed(WritingProblem.REPEATING, "The language model writes without an end.")
    finally:
        stop()


def _ask(model: Model, rules: str, task: str, stop: Stop, said: SimpleQueue[str | BaseException | None]) -> None:
    """Puts the words, and at the end the error with which the model failed, or None."""
    try:
        with contextlib.closing(model.words(rules, task, stop)) as pieces:
            for piece in pieces:
                if stop.stopped:
                    return
                if piece:
                    said.put(piece)
    except BaseException as error:  # noqa: BLE001 (raised where the words are read)
        said.put(error)
    else:
        said.put(None)


def _failure_of(error: BaseException | None) -> WritingFailed:
    """The problem behind an exception, searched for along the whole chain of causes; None for no word at all.

    A server may repeat the key in what it says, so its words are neither shown nor chained.
    """
    if error is None:
        return WritingFailed(WritingProblem.EMPTY, "The language model ended without a word.")
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
    """The JSON of a line, server-sent event or plain; None if the line holds none. Raises ValueError."""
    text = line.strip()
    if text.startswith((b":", b"event:", b"id:", b"retry:")):
        return None
    data = text.removeprefix(b"data:").strip()
    return {"done": True} if data == b"[DONE]" else json.loads(data) if data else None


def _lines(response: httpx.Response) -> Iterator[bytes]:
    """Splits at newlines only; httpx also splits at Unicode line separators inside a word."""
    rest = b""
    for piece in response.iter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > MOST_LINE_BYTES:
            raise ValueError
    yield rest
