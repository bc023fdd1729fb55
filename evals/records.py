"""What a run writes down: what it was, and what came back for each case."""

from __future__ import annotations

import datetime as dt

from evals.cases import Case
from rag.types import Answer, Status, Value

REFUSED = frozenset({Status.ABSTAINED, Status.CLOSEST})
"""Outcomes that assert nothing."""


class Options(Value):
    """What was asked for on the command line; together with the library it decides every answer."""

    suite: str
    data: str = ""
    """Folder of a public suite, as given."""
    answerer: str = "default"
    with_as_of: bool = True
    limit: int | None = None
    sample: int | None = None
    """So many cases, drawn at random by the seed."""
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    seed: int = 0
    judge: str = ""
    """The language model that judged, empty for none."""


class Machine(Value):
    """Where it ran; times compare only on the same one."""

    system: str
    processor: str
    cores: int
    memory_gb: float


class RunInfo(Value):
    """Everything that is needed to repeat a run."""

    id: str
    options: Options
    settings: dict[str, str]
    """Every setting of `Config`, as text."""
    versions: dict[str, str]
    """Of Python and of the libraries that answers depend on."""
    code: str
    """Fingerprint of Dateline's own source."""
    cases: str
    """Fingerprint of the cases that are asked."""
    case_count: int
    corpus: str
    """Fingerprint of the articles' texts."""
    index: str
    """Fingerprint of the live index."""
    library: str
    """Folder of the library."""
    library_version: str
    articles: int
    passages: int
    machine: Machine
    started: dt.datetime
    finished: dt.datetime | None = None


class Judgement(Value):
    """What a language model said about an answer."""

    right: bool
    why: str = ""


class Record(Value):
    """One case and what came back. `answer` is None when asking failed, and `error` says how."""

    case: Case
    answer: Answer | None = None
    """As the reader gets it, with its first eight passages."""
    ranking: tuple[str, ...] = ()
    """Articles as retrieved, best first, up to 50 passages deep."""
    gold_articles: tuple[str, ...] = ()
    """The library's ids of the case's gold articles."""
    quotes_intact: bool | None = None
    """Whether every citation is verbatim at its place in its article; None without citations."""
    rewrite_ranking: tuple[str, ...] = ()
    """What the hand-written rewrite finds, where the case has one."""
    judged: Judgement | None = None
    milliseconds: float = 0.0
    error: str = ""
