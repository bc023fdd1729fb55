"""What went wrong with a language model → the typed problem, in a sentence that holds nothing of a server's own words.

A server may repeat the key in what it says, so its words are neither shown nor chained.
"""

from __future__ import annotations

import httpx

from rag.errors import WritingFailed
from rag.types import WritingProblem

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


def failure_of(error: BaseException) -> WritingFailed:
    """The problem behind what was raised, looked for along the whole chain of causes."""
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
