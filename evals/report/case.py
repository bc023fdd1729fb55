"""One case as plain text: what was asked, what is right, what came back, and its scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from evals.measures import MEASURES, Scores
from evals.records import Record
from evals.report.terminal import columns, lines, printed
from evals.report.text import counted, cut, day, milliseconds, one_line, span
from rag.types import Passage

_PASSAGE = 180  # Characters of a passage that are shown.
Labelled = Iterator[tuple[str, str]]  # Labels with their values; empty ones are left out.


def case_view(record: Record, scores: Scores) -> str:
    answer = record.answer
    return printed(
        lines(f"case {record.case.id}, {record.case.type}"),
        *(_labelled(facts) for facts in (_asked(record), _due(record), _came(record))),
        *([_passages(answer.passages, record.gold_articles)] if answer and answer.passages else ()),
        columns(("scores", ""), [(name, _score(name, one)) for name, one in scores.items() if one is not None]),
    )


def _labelled(facts: Labelled) -> Table:
    shown = Table.grid(padding=(0, 1, 0, 0))
    shown.add_column(width=13, overflow="fold")
    shown.add_column(overflow="fold")
    for label, text in facts:
        if one_line(text):
            shown.add_row(lines(label), lines(text))
    return shown


def _asked(record: Record) -> Labelled:
    case, answer = record.case, record.answer
    for turn in case.history:
        yield "before", f"{turn.question} – {turn.answer}" if turn.answer else turn.question
    yield "question", case.question
    yield "as of", day(case.as_of) if case.as_of else ""
    if answer:
        window = answer.window
        yield "searched", answer.standalone_question if answer.standalone_question != case.question else ""
        words = f" (“{window.words}”)" if window.words else ""
        yield "days", (span(window) or "any") + (", newest first" if window.prefers_newest else "") + words


def _due(record: Record) -> Labelled:
    case, ranked = record.case, counted(len(record.ranking), "article")
    vital = [" | ".join(" … ".join(words) for words in nugget.any) for nugget in case.nuggets if nugget.vital]
    places = [rank for rank, one in enumerate(record.ranking, start=1) if one in record.gold_articles]
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


def _came(record: Record) -> Labelled:
    answer, taken = record.answer, milliseconds(record.milliseconds)
    yield "error", record.error
    if answer is None:
        yield "took", taken
        return
    yield "came back", f"{answer.status.value}, confidence {answer.confidence:.2f}"
    yield "reason", f"{answer.reason.kind.value}: {answer.reason.message}" if answer.reason else ""
    for disputed in answer.conflicts:
        numbers = ", ".join(f"[{number}]" for number in disputed.outdated or disputed.citations)
        yield "outdated" if disputed.outdated else "disagree", f"{disputed.subject}: {numbers}"
    yield "notices", " | ".join(answer.notices)
    yield "took", ", ".join([taken, *(f"{name} {milliseconds(step)}" for name, step in answer.timings.items())])
    for sentence in answer.sentences:
        yield sentence.verdict.value, f"{answer.text[sentence.start : sentence.end]} (support {sentence.support:.2f})"
    yield "not checked", "" if answer.sentences else answer.text
    for removed in answer.unsupported:
        yield "taken out", f"{removed.text} ({removed.why})"
    for one in answer.citations:
        also = f", also in {', '.join(one.also_in)}" if one.also_in else ""
        origin = f"{one.outlet or 'no outlet'}, {day(one.published)} — {one.title}{also}"
        yield f"[{one.number}]", f"{origin}: “{one.quote}”"


def _passages(passages: Sequence[Passage], gold: Sequence[str]) -> Table:
    rows = [
        (f"{rank}{' *' * (one.article_id in gold)}", f"{one.score:.4f}",
         "–" if one.similarity is None else f"{one.similarity:.3f}", "–" if one.bm25 is None else f"{one.bm25:.1f}",
         day(one.published), f"{one.outlet or 'no outlet'} — {one.title}: {cut(one.text, _PASSAGE)}")
        for rank, one in enumerate(passages, start=1)
    ]  # fmt: skip
    return columns(("* gold", "score", "cosine", "BM25", "published", "passage"), rows, texts=(0, 4, 5))


def _score(name: str, value: float) -> str:
    """`yes` or `no` for a share, otherwise a number."""
    if MEASURES[name].share:
        return "yes" if value else "no"
    return f"{value:.3f}".rstrip("0").rstrip(".")
