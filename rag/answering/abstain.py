"""Does the library hold the answer? A probability from a few named signals, and the words when it does not.

A logistic model (Platt, "Probabilistic outputs for support vector machines", 1999, fits the same form). Its
coefficients come from `python -m evals.fit_abstention` on public questions with and without evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from rag.answering.candidates import Stems
from rag.answering.quote import Read
from rag.dates.calendar_words import day_text
from rag.reader import Reader
from rag.search.retrieve import Retrieved
from rag.store.catalog import Counts
from rag.types import AbstentionReason, Filters, NearestArticle, Passage, Reason

NEAREST_MOST = 3
COVERING = 10
"""Passages that are looked at for how much of the question one of them holds."""


@dataclass(frozen=True)
class Signals:
    """What tells an answerable question from another."""

    passage_coverage: float
    """Largest share of the question's idf weight that one passage with its title holds, 0 to 1."""
    cosine: float
    """Largest cosine of a passage to the question."""
    found: float
    """Log odds of the best reading against "nowhere"; 0 without a reading model."""
    agreed: float
    """Share of the readings that point at the words of the first quote, 0 to 1."""


@dataclass(frozen=True)
class Calibration:
    """Coefficients, one a signal in the order of `Signals`, and the intercept."""

    coefficients: tuple[float, ...]
    intercept: float


FITTED = Calibration((3.17, 4.86, 0.072, 0.95), -5.05)
"""Of news questions over a large library, of the sample's harder ones over a small one, and of SQuAD's over paragraphs,
all three weighing the same. Area under the ROC curve in five-fold cross-validation: 0.987, 0.77 and 0.61."""
WITHOUT_READER = Calibration((4.23, 5.51, 0.0, 0.0), -5.70)
"""The same without a reading model: 0.986, 0.72 and 0.58."""


def calibration_for(reader: Reader | None) -> Calibration:
    """The coefficients to use; those with a reading model were fitted on the packaged one."""
    return WITHOUT_READER if reader is None else FITTED


def signals_of(retrieved: Retrieved, read: Read, stems: Stems) -> Signals:
    """The signals of whether one of the passages answers."""
    return Signals(
        passage_coverage=_coverage(retrieved, stems),
        cosine=max((passage.similarity or 0.0 for passage in retrieved.passages), default=0.0),
        found=max((quote.reading.score - read.nowhere for quote in read.quotes if quote.reading), default=0.0),
        agreed=read.quotes[0].votes if read.quotes else 0.0,
    )


def _coverage(retrieved: Retrieved, stems: Stems) -> float:
    total = sum(retrieved.weights.values()) or 1.0
    shares = []
    for passage in retrieved.passages[:COVERING]:
        held = set(stems(f"{passage.title} {passage.text}"))
        shares.append(sum(weight for term, weight in retrieved.weights.items() if term in held) / total)
    return max(shares, default=0.0)


def probability(signals: Signals, calibration: Calibration = FITTED) -> float:
    """Probability that the library holds the answer."""
    logit = calibration.intercept + sum(
        weight * value for weight, value in zip(calibration.coefficients, astuple(signals), strict=True)
    )
    return 1.0 / (1.0 + math.exp(-logit))


def reason_for(kind: AbstentionReason, counts: Counts, nearest: Sequence[Passage] = ()) -> Reason:
    """The typed reason, with one sentence for the reader and what the library does hold."""
    articles: dict[str, NearestArticle] = {}
    for passage in nearest:
        articles.setdefault(
            passage.article_id,
            NearestArticle(
                article_id=passage.article_id,
                title=passage.title,
                outlet=passage.outlet,
                published=passage.published,
            ),
        )
    return Reason(
        kind=kind,
        message=_MESSAGES[kind],
        articles=counts.articles,
        earliest=counts.earliest,
        latest=counts.latest,
        outlets=counts.outlets[:20],
        nearest=tuple(articles.values())[:NEAREST_MOST],
    )


def why_nothing(filters: Filters, counts: Counts) -> AbstentionReason:
    """Why no passage was found, or none that answers although others would without the filters."""
    if not counts.passages:
        return AbstentionReason.EMPTY_LIBRARY
    if filters.outlets or filters.authors:
        return AbstentionReason.FILTERED_OUT
    if filters != Filters():
        return AbstentionReason.OUTSIDE_DATES
    return AbstentionReason.NOTHING_CLOSE


def abstention_text(reason: Reason) -> str:
    """The whole text of an abstention: why, and what the library does hold."""
    parts = [reason.message]
    if reason.articles:
        span = (
            f" from {day_text(reason.earliest)} to {day_text(reason.latest)}"
            if reason.earliest and reason.latest
            else ""
        )
        parts.append(f"It holds {reason.articles} article{'s' if reason.articles != 1 else ''}{span}.")
    if reason.nearest:
        named = "; ".join(
            f"“{one.title}”" + (f" ({day_text(one.published)})" if one.published else "") for one in reason.nearest
        )
        parts.append(f"Nearest: {named}.")
    return " ".join(parts)


_MESSAGES = {
    AbstentionReason.EMPTY_QUESTION: "There is no question; type one.",
    AbstentionReason.QUESTION_TOO_LONG: "The question is too long; shorten it to what you want to know.",
    AbstentionReason.EMPTY_LIBRARY: "The library is empty; add articles with 'dateline ingest PATH'.",
    AbstentionReason.FILTERED_OUT: "Nothing of the chosen outlets or authors answers this; clear the filter to search all.",
    AbstentionReason.OUTSIDE_DATES: "The library has nothing within the chosen dates that answers this; clear them to search all.",
    AbstentionReason.NOTHING_CLOSE: "The library has nothing close to this question.",
    AbstentionReason.NO_ANSWER_IN_PASSAGES: "The library has articles near this question, but no answer to it.",
}
