"""Does the library hold the answer? A probability from a few named signals, and the words when it does not.

A logistic model (Platt, "Probabilistic outputs for support vector machines", 1999, fits the same form). Its
coefficients come from `python -m evals.fit_abstention` on public questions with and without evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from rag.catalog import Counts
from rag.models import Embedder
from rag.quote import Quote, Stems, best_quotes
from rag.retrieve import Retrieved
from rag.types import AbstentionReason, Filters, NearestArticle, Passage, Reason

NEAREST_MOST = 3
BEST = 3
"""Quotes that are looked at for signals: as many as an answer has."""
COVERING = 10
"""Passages that are looked at for how much of the question one of them holds."""


@dataclass(frozen=True)
class Signals:
    """What tells an answerable question from another; each about 0 to 1.

    The coverage of the best sentence, its fit to the kind of answer, and the best BM25 score were tried beside these
    three and changed nothing in cross-validation.
    """

    passage_coverage: float
    """Largest share of the question's idf weight that one passage with its title holds."""
    cosine: float
    """Largest cosine of a passage to the question."""
    quote_cosine: float
    """Cosine of the best quotes to the question."""


@dataclass(frozen=True)
class Evidence:
    """What the passages offer: sentences, best first, and how sure they make us."""

    quotes: tuple[Quote, ...]
    signals: Signals


@dataclass(frozen=True)
class Calibration:
    """Coefficients, one a signal in the order of `Signals`, and the intercept."""

    coefficients: tuple[float, ...]
    intercept: float


FITTED = Calibration((9.89, 5.13, 5.11), -11.71)
"""Area under the ROC curve in five-fold cross-validation: 0.987 on 1,390 public news questions over 44,000 passages, half
of them asked as of their day, and 0.884 on the 154 harder ones over the 61 passages of the sample; fitted while every word that no passage has still
counted as unknown, not names and numbers alone."""


def weigh(question: str, retrieved: Retrieved, embedder: Embedder, stems: Stems) -> Evidence:
    """The quotes of the passages, and the signals of whether one of them answers."""
    quotes = best_quotes(question, retrieved, embedder, stems) if retrieved.passages else []
    signals = Signals(
        passage_coverage=_coverage(retrieved, stems),
        cosine=max((passage.similarity or 0.0 for passage in retrieved.passages), default=0.0),
        quote_cosine=max((quote.cosine for quote in quotes[:BEST]), default=0.0),
    )
    return Evidence(tuple(quotes), signals)


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
    """Why no passage at all was found."""
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
            f" from {reason.earliest:%-d %b %Y} to {reason.latest:%-d %b %Y}"
            if reason.earliest and reason.latest
            else ""
        )
        parts.append(f"It holds {reason.articles} article{'s' if reason.articles != 1 else ''}{span}.")
    if reason.nearest:
        named = "; ".join(
            f"“{one.title}”" + (f" ({one.published:%-d %b %Y})" if one.published else "") for one in reason.nearest
        )
        parts.append(f"Nearest: {named}.")
    return " ".join(parts)


_MESSAGES = {
    AbstentionReason.EMPTY_QUESTION: "There is no question; type one.",
    AbstentionReason.QUESTION_TOO_LONG: "The question is too long; shorten it to what you want to know.",
    AbstentionReason.EMPTY_LIBRARY: "The library is empty; add articles with 'dateline ingest PATH'.",
    AbstentionReason.FILTERED_OUT: "No article of the chosen outlets or authors matches; clear the filter to search all.",
    AbstentionReason.OUTSIDE_DATES: "The library has nothing within the chosen dates; clear them to search all.",
    AbstentionReason.NOTHING_CLOSE: "The library has nothing close to this question.",
    AbstentionReason.NO_ANSWER_IN_PASSAGES: "The library has articles near this question, but no answer to it.",
}
