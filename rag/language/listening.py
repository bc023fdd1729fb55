"""The words of a language model as they come, within a time limit."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from queue import Empty
from typing import TYPE_CHECKING

from rag.errors import WritingFailed
from rag.language.background import End, ask
from rag.language.failures import failure_of
from rag.types import WritingProblem

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

BEAT_SECONDS = 0.5
"""How often whoever listens to a silent model gets the chance to leave."""
MOST_CHARACTERS = 20_000
"""A model that writes more does not stop by itself: no answer is a tenth as long."""


def listen(llm: LLM, messages: Sequence[ChatMessage], *, seconds: float) -> Generator[str, None, None]:
    """The words as they come, and an empty piece twice a second while none comes, so that whoever listens can leave.

    Closing the iterator closes the connection to the model.

    Args:
        seconds: from the first `next` to the last word.

    Raises:
        WritingFailed: the model cannot be reached, is not done in time, fails, breaks off, or writes nothing. No
            secret is in the message, and nothing that the server said.
    """
    deadline = time.monotonic() + seconds
    call = ask(llm, messages, seconds)
    characters, written = 0, False
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                piece = call.said.get(timeout=min(max(0.0, left), BEAT_SECONDS))
            except Empty:
                if left <= BEAT_SECONDS:
                    raise _too_slow(seconds, written) from None
                yield ""
                continue
            if isinstance(piece, End):
                _refuse(piece, written, seconds)
                return
            yield piece.text
            characters += len(piece.text)
            written = written or not piece.text.isspace()
            if characters > MOST_CHARACTERS:
                raise WritingFailed(WritingProblem.REPEATING, "The language model writes without an end.")
    finally:
        call.stop()


def _refuse(end: End, written: bool, seconds: float) -> None:
    if end.error is not None:
        failed = failure_of(end.error)
        raise _too_slow(seconds, written) if failed.problem == WritingProblem.TOO_SLOW else failed from None
    if not end.finished:
        told = "The language model's server broke off in the middle of the answer."
        raise WritingFailed(WritingProblem.CUT_OFF, told)
    if not written:
        raise WritingFailed(WritingProblem.EMPTY, "The language model ended without a word.")


def _too_slow(seconds: float, written: bool) -> WritingFailed:
    done = "was not done" if written else "said nothing"
    return WritingFailed(WritingProblem.TOO_SLOW, f"The language model {done} within {seconds:g} s.")
