"""Measures how long each step took."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from its construction; `laps` has the milliseconds of each step since the one before, in order."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 3)
        self._last = now
