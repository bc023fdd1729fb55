"""The plots of the page as places between 0 and 1, which `plots.html` draws in the colours of the page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from evals.calibration import Reliability, RiskCoverage
from evals.compare import Comparison
from evals.measures import Estimate, estimate
from evals.report.text import day
from evals.report.view import KEY_FIGURES, HistoryPoint, Step, Table

RUNS_MOST = 8
_POINTS_MOST = 21  # Points of a curve that its table has.
_SHARES = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
_QUARTERS = tuple((place / 4, f"{25 * place} %") for place in range(5))
Kind = Literal["first", "second", "open", "here"]


class Mark(NamedTuple):
    """A point with the interval around it: of a bar from left to right, of a chart from bottom to top."""

    at: float | None
    low: float
    high: float
    kind: Kind = "first"
    across: float = 0.5  # The place on the other axis.


class Bar(NamedTuple):
    """A line with its name, marks, and the cells of text beside it; without marks it heads those below."""

    name: str
    marks: tuple[Mark, ...] = ()
    cells: tuple[str, ...] = ()


class Bars(NamedTuple):
    """Lines under a head, with ticks below; `reference` is a place that is marked across all of them."""

    head: tuple[str, ...]
    bars: tuple[Bar, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    reference: float | None = None


class Chart(NamedTuple):
    """Two axes with ticks, lines, marks, and columns of (place, width, height, label) that stand on the x axis."""

    x_title: str
    y_title: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    values: Table
    line: tuple[tuple[float, float], ...] = ()
    dashed: tuple[tuple[float, float], ...] = ()
    marks: tuple[Mark, ...] = ()
    columns: tuple[tuple[float, float, float, str], ...] = ()


def right_by_type(types: Sequence[tuple[str, Estimate]]) -> Bars:
    """The share of right cases of each type with its interval, worst first; the first type is all of them."""
    (_, whole), *rows = types
    rows.sort(key=lambda row: (row[1].value or 0.0, row[0]))
    bars = tuple(_figure(name, share, f"{share.cases:,}") for name, share in rows)
    head = ("type", "right, %", "95 % interval", "cases")
    return Bars(head=head, bars=bars, ticks=_SHARES, reference=whole.value)


def times(steps: Sequence[Step]) -> Bars:
    head, most = ("step, ms", "p50", "p95", "most"), max((step.p95 for step in steps), default=0.0) or 1.0
    bars = []
    for name, *taken, _ in steps:
        p50, p95 = taken[0] / most, taken[1] / most
        marks = (Mark(at=p50, low=p50, high=p95), Mark(at=p95, low=p95, high=p95, kind="open"))
        bars.append(Bar(name=name, marks=marks, cells=tuple(f"{one:,.1f}" for one in taken)))
    return Bars(head=head, bars=tuple(bars), ticks=tuple((tick / most, f"{tick:,g}") for tick in _ticks(most)))


def flips(comparison: Comparison) -> Bars:
    """Cases lost (to the left) and gained (to the right) against an earlier run, by type."""
    lost, gained = (Counter(one.type for one in flips) for flips in (comparison.lost, comparison.gained))
    most = 2 * max([*lost.values(), *gained.values()], default=1)
    bars = []
    for kind in sorted({*lost, *gained}, key=lambda kind: (gained[kind] - lost[kind], kind)):
        left = Mark(at=None, low=0.5 - lost[kind] / most, high=0.5, kind="second")
        right = Mark(at=None, low=0.5, high=0.5 + gained[kind] / most)
        bars.append(Bar(name=kind, marks=(left, right), cells=(f"{lost[kind]:,}", f"{gained[kind]:,}")))
    return Bars(head=("type", "lost", "gained"), bars=tuple(bars), reference=0.5)


def history(points: Sequence[HistoryPoint], run: str) -> Bars:
    """The main figures of this answerer's newest runs of the suite, oldest first; `run` is the one of the report."""
    bars = []
    for name in KEY_FIGURES:
        known = [(point, point.figures[name]) for point in points[-RUNS_MOST:] if name in point.figures]
        if len(known) > 1:
            bars.append(Bar(name=name))
            bars += [
                _figure(day(point.finished.date()), one, kind="here" if point.run == run else "first")
                for point, one in known
            ]
    return Bars(head=("finished", "value", "95 % interval"), bars=tuple(bars), ticks=_SHARES)


def _figure(name: str, one: Estimate, *more: str, kind: Kind = "first") -> Bar:
    mark = Mark(at=one.value, low=one.low or 0.0, high=one.high or 0.0, kind=kind)
    return Bar(name=name, marks=(mark,), cells=(one.value_text, one.interval_text, *more))


def risk_coverage(curve: RiskCoverage) -> Chart:
    """How many of the answers are wrong when only the surest are given; the last point is what Dateline does."""
    coverage, risk = curve.points[-1]
    top = min(1.0, 1.1 * max(0.05, *(risk for _, risk in curve.points)))
    every = max(1, -(-len(curve.points) // _POINTS_MOST))
    shown = [*curve.points[every - 1 : -1 : every], curve.points[-1]]
    rows = tuple((f"{100 * answered:.1f}", f"{100 * wrong:.1f}") for answered, wrong in shown)
    return Chart(
        x_title="coverage: questions that are answered",
        y_title="risk: wrong, of those",
        x_ticks=_QUARTERS,
        y_ticks=tuple((tick / top, f"{100 * tick:g} %") for tick in _ticks(top)),
        line=tuple((answered, wrong / top) for answered, wrong in curve.points),
        marks=(Mark(across=coverage, at=risk / top, low=risk / top, high=risk / top, kind="here"),),
        values=Table(head=("coverage, %", "risk, %"), rows=rows),
    )


def reliability(found: Reliability) -> Chart:
    """The share of answerable cases by confidence; on the diagonal, confidence is a probability."""
    most, marks, columns, rows = 5 * max(one.cases for one in found.bins), [], [], []
    for one in found.bins:
        held, width = round(one.share_answerable * one.cases), one.high - one.low
        share = estimate([1.0] * held + [0.0] * (one.cases - held))
        marks.append(Mark(across=one.mean_confidence, at=share.value, low=share.low or 0.0, high=share.high or 0.0))
        columns.append((one.low + 0.1 * width, 0.8 * width, one.cases / most, f"{one.cases:,}"))
        mean = f"{one.mean_confidence:.3f}"
        rows.append((f"{one.low:.2f}–{one.high:.2f}", mean, share.value_text, share.interval_text, f"{one.cases:,}"))
    return Chart(
        x_title="confidence",
        y_title="answerable",
        x_ticks=tuple((place, f"{place:g}") for place, _ in _QUARTERS),
        y_ticks=_QUARTERS,
        dashed=((0.0, 0.0), (1.0, 1.0)),
        marks=tuple(marks),
        columns=tuple(columns),
        values=Table(head=("confidence", "mean", "answerable, %", "95 % interval", "cases"), rows=tuple(rows)),
    )


def _ticks(most: float) -> list[float]:
    """At most five round numbers from 0: multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= 4)
    return [round(number * step, 10) for number in range(math.floor(most / step) + 1)]
