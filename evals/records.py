"""What a run records: its set-up and what came back for each case; and a run with its scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

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
    """Where it ran; times are comparable only on the same machine."""

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


@dataclass(frozen=True)
class Result:
    """One run; `scores[i]` belongs to `records[i]`."""

    info: RunInfo
    records: tuple[Record, ...]
    scores: tuple[Scores, ...]

    def figures(self) -> dict[str, Estimate]:
        return summary(self.scores, self.info.options.seed)

    def types(self) -> list[str]:
        return sorted({record.case.type for record in self.records})

    def of_type(self, kind: str) -> Result:
        kept = [one for one in zip(self.records, self.scores, strict=True) if one[0].case.type == kind]
        return Result(self.info, tuple(record for record, _ in kept), tuple(scores for _, scores in kept))

    def right(self) -> Iterator[tuple[Record, bool]]:
        """Each case and whether it was right: an accepted answer or every vital nugget, otherwise the expected status."""
        for record, scores in zip(self.records, self.scores, strict=True):
            right = scores["satisfied"] if scores["answer accuracy"] is None else scores["answer accuracy"]
            yield record, bool(scores["status right"] if right is None else right)

    def case(self, case_id: str) -> tuple[Record, Scores]:
        """One case by its id. Raises `CaseError`."""
        for record, scores in zip(self.records, self.scores, strict=True):
            if record.case.id == case_id:
                return record, scores
        run = self.info.id
        raise CaseError(f"The run {run} has no case '{case_id}'; 'dateline eval show {run} --json' lists them.")
