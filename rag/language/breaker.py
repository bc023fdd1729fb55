"""Leaves a language model alone for a while after it failed, so that readers do not wait for a dead server.

The circuit breaker of Nygard, "Release It!" (2007): closed, open for a while, half-open for one trial.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from rag.errors import WritingFailed
from rag.types import WritingProblem

FAILURES = 2
"""Failures in a row after which the model rests."""
FIRST_REST_SECONDS = 30.0
LONGEST_REST_SECONDS = 300.0
COUNTED = frozenset(
    {WritingProblem.UNREACHABLE, WritingProblem.TOO_SLOW, WritingProblem.SERVER_ERROR, WritingProblem.CUT_OFF}
)
"""Problems of a server; what a model writes does not get better by waiting."""


class Breaker:
    """Counts failures in a row; after `failures` of them nobody may ask for `rest` seconds, then one question at a time.

    Each trial that fails doubles the rest, up to `longest_rest`; one that succeeds ends it. May be used by several threads.
    """

    def __init__(
        self,
        failures: int = FAILURES,
        rest: float = FIRST_REST_SECONDS,
        longest_rest: float = LONGEST_REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_failures, self._first_rest, self._longest_rest = failures, rest, longest_rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rest = rest
        self._closed_until = -math.inf
        self._trying = False

    def enter(self) -> None:
        """Before a question; `worked`, `failed` or `left` must follow.

        Raises:
            WritingFailed: RESTING, while the model is left alone.
        """
        with self._lock:
            if self._failures < self._most_failures:
                return
            now = self._clock()
            if now < self._closed_until:
                seconds = math.ceil(self._closed_until - now)
                told = f"The language model failed a moment ago and is left alone for {seconds} s more."
                raise WritingFailed(WritingProblem.RESTING, told)
            if self._trying:
                told = "The language model failed a moment ago; another question is trying whether it works again."
                raise WritingFailed(WritingProblem.RESTING, told)
            self._trying = True

    def worked(self) -> None:
        """The model answered: all is forgotten."""
        with self._lock:
            self._failures, self._rest, self._trying = 0, self._first_rest, False
            self._closed_until = -math.inf

    def failed(self, problem: WritingProblem) -> None:
        """The model failed; only what a server does wrong counts."""
        if problem not in COUNTED:
            self.left()
            return
        with self._lock:
            tried, self._trying = self._trying, False
            self._failures += 1
            if tried:
                self._rest = min(2 * self._rest, self._longest_rest)
            elif self._failures != self._most_failures:
                return  # still closed, or begun before it rested: its failure is known already
            self._closed_until = self._clock() + self._rest

    def left(self) -> None:
        """Nobody waited for the answer, so nothing is known; another question may try."""
        with self._lock:
            self._trying = False
