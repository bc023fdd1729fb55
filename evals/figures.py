"""What the measures that are commands of their own have in common: percentiles, times, tables in Markdown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np


def table(head: Sequence[str], rows: Iterable[Sequence[object]], figures: str = "---") -> str:
    """In Markdown; `figures` is the rule below all columns but the first: "---:" puts them on the right."""
    ruler = ("---", *[figures] * (len(head) - 1))
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, ruler, *rows))


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: a value that was measured, not one between two."""
    return float(np.percentile(values, percent, method="inverted_cdf"))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
