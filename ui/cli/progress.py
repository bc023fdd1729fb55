"""Progress on stderr: a bar on a terminal, an occasional line in a log file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self, TextIO

from ui.format import duration, pace

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

LOG_EVERY_SECONDS = 15.0  # Between two lines of a log file.
LABELS = {  # The library's steps in words, and what each counts.
    "ingest": ("reading and embedding", "articles"),
    "embed": ("embedding", "articles"),
    "publish": ("publishing", "passages"),
    "check": ("checking the index", "checks"),
    "ask": ("asking", "questions"),
    "fetch": ("fetching", "MB"),
}


class Progress:
    """A context called with (step, done, total), 0 for an unknown total; `first` is shown until a step is reported."""

    def __init__(self, first: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._first, self._clock = stream or sys.stderr, first, clock
        self._opened = self._reported = self._logged = clock()
        self._started: dict[str, float] = {}
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        if self._stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            what, rate = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[pace]}"))
            columns = (SpinnerColumn(), what, BarColumn(bar_width=24), rate, TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(file=self._stream), transient=True, refresh_per_second=4)
            self._bar.add_task(self._first, total=None, pace="")
            self._bar.start()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        now = self._clock()
        if done == 0:
            self._started[step] = now
        # A step that reports only once its first part is done began when the previous step last reported.
        seconds = now - self._started.setdefault(step, self._reported)
        self._reported = now
        label, unit = LABELS.get(step, (step, ""))
        told = pace(done, total, seconds, unit)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=label, completed=done, total=total or None, pace=told)
        elif now - self._logged >= LOG_EVERY_SECONDS:
            self._logged = now
            self._stream.write(f"{label}: {told}, {duration(now - self._opened)} so far\n")
            self._stream.flush()
