"""The server's counters and state: `/metrics` in Prometheus text form, `/healthz` and `/readyz` for process managers.

https://prometheus.io/docs/instrumenting/exposition_formats/ -- counters are of this process, since it started.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from rag.library import Library
from rag.types import Answer
from ui.web.problems import problems

# Upper bounds in seconds; a search takes hundredths of a second, a language model many seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counters; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[str] = Counter()
        self._refusals: Counter[int] = Counter()
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def answered(self, answer: Answer) -> None:
        with self._lock:
            self._answers[answer.status.value] += 1
            for step, milliseconds in answer.timings.items():
                self._buckets[step][bisect_left(BUCKETS, milliseconds / 1000)] += 1
                self._seconds[step] += milliseconds / 1000

    def refused(self, status: int) -> None:
        with self._lock:
            self._refusals[status] += 1

    def lines(self) -> Iterator[str]:
        with self._lock:
            yield from _head("dateline_questions_total", "counter", "Questions answered, by what came of them.")
            yield from (f'dateline_questions_total{{status="{name}"}} {n}' for name, n in sorted(self._answers.items()))
            yield from _head("dateline_refusals_total", "counter", "Requests refused, by HTTP status; 503 is busy.")
            yield from (f'dateline_refusals_total{{code="{code}"}} {n}' for code, n in sorted(self._refusals.items()))
            yield from _head("dateline_step_seconds", "histogram", "Time of each step of an answer.")
            for step, buckets in sorted(self._buckets.items()):
                for end, total in zip((*map(str, BUCKETS), "+Inf"), accumulate(buckets), strict=True):
                    yield f'dateline_step_seconds_bucket{{step="{step}",le="{end}"}} {total}'
                yield f'dateline_step_seconds_sum{{step="{step}"}} {self._seconds[step]:.6f}'
                yield f'dateline_step_seconds_count{{step="{step}"}} {sum(buckets)}'


METRICS = Metrics()  # Of this process.


def add_metrics(app: FastAPI, library: Library, waiting: Callable[[], int]) -> None:
    """Adds the three paths; `waiting` returns the number of queued questions."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        """Questions can be answered, possibly by only one side of the index."""
        with problems() as wrong:
            library.catalog.revision()
            return JSONResponse({"status": "ready", "notices": len(library.searcher.notices())})
        return JSONResponse({"status": "unavailable", "error": wrong[0]}, 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """For Prometheus. The library's own figures are left out while it cannot be read."""
        lines = [*METRICS.lines(), *_gauge("dateline_queue", "Questions that wait for a place.", waiting())]
        with problems():
            lag, down = library.index_lag(), len(library.searcher.notices())
            lines += _gauge("dateline_index_lag_passages", "Passages that are stored and not in the index yet.", lag)
            lines += _gauge("dateline_index_problems", "Sides of the index that do not answer.", down)
        return Response("\n".join([*lines, ""]), media_type="text/plain; version=0.0.4; charset=utf-8")


def _gauge(name: str, told: str, value: int) -> list[str]:
    return [*_head(name, "gauge", told), f"{name} {value}"]


def _head(name: str, kind: str, told: str) -> list[str]:
    return [f"# HELP {name} {told}", f"# TYPE {name} {kind}"]
