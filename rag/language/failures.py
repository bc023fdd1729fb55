"""What a language model's library raised → the typed problem, in a sentence that holds nothing of a server's own words.

A server may repeat the key in what it says, so its words are neither shown nor chained.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import TracebackType

from rag.errors import DatelineError, ModelError, WritingFailed
from rag.types import WritingProblem

_LIBRARIES = frozenset({"openai", "httpx", "httpcore", "ollama", "llama_index", "pydantic", "json"})
"""Whose errors are a model's, and who stumbles over its answer; other errors are mistakes of ours and stay what they are."""
_NO_WAY = frozenset({"ConnectError", "ConnectTimeout", "UnsupportedProtocol", "ProxyError", "LocalProtocolError"})
_BREAKS = frozenset({"RemoteProtocolError", "ReadError", "WriteError", "CloseError", "IncompleteRead"})
_BROKEN = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, EOFError)
# The most telling first: a connection that takes too long is a server that cannot be reached. By their names, because
# httpx, httpcore and their successors all have them.
_SIGNS: tuple[tuple[WritingProblem, Callable[[BaseException, str], bool]], ...] = (
    (WritingProblem.UNREACHABLE, lambda error, kind: kind in _NO_WAY),
    (WritingProblem.CUT_OFF, lambda error, kind: kind in _BREAKS or isinstance(error, _BROKEN)),
    (WritingProblem.TOO_SLOW, lambda error, kind: isinstance(error, TimeoutError) or "Timeout" in kind),
    (WritingProblem.UNREACHABLE, lambda error, kind: isinstance(error, OSError)),
    # JSON that is none, or of another shape than the protocol's, as the libraries stumble over it
    (
        WritingProblem.UNREADABLE,
        lambda error, kind: isinstance(error, ValueError | TypeError | LookupError | AttributeError) or "Decod" in kind,
    ),
)
_TOLD = {
    WritingProblem.UNREACHABLE: "The language model cannot be reached; is its server running at the address in DATELINE_LLM?",
    WritingProblem.TOO_SLOW: "The language model's server took too long.",
    WritingProblem.CUT_OFF: "The language model's server broke off in the middle of the answer.",
    WritingProblem.UNREADABLE: "The language model's server sent something else than an answer; is the address in DATELINE_LLM right?",
}


def failure_of(error: BaseException) -> WritingFailed:
    """The problem behind what was raised, looked for along the whole chain of causes."""
    chain = list(_chain(error))
    known = next((one for one in chain if isinstance(one, WritingFailed)), None)
    if known is not None:
        return WritingFailed(known.problem, str(known))
    status = next((code for one in chain if isinstance(code := getattr(one, "status_code", None), int)), 0)
    if status > 0:
        return WritingFailed(WritingProblem.SERVER_ERROR, _of_status(status))
    for problem, is_it in _SIGNS:
        if any(is_it(one, type(one).__name__) for one in chain):
            return WritingFailed(problem, _TOLD[problem])
    return WritingFailed(WritingProblem.SERVER_ERROR, f"The language model failed ({type(error).__name__}).")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _of_status(status: int) -> str:
    if status in (401, 403):
        return f"The language model's server refuses the key ({status}); set the right one in the environment."
    if status == 404:
        return "The language model's server has no such model or address (404); see DATELINE_LLM."
    if status in (402, 429):
        return f"The language model's server has had too many questions, or wants payment ({status})."
    if status in (502, 503, 504, 529):
        return f"The language model's server is busy or still starting ({status})."
    if 300 <= status < 400:
        return (
            f"The language model's server points elsewhere ({status}), which is not followed; name the final address."
        )
    if status in (400, 413, 422):
        return f"The language model's server does not accept the question ({status}); it may be too long for the model."
    return f"The language model's server failed ({status})."


class _Translated(contextlib.AbstractContextManager[None]):
    def __init__(self, name: str) -> None:
        self._name = name

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, DatelineError) or not isinstance(error, Exception):
            return
        if _is_a_models(error, traceback):
            raise ModelError(f"The language model '{self._name}' did not answer: {failure_of(error)}") from None


def _is_a_models(error: Exception, traceback: TracebackType | None) -> bool:
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    where = traceback.tb_frame.f_globals.get("__name__", "") if traceback else ""
    sources = {type(error).__module__.partition(".")[0], where.partition(".")[0]}
    return bool(sources & _LIBRARIES) or isinstance(error, ConnectionError | TimeoutError)


def language_errors(name: str) -> contextlib.AbstractContextManager[None]:
    """Turns what a provider raises into `ModelError`; `name` is what the reader may see of the model's name."""
    return _Translated(name)
