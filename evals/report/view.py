"""What a report says about a run, whatever its format: terminal and page are made from this one view."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from evals.answerers import CONTROLS, SETTINGS, control
from evals.calibration import auroc, reliability
from evals.figures import percentile
from evals.measures import MEASURES, Better, Estimate, Measure, estimate, summary
from evals.records import Options, Record, Result, RunInfo
from evals.report.text import counted, moment, one_line
from evals.scoring import score
from evals.store import all_runs
from rag.config import Config

Controls = Mapping[str, Mapping[str, Estimate]]
"""Name of a control, e.g. "no-retrieval" or "bm25" → its figures over the same cases."""
KEY_FIGURES = ("answer accuracy", "satisfied", "Success@1", "answered when answerable", "abstention recall")
"""Measures at the top of the page."""
_PART = {"suite", "with_as_of", "limit", "sample", "ids", "types"}
_NOT_REPEATED = {"library", "host", "port"}
"""Settings that a repeated run receives in another way, or that change no answer."""


class Measured(NamedTuple):
    """One measure: its figure, those of the controls in order, and any problem with it."""

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


class RunView(NamedTuple):
    info: RunInfo
    about: str
    unasked: str  # What an interrupted run left out.
    controls: tuple[str, ...]
    measured: tuple[Measured, ...]
    types: tuple[tuple[str, Estimate], ...]  # How many cases were right: all cases first, then each type.
    steps: tuple[Step, ...]
    confidence: str
    failed: tuple[Record, ...]


def run_view(result: Result, controls: Controls) -> RunView:
    info, failed = result.info, tuple(record for record in result.records if record.error)
    missing = info.case_count - len(result.records)
    unasked = f"{counted(missing, 'case')} of {info.case_count:,} not asked: the run was stopped."
    parts = [("all", result), *((kind, result.of_type(kind)) for kind in result.types())]
    return RunView(
        info=info,
        about=f"{counted(len(result.records), 'case')}, {setting(info.options)}, {len(failed):,} failed",
        unasked=unasked if missing > 0 else "",
        controls=tuple(controls),
        measured=tuple(
            Measured(MEASURES[name], one, tuple(figures.get(name) for figures in controls.values()), _alarm(name, one))
            for name, one in result.figures().items()
        ),
        types=tuple((kind, estimate(case.right for case in one.outcomes)) for kind, one in parts),
        steps=latency(result),
        confidence=_confidence(result),
        failed=failed,
    )


def controls_for(result: Result, runs: Path) -> Controls:
    """The controls that read nothing, computed here, and the newest runs of the other answerers over the same cases.

    A control itself is compared with nothing.
    """
    info, own = result.info, result.info.options
    if own.answerer in CONTROLS:
        return {}
    cases = [record.case for record in result.records]
    names = CONTROLS if any(case.answers for case in cases) else ()
    found = {name: summary([score(control(name, cases)(case)) for case in cases], own.seed) for name in names}
    others: dict[str, dict[str, Estimate]] = {}
    for folder, other in all_runs(runs):
        same = other.options.model_dump(include=_PART) == own.model_dump(include=_PART)
        same &= (other.cases, other.corpus) == (info.cases, info.corpus) and other.options.answerer != own.answerer
        if same and other.finished and (figures := folder.figures()):
            others.setdefault(other.options.answerer, figures)
    return found | {name: others[name] for name in SETTINGS if name in others}


def _alarm(name: str, figure: Estimate) -> str:
    due = 0 if MEASURES[name].better is Better.LOWER else 1
    return f"must be {100 * due}" if MEASURES[name].exact and figure.value not in (None, due) else ""


def _confidence(result: Result) -> str:
    """What the confidence is worth: does it separate answerable from unanswerable, and is it a probability?"""
    area, bins = auroc(result), reliability(result)
    said = [f"AUROC {area:.3f}"] if area is not None else []
    said += [f"expected calibration error {bins.error:.3f}"] if bins else []
    return ", ".join(said) or "not judged: that takes cases with an answer in the library and cases without"


def latency(result: Result) -> tuple[Step, ...]:
    """Each step in pipeline order, then the whole question; failed cases are left out."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    asked = [(record.answer.timings, record.milliseconds) for record in result.records if record.answer]
    for timings, _ in asked:
        for name, taken in timings.items():
            times[name].append(taken)
    times["whole question"] = [whole for timings, whole in asked if timings]
    return tuple(
        Step(name, percentile(taken, 50), percentile(taken, 95), max(taken), len(taken))
        for name, taken in times.items()
        if taken
    )


def setting(options: Options) -> str:
    """`with as_of` or `without as_of`, and the answerer if it is not the default Dateline."""
    asked = "with as_of" if options.with_as_of else "without as_of"
    return asked if options.answerer == "default" else f"{asked}, {one_line(options.answerer)}"


def command(info: RunInfo) -> str:
    """The command that repeats the run, with the settings that differ from the defaults."""
    options, fields = info.options, Config.model_fields
    changed = [
        f"DATELINE_{name.upper()}={shlex.quote(one_line(value))}"
        for name, value in info.settings.items()
        if name in fields and name not in _NOT_REPEATED and value != str(fields[name].get_default())
    ]
    words = ["dateline", *(["--library", info.library] if options.suite.endswith(".jsonl") else [])]
    words += ["eval", "run", options.suite, *(["--no-as-of"] if not options.with_as_of else [])]
    given = (
        ("--data", options.data), ("--answerer", options.answerer.removeprefix("default")),
        ("--limit", options.limit), ("--sample", options.sample),
        *(("--type", one) for one in options.types), *(("--ids", one) for one in options.ids),
        ("--seed", options.seed),
    )  # fmt: skip
    words += [word for name, value in given if value for word in (name, str(value))]
    return " ".join([*changed, *(shlex.quote(one_line(word)) for word in words)])


def how(info: RunInfo) -> dict[str, dict[str, str]]:
    """Everything needed to repeat a run and to trust it: heading → name → value."""
    groups: dict[str, dict[str, str]] = {"run": {"command": command(info)}}
    for name, value in info.model_dump().items():
        if isinstance(value, dict):
            groups[name] = {one: str(said) for one, said in value.items()}
        else:
            said = moment(value) if name in ("started", "finished") else str(value)
            groups["run"][name.replace("_", " ")] = said
    return groups
