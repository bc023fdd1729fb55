"""A run with its scores: what tables, reports and comparisons are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evals.measures import Estimate, Scores, summary
from evals.records import Record, RunInfo
from evals.rows import CaseError


@dataclass(frozen=True)
class Result:
    """One run; `scores[i]` belongs to `records[i]`."""

    info: RunInfo
    records: tuple[Record, ...]
    scores: tuple[Scores, ...]

    def figures(self) -> dict[str, Estimate]:
        """Every measure that applies, over all cases."""
        return summary(self.scores, self.info.options.seed)

    def types(self) -> list[str]:
        """The types of its cases, sorted."""
        return sorted({record.case.type for record in self.records})

    def of_type(self, kind: str) -> Result:
        """Only the cases of one type."""
        kept = [number for number, record in enumerate(self.records) if record.case.type == kind]
        return Result(
            self.info, tuple(self.records[number] for number in kept), tuple(self.scores[number] for number in kept)
        )

    def right(self) -> Iterator[tuple[Record, bool]]:
        """Each case with whether it came out right: an accepted answer or every vital nugget, or else the status that is due."""
        for record, scores in zip(self.records, self.scores, strict=True):
            right = scores["satisfied"] if scores["answer accuracy"] is None else scores["answer accuracy"]
            yield record, bool(scores["status right"] if right is None else right)

    def case(self, case_id: str) -> tuple[Record, Scores]:
        """One case by its id. Raises `CaseError`."""
        for record, scores in zip(self.records, self.scores, strict=True):
            if record.case.id == case_id:
                return record, scores
        raise CaseError(
            f"The run {self.info.id} has no case '{case_id}'; 'dateline eval show {self.info.id} --json' lists them."
        )
