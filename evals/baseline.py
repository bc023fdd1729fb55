"""The baseline that is kept with the code, and what a run has lost against it: a regression test of quality.

It keeps the score of each case, so that the comparison is paired. Times are not compared, because machines differ.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from evals.cases import first_problem
from evals.compare import Difference, difference
from evals.measures import MEASURES, Better, Measure
from evals.records import Options, Result
from evals.rows import CaseError
from rag.store.disk import write_atomically
from rag.types import Value

GATED = tuple(name for name, measure in MEASURES.items() if measure.gate)  # Measures that may not fall.
_DIGITS = 4  # Scores are stored and compared to this many digits.
_MOST_NAMED = 5


class Baseline(Value, extra="ignore"):
    """A run's scores, case by case; anything else in its file is ignored."""

    suite: str
    options: Options
    date: dt.date
    code: str  # Fingerprint of Dateline's source.
    corpus: str  # Fingerprint of the articles' texts.
    measures: tuple[str, ...]  # What the numbers of each case are, in order.
    cases: dict[str, tuple[float | None, ...]]

    def scores(self, measure: str) -> dict[str, float]:
        if measure not in self.measures:
            return {}
        place = self.measures.index(measure)
        return {case_id: value for case_id, scores in self.cases.items() if (value := scores[place]) is not None}


class MeasureVerdict(Value):
    """One measure compared with the baseline, over the cases to which it applies in both."""

    measure: str
    fell: bool
    difference: Difference
    worse: tuple[str, ...] = ()  # Ids of the cases worse than in the baseline.

    def __str__(self) -> str:
        """`answer accuracy: 80.6 (77.1–83.6) → 74.2 (…), change −6.4 (−9.1 to −3.9): fell (q1, q2 and 3 more)`."""
        one = self.difference
        line = f"{self.measure}: {one.first} → {one.second}, change {one.change_text} ({one.interval_text})"
        return f"{line}: fell ({_named(self.worse)})" if self.fell else line


class Regressions(Value):
    """What `regressions` found; `ok` when nothing fell."""

    ok: bool
    verdicts: tuple[MeasureVerdict, ...]
    failures: tuple[str, ...] = ()  # Why it is not ok, one sentence each.
    notices: tuple[str, ...] = ()  # What is new, gone or different; none of it is a failure.

    def lines(self) -> list[str]:
        outcome = [f"Failed: {failure}" for failure in self.failures] or ["Passed: nothing fell behind the baseline."]
        return [*(str(verdict) for verdict in self.verdicts), *self.notices, *outcome]


def baseline_of(result: Result) -> Baseline:
    return Baseline(
        suite=result.info.options.suite,
        options=result.info.options,
        date=(result.info.finished or result.info.started).date(),
        code=result.info.code,
        corpus=result.info.corpus,
        measures=GATED,
        cases={
            record.case.id: tuple(None if (score := scores[name]) is None else round(score, _DIGITS) for name in GATED)
            for record, scores in result.outcomes
        },
    )


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises `CaseError`, which says how to make one, when it is missing or invalid."""
    try:
        baseline = Baseline.from_json(path.read_text(encoding="utf-8"))
        short = [case_id for case_id, scores in baseline.cases.items() if len(scores) != len(baseline.measures)]
        if not short:
            return baseline
        problem = f"'{path}' is not a baseline (the scores of case '{short[0]}' are not complete)"
    except FileNotFoundError:
        problem = f"There is no baseline at '{path}'"
    except (OSError, UnicodeDecodeError) as error:
        problem = f"The baseline '{path}' cannot be read ({error})"
    except ValidationError as error:
        problem = f"'{path}' is not a baseline ({first_problem(error)})"
    raise CaseError(f"{problem}; make one with 'dateline eval baseline'.")


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Writes one line per case, so that changes can be reviewed line by line."""
    short = {id: [int(one) if one in {0.0, 1.0} else one for one in row] for id, row in sorted(baseline.cases.items())}
    head, cases = (
        ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
        for values in (baseline.model_dump(mode="json", exclude={"cases"}), short)
    )
    write_atomically(path, f'{{\n{head},\n"cases": {{\n{cases}\n}}}}\n'.encode())


def regressions(now: Baseline, baseline: Baseline) -> Regressions:
    """Compares a run's scores with the baseline.

    A measure fell if the 95 % interval of its change, paired by case, lies wholly on the worse side of zero. An
    `exact` measure fell if any single case is worse. Cases that are new or gone are reported without failing; only a
    run that shares no case with the baseline fails.
    """
    verdicts, notices = [], list(_other_options(baseline, now))
    shared = [case_id for case_id in now.cases if case_id in baseline.cases]
    if not shared:
        failure = f"The run of {now.suite} shares no case with the baseline of {baseline.suite}."
        return Regressions(ok=False, verdicts=(), failures=(failure,), notices=tuple(notices))
    notices += _other_cases(baseline, now)
    for name in dict.fromkeys((*baseline.measures, *now.measures)):
        was, is_now = baseline.scores(name), now.scores(name)
        if name in MEASURES and was and is_now and (verdict := _verdict(MEASURES[name], was, is_now, shared)):
            verdicts.append(verdict)
        elif was or is_now:
            state = "gone" if not is_now else "on other cases now" if was else "new"
            notices.append(f"{name} is {state}; it was not compared.")
    failures = tuple(f"{verdict.measure} fell." for verdict in verdicts if verdict.fell)
    return Regressions(ok=not failures, verdicts=tuple(verdicts), failures=failures, notices=tuple(notices))


def _verdict(
    measure: Measure, was: dict[str, float], is_now: dict[str, float], shared: Sequence[str]
) -> MeasureVerdict | None:
    if measure.exact:
        # Where it did not apply it counts as right, so that a case citing for the first time can also fall.
        perfect = float(measure.better is Better.HIGHER)
        was = {case_id: was.get(case_id, perfect) for case_id in shared}
    pairs = {case_id: (was[case_id], is_now[case_id]) for case_id in shared if case_id in was and case_id in is_now}
    if not pairs:
        return None
    change = difference(measure, list(pairs.values()))
    sign = -1 if measure.better is Better.LOWER else 1
    worse = tuple(case_id for case_id, (one, other) in pairs.items() if sign * (other - one) < 0)
    fell = bool(worse) if measure.exact else (change.high if sign > 0 else -change.low) < 0
    return MeasureVerdict(measure=measure.name, fell=fell, difference=change, worse=worse)


def _other_options(old: Baseline, new: Baseline) -> Iterator[str]:
    for name, was in old.options.model_dump(exclude={"data", "limit", "sample", "ids", "types"}).items():
        asked = getattr(new.options, name)
        if asked != was:
            yield f"The baseline was asked with {name} = {was}, this run with {asked}."
    if old.suite == new.suite and old.corpus != new.corpus:
        yield "The articles are not those of the baseline."


def _other_cases(old: Baseline, new: Baseline) -> Iterator[str]:
    for have, lack, what in ((new, old, "not in the baseline"), (old, new, "in the baseline and not in this run")):
        if ids := [case_id for case_id in have.cases if case_id not in lack.cases]:
            yield f"{len(ids)} case{'s' if len(ids) > 1 else ''} {what}: {_named(ids)}."


def _named(ids: Sequence[str]) -> str:
    rest = len(ids) - _MOST_NAMED
    return ", ".join(ids[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
