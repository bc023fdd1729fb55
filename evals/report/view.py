"""What a report says of a run, whatever it is written in: terminal and page are made of this one view."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from evals.calibration import auroc, reliability
from evals.compare import Comparison
from evals.figures import percentile
from evals.measures import MEASURES, Better, Estimate, Measure, estimate
from evals.records import Record, Result, RunInfo
from evals.report.provenance import setting
from evals.report.text import counted, one_line, p_value, reading
from rag.types import Value

Controls = Mapping[str, Mapping[str, Estimate]]
"""Name of a control, e.g. "no-retrieval" or "bm25" → its figures over the same cases."""
WHOLE = "whole question"
KEY_FIGURES = ("answer accuracy", "satisfied", "Success@1", "answered when answerable", "abstention recall")
"""Measures that stand at the top of the page, and whose earlier figures are drawn."""


class HistoryPoint(Value):
    """A run of the same cases, with its figures by measure."""

    run: str
    finished: dt.datetime
    figures: dict[str, Estimate]


class Measured(NamedTuple):
    """One measure: its figure, those of the controls in their order, and what is wrong with it, if anything is."""

    measure: Measure
    figure: Estimate
    controls: tuple[Estimate | None, ...]
    alarm: str


class Step(NamedTuple):
    """How long one step took: median, 95th percentile and maximum, in milliseconds."""

    name: str
    p50: float
    p95: float
    most: float
    cases: int


class Table(NamedTuple):
    """Rows of text under a head; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class RunView(NamedTuple):
    """A run in words and figures; `unasked` says what a stopped run left out, and is empty otherwise."""

    info: RunInfo
    about: str
    sentence: str
    unasked: str
    controls: tuple[str, ...]
    measured: tuple[Measured, ...]
    types: tuple[tuple[str, Estimate], ...]
    """How many cases of each type came out right, after that of all cases."""
    steps: tuple[Step, ...]
    confidence: str
    failed: tuple[Record, ...]


def run_view(result: Result, controls: Controls) -> RunView:
    """Everything that a report says of a run, but for plots and single cases."""
    info, failed = result.info, tuple(record for record in result.records if record.error)
    missing = info.case_count - len(result.records)
    unasked = f"{counted(missing, 'case')} of {info.case_count:,} not asked: the run was stopped."
    return RunView(
        info=info,
        about=f"{counted(len(result.records), 'case')}, {setting(info.options)}, {len(failed):,} failed",
        sentence=_sentence(result, controls, len(failed)),
        unasked=unasked if missing > 0 else "",
        controls=tuple(controls),
        measured=tuple(
            Measured(MEASURES[name], one, tuple(figures.get(name) for figures in controls.values()), _alarm(name, one))
            for name, one in result.figures().items()
        ),
        types=(("all", right(result)), *((kind, right(result.of_type(kind))) for kind in result.types())),
        steps=latency(result),
        confidence=_confidence(result),
        failed=failed,
    )


def _alarm(name: str, figure: Estimate) -> str:
    due = 0 if MEASURES[name].better is Better.LOWER else 1
    return f"must be {100 * due}" if MEASURES[name].exact and figure.value not in (None, due) else ""


def right(result: Result) -> Estimate:
    return estimate(one for _, one in result.right())


def _sentence(result: Result, controls: Controls, failed: int) -> str:
    if not result.records:
        return "The run has no cases, so nothing was measured."
    share = right(result)
    said = f"{share!s} per cent of {counted(share.cases, 'case')} came out right"
    said += f"; {failed:,} could not be asked and count as wrong." if failed else "; none failed."
    accuracy = result.figures().get("answer accuracy")
    rivals = [(figures["answer accuracy"], name) for name, figures in controls.items() if "answer accuracy" in figures]
    if accuracy and rivals:
        best, name = max(rivals, key=lambda one: one[0].value or 0.0)
        said += f" Answer accuracy is {accuracy!s}, against {best!s} of the best control, {one_line(name)}."
    return said


def _confidence(result: Result) -> str:
    """What the confidence is worth: does it tell answerable from unanswerable, and is it a probability?"""
    area, bins = auroc(result), reliability(result)
    said = [f"AUROC {area:.3f}"] if area is not None else []
    said += [f"expected calibration error {bins.error:.3f}"] if bins else []
    return ", ".join(said) or "not judged: that takes cases with an answer in the library and cases without"


def latency(result: Result) -> tuple[Step, ...]:
    """Each step in the order of the pipeline, then the whole question; failed cases are left out."""
    times: dict[str, list[float]] = {}
    asked = [(record, record.answer.timings) for record in result.records if record.answer and not record.error]
    for _, timings in asked:
        for name, taken in timings.items():
            times.setdefault(name, []).append(taken)
    times[WHOLE] = [record.milliseconds for record, timings in asked if timings]
    return tuple(
        Step(name, percentile(taken, 50), percentile(taken, 95), max(taken), len(taken))
        for name, taken in times.items()
        if taken
    )


def differences_table(comparison: Comparison) -> Table:
    """Every measure in two runs, what changed, and whether that is more than chance."""
    head = ("per cent, or 0 to 1", "first", "second", "change", "95 % interval", "p", "cases", "verdict")
    rows = (
        (one.measure, one.first.value_text, one.second.value_text, one.change_text, one.interval_text, p_value(one.p),
         f"{one.second.cases:,}", reading(one))
        for one in comparison.differences
    )  # fmt: skip
    return Table(head=head, rows=tuple(rows))


def in_both(comparison: Comparison) -> str:
    """How many cases two runs share, and how many only one has."""
    return (
        f"{counted(comparison.cases, 'case')} in both, {comparison.only_first:,} only in the first, "
        f"{comparison.only_second:,} only in the second"
    )
