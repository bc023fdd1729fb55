"""Records and results for the evals tests, with consistent defaults: an answerable question, answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from evals.cases import Case, Nugget, PastTurn
from evals.records import Machine, Options, Outcome, Record, Result, RunInfo
from evals.scoring import score
from rag.types import Answer, Citation, Conflict, Sentence, Status, Verdict

QUOTE = "Spokesperson Kang Yu-jung announced the visit on Wednesday."


def case(
    id: str = "q1",
    *,
    type: str = "single_fact",
    question: str = "Who announced the visit?",
    answers: tuple[str, ...] = ("Kang Yu-jung",),
    status: Status = Status.ANSWERED,
    wrong_answers: tuple[str, ...] = (),
    reference: str = "",
    history: tuple[PastTurn, ...] = (),
    rewrite: str = "",
    nuggets: tuple[Nugget, ...] = (),
    as_of: dt.date | None = dt.date(2025, 8, 13),
) -> Case:
    """An answerable factual question; with the status `abstained` the accepted answers are left out."""
    return Case(
        id=id,
        type=type,
        question=question,
        answers=() if status is Status.ABSTAINED else answers,
        status=status,
        wrong_answers=wrong_answers,
        reference=reference,
        history=history,
        rewrite=rewrite,
        nuggets=nuggets,
        as_of=as_of,
    )


def nugget(*wordings: str | tuple[str, ...], vital: bool = True) -> Nugget:
    """A fact told by any of these wordings; the words of a tuple must all be there."""
    return Nugget(vital=vital, any=tuple((one,) if isinstance(one, str) else one for one in wordings))


def citation(
    quote: str = QUOTE,
    *,
    number: int = 1,
    outlet: str | None = "Eastmoor Courier",
    article_id: str = "a1",
    also_in: tuple[str, ...] = (),
    published: dt.date | None = dt.date(2025, 8, 13),
) -> Citation:
    """A quote from the beginning of an article."""
    return Citation(
        number=number,
        article_id=article_id,
        passage_id=f"{article_id}:0",
        outlet=outlet,
        title="President to visit Tokyo",
        url=f"https://news.example/{article_id}",
        published=published,
        quote=quote,
        start=0,
        end=len(quote),
        also_in=also_in,
    )


def answer(
    *quotes: str,
    question: str = "Who announced the visit?",
    standalone_question: str | None = None,
    status: Status = Status.ANSWERED,
    confidence: float = 0.9,
    citations: Sequence[Citation] | None = None,
) -> Answer:
    """Each quote as a sentence with its number: `Spokesperson … Wednesday. [1]`; an abstention cites nothing.

    With the status `closest`, the quotes are passages shown without a claim.
    """
    searched = question if standalone_question is None else standalone_question
    if status is Status.ABSTAINED:
        text = "The library has nothing close to this question."
        return Answer(question=question, standalone_question=searched, text=text, status=status, confidence=confidence)
    cited = citations if citations is not None else [citation(quote) for quote in quotes or (QUOTE,)]
    cited = [one.model_copy(update={"number": number}) for number, one in enumerate(cited, start=1)]
    text, sentences = "Nothing is certain:" if status is Status.CLOSEST else "", []
    for one in cited:
        start = len(text) + bool(text)
        text += f"{' ' if text else ''}{one.quote} [{one.number}]"
        sentences.append(Sentence(start=start, end=len(text), citations=(one.number,), verdict=Verdict.VERBATIM))
    conflicts = (
        Conflict(
            subject=question,
            values=tuple(one.quote for one in cited),
            citations=tuple(one.number for one in cited),
        ),
    )
    return Answer(
        question=question,
        standalone_question=searched,
        text=text,
        status=status,
        sentences=tuple(sentences),
        citations=tuple(cited),
        conflicts=conflicts if status is Status.CONFLICT else (),
        independent_sources=0 if status is Status.CLOSEST else len({one.outlet for one in cited if one.outlet}),
        confidence=confidence,
        timings={"retrieve": 12.0, "answer": 30.0},
    )


def record(
    id: str = "q1",
    *quotes: str,
    type: str = "single_fact",
    question: str = "Who announced the visit?",
    answers: tuple[str, ...] = ("Kang Yu-jung",),
    due: Status = Status.ANSWERED,
    status: Status = Status.ANSWERED,
    confidence: float = 0.9,
    ranking: tuple[str, ...] = ("a1", "a2", "a3"),
    gold_articles: tuple[str, ...] | None = None,
    of_case: Case | None = None,
    answered: Answer | None = None,
    quotes_intact: bool | None = True,
    rewrite_ranking: tuple[str, ...] = (),
    milliseconds: float = 42.0,
    error: str = "",
) -> Record:
    """One case and what came back: by default the first quote is right and the first article is the gold one.

    Args:
        due: the status that is right for the case.
        status: the status that came back.
            gold_articles: `("a1",)` by default, none where an abstention is due.
            of_case, answered: the whole case or answer, instead of the one made from the other arguments.
        error: asking failed in this way; the record then has no answer.
    """
    asked = of_case or case(id, type=type, question=question, answers=answers, status=due)
    made = answered or answer(*quotes, question=asked.question, status=status, confidence=confidence)
    cited = bool(made.citations) and not error
    return Record(
        case=asked,
        answer=None if error else made,
        ranking=() if error else ranking,
        gold_articles=gold_articles if gold_articles is not None else ("a1",) if asked.answerable else (),
        quotes_intact=quotes_intact if cited else None,
        rewrite_ranking=rewrite_ranking,
        milliseconds=milliseconds,
        error=error,
    )


def failed(
    id: str = "q1", error: str = "The library has no lexical index.", *, due: Status = Status.ANSWERED
) -> Record:
    """A case that could not be asked."""
    return record(id, due=due, error=error)


def info(
    id: str = "run-1",
    *,
    suite: str = "sample",
    with_as_of: bool = True,
    corpus: str = "corpus-1",
    cases: str = "cases-1",
    count: int = 0,
    code: str = "code-1",
) -> RunInfo:
    """A run's own description."""
    return RunInfo(
        id=id,
        options=Options(suite=suite, with_as_of=with_as_of),
        settings={"top_k": "8", "answer_threshold": "0.5"},
        versions={"python": "3.11.2", "dateline": "0.1.0"},
        code=code,
        cases=cases,
        case_count=count,
        corpus=corpus,
        index="index-1",
        library="library",
        library_version="v1",
        articles=10,
        passages=61,
        machine=Machine(system="Linux", processor="x86_64", cores=2, memory_gb=8.0),
        started=dt.datetime(2025, 8, 13, 9, 0, tzinfo=dt.UTC),
        finished=dt.datetime(2025, 8, 13, 9, 1, tzinfo=dt.UTC),
    )


def result(records: Sequence[Record], run: RunInfo | None = None) -> Result:
    """A scored run over the records."""
    about = run or info(count=len(records))
    return Result(about, tuple(Outcome(one, score(one)) for one in records))


def mixed(id: str = "run-1") -> Result:
    """A small run with every outcome: right, wrong, refused rightly and wrongly, a conflict, a failure."""
    records = [
        record("right"),
        record("wrong", "Nobody announced a visit to Osaka.", confidence=0.6, ranking=("a2", "a1")),
        record("refused", due=Status.ABSTAINED, status=Status.ABSTAINED, type="unanswerable", confidence=0.1),
        record("not refused", due=Status.ABSTAINED, type="unanswerable", confidence=0.7),
        record("wrongly refused", status=Status.ABSTAINED, confidence=0.3),
        record("both sides", due=Status.CONFLICT, status=Status.CONFLICT, type="conflict"),
        failed("failed"),
    ]
    return result(records, info(id, count=len(records)))
