"""What a report says, whatever it is written in: figures beside controls, types, times, how it was measured."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from evals.cases import Case
from evals.measures import MEASURES, Better, Estimate, Measure, Scores, estimate
from evals.records import Options, Record, RunInfo
from evals.report.text import counted, moment, one_line
from evals.results import Result
from rag.config import Config
from rag.types import Value

Controls = Mapping[str, Mapping[str, Estimate]]
"""Name of a control, e.g. "no retrieval" or "BM25 only" → its figures over the same cases."""
RIGHT = Measure(
    name="right", says="an accepted answer or every vital nugget, or the status that is due where there is neither"
)
WHOLE = "whole question"
_NOT_REPEATED = {"library", "host", "port"}
"""Settings that a repeated run is given otherwise, or that change no answer."""


class HistoryPoint(Value):
    """One earlier run of the same suite."""

    run: str
    finished: dt.datetime
    answerer: str
    figures: dict[str, Estimate]
    """By measure."""


class Row(Value):
    """One measure: its figure, those of the controls in their order, and what is wrong with it, if anything is."""

    measure: Measure
    figure: Estimate
    controls: tuple[Estimate | None, ...]
    alarm: str = ""


class TypeRow(Value):
    """How many cases of one type came out right."""

    type: str
    right: Estimate


class Step(Value):
    """How long one step took: median and 95th percentile, in milliseconds."""

    name: str
    p50: float
    p95: float
    most: float
    cases: int


class Group(Value):
    """A heading and the named values under it."""

    title: str
    rows: tuple[tuple[str, str], ...]


def rows(result: Result, controls: Controls) -> tuple[Row, ...]:
    """Every measure that applies, with the controls' figures for it."""
    return tuple(
        Row(
            measure=MEASURES[name],
            figure=figure,
            controls=tuple(figures.get(name) for figures in controls.values()),
            alarm=_alarm(MEASURES[name], figure),
        )
        for name, figure in result.figures().items()
    )


def _alarm(measure: Measure, figure: Estimate) -> str:
    if not measure.exact or figure.value is None:
        return ""
    if measure.better is Better.LOWER:
        return "must be 0" if figure.value > 0 else ""
    return "must be 100" if figure.value < 1 else ""


def right(result: Result) -> Estimate:
    """The share of all cases that came out right."""
    return estimate(RIGHT, [float(one) for _, one in result.right()], result.info.options.seed)


def by_type(result: Result) -> tuple[TypeRow, ...]:
    """The share of right cases of each type, in the order of their names."""
    return tuple(TypeRow(type=kind, right=right(result.of_type(kind))) for kind in result.types())


def failed(result: Result) -> tuple[Record, ...]:
    """The cases that could not be asked."""
    return tuple(record for record in result.records if record.error)


def latency(result: Result) -> tuple[Step, ...]:
    """Each step in the order of the pipeline, then the whole question; failed cases are left out."""
    times: dict[str, list[float]] = {}
    for record in result.records:
        if record.error or record.answer is None or not record.answer.timings:
            continue
        for name, taken in record.answer.timings.items():
            times.setdefault(name, []).append(taken)
        times.setdefault(WHOLE, []).append(record.milliseconds)
    whole = times.pop(WHOLE, [])
    return tuple(_step(name, taken) for name, taken in [*times.items(), (WHOLE, whole)] if taken)


def _step(name: str, taken: Sequence[float]) -> Step:
    # The nearest rank: a time that was measured, not one between two.
    p50, p95 = np.quantile(taken, [0.5, 0.95], method="inverted_cdf")
    return Step(name=name, p50=float(p50), p95=float(p95), most=max(taken), cases=len(taken))


def own_history(result: Result, points: Sequence[HistoryPoint]) -> tuple[HistoryPoint, ...]:
    """The runs by the same answerer in the order of time, this one among them when it is finished."""
    info = result.info
    known = {point.run: point for point in points if point.answerer == info.options.answerer}
    if info.finished and result.records:
        known[info.id] = HistoryPoint(
            run=info.id, finished=info.finished, answerer=info.options.answerer, figures=result.figures()
        )
    return tuple(sorted(known.values(), key=lambda point: (point.finished, point.run)))


def found_at(record: Record) -> str:
    """Where the first gold article stands in the ranking; empty where no article is gold."""
    if not record.gold_articles:
        return ""
    for rank, article in enumerate(record.ranking, start=1):
        if article in record.gold_articles:
            return f"at {rank:,} of {counted(len(record.ranking), 'article')}"
    return f"not among {counted(len(record.ranking), 'article')}"


def must_tell(case: Case) -> str:
    """The vital nuggets, one after the other, each with its wordings."""
    vital = [[" … ".join(wording) for wording in nugget.any] for nugget in case.nuggets if nugget.vital]
    return "; ".join(" | ".join(wordings) for wordings in vital)


def setting(options: Options) -> str:
    """`with as_of` or `without as_of`, and who answered when it is not Dateline as it is."""
    asked = "with as_of" if options.with_as_of else "without as_of"
    return asked if options.answerer == "default" else f"{asked}, {one_line(options.answerer)}"


def summary_sentence(result: Result, controls: Controls) -> str:
    """What the run found, in one or two sentences."""
    if not result.records:
        return "The run has no cases, so nothing was measured."
    share = right(result)
    said = f"{share!s} per cent of {counted(share.cases, 'case')} came out right"
    gone = len(failed(result))
    said += f"; {gone:,} could not be asked and count as wrong." if gone else "; none failed."
    accuracy = result.figures().get("answer accuracy")
    rivals = [(figures["answer accuracy"], name) for name, figures in controls.items() if "answer accuracy" in figures]
    if accuracy and rivals:
        best, name = max(rivals, key=lambda one: one[0].value or 0.0)
        said += f" Answer accuracy is {accuracy!s}, against {best!s} of the best control, {one_line(name)}."
    return said


def command(info: RunInfo) -> str:
    """The command that repeats the run, with the settings that differ from the defaults."""
    options = info.options
    changed = [
        f"DATELINE_{name.upper()}={shlex.quote(one_line(value))}"
        for name, value in info.settings.items()
        if name in Config.model_fields
        and name not in _NOT_REPEATED
        and value != str(Config.model_fields[name].get_default())
    ]
    words = ["dateline", *(["--library", info.library] if options.suite.endswith(".jsonl") else [])]
    words += ["eval", "run", options.suite]
    words += ["--data", options.data] if options.data else []
    words += ["--answerer", options.answerer] if options.answerer != "default" else []
    words += [] if options.with_as_of else ["--no-as-of"]
    words += ["--limit", str(options.limit)] if options.limit else []
    words += [word for one in options.types for word in ("--type", one)]
    words += [word for one in options.ids for word in ("--ids", one)]
    words += ["--seed", str(options.seed)] if options.seed else []
    words += ["--judge", options.judge] if options.judge else []
    return " ".join([*changed, *(shlex.quote(one_line(word)) for word in words)])


def how(info: RunInfo) -> tuple[Group, ...]:
    """Everything that is needed to repeat a run and to trust it."""
    options = info.options
    machine = info.machine
    run = (
        ("run", info.id),
        ("command", command(info)),
        ("started", moment(info.started)),
        ("finished", moment(info.finished)),
        ("took", str(info.finished - info.started).split(".")[0] if info.finished else "not finished"),
        ("answerer", options.answerer),
        ("asked", "each question as of its own day" if options.with_as_of else "without a day"),
        ("judge", options.judge or "none"),
        ("seed of resampling", str(options.seed)),
    )
    library = (
        ("suite", options.suite),
        ("cases", f"{info.case_count:,}"),
        ("fingerprint of the cases", info.cases),
        ("library", info.library),
        ("library version", info.library_version),
        ("articles", f"{info.articles:,}"),
        ("passages", f"{info.passages:,}"),
        ("fingerprint of the articles", info.corpus),
        ("fingerprint of the index", info.index),
        ("fingerprint of the code", info.code),
    )
    where = (
        ("system", machine.system),
        ("processor", machine.processor),
        ("cores", str(machine.cores)),
        ("memory", f"{machine.memory_gb:g} GB"),
    )
    return (
        Group(title="Run", rows=run),
        Group(title="Cases and library", rows=library),
        Group(title="Machine", rows=where),
        Group(title="Versions", rows=tuple(info.versions.items())),
        Group(title="Settings", rows=tuple(info.settings.items())),
    )


def score_text(name: str, scores: Scores) -> str:
    """One case's score: `yes` or `no` for a share, a number otherwise, `–` where the measure does not apply."""
    value = scores.get(name)
    if value is None:
        return "–"
    if name in MEASURES and MEASURES[name].share:
        return "yes" if value else "no"
    return f"{value:.3f}".rstrip("0").rstrip(".")
