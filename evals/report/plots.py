"""The plots of the page as places between 0 and 1, which `plots.html` draws in the colours of the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from evals.calibration import Reliability, RiskCoverage
from evals.measures import Estimate, estimate
from evals.report.view import Step

_POINTS_MOST = 21  # Points of a curve that its table has.
_SHARES = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
_QUARTERS = tuple((place / 4, f"{25 * place} %") for place in range(5))
Cells = tuple[str, ...]
Ticks = tuple[tuple[float, str], ...]


class Mark(NamedTuple):
    """A point with the interval around it: of a bar from left to right, of a chart from bottom to top."""

    at: float
    low: float
    high: float
    kind: str = "first"  # How it is drawn: "first" is filled, "open" is not, "here" is a diamond.
    across: float = 0.5  # The place on the other axis.


class Bars(NamedTuple):
    """Lines under a head, each with its name, marks and cells; ticks below; `reference` is marked across all of them."""

    head: Cells
    bars: tuple[tuple[str, tuple[Mark, ...], Cells], ...]
    ticks: Ticks
    reference: float | None = None


class Chart(NamedTuple):
    """Two axes with ticks, a line, marks, and columns of (place, width, height, label) that stand on the x axis."""

    x_title: str
    y_title: str
    x_ticks: Ticks
    y_ticks: Ticks
    head: Cells
    rows: tuple[Cells, ...]
    """The values as text."""
    line: tuple[tuple[float, float], ...]
    line_kind: str
    marks: tuple[Mark, ...]
    columns: tuple[tuple[float, float, float, str], ...] = ()


def right_by_type(types: Sequence[tuple[str, Estimate]]) -> Bars:
    """The share of right cases of each type with its interval, worst first; the first type is all of them."""
    (_, whole), *rows = types
    rows.sort(key=lambda row: (row[1].value or 0.0, row[0]))
    bars = tuple((name, (_mark(one),), (one.value_text, one.interval_text, f"{one.cases:,}")) for name, one in rows)
    return Bars(("type", "right, %", "95 % interval", "cases"), bars, _SHARES, whole.value)


def _mark(one: Estimate, across: float = 0.5) -> Mark:
    return Mark(one.value or 0.0, one.low or 0.0, one.high or 0.0, across=across)


def times(steps: Sequence[Step]) -> Bars:
    most = max((step.p95 for step in steps), default=0.0) or 1.0
    bars = []
    for name, *taken, _ in steps:
        p50, p95 = taken[0] / most, taken[1] / most
        bars.append((name, (Mark(p50, p50, p95), Mark(p95, p95, p95, "open")), tuple(f"{one:,.1f}" for one in taken)))
    ticks = tuple((tick / most, f"{tick:,g}") for tick in _ticks(most))
    return Bars(("step, ms", "p50", "p95", "most"), tuple(bars), ticks)


def risk_coverage(curve: RiskCoverage) -> Chart:
    """How many of the answers are wrong when only the surest are given; the last point is what Dateline does."""
    coverage, risk = curve.points[-1]
    top = min(1.0, 1.1 * max(0.05, *(risk for _, risk in curve.points)))
    every = max(1, -(-len(curve.points) // _POINTS_MOST))
    shown = [*curve.points[every - 1 : -1 : every], curve.points[-1]]
    return Chart(
        x_title="coverage: questions that are answered",
        y_title="risk: wrong, of those",
        x_ticks=_QUARTERS,
        y_ticks=tuple((tick / top, f"{100 * tick:g} %") for tick in _ticks(top)),
        head=("coverage, %", "risk, %"),
        rows=tuple((f"{100 * answered:.1f}", f"{100 * wrong:.1f}") for answered, wrong in shown),
        line=tuple((answered, wrong / top) for answered, wrong in curve.points),
        line_kind="curve",
        marks=(Mark(risk / top, risk / top, risk / top, "here", coverage),),
    )


def reliability(found: Reliability) -> Chart:
    """The share of answerable cases by confidence; on the diagonal, confidence is a probability."""
    most, marks, columns, rows = 5 * max(one.cases for one in found.bins), [], [], []
    for one in found.bins:
        held, width = round(one.share_answerable * one.cases), one.high - one.low
        share = estimate([1.0] * held + [0.0] * (one.cases - held))
        marks.append(_mark(share, one.mean_confidence))
        columns.append((one.low + 0.1 * width, 0.8 * width, one.cases / most, f"{one.cases:,}"))
        mean = f"{one.mean_confidence:.3f}"
        rows.append((f"{one.low:.2f}–{one.high:.2f}", mean, share.value_text, share.interval_text, f"{one.cases:,}"))
    return Chart(
        x_title="confidence",
        y_title="answerable",
        x_ticks=tuple((place, f"{place:g}") for place, _ in _QUARTERS),
        y_ticks=_QUARTERS,
        head=("confidence", "mean", "answerable, %", "95 % interval", "cases"),
        rows=tuple(rows),
        line=((0.0, 0.0), (1.0, 1.0)),
        line_kind="dashed",
        marks=tuple(marks),
        columns=tuple(columns),
    )


def _ticks(most: float) -> list[float]:
    """At most five round numbers from 0: multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= 4)
    return [round(number * step, 10) for number in range(math.floor(most / step) + 1)]
