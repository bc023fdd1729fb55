"""Runs, comparisons and cases as plain text, 100 columns wide."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from evals.compare import Comparison, Difference
from evals.measures import MEASURES, Better, Estimate
from evals.records import Result, RunInfo
from evals.report.text import counted, cut, moment, one_line
from evals.report.view import Controls, run_view

WIDTH = 100
NAMED_MOST = 10  # Failed or flipped cases listed by name; the rest are only counted.
_LISTED = ("answer accuracy", "Success@1", "abstention recall")
_FIGURE = ("value", "95 % interval", "cases")


def printed(*parts: RenderableType) -> str:
    """Parts as a terminal without colours shows them, separated by a blank line."""
    told = []
    for part in parts:
        out = io.StringIO()
        Console(file=out, width=WIDTH, color_system=None, highlight=False, markup=False).print(part)
        told.append("\n".join(line.rstrip() for line in out.getvalue().split("\n")).strip("\n"))
    return "\n\n".join(part for part in told if part)


def lines(*texts: str) -> Text:
    """Each on a line of its own, wrapped where it does not fit; foreign text is not markup."""
    return Text("\n".join(line for line in map(one_line, texts) if line), overflow="fold")


def columns(head: Sequence[str], rows: Iterable[Sequence[str]], texts: Sequence[int] = (0,)) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="none")
    for place, cell in enumerate(head):
        shown.add_column(lines(cell), justify="left" if place in texts else "right", overflow="fold")
    for row in rows:
        shown.add_row(*map(lines, row))
    return shown


def table(result: Result, controls: Controls) -> str:
    """A run: its measures beside those of the controls, results by type, times, and the value of the confidence."""
    view = run_view(result, controls)
    about = f"{view.info.options.suite}, {view.about}"
    parts: list[RenderableType] = [lines(about, f"run {view.info.id}, {moment(view.info.finished)}", view.unasked)]
    if view.measured:
        figures = [(one.measure.name, *_figure(one.figure), *map(_text, one.controls)) for one in view.measured]
        parts.append(columns(("per cent, or 0 to 1", *_FIGURE, *view.controls), figures))
        alarms = (f"! {one.measure.name} {one.alarm}: {one.measure.says}" for one in view.measured if one.alarm)
        parts += [lines(*alarms)]
        parts += [columns(("right, by type", *_FIGURE), [(name, *_figure(one)) for name, one in view.types])]
        times = [(name, *(f"{ms:,.1f}" for ms in taken), f"{cases:,}") for name, *taken, cases in view.steps]
        parts += [columns(("milliseconds", "p50", "p95", "most", "cases"), times)] if times else []
        parts += [lines(f"confidence: {view.confidence}")]
    failed = [(record.case.id, record.error) for record in view.failed]
    return printed(*parts, *([_named("failed, and counted as wrong", failed)] if failed else []))


def _figure(figure: Estimate) -> tuple[str, str, str]:
    return figure.value_text, figure.interval_text, f"{figure.cases:,}"


def _text(figure: Estimate | None) -> str:
    return figure.value_text if figure else "–"


def _named(title: str, cases: Sequence[tuple[str, str]]) -> Text:
    more = [f"and {len(cases) - NAMED_MOST:,} more"] if len(cases) > NAMED_MOST else []
    named = (f"{case_id}: {cut(said, WIDTH - 24)}" for case_id, said in cases[:NAMED_MOST])
    return lines(f"{title} ({len(cases):,})", *named, *more)


def comparison_table(comparison: Comparison) -> str:
    """Two runs: why they may not be comparable, each measure with its difference, and the flipped cases."""
    head = ("per cent, or 0 to 1", "first", "second", "change", "95 % interval", "p", "cases", "verdict")
    rows = (
        (one.measure, one.first.value_text, one.second.value_text, one.change_text, one.interval_text,
         "–" if one.p is None else "<0.001" if one.p < 0.001 else f"{one.p:.3f}",
         f"{one.second.cases:,}", _verdict(one))
        for one in comparison.differences
    )  # fmt: skip
    only = f"{comparison.only_first:,} only in the first, {comparison.only_second:,} only in the second"
    shared = f"{counted(comparison.cases, 'case')} in both, {only}"
    gained, lost = ([(one.id, one.question) for one in flips] for flips in (comparison.gained, comparison.lost))
    return printed(
        lines(*(f"! {warning}" for warning in comparison.warnings)),
        lines(f"first: {comparison.first}", f"second: {comparison.second}", shared),
        columns(head, rows),
        lines("Each measure is tested alone: of twenty without a change, about one looks significant by chance."),
        _named("gained: wrong in the first, right in the second", gained),
        _named("lost: right in the first, wrong in the second", lost),
    )


def _verdict(one: Difference) -> str:
    """`better` or `worse` if both the interval and the test say so."""
    if one.low == one.high == 0:
        return "the same"
    if not ((one.low > 0 or one.high < 0) and (one.p is None or one.p < 0.05)):
        return "may be chance"
    if (better := MEASURES[one.measure].better) is Better.NEITHER:
        return "changed"
    return "better" if (one.difference > 0) == (better is Better.HIGHER) else "worse"


def runs_table(runs: Sequence[tuple[RunInfo, Mapping[str, Estimate]]]) -> str:
    """One line per run: its id, setting, cases, and the figures from when it was last scored."""
    rows = [
        (info.id, "with" if info.options.with_as_of else "without", f"{info.case_count:,}",
         *(_text(figures.get(name)) for name in _LISTED), "" if info.finished else "not finished")
        for info, figures in runs
    ]  # fmt: skip
    return printed(columns(("run", "as_of", "cases", *_LISTED, ""), rows))
