"""The language model that writes answers: its limits, its words, and its rest after failures."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Generator

from rag.config import Config
from rag.errors import WritingFailed
from rag.language.client import Model, listen
from rag.language.providers import CONTEXT_TOKENS, load_model
from rag.types import WritingProblem

FAILURES, REST_SECONDS = 2, 30.0
"""Failures in a row after which a model is left alone, and for how long; then one question tests whether it is back
(the circuit breaker of Nygard, "Release It!", 2007)."""
COUNTED = frozenset(
    {WritingProblem.UNREACHABLE, WritingProblem.TOO_SLOW, WritingProblem.SERVER_ERROR, WritingProblem.CUT_OFF}
)
"""Server problems; bad writing is not cured by waiting."""
CHARACTERS_A_TOKEN = 4
"""For English news: the median is 4.3, and 19 of 20 pieces of 400 characters have more than 3.3 (SmolLM2's tokenizer on
1,475 of rtqa_news; newer models have larger vocabularies)."""
BYTES_A_TOKEN = 2
"""For non-ASCII text: a Chinese character is three bytes and one or two tokens."""


class Writer:
    """A language model as the rest of Dateline uses it. Thread-safe.

    Args:
        seconds: how long an answer may take, from the question to the last word.
        context_tokens: context size, prompt and answer together; 0 for what the model reports.
        clock: in seconds; tests pass their own.
    """

    def __init__(
        self,
        model: Model,
        *,
        seconds: float = 30.0,
        context_tokens: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model, self.name, self.here = model, model.name, model.here
        self.context_tokens = context_tokens or model.context_tokens or CONTEXT_TOKENS
        self._seconds, self._clock = seconds, clock
        self._failures, self._rests_until = 0, -math.inf
        self._lock = threading.Lock()

    def listen(self, rules: str, task: str) -> Generator[str, None, None]:
        """Yields the words as they come, and now and then an empty piece while none come.

        Closing the iterator closes the connection to the model. Raises `WritingFailed` with the typed problem; RESTING,
        without asking, for a while after it failed.
        """
        self._enter()
        alive: bool | None = None  # unknown until a word or a failure comes
        try:
            with contextlib.closing(listen(self.model, rules, task, seconds=self._seconds)) as pieces:
                for piece in pieces:
                    alive = alive or bool(piece) or None
                    yield piece
        except WritingFailed as failed:
            alive = failed.problem not in COUNTED
            raise
        finally:
            self._leave(alive)

    def close(self) -> None:
        """Ends the server of a `gguf:` file at once; otherwise it ends with this object."""
        self.model.close()

    def _enter(self) -> None:
        with self._lock:
            now = self._clock()
            if now < self._rests_until:
                message = f"The language model failed a moment ago and is left alone for {math.ceil(self._rests_until - now)} s more."
                raise WritingFailed(WritingProblem.RESTING, message)
            if self._failures >= FAILURES:
                self._rests_until = now + REST_SECONDS  # for all but this one, which tests it

    def _leave(self, alive: bool | None) -> None:
        """Ends a question; if the reader left before anything was known, the next one may test it."""
        with self._lock:
            self._failures = 0 if alive else self._failures + (alive is False)
            rests = alive is False and self._failures >= FAILURES
            self._rests_until = self._clock() + REST_SECONDS if rests else -math.inf


def load_writer(config: Config) -> Writer:
    """The language model named in the settings. Raises `ModelError` as `load_model` does."""
    tokens = config.llm_context_tokens
    model = load_model(config.llm, context_tokens=tokens)
    return Writer(model, seconds=config.llm_timeout_seconds, context_tokens=tokens)


def estimated_tokens(text: str) -> int:
    """Estimated tokens of a text in any script for current tokenizers; errs on the high side."""
    plain = sum(sign.isascii() for sign in text)
    return -(-plain // CHARACTERS_A_TOKEN) + -(-(len(text.encode("utf-8", "replace")) - plain) // BYTES_A_TOKEN)
