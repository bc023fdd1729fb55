"""Two runs over the same cases: what changed, and is it more than chance?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scipy.stats import binomtest

from evals.measures import MEASURES, Estimate, Measure, estimate, mean_interval
from evals.records import Outcome, Record, Result, RunInfo
from evals.rows import CaseError
from rag.types import Value


class Difference(Value):
    """One measure in two runs, over the cases to which it applies in both."""

    measure: str
    first: Estimate
    second: Estimate
    difference: float  # Second minus first.
    low: float
    high: float  # Its 95 % interval, paired bootstrap over cases.
    p: float | None  # Exact McNemar test for shares; None for means.

    @property
    def change_text(self) -> str:
        return self._signed(self.difference)

    @property
    def interval_text(self) -> str:
        return f"{self._signed(self.low)} to {self._signed(self.high)}"

    def _signed(self, number: float) -> str:
        """`+3.1` points for a share, `−0.012` for a mean."""
        text = f"{100 * number:+.1f}" if self.second.share else f"{number:+.3f}"
        return text.replace("-", "−") if text.strip("+-0.") else text.lstrip("+-")


class Flip(Value):
    """A case that was right in one run and wrong in the other."""

    id: str
    type: str
    question: str
    first_answer: str
    second_answer: str


class Comparison(Value):
    first: str
    second: str
    cases: int  # Cases in both runs.
    only_first: int
    only_second: int
    differences: tuple[Difference, ...]
    gained: tuple[Flip, ...]  # Wrong in the first, right in the second.
    lost: tuple[Flip, ...]
    warnings: tuple[str, ...] = ()
    """Why the two may not be comparable: other cases, another corpus, one with and one without as_of."""


def compare(first: Result, second: Result) -> Comparison:
    """Paired by case id. Raises `CaseError` when the runs share no case."""
    before, after = ({one.record.case.id: one for one in run.outcomes} for run in (first, second))
    pairs = [(before[id], now) for id, now in after.items() if id in before]
    if not pairs:
        raise CaseError(f"The runs {first.info.id} and {second.info.id} share no case; compare runs of the same suite.")
    seed = first.info.options.seed
    return Comparison(
        first=first.info.id,
        second=second.info.id,
        cases=len(pairs),
        only_first=len(before) - len(pairs),
        only_second=len(after) - len(pairs),
        differences=tuple(
            difference(one, found, seed) for one in MEASURES.values() if (found := _paired(one.name, pairs))
        ),
        gained=tuple(_flip(was.record, now.record) for was, now in pairs if now.right and not was.right),
        lost=tuple(_flip(was.record, now.record) for was, now in pairs if was.right and not now.right),
        warnings=tuple(_warnings(first.info, second.info, len(before), len(after), len(pairs))),
    )


def difference(measure: Measure, pairs: Sequence[tuple[float, float]], seed: int = 0) -> Difference:
    """One measure over the cases, at least one, that have a value in both runs.

    Interval: percentile bootstrap over the cases' differences. Test of shares: McNemar's of 1947 in its exact form, the
    changed cases against a fair coin.
    """
    changes = [other - one for one, other in pairs]
    low, high = mean_interval(changes, seed)
    risen, fallen = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    p = float(binomtest(risen, risen + fallen).pvalue) if risen + fallen else 1.0
    return Difference(
        measure=measure.name,
        first=estimate((one for one, _ in pairs), measure.share, seed),
        second=estimate((other for _, other in pairs), measure.share, seed),
        difference=sum(changes) / len(changes),
        low=low,
        high=high,
        p=p if measure.share else None,
    )


def _paired(name: str, pairs: Sequence[tuple[Outcome, Outcome]]) -> list[tuple[float, float]]:
    values = ((one.scores[name], other.scores[name]) for one, other in pairs)
    return [(one, other) for one, other in values if one is not None and other is not None]


def _flip(was: Record, now: Record) -> Flip:
    first, second = (one.answer.text if one.answer else f"Failed: {one.error}" for one in (was, now))
    case = now.case
    return Flip(id=case.id, type=case.type, question=case.question, first_answer=first, second_answer=second)


def _warnings(first: RunInfo, second: RunInfo, before: int, after: int, shared: int) -> Iterator[str]:
    if first.options.suite != second.options.suite:
        yield f"Different suites: {first.options.suite} and {second.options.suite}."
    if shared < max(before, after):
        yield f"Only {shared} cases are in both runs; the first has {before}, the second {after}."
    elif first.cases != second.cases:
        yield "The cases are not the same under the same ids: a question, or what is right, was changed."
    if first.corpus != second.corpus:
        yield "The articles are not the same."
    if first.options.with_as_of != second.options.with_as_of:
        yield f"Only the {'first' if first.options.with_as_of else 'second'} run was asked as of the day of each question."
