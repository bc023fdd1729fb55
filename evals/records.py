"""What a run records: its set-up and what came back for each case; and a run with its scores."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from evals.cases import Case
from evals.measures import Estimate, Scores, summary
from evals.rows import CaseError
from rag.types import Answer, Status, Value

REFUSED = frozenset({Status.ABSTAINED, Status.CLOSEST})  # Outcomes that assert nothing.


class Options(Value, extra="ignore"):
    """The options of the command line; together with the library they determine every answer."""

    suite: str
    data: str = ""  # Folder of a public suite, as given.
    answerer: str = "default"
    with_as_of: bool = True
    limit: int | None = None
    sample: int | None = None  # This many cases, drawn at random by the seed.
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    seed: int = 0


class Machine(Value):
    system: str
    processor: str
    cores: int
    memory_gb: float


class RunInfo(Value):
    """Everything needed to repeat a run."""

    id: str
    options: Options
    settings: dict[str, str]  # Every setting of `Config`, as text.
    versions: dict[str, str]  # Of Python and the libraries that answers depend on.
    code: str  # Fingerprint of Dateline's own source.
    cases: str  # Fingerprint of the cases that are asked.
    case_count: int
    corpus: str  # Fingerprint of the articles' texts.
    index: str  # Fingerprint of the live index.
    library: str  # Folder of the library.
    library_version: str
    articles: int
    passages: int
    machine: Machine
    started: dt.datetime
    finished: dt.datetime | None = None


class Record(Value, extra="ignore"):
    """One case and what came back. `answer` is None when asking failed, and `error` says how."""

    case: Case
    answer: Answer | None = None  # As the reader gets it, with its first eight passages.
    ranking: tuple[str, ...] = ()  # Articles as retrieved, best first, up to 50 passages deep.
    gold_articles: tuple[str, ...] = ()  # The library's ids of the case's gold articles.
    quotes_intact: bool | None = None
    """Whether every citation is verbatim at its place in its article; None without citations."""
    rewrite_ranking: tuple[str, ...] = ()  # What the handwritten rewrite finds, if the case has one.
    milliseconds: float = 0.0
    error: str = ""


class Outcome(NamedTuple):
    record: Record
    scores: Scores

    @property
    def right(self) -> bool:
        """Whether it has an accepted answer or every vital nugget; otherwise, the expected status."""
        told = self.scores["satisfied"] if self.scores["answer accuracy"] is None else self.scores["answer accuracy"]
        return bool(self.scores["status right"] if told is None else told)


@dataclass(frozen=True)
class Result:
    info: RunInfo
    outcomes: tuple[Outcome, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(one.record for one in self.outcomes)

    def figures(self) -> dict[str, Estimate]:
        return summary([one.scores for one in self.outcomes], self.info.options.seed)

    def types(self) -> list[str]:
        return sorted({record.case.type for record in self.records})

    def of_type(self, kind: str) -> Result:
        return Result(self.info, tuple(one for one in self.outcomes if one.record.case.type == kind))

    def case(self, case_id: str) -> Outcome:
        """One case by its id. Raises `CaseError`."""
        for one in self.outcomes:
            if one.record.case.id == case_id:
                return one
        run = self.info.id
        raise CaseError(f"The run {run} has no case '{case_id}'; 'dateline eval show {run} --json' lists them.")
