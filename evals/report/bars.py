"""Plots with a line a name: right by type, time by step, flips of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evals.compare import Comparison
from evals.measures import Estimate
from evals.report.facts import Step, TypeRow
from evals.report.figures import flips_by_type, interval, value
from evals.report.svg import ACCENT, INK, LINE, PAPER, QUIET, SECOND, Plot, draw, grid, in_per_cent
from evals.report.text import counted, cut

TYPES_MOST = 30
"""Types that are drawn; more would not be readable."""
_NAME = 22
_ROW, _MARGIN = 0.25, 0.5


def accuracy(rows: Sequence[TypeRow], whole: Estimate) -> Plot:
    """The share of right cases of each type with its interval, worst first."""
    name, title = "types", "Right, by type of question"
    if not rows:
        return Plot(name, title, "", missing="There are no cases.")
    ordered = sorted(rows, key=lambda row: (row.right.value or 0.0, row.type))
    drawn = ordered[:TYPES_MOST]
    ends = ordered if len(ordered) == 1 else (ordered[0], ordered[-1])
    named = ", ".join(f"{cut(row.type, 40)} {value(row.right)} %" for row in ends)
    says = (
        f"Share of cases that came out right with 95 % intervals, worst first: {named}; all {value(whole)} % (dotted)."
    )
    if len(ordered) > len(drawn):
        says += f" The {TYPES_MOST} worst of {len(ordered)} types are drawn."

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        _named_lines(axes, [row.type for row in drawn])
        axes.set_xlim(-0.02, 1.02)
        in_per_cent(axes, x=True)
        if whole.value is not None:
            axes.axvline(whole.value, color=QUIET, linewidth=1, linestyle=(0, (1, 2)))
        for place, row in enumerate(drawn):
            share = row.right
            if share.value is None or share.low is None or share.high is None:
                continue
            axes.plot([share.low, share.high], [place, place], color=ACCENT, linewidth=2, solid_capstyle="butt")
            axes.plot([share.value], [place], marker="o", markersize=6, color=ACCENT, clip_on=False)
            _beside(axes, place, f"{value(share)} % of {share.cases:,}")

    return Plot(
        name,
        title,
        says,
        draw(name, _height(len(drawn)), paint),
        ("type", "right, %", "95 % interval", "cases"),
        tuple((row.type, value(row.right), interval(row.right), f"{row.right.cases:,}") for row in ordered),
    )


def times(steps: Sequence[Step]) -> Plot:
    """Median and 95th percentile of each step."""
    name, title = "times", "Time by step"
    if not steps:
        return Plot(name, title, "", missing="No times were measured.")
    whole = steps[-1]
    says = (
        f"Milliseconds by step; filled: median, open: 95th percentile. {whole.name}: {whole.p50:,.1f} and "
        f"{whole.p95:,.1f} over {counted(whole.cases, 'case')}; failed cases are left out."
    )

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        _named_lines(axes, [step.name for step in steps])
        axes.set_xlim(0, max(step.p95 for step in steps) * 1.04 or 1)
        axes.set_xlabel("milliseconds")
        for place, step in enumerate(steps):
            axes.plot([step.p50, step.p95], [place, place], color=ACCENT, linewidth=2)
            axes.plot([step.p50], [place], marker="o", markersize=6, color=ACCENT, clip_on=False)
            axes.plot([step.p95], [place], marker="o", markersize=6, color=PAPER, markeredgecolor=ACCENT, clip_on=False)
            _beside(axes, place, f"{step.p50:,.1f} / {step.p95:,.1f}")
        _beside(axes, -0.75, "p50 / p95", QUIET)

    return Plot(
        name,
        title,
        says,
        draw(name, _height(len(steps)) + 0.35, paint),
        ("step", "p50, ms", "p95, ms", "most, ms", "cases"),
        tuple(
            (step.name, f"{step.p50:,.1f}", f"{step.p95:,.1f}", f"{step.most:,.1f}", f"{step.cases:,}")
            for step in steps
        ),
    )


def flips(comparison: Comparison) -> Plot:
    """Cases lost and gained against an earlier run, by type."""
    name, title = "flips", "Cases that flipped, by type"
    rows = flips_by_type(comparison)
    if not rows:
        return Plot(name, title, "", missing="No case came out right in one run and wrong in the other.")
    drawn = sorted(rows, key=lambda row: (row.gained - row.lost, row.type))[:TYPES_MOST]
    says = (
        f"{counted(len(comparison.lost), 'case')} lost (left) and {len(comparison.gained):,} gained (right) from "
        f"{comparison.first} to {comparison.second}."
    )

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        _named_lines(axes, [row.type for row in drawn])
        most = max(max(row.lost, row.gained) for row in drawn)
        axes.set_xlim(-most * 1.25, most * 1.25)
        axes.set_xticks([])
        axes.axvline(0, color=LINE, linewidth=1)
        for place, row in enumerate(drawn):
            axes.barh([place], [-row.lost], height=0.55, facecolor="none", edgecolor=SECOND, hatch="////")
            axes.barh([place], [row.gained], height=0.55, color=ACCENT)
            _count(axes, -row.lost, place)
            _count(axes, row.gained, place)
        axes.text(0.25, 1.0, "lost", transform=axes.transAxes, ha="center", va="bottom", color=QUIET)
        axes.text(0.75, 1.0, "gained", transform=axes.transAxes, ha="center", va="bottom", color=QUIET)

    return Plot(
        name,
        title,
        says,
        draw(name, _height(len(drawn)) + 0.1, paint),
        ("type", "lost", "gained"),
        tuple((row.type, f"{row.lost:,}", f"{row.gained:,}") for row in rows),
    )


def _count(axes: Axes, number: int, place: int) -> None:
    if number:
        offset, side = (4, "left") if number > 0 else (-4, "right")
        axes.annotate(
            f"{abs(number):,}",
            (number, place),
            (offset, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            color=INK,
        )


def _named_lines(axes: Axes, names: Sequence[str]) -> None:
    """A line a name, the first on top."""
    grid(axes, across=True)
    axes.set_yticks(range(len(names)), [cut(name, _NAME) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)


def _beside(axes: Axes, place: float, text: str, colour: str = INK) -> None:
    axes.annotate(
        text,
        (1, place),
        (8, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        color=colour,
        annotation_clip=False,
    )


def _height(lines: int) -> float:
    return _MARGIN + _ROW * lines
