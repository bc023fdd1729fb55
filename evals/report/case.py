"""One case: what was asked, what would have been right and what came back, as labelled lines; which cases are worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.measures import MEASURES, Scores
from evals.records import REFUSED, Record, Result
from evals.report.text import counted, day, milliseconds, one_line, span
from rag.types import Answer, Citation, Status

Facts = tuple[tuple[str, str], ...]  # Labels with what belongs to them; none is empty.
WORST_MOST = 25


def facts(record: Record) -> tuple[Facts, Facts, Facts]:
    """What was asked, what is due, and what came back."""
    parts = (_asked(record), _due(record), _came(record))
    asked, due, came = (tuple((label, text) for label, text in part if one_line(text)) for part in parts)
    return asked, due, came


def _asked(record: Record) -> Iterator[tuple[str, str]]:
    case, answer = record.case, record.answer
    for turn in case.history:
        yield "before", f"{turn.question} – {turn.answer}" if turn.answer else turn.question
    yield "claim" if case.evidence else "question", case.question
    yield "evidence", case.evidence
    yield "as of", day(case.as_of) if case.as_of else ""
    yield "authors", ", ".join(case.authors)
    if answer:
        window = answer.window
        yield "searched", answer.standalone_question if answer.standalone_question != case.question else ""
        words = f" (“{window.words}”)" if window.words else ""
        yield "days", (span(window) or "any") + (", newest first" if window.prefers_newest else "") + words


def _due(record: Record) -> Iterator[tuple[str, str]]:
    case = record.case
    vital = [" | ".join(" … ".join(words) for words in nugget.any) for nugget in case.nuggets if nugget.vital]
    places = [rank for rank, one in enumerate(record.ranking, start=1) if one in record.gold_articles]
    ranked = counted(len(record.ranking), "article")
    yield "due", case.status.value
    yield "accepted", " | ".join(case.answers)
    yield "must tell", "; ".join(vital)
    yield "known false", " | ".join(case.wrong_answers)
    yield "reference", case.reference
    yield "gold words", " | ".join(f"{gold.words} ({gold.file})" for gold in case.gold)
    yield "gold articles", ", ".join(record.gold_articles)
    if record.gold_articles:
        yield "gold found", f"at {places[0]:,} of {ranked}" if places else f"not among {ranked}"
    yield "rewrite", case.rewrite


def _came(record: Record) -> Iterator[tuple[str, str]]:
    answer, taken = record.answer, milliseconds(record.milliseconds)
    yield "error", record.error
    if answer:
        yield "came back", f"{answer.status.value}, confidence {answer.confidence:.2f}"
        yield "reason", f"{answer.reason.kind.value}: {answer.reason.message}" if answer.reason else ""
        for one in answer.conflicts:
            yield "outdated" if one.outdated else "disagree", _numbered(one.subject, one.outdated or one.citations)
        yield "notices", " | ".join(answer.notices)
        taken = ", ".join([taken, *(f"{name} {milliseconds(step)}" for name, step in answer.timings.items())])
    yield "took", taken


def _numbered(subject: str, numbers: Sequence[int]) -> str:
    return f"{subject}: {', '.join(f'[{number}]' for number in numbers)}"


def sentences(answer: Answer) -> list[tuple[str, str]]:
    """Each sentence with what checking found, then those that were taken out with the reason."""
    kept = [
        (answer.text[one.start : one.end], f"{one.verdict.value}, support {one.support:.2f}")
        for one in answer.sentences
    ]
    whole = [(answer.text, "not checked")] if answer.text and not kept else []
    return [*kept, *whole, *((one.text, f"taken out: {one.why}") for one in answer.unsupported)]


def origin(citation: Citation) -> str:
    """`Courier, 13 Aug 2025 — Title, also in Ledger`."""
    also = f", also in {', '.join(citation.also_in)}" if citation.also_in else ""
    return one_line(f"{citation.outlet or 'no outlet'}, {day(citation.published)} — {citation.title}{also}")


def score_facts(scores: Scores) -> Facts:
    """Every score that applies: `yes` or `no` for a share, a number otherwise."""
    found = []
    for name, value in scores.items():
        if value is not None:
            share = name in MEASURES and MEASURES[name].share
            found.append((name, ("yes" if value else "no") if share else f"{value:.3f}".rstrip("0").rstrip(".")))
    return tuple(found)


def gist(record: Record) -> str:
    """What is wrong with a case that did not come out right, in a few words."""
    due, got = record.case.status, record.answer.status if record.answer else None
    if got in REFUSED:
        shown = " for certain, the closest passages shown" if got is Status.CLOSEST else ""
        return f"refused{shown}, though the library holds the answer"
    if due is Status.ABSTAINED:
        return "answered, though the library holds no answer"
    return "wrong answer" if due is got else f"{got.value if got else 'failed'}, {due.value} was due"


def worst_numbers(result: Result) -> list[int]:
    """The wrong cases by number, from 1, those first that Dateline was surest about; failed ones are listed elsewhere."""
    wrong = [
        (-_sureness(record.answer), number)
        for number, (record, good) in enumerate(result.right(), start=1)
        if not good and record.answer
    ]
    return [number for _, number in sorted(wrong)[:WORST_MOST]]


def _sureness(answer: Answer) -> float:
    """The confidence of an answer; where nothing is asserted, how sure it was that there is no answer."""
    return 1 - answer.confidence if answer.status in REFUSED else answer.confidence
