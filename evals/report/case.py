"""One case, whole: what was asked, searched, found, answered and checked, and what would have been right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.measures import Scores
from evals.records import Record
from evals.report.facts import found_at, must_tell, score_text
from evals.report.text import cut, day, milliseconds, one_line, padded, span, wrapped
from rag.dates.window import shown_words
from rag.types import Answer, Citation, Passage

WIDTH = 100
_LABEL = 14
_FIRST_WORDS = 180
"""Characters of a passage that are shown."""


def case_view(record: Record, scores: Scores) -> str:
    """Everything that a run knows of one case, as plain text."""
    answer = record.answer
    blocks = [
        [*wrapped(f"case {record.case.id}, {record.case.type}", WIDTH), *_asked(record)],
        _expected(record),
        _labelled("error", [record.error]) if record.error else [],
        [*_answered(answer, record), *_citations(answer.citations)] if answer else [],
        _passages(answer.passages, record.gold_articles) if answer else [],
        _scores(scores),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _labelled(label: str, values: Sequence[str]) -> list[str]:
    """Each value in a column of its own, the first with the label before it."""
    lines = [line for value in values if one_line(value) for line in wrapped(value, WIDTH, " " * _LABEL)]
    return [padded(label, _LABEL) + lines[0][_LABEL:], *lines[1:]] if lines else []


def _asked(record: Record) -> Iterator[str]:
    case, answer = record.case, record.answer
    for turn in case.history:
        yield from _labelled("before", [turn.question, f"– {turn.answer}"])
    yield from _labelled("claim" if case.evidence else "question", [case.question])
    yield from _labelled("evidence", [case.evidence])
    yield from _labelled("as of", [day(case.as_of)] if case.as_of else [])
    yield from _labelled("authors", [", ".join(case.authors)])
    if answer:
        yield from _labelled("searched", [answer.standalone_question])
        words = f" (“{shown_words(answer.window)}”)" if answer.window.words else ""
        newest = ", newest first" if answer.window.prefers_newest else ""
        yield from _labelled("days", [(span(answer.window) or "any") + newest + words])


def _expected(record: Record) -> list[str]:
    case = record.case
    return [
        *_labelled("expected", [case.status.value]),
        *_labelled("accepted", [" | ".join(case.answers)]),
        *_labelled("must tell", [must_tell(case)]),
        *_labelled("known false", [" | ".join(case.wrong_answers)]),
        *_labelled("reference", [case.reference]),
        *_labelled("gold words", [f"{gold.file}: “{gold.words}”" for gold in case.gold]),
        *_labelled("gold articles", [", ".join(record.gold_articles)]),
        *_labelled("gold found", [found_at(record)]),
        *_labelled("rewrite", [case.rewrite]),
    ]


def _answered(answer: Answer, record: Record) -> Iterator[str]:
    yield from _labelled("answer", [f"{answer.status.value}, confidence {answer.confidence:.2f}"])
    if answer.reason:
        yield from _labelled("reason", [f"{answer.reason.kind.value}: {answer.reason.message}"])
    for sentence in answer.sentences:
        text = answer.text[sentence.start : sentence.end]
        yield from _labelled(sentence.verdict.value, [f"{text} (support {sentence.support:.2f})"])
    if not answer.sentences:
        yield from _labelled("", [answer.text])
    yield from _labelled("taken out", [f"{one.text} ({one.why})" for one in answer.unsupported])
    yield from _labelled(
        "disagree", [_conflict(one.subject, one.citations) for one in answer.conflicts if not one.outdated]
    )
    yield from _labelled("outdated", [_conflict(one.subject, one.outdated) for one in answer.conflicts if one.outdated])
    yield from _labelled("notice", answer.notices)
    if record.judged:
        judged = "right" if record.judged.right else "wrong"
        yield from _labelled("judged", [f"{judged}. {record.judged.why}"])
    steps = ", ".join(f"{name} {milliseconds(taken)}" for name, taken in answer.timings.items())
    whole = milliseconds(record.milliseconds)
    yield from _labelled("took", [f"{whole} ({steps})" if steps else whole])


def _conflict(subject: str, numbers: Sequence[int]) -> str:
    return f"{subject}: {', '.join(f'[{number}]' for number in numbers)}"


def _citations(citations: Sequence[Citation]) -> Iterator[str]:
    for one in citations:
        also = f" (also in {', '.join(one.also_in)})" if one.also_in else ""
        origin = f"{one.outlet or 'no outlet'}, {day(one.published)} — {one.title}{also}"
        yield from _labelled(f"[{one.number}]", [origin, f"“{one.quote}”"])


def _passages(passages: Sequence[Passage], gold: Sequence[str]) -> list[str]:
    if not passages:
        return []
    lines = [f"passages, * from a gold article\n{'':>4}{'score':>9}{'cosine':>9}{'BM25':>9}  published"]
    for rank, passage in enumerate(passages, start=1):
        mark = "*" if passage.article_id in gold else " "
        cosine = "–" if passage.similarity is None else f"{passage.similarity:.3f}"
        bm25 = "–" if passage.bm25 is None else f"{passage.bm25:.1f}"
        origin = f"{one_line(passage.outlet or 'no outlet')} — {one_line(passage.title)}"
        line = f"{mark}{rank:>3}{passage.score:>9.4f}{cosine:>9}{bm25:>9}  {day(passage.published):<11}  "
        lines.append(line + cut(origin, WIDTH - len(line)))
        lines += wrapped(cut(passage.text, _FIRST_WORDS), WIDTH, " " * 6)
    return lines


def _scores(scores: Scores) -> list[str]:
    applying = [name for name in scores if scores[name] is not None]
    return ["scores", *(f"  {padded(name, 28)}{score_text(name, scores):>6}" for name in applying)] if applying else []
