"""The plots of the page as places between 0 and 1, which `plots.html` draws in the colours of the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from evals.calibration import Bin, Reliability, RiskCoverage
from evals.compare import Comparison
from evals.measures import Estimate, Measure, estimate
from evals.report.text import counted, day
from evals.report.view import HistoryPoint, Step, Table
from rag.types import Value

HISTORY_MEASURES = ("answer accuracy", "Success@1", "answered when answerable", "abstention recall")
"""Measures whose earlier figures are drawn."""
RUNS_MOST = 8
_POINTS_MOST = 21
"""Points of a curve that its table has."""
_SHARE = Measure(name="answerable", says="the library holds the answer")
_BAR_TICKS = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
_PER_CENT = tuple((place / 4, f"{25 * place} %") for place in range(5))
Kind = Literal["first", "second", "open", "here"]


class Mark(Value):
    """A point with the interval around it: of a bar from left to right, of a chart from bottom to top."""

    at: float | None
    low: float
    high: float
    kind: Kind = "first"
    across: float = 0.5
    """The place on the other axis."""


class Bar(Value):
    """A line with its name, marks, and the cells of text beside it; without marks it heads those below."""

    name: str
    marks: tuple[Mark, ...] = ()
    cells: tuple[str, ...] = ()


class Chart(Value):
    """Two axes with ticks, a line, marks, and columns of (place, width, height, label) that stand on the x axis."""

    x_title: str
    y_title: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    line: tuple[tuple[float, float], ...] = ()
    dashed: tuple[tuple[float, float], ...] = ()
    marks: tuple[Mark, ...] = ()
    columns: tuple[tuple[float, float, float, str], ...] = ()


class Plot(Value):
    """Bars or a chart, with what they show in a sentence; `missing` says why there is nothing to draw.

    Attributes:
        head: of the columns of the bars.
        reference: a place that is marked across all bars.
        values: what the chart is drawn from.
    """

    name: str
    title: str
    says: str = ""
    missing: str = ""
    head: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    reference: float | None = None
    chart: Chart | None = None
    values: Table | None = None


def right_by_type(types: Sequence[tuple[str, Estimate]]) -> Plot:
    """The share of right cases of each type with its interval, worst first; the first type is all of them."""
    plot = Plot(name="types", title="Right, by type of question", head=("type", "right, %", "95 % interval", "cases"))
    (_, whole), *rows = types
    if whole.value is None:
        return plot.model_copy(update={"missing": "There are no cases."})
    rows.sort(key=lambda row: (row[1].value or 0.0, row[0]))
    bars = [_figure_bar(name, share, cases=True) for name, share in rows]
    says = f"Share of cases that came out right, with 95 % intervals, worst first; all {whole.value_text} % (dotted)."
    return plot.model_copy(update={"says": says, "bars": tuple(bars), "ticks": _BAR_TICKS, "reference": whole.value})


def times(steps: Sequence[Step]) -> Plot:
    """Median and 95th percentile of each step."""
    plot = Plot(name="times", title="Time by step", head=("step, ms", "p50", "p95", "most"))
    if not steps:
        return plot.model_copy(update={"missing": "No times were measured."})
    whole, most = steps[-1], max(step.p95 for step in steps) or 1.0
    says = (
        f"Milliseconds by step; filled: median, open: 95th percentile. {whole.name}: {whole.p50:,.1f} and "
        f"{whole.p95:,.1f} over {counted(whole.cases, 'case')}; failed cases are left out."
    )
    bars = [
        Bar(
            name=step.name,
            marks=(Mark(at=step.p50 / most, low=step.p50 / most, high=step.p95 / most),
                   Mark(at=step.p95 / most, low=step.p95 / most, high=step.p95 / most, kind="open")),
            cells=(f"{step.p50:,.1f}", f"{step.p95:,.1f}", f"{step.most:,.1f}"),
        )
        for step in steps
    ]  # fmt: skip
    ticks = tuple((tick / most, f"{tick:,g}") for tick in _ticks(most))
    return plot.model_copy(update={"says": says, "bars": tuple(bars), "ticks": ticks})


def flips(comparison: Comparison) -> Plot:
    """Cases lost and gained against an earlier run, by type."""
    plot = Plot(name="flips", title="Cases that flipped, by type", head=("type", "lost", "gained"), reference=0.5)
    changed = [(one.type, False) for one in comparison.lost] + [(one.type, True) for one in comparison.gained]
    if not changed:
        return plot.model_copy(update={"missing": "No case came out right in one run and wrong in the other."})
    counts = {kind: (changed.count((kind, False)), changed.count((kind, True))) for kind, _ in sorted(changed)}
    most = 2 * max(max(one) for one in counts.values())
    bars = [
        Bar(
            name=kind,
            marks=(Mark(at=None, low=0.5 - lost / most, high=0.5, kind="second"),
                   Mark(at=None, low=0.5, high=0.5 + gained / most)),
            cells=(f"{lost:,}", f"{gained:,}"),
        )
        for kind, (lost, gained) in sorted(counts.items(), key=lambda one: (one[1][1] - one[1][0], one[0]))
    ]  # fmt: skip
    says = (
        f"{counted(len(comparison.lost), 'case')} lost (left) and {len(comparison.gained):,} gained (right) from "
        f"{comparison.first} to {comparison.second}."
    )
    return plot.model_copy(update={"says": says, "bars": tuple(bars)})


def risk_coverage(curve: RiskCoverage | None) -> Plot:
    """How many of the answers are wrong when only the surest are given; the last point is what Dateline does."""
    plot = Plot(name="risk", title="Abstention: risk and coverage")
    if curve is None or not curve.points:
        return plot.model_copy(update={"missing": "No question was answered."})
    coverage, risk = curve.points[-1]
    says = (
        "Share of wrong answers (risk) if only the surest were given, by the share of questions that this answers "
        f"(coverage); lower is better, mean risk {curve.area:.3f}. The diamond is the run as it was: {100 * coverage:.1f} % "
        f"answered, {100 * risk:.1f} % of them wrongly."
    )
    top = min(1.0, 1.1 * max(0.05, *(risk for _, risk in curve.points)))
    chart = Chart(
        x_title="coverage: questions that are answered",
        y_title="risk: wrong, of those",
        x_ticks=_PER_CENT,
        y_ticks=tuple((tick / top, f"{100 * tick:g} %") for tick in _ticks(top)),
        line=tuple((answered, wrong / top) for answered, wrong in curve.points),
        marks=(Mark(across=coverage, at=risk / top, low=risk / top, high=risk / top, kind="here"),),
    )
    every = max(1, -(-len(curve.points) // _POINTS_MOST))
    shown = [*curve.points[every - 1 : -1 : every], curve.points[-1]]
    rows = tuple((f"{100 * answered:.1f}", f"{100 * wrong:.1f}") for answered, wrong in shown)
    values = Table(head=("coverage, %", "risk, %"), rows=rows)
    return plot.model_copy(update={"says": says, "chart": chart, "values": values})


def reliability(found: Reliability | None) -> Plot:
    """Is the confidence a probability? Of the cases at 0.8, eight in ten should be answerable."""
    plot = Plot(name="reliability", title="Confidence: is it a probability?")
    if found is None or not found.bins:
        return plot.model_copy(update={"missing": "That takes cases with an answer in the library and cases without."})
    says = (
        "Cases in groups of like confidence: the share that is answerable, with 95 % intervals, against the mean "
        f"confidence. On the dashed line it is a probability; expected calibration error {found.error:.3f}. "
        "Columns: how many cases."
    )
    shares = [(one, _share_of(one)) for one in found.bins]
    most = max(one.cases for one in found.bins) * 5
    chart = Chart(
        x_title="confidence",
        y_title="answerable",
        x_ticks=tuple((place / 4, f"{place / 4:g}") for place in range(5)),
        y_ticks=_PER_CENT,
        dashed=((0.0, 0.0), (1.0, 1.0)),
        marks=tuple(
            Mark(across=one.mean_confidence, at=share.value, low=share.low or 0.0, high=share.high or 0.0)
            for one, share in shares
        ),
        columns=tuple(
            (one.low + 0.1 * (one.high - one.low), 0.8 * (one.high - one.low), one.cases / most, f"{one.cases:,}")
            for one in found.bins
        ),
    )
    rows = tuple(
        (f"{one.low:.2f}–{one.high:.2f}", f"{one.mean_confidence:.3f}", share.value_text, share.interval_text,
         f"{one.cases:,}")
        for one, share in shares
    )  # fmt: skip
    values = Table(head=("confidence", "mean", "answerable, %", "95 % interval", "cases"), rows=rows)
    return plot.model_copy(update={"says": says, "chart": chart, "values": values})


def _share_of(one: Bin) -> Estimate:
    held = round(one.share_answerable * one.cases)
    return estimate(_SHARE, [1.0] * held + [0.0] * (one.cases - held))


def history(points: Sequence[HistoryPoint], run: str) -> Plot:
    """The main figures of this answerer's newest runs of the suite, oldest first; `run` is the one of the report."""
    plot = Plot(name="history", title="Earlier runs of this suite", head=("finished", "value", "95 % interval"))
    drawn = points[-RUNS_MOST:]
    bars = []
    for name in HISTORY_MEASURES:
        known = [(point, point.figures[name]) for point in drawn if name in point.figures]
        if len(known) > 1:
            bars.append(Bar(name=name))
            bars += [_figure_bar(day(point.finished.date()), one, here=point.run == run) for point, one in known]
    if not bars:
        return plot.model_copy(update={"missing": "This is the only finished run of the suite by this answerer."})
    says = (
        f"The last {counted(len(drawn), 'run')} in the order of time, with 95 % intervals; the diamond is the run of "
        "this report. Cases, articles and code may differ between runs."
    )
    return plot.model_copy(update={"says": says, "bars": tuple(bars), "ticks": _BAR_TICKS})


def _figure_bar(name: str, one: Estimate, here: bool = False, cases: bool = False) -> Bar:
    mark = Mark(at=one.value, low=one.low or 0.0, high=one.high or 0.0, kind="here" if here else "first")
    return Bar(
        name=name, marks=(mark,), cells=(one.value_text, one.interval_text, *([f"{one.cases:,}"] if cases else []))
    )


def _ticks(most: float) -> list[float]:
    """At most five round numbers from 0: multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= 4)
    return [round(number * step, 10) for number in range(math.floor(most / step) + 1)]
