"""Runs a suite: ingest its articles once, ask every case, score what comes back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.cases import Case
from evals.metrics import Share, contains_answer, percentile, share
from evals.suites import Suite, load_suite
from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import DatelineError
from rag.library import Library
from rag.types import Answer, Status, Turn

Progress = Callable[[str, int, int], None]
"""Step, done, total."""
TOP = 5


@dataclass(frozen=True)
class CaseResult:
    """How one case came out. `None` means that the measure does not apply to it."""

    id: str
    type: str
    question: str
    searched: str
    text: str
    status: str
    expected: str
    confidence: float
    right: bool | None
    first_quote_right: bool | None
    hit_at_1: bool | None
    hit_at_5: bool | None
    answered: bool | None
    refused: bool | None
    milliseconds: float
    error: str = ""


@dataclass(frozen=True)
class EvalResult:
    """All cases of a run, and what they add up to."""

    suite: str
    library_version: str
    with_as_of: bool
    cases: tuple[CaseResult, ...]

    def shares(self) -> dict[str, Share]:
        """The measures, by their published or plain names."""
        return {
            "answer accuracy": share([case.right for case in self.cases]),
            "first quote right": share([case.first_quote_right for case in self.cases]),
            "article Hit@1": share([case.hit_at_1 for case in self.cases]),
            "article Hit@5": share([case.hit_at_5 for case in self.cases]),
            "answered when answerable": share([case.answered for case in self.cases]),
            "refused when unanswerable": share([case.refused for case in self.cases]),
            "errors": share([bool(case.error) for case in self.cases]),
        }

    def milliseconds(self) -> dict[str, float | None]:
        """Median and 95th percentile of one question, in milliseconds."""
        times = [case.milliseconds for case in self.cases if not case.error]
        return {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)}

    def to_dict(self) -> dict[str, object]:
        """Everything, in the types of JSON."""
        measures = {
            name: {"value": one.value, "interval": one.interval, "cases": one.cases}
            for name, one in self.shares().items()
        }
        return {
            "suite": self.suite,
            "library_version": self.library_version,
            "with_as_of": self.with_as_of,
            "measures": measures,
            "milliseconds": self.milliseconds(),
            "cases": [asdict(case) for case in self.cases],
        }


def run_suite(
    suite_name: str,
    data: Path | None,
    library: Path | None,
    limit: int | None,
    with_as_of: bool,
    progress: Progress,
) -> EvalResult:
    """Asks the first `limit` cases of a suite.

    Args:
        data: folder of a public suite; the sample needs none.
        library: a library that already holds the suite's articles; one is kept in a cache folder when not given.
        with_as_of: ask each question as on its own day, seeing nothing later.

    Raises:
        CaseError: the suite is unknown or cannot be read.
    """
    suite = load_suite(suite_name, data)
    opened = Library.open(library) if library else _library_of(suite, progress)
    assistant = Assistant(opened)
    cases = _with_gold_articles(suite.cases[:limit], opened)
    if cases:
        assistant.ask(cases[0].question)  # the first one loads the models, which is nobody's answering time
    results = []
    for number, case in enumerate(cases, start=1):
        results.append(_ask(assistant, case, with_as_of))
        progress("ask", number, len(cases))
    return EvalResult(suite.name, opened.version, with_as_of, tuple(results))


def _library_of(suite: Suite, progress: Progress) -> Library:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dateline"
    key = hashlib.sha256(str(suite.articles.resolve()).encode()).hexdigest()[:8]
    library = Library.create(cache / f"{suite.name}-{key}", Config())
    ingest(library, [str(suite.articles)], sync=True, progress=progress)
    return library


def _with_gold_articles(cases: Sequence[Case], library: Library) -> list[Case]:
    """Cases that name files get the ids of the articles that the library made of them."""
    sources: dict[str, str] = {}
    if any(case.gold for case in cases):
        for article in library.articles():
            sources |= dict.fromkeys(library.article(article.article_id).sources, article.article_id)
    return [
        case
        if case.gold_articles
        else case.model_copy(
            update={
                "gold_articles": tuple(
                    article_id
                    for source, article_id in sources.items()
                    if any(source.endswith(f"/{gold.file}") for gold in case.gold)
                )
            }
        )
        for case in cases
    ]


def _ask(assistant: Assistant, case: Case, with_as_of: bool) -> CaseResult:
    history = tuple(
        Turn(question=turn.question, standalone_question=turn.question, answer=turn.answer) for turn in case.history
    )
    try:
        answer = assistant.ask(case.question, history, as_of=case.as_of if with_as_of else None)
    except DatelineError as error:
        return _failed(case, str(error))
    answered = answer.status is not Status.ABSTAINED
    articles = list(dict.fromkeys(passage.article_id for passage in answer.passages))
    gold = set(case.gold_articles)
    return CaseResult(
        id=case.id,
        type=case.type,
        question=case.question,
        searched=answer.standalone_question,
        text=answer.text,
        status=answer.status.value,
        expected=case.status.value,
        confidence=answer.confidence,
        right=answered and contains_answer(answer.text, case.answers) if case.answers else None,
        first_quote_right=answered and contains_answer(_first_quote(answer), case.answers) if case.answers else None,
        hit_at_1=bool(gold & set(articles[:1])) if gold else None,
        hit_at_5=bool(gold & set(articles[:TOP])) if gold else None,
        answered=answered if case.answerable else None,
        refused=not answered if not case.answerable else None,
        milliseconds=sum(answer.timings.values()),
    )


def _first_quote(answer: Answer) -> str:
    return answer.citations[0].quote if answer.citations else ""


def _failed(case: Case, error: str) -> CaseResult:
    """A failed case is wrong, and is counted as failed with its error."""
    return CaseResult(
        id=case.id,
        type=case.type,
        question=case.question,
        searched="",
        text="",
        status="failed",
        expected=case.status.value,
        confidence=0.0,
        right=False if case.answers else None,
        first_quote_right=False if case.answers else None,
        hit_at_1=False if case.gold_articles else None,
        hit_at_5=False if case.gold_articles else None,
        answered=False if case.answerable else None,
        refused=False if not case.answerable else None,
        milliseconds=0.0,
        error=error,
    )
