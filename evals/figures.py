"""Shared by the measuring commands: percentiles, times, Markdown tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np


def table(head: Sequence[str], rows: Iterable[Sequence[object]], figures: str = "---") -> str:
    """As Markdown; `figures` is the rule below all columns but the first: "---:" aligns them right."""
    ruler = ("---", *[figures] * (len(head) - 1))
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, ruler, *rows))


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank: a measured value, not an interpolated one."""
    return float(np.percentile(values, percent, method="inverted_cdf"))


def times_of(milliseconds: Sequence[float]) -> str:
    return f"p50 {percentile(milliseconds, 50):.1f} ms, p95 {percentile(milliseconds, 95):.1f} ms"


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
