"""Cases as the page shows them: the worst whole, every case as one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from evals.measures import Scores
from evals.records import REFUSED, Record
from evals.report.facts import found_at, must_tell, score_text
from evals.report.text import counted, cut, day, excerpt, milliseconds, one_line, pieces, span
from evals.results import Result
from rag.dates.window import shown_words
from rag.types import Answer, Citation, Passage, Status, Value

WORST_MOST = 25
_QUESTION, _PASSAGE = 90, 420
"""Characters of a question in the table of all cases, and of a passage."""
_WEB = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)

Outcome = Literal["right", "wrong", "failed"]


class Line(Value):
    """One case in the table of all cases; `worst` is its place among the worst, if it is there."""

    number: int
    id: str
    type: str
    question: str
    outcome: Outcome
    status: str
    due: str
    confidence: str
    milliseconds: str
    worst: int | None


class Found(Value):
    """One passage that was retrieved; `pieces` are its text, those that hold an accepted answer or gold words marked."""

    rank: int
    gold: bool
    score: str
    cosine: str
    bm25: str
    day: str
    origin: str
    address: str
    pieces: tuple[tuple[str, bool], ...]


class Checked(Value):
    """One sentence of an answer with what checking found, or a sentence that was taken out."""

    text: str
    verdict: str
    support: str


class Source(Value):
    """One citation."""

    number: int
    origin: str
    address: str
    quote: str


class Detail(Value):
    """One case, whole."""

    number: int
    id: str
    type: str
    question: str
    gist: str
    """What went wrong, in a few words."""
    facts: tuple[tuple[str, str], ...]
    checked: tuple[Checked, ...]
    sources: tuple[Source, ...]
    passages: tuple[Found, ...]
    scores: tuple[tuple[str, str], ...]


def lines(result: Result, worst: Sequence[Detail]) -> tuple[Line, ...]:
    """Every case in the order of the run."""
    places = {detail.number: place for place, detail in enumerate(worst, start=1)}
    return tuple(
        _line(number, record, good, places.get(number)) for number, (record, good) in enumerate(result.right(), start=1)
    )


def _line(number: int, record: Record, good: bool, worst: int | None) -> Line:
    answer = record.answer
    return Line(
        number=number,
        id=record.case.id,
        type=record.case.type,
        question=cut(record.case.question, _QUESTION),
        outcome="failed" if record.error else "right" if good else "wrong",
        status=answer.status.value if answer else "–",
        due=record.case.status.value,
        confidence=f"{answer.confidence:.2f}" if answer else "–",
        milliseconds=milliseconds(record.milliseconds) if answer else "–",
        worst=worst,
    )


def worst_cases(result: Result) -> tuple[Detail, ...]:
    """The wrong cases, those first that Dateline was surest about; failed ones are listed elsewhere."""
    wrong = [
        (number, record, scores)
        for number, ((record, good), scores) in enumerate(zip(result.right(), result.scores, strict=True), start=1)
        if not good and record.answer
    ]
    wrong.sort(key=lambda one: (-_sureness(one[1]), one[0]))
    return tuple(_detail(number, record, scores) for number, record, scores in wrong[:WORST_MOST])


def _sureness(record: Record) -> float:
    """The confidence of an answer; where nothing is asserted, how sure it was that there is no answer."""
    answer = record.answer
    if answer is None:
        return 0.0
    return 1 - answer.confidence if answer.status in REFUSED else answer.confidence


def _detail(number: int, record: Record, scores: Scores) -> Detail:
    case, answer = record.case, record.answer
    assert answer is not None
    needles = [*case.answers, *(gold.words for gold in case.gold)]
    return Detail(
        number=number,
        id=case.id,
        type=case.type,
        question=case.question,
        gist=_gist(record, answer),
        facts=tuple((name, said) for name, said in _facts(record, answer) if one_line(said)),
        checked=_checked(answer),
        sources=tuple(_source(citation) for citation in answer.citations),
        passages=tuple(
            _found(rank, passage, record.gold_articles, needles)
            for rank, passage in enumerate(answer.passages, start=1)
        ),
        scores=tuple((name, score_text(name, scores)) for name in scores if scores[name] is not None),
    )


def _gist(record: Record, answer: Answer) -> str:
    due, got = record.case.status, answer.status
    if got in REFUSED:
        shown = " for certain, the closest passages shown" if got is Status.CLOSEST else ""
        return f"refused{shown}, though the library holds the answer"
    if due is Status.ABSTAINED:
        return "answered, though the library holds no answer"
    return "wrong answer" if due is got else f"{got.value}, {due.value} was due"


def _facts(record: Record, answer: Answer) -> list[tuple[str, str]]:
    case, window = record.case, answer.window
    words = f" (“{shown_words(window)}”)" if window.words else ""
    return [
        *(("before", f"{turn.question} – {turn.answer}") for turn in case.history),
        ("evidence", case.evidence),
        ("as of", day(case.as_of) if case.as_of else ""),
        ("searched", answer.standalone_question if answer.standalone_question != case.question else ""),
        ("days", (span(window) or "any") + words),
        ("due", case.status.value),
        ("accepted", " | ".join(case.answers)),
        ("must tell", must_tell(case)),
        ("known false", " | ".join(case.wrong_answers)),
        ("reference", case.reference),
        ("gold words", " | ".join(f"{gold.words} ({gold.file})" for gold in case.gold)),
        ("gold article", found_at(record)),
        ("rewrite", case.rewrite),
        ("came back", f"{answer.status.value}, confidence {answer.confidence:.2f}"),
        ("reason", answer.reason.message if answer.reason else ""),
        ("disagree", " | ".join(conflict.subject for conflict in answer.conflicts if not conflict.outdated)),
        ("notices", " | ".join(answer.notices)),
        ("judged", _judged(record)),
        ("took", ", ".join([milliseconds(record.milliseconds), *_steps(answer)])),
    ]


def _judged(record: Record) -> str:
    if record.judged is None:
        return ""
    return f"{'right' if record.judged.right else 'wrong'}: {record.judged.why}"


def _steps(answer: Answer) -> list[str]:
    return [f"{name} {milliseconds(taken)}" for name, taken in answer.timings.items()]


def _checked(answer: Answer) -> tuple[Checked, ...]:
    kept = [
        Checked(text=answer.text[one.start : one.end], verdict=one.verdict.value, support=f"{one.support:.2f}")
        for one in answer.sentences
    ]
    if not kept and answer.text:
        kept = [Checked(text=answer.text, verdict="not checked", support="–")]
    removed = [Checked(text=one.text, verdict=f"taken out: {one.why}", support="–") for one in answer.unsupported]
    return (*kept, *removed)


def _source(citation: Citation) -> Source:
    also = f", also in {counted(len(citation.also_in), 'outlet')}" if citation.also_in else ""
    origin = f"{citation.outlet or 'no outlet'}, {day(citation.published)} — {citation.title}{also}"
    return Source(
        number=citation.number, origin=one_line(origin), address=web_address(citation.url), quote=citation.quote
    )


def _found(rank: int, passage: Passage, gold: Sequence[str], needles: Sequence[str]) -> Found:
    return Found(
        rank=rank,
        gold=passage.article_id in gold,
        score=f"{passage.score:.4f}",
        cosine="–" if passage.similarity is None else f"{passage.similarity:.3f}",
        bm25="–" if passage.bm25 is None else f"{passage.bm25:.1f}",
        day=day(passage.published),
        origin=one_line(f"{passage.outlet or 'no outlet'} — {passage.title}"),
        address=web_address(passage.url),
        pieces=tuple(pieces(excerpt(passage.text, needles, _PASSAGE), needles)),
    )


def web_address(url: str | None) -> str:
    """An http(s) address as it is; empty for every other kind, which a click must not follow."""
    return url if url and _WEB.fullmatch(url) else ""
