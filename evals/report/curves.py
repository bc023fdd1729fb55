"""Plots of the confidence and of earlier runs: risk and coverage, reliability, history."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evals.calibration import Bin, Reliability, RiskCoverage
from evals.measures import Estimate, Measure, estimate
from evals.report.facts import HistoryPoint
from evals.report.figures import interval, value
from evals.report.svg import ACCENT, INK, LINE, PAPER, QUIET, SECOND, Plot, draw, grid, in_per_cent
from evals.report.text import counted, day

HISTORY_MEASURES = ("answer accuracy", "Success@1", "answered when answerable", "abstention recall")
"""Measures that are drawn; each has a panel of its own."""
RUNS_MOST = 40
"""Earlier runs that are drawn, the newest."""
_ROWS_MOST = 21
"""Points of a curve that its table has."""
_SHARE = Measure(name="answerable", says="the library holds the answer")


def risk_coverage(curve: RiskCoverage | None) -> Plot:
    """How many of the answers are wrong when only the surest are given; the last point is what Dateline does."""
    name, title = "risk", "Abstention: risk and coverage"
    if curve is None or not curve.points:
        return Plot(name, title, "", missing="No question was answered.")
    coverage, risk = curve.points[-1]
    says = (
        "Share of wrong answers (risk) if only the surest were given, by the share of questions that this answers "
        f"(coverage); lower is better, mean risk {curve.area:.3f}. The diamond is the run as it was: {100 * coverage:.1f} % "
        f"answered, {100 * risk:.1f} % of them wrongly."
    )

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        grid(axes, along=True)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, min(1.12 * max([0.05, *(risk for _, risk in curve.points)]), 1.02))
        in_per_cent(axes, x=True)
        axes.yaxis.set_major_formatter(lambda tick, _: f"{100 * tick:.0f} %")
        axes.set_xlabel("coverage: questions that are answered")
        axes.set_ylabel("risk: wrong, of those")
        axes.plot(*zip(*curve.points, strict=True), color=ACCENT, linewidth=2)
        axes.plot([coverage], [risk], marker="D", markersize=8, color=PAPER, markeredgecolor=SECOND, markeredgewidth=2,
                  clip_on=False)  # fmt: skip
        side, shift = ("right", -9) if coverage > 0.4 else ("left", 9)
        axes.annotate("this run", (coverage, risk), (shift, 8), textcoords="offset points", ha=side)

    step = max(1, -(-len(curve.points) // _ROWS_MOST))
    shown = [*curve.points[step - 1 : -1 : step], curve.points[-1]]
    rows = tuple((f"{100 * answered:.1f}", f"{100 * wrong:.1f}") for answered, wrong in shown)
    return Plot(name, title, says, draw(name, 2.6, paint), ("coverage, %", "risk, %"), rows)


def reliability(found: Reliability | None) -> Plot:
    """Is the confidence a probability? Of the cases at 0.8, eight in ten should be answerable."""
    name, title = "reliability", "Confidence: is it a probability?"
    if found is None or not found.bins:
        return Plot(name, title, "", missing="That takes cases with an answer in the library and cases without.")
    says = (
        "Cases in groups of like confidence: the share that is answerable, with 95 % intervals, against the mean "
        f"confidence. On the dashed line it is a probability; expected calibration error {found.error:.3f}. Below: cases."
    )
    bins = [(one, _share_of(one)) for one in found.bins if one.cases]

    def paint(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        grid(upper, along=True)
        upper.set_xlim(-0.02, 1.02)
        upper.set_ylim(-0.04, 1.04)
        in_per_cent(upper, y=True)
        upper.set_ylabel("answerable")
        upper.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        for one, share in bins:
            upper.plot([one.mean_confidence] * 2, [share.low or 0.0, share.high or 0.0], color=ACCENT, linewidth=2)
            upper.plot([one.mean_confidence], [one.share_answerable], marker="o", markersize=6, color=ACCENT)
        grid(lower)
        _cases(lower, [one for one, _ in bins])
        lower.set_xlabel("confidence")

    rows = tuple(
        (f"{one.low:.2f}–{one.high:.2f}", f"{one.mean_confidence:.3f}", value(share), interval(share), f"{one.cases:,}")
        for one, share in bins
    )
    head = ("confidence", "mean", "answerable, %", "95 % interval", "cases")
    return Plot(name, title, says, draw(name, 3.0, paint), head, rows)


def _share_of(one: Bin) -> Estimate:
    held = round(one.share_answerable * one.cases)
    return estimate(_SHARE, [1.0] * held + [0.0] * (one.cases - held))


def _cases(axes: Axes, bins: Sequence[Bin]) -> None:
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.set_yticks([])
    axes.set_ylim(0, max(one.cases for one in bins) * 1.5)
    for one in bins:
        middle, width = (one.low + one.high) / 2, (one.high - one.low) * 0.85
        axes.bar([middle], [one.cases], width=width, color=LINE)
        axes.annotate(f"{one.cases:,}", (middle, one.cases), (0, 1), textcoords="offset points", ha="center",
                      va="bottom", fontsize=8, color=QUIET)  # fmt: skip


def history(points: Sequence[HistoryPoint], run: str) -> Plot:
    """The main figures of this answerer's runs of the suite in the order of time; `run` is the one of the report."""
    name, title = "history", "Earlier runs of this suite"
    drawn = points[-RUNS_MOST:]
    measures = [one for one in HISTORY_MEASURES if sum(_known(point.figures.get(one)) for point in drawn) > 1]
    if len(drawn) < 2 or not measures:
        return Plot(name, title, "", missing="This is the only finished run of the suite by this answerer.")
    says = (
        f"{counted(len(drawn), 'run')} in the order of time, with 95 % intervals; each panel has a scale of its own that "
        "does not begin at 0. The diamond is the run of this report. Cases, articles and code may differ between runs."
    )

    def paint(figure: Figure) -> None:
        panels = figure.subplots(len(measures), 1, sharex=True, squeeze=False)[:, 0]
        for axes, measure in zip(panels, measures, strict=True):
            grid(axes, along=True)
            axes.set_title(measure, loc="left", fontsize=9, color=INK)
            axes.yaxis.set_major_locator(MaxNLocator(3))
            axes.yaxis.set_major_formatter(lambda tick, _: f"{100 * tick:.0f} %")
            _panel(axes, [point.figures.get(measure) for point in drawn], [point.run == run for point in drawn])
        places = _spread(len(drawn))
        panels[-1].set_xlim(-0.5, len(drawn) - 0.5)
        panels[-1].set_xticks(places, [day(drawn[place].finished.date()) for place in places])

    rows = tuple(
        (point.run, day(point.finished.date()), *(_both(point.figures.get(one)) for one in measures))
        for point in reversed(drawn)
    )
    return Plot(name, title, says, draw(name, 0.3 + 0.85 * len(measures), paint), ("run", "finished", *measures), rows)


def _panel(axes: Axes, figures: Sequence[Estimate | None], here: Sequence[bool]) -> None:
    known = [
        (place, one.value, one.low, one.high)
        for place, one in enumerate(figures)
        if one and one.value is not None and one.low is not None and one.high is not None
    ]
    axes.plot([place for place, *_ in known], [middle for _, middle, *_ in known], color=LINE, linewidth=1.5)
    for place, middle, low, high in known:
        axes.plot([place] * 2, [low, high], color=QUIET, linewidth=1.2)
        if here[place]:
            axes.plot([place], [middle], marker="D", markersize=7, color=ACCENT, clip_on=False)
        else:
            axes.plot([place], [middle], marker="o", markersize=5, color=PAPER, markeredgecolor=ACCENT, clip_on=False)


def _spread(number: int) -> list[int]:
    """At most five places, first and last among them."""
    most = min(number, 5)
    return sorted({round(one * (number - 1) / (most - 1)) for one in range(most)})


def _known(figure: Estimate | None) -> bool:
    return figure is not None and figure.value is not None


def _both(figure: Estimate | None) -> str:
    return f"{value(figure)} ({interval(figure)})" if figure else "–"
