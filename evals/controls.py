"""What stands beside the figures of a run: controls, and earlier runs of the same cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.answerers import CONTROLS, SETTINGS, control
from evals.measures import Estimate, summary
from evals.records import Result, RunInfo
from evals.report.view import Controls, HistoryPoint
from evals.scoring import score_all
from evals.store import all_runs

Figures = Mapping[str, Estimate]
_PART = {"suite", "with_as_of", "limit", "sample", "ids", "types"}


def controls_for(result: Result, runs: Path) -> Controls:
    """The controls that read nothing, computed here, and the newest runs of the other answerers over the same
    cases and articles. A control is held against nothing."""
    if result.info.options.answerer in CONTROLS:
        return {}
    cases = [record.case for record in result.records]
    found: dict[str, Figures] = {}
    for name in CONTROLS if any(case.answers for case in cases) else ():
        answer = control(name, cases)
        found[name] = summary(score_all([answer(case) for case in cases]), result.info.options.seed)
    info, others = result.info, dict[str, Figures]()
    for other, figures in _scored(runs, info):
        if (other.cases, other.corpus) == (info.cases, info.corpus) and other.options.answerer != info.options.answerer:
            others.setdefault(other.options.answerer, figures)
    return found | {name: others[name] for name in SETTINGS if name in others}


def history_for(result: Result, runs: Path) -> list[HistoryPoint]:
    """Finished runs of the same cases by the same answerer, this one too, oldest first."""
    known = {
        info.id: HistoryPoint(run=info.id, finished=info.finished, figures=dict(figures))
        for info, figures in (*_scored(runs, result.info), (result.info, result.figures()))
        if info.finished and figures and info.options.answerer == result.info.options.answerer
    }
    return sorted(known.values(), key=lambda point: (point.finished, point.run))


def _scored(runs: Path, like: RunInfo) -> Iterator[tuple[RunInfo, Figures]]:
    """Finished runs of the same part of the same suite that were scored, newest first.

    The wording of its cases may have changed in between.
    """
    wanted = like.options.model_dump(include=_PART)
    for folder, info in all_runs(runs):
        same = info.options.model_dump(include=_PART) == wanted
        if info.finished and same and (figures := folder.figures()):
            yield info, figures
