"""Runs, comparisons and cases as plain text, 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len

from evals.measures import Estimate
from evals.records import RunInfo
from evals.report.case import case_view
from evals.report.comparison import comparison_table
from evals.report.facts import Controls, Row, Step, by_type, failed, latency, right, rows, setting
from evals.report.figures import confidence_line, interval, value
from evals.report.text import counted, cut, moment, one_line, padded, wrapped
from evals.results import Result

__all__ = ["case_view", "comparison_table", "runs_table", "table"]
WIDTH = 100
ERRORS_MOST = 10
"""Failed cases that are named; the rest is counted."""
_LISTED = ("answer accuracy", "Success@1", "abstention recall")
_NAME, _CONTROL_MOST = 24, 14


def table(result: Result, controls: Controls) -> str:
    """A run: its measures beside those of the controls, right by type, times, and what the confidence is worth."""
    parts = [_head(result)]
    if result.records:
        parts += [*_measures(rows(result, controls), tuple(controls)), _types(result)]
        parts += [_latency(latency(result)), f"confidence: {confidence_line(result)}", _errors(result)]
    return "\n\n".join(part for part in parts if part)


def _head(result: Result) -> str:
    info = result.info
    facts = [
        one_line(info.options.suite),
        counted(len(result.records), "case"),
        setting(info.options),
        f"{len(failed(result)):,} failed",
    ]
    missing = info.case_count - len(result.records)
    lines = wrapped(", ".join(facts), WIDTH)
    lines.append(cut(f"run {info.id}, {moment(info.finished)}", WIDTH))
    if missing > 0:
        lines.append(f"{counted(missing, 'case')} of {info.case_count:,} not asked: the run was stopped.")
    return "\n".join(lines)


def _measures(measured: Sequence[Row], names: Sequence[str]) -> list[str]:
    """As many controls a table as fit the width; the first table has the intervals, the others are named again."""
    tables: list[str] = []
    start = 0
    while start < len(names) or not tables:
        with_interval = not tables
        room = WIDTH - _NAME - (30 if with_interval else 8)
        shown = _fitting(names[start:], room)
        tables.append(_measure_table(measured, names[start : start + shown], start, with_interval))
        start += max(shown, 1)
    return tables


def _fitting(names: Sequence[str], room: int) -> int:
    used = 0
    for number, name in enumerate(names):
        used += 2 + _column(name)
        if used > room:
            return number
    return len(names)


def _column(name: str) -> int:
    return max([6, *(cell_len(line) for line in _stacked(name))])


def _stacked(name: str) -> list[str]:
    return [cut(word, _CONTROL_MOST) for word in one_line(name).replace("-", "- ").split()]


def _measure_table(measured: Sequence[Row], names: Sequence[str], start: int, with_interval: bool) -> str:
    head = f"{'per cent, or 0 to 1':<{_NAME}}{'value':>8}" + (
        f"{'95 % interval':>15}{'cases':>7}" if with_interval else ""
    )
    heads = list(zip_longest(*(_stacked(name) for name in names), fillvalue="")) or [()]
    lines = []
    for number, words in enumerate(heads):
        first = head if number == 0 else " " * len(head)
        lines.append((first + "".join(_right(word, name) for word, name in zip(words, names, strict=True))).rstrip())
    for row in measured:
        line = f"{padded(row.measure.name, _NAME)}{value(row.figure):>8}"
        line += f"{interval(row.figure):>15}{row.figure.cases:>7,}" if with_interval else ""
        beside = row.controls[start : start + len(names)]
        line += "".join(_right(value(one), name) for one, name in zip(beside, names, strict=True))
        lines.append(line)
        if row.alarm and with_interval:
            lines.append(f"  ! {row.measure.name} {row.alarm}: {row.measure.says}")
    return "\n".join(lines)


def _right(text: str, name: str) -> str:
    room = _column(name)
    return "  " + " " * (room - cell_len(text)) + text


def _types(result: Result) -> str:
    lines = [f"{'right, by type':<{_NAME}}{'value':>8}{'95 % interval':>15}{'cases':>7}"]
    shown = [("all", right(result)), *((row.type, row.right) for row in by_type(result))]
    lines += [f"{padded(name, _NAME)}{value(share):>8}{interval(share):>15}{share.cases:>7,}" for name, share in shown]
    return "\n".join(lines)


def _latency(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    lines = [f"{'milliseconds':<{_NAME}}{'p50':>8}{'p95':>15}{'cases':>7}"]
    lines += [f"{padded(step.name, _NAME)}{step.p50:>8,.1f}{step.p95:>15,.1f}{step.cases:>7,}" for step in steps]
    return "\n".join(lines)


def _errors(result: Result) -> str:
    gone = failed(result)
    if not gone:
        return ""
    lines = [f"failed, and counted as wrong ({len(gone):,})"]
    lines += [f"  {padded(record.case.id, 20)}  {cut(record.error, WIDTH - 24)}" for record in gone[:ERRORS_MOST]]
    if len(gone) > ERRORS_MOST:
        lines.append(f"  and {len(gone) - ERRORS_MOST:,} more")
    return "\n".join(lines)


def runs_table(runs: Sequence[tuple[RunInfo, Mapping[str, Estimate]]]) -> str:
    """A line a run: its id, setting, cases, and the figures as they were when it was last scored."""
    longest = min(max((cell_len(one_line(info.id)) for info, _ in runs), default=0), 44)
    head = f"{'run':<{longest}}  {'as_of':<7}{'cases':>7}"
    heads = zip_longest(*(_stacked(name) for name in _LISTED), fillvalue="")
    lines = [
        (head if number == 0 else " " * len(head)) + "".join(map(_right, words, _LISTED))
        for number, words in enumerate(heads)
    ]
    for info, figures in runs:
        line = f"{padded(info.id, longest)}  {'with' if info.options.with_as_of else 'without':<7}{info.case_count:>7,}"
        line += "".join(_right(value(figures.get(name)), name) for name in _LISTED)
        lines.append(line if info.finished else f"{line}  not finished")
    return "\n".join(line.rstrip() for line in lines)
