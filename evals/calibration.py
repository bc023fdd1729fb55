"""What is an answer's confidence worth? Does it rank, is it a probability, and what does answering only when sure gain?

It is the probability that the library holds the answer, even where Dateline asserts none. Failed cases are left out.
"""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from evals.measures import Estimate, estimate
from evals.records import REFUSED, Result

BINS = 10


class RiskCoverage(NamedTuple):
    """Share of wrong answers by share of questions answered, most confident first.

    Geifman and El-Yaniv, "Selective classification for deep neural networks", 2017.
    """

    points: tuple[tuple[float, float], ...]
    """(coverage, risk) for each distinct confidence; the last is Dateline's current behaviour."""
    area: float
    """Mean risk over the answered questions in that order (Geifman, Uziel and El-Yaniv 2019), 0 at best."""


class Bin(NamedTuple):
    """Cases with a confidence of at least `low` and below `high` (the last bin includes 1)."""

    low: float
    high: float
    mean_confidence: float
    answerable: Estimate
    cases: int


class Reliability(NamedTuple):
    """Confidence against how often the library does hold the answer; empty bins are left out."""

    bins: tuple[Bin, ...]
    error: float
    """Expected calibration error: their gap, each bin weighted by its cases (Guo et al., ICML 2017)."""


def risk_coverage(result: Result) -> RiskCoverage | None:
    """Over all cases asked without failing; None if none of them was answered."""
    asked = [(one.record.answer, one.right) for one in result.outcomes if one.record.answer]
    answered = [(answer.confidence, right) for answer, right in asked if answer.status not in REFUSED]
    if not answered:
        return None
    points, area, seen, wrong = [], 0.0, 0, 0
    for _, group in groupby(sorted(answered, reverse=True), key=lambda one: one[0]):
        same = [right for _, right in group]
        seen, wrong = seen + len(same), wrong + same.count(False)
        points.append((seen / len(asked), wrong / seen))
        area += len(same) * wrong / seen
    return RiskCoverage(tuple(points), area / len(answered))


def auroc(result: Result) -> float | None:
    """How often an answerable question has more confidence than an unanswerable one; None unless there are both."""
    confidences, answerable = _labelled(result)
    return float(roc_auc_score(answerable, confidences)) if len(set(answerable)) == 2 else None


def reliability(result: Result) -> Reliability | None:
    """In `BINS` of equal width; None unless there are both answerable and unanswerable questions."""
    values, truths = map(np.array, _labelled(result))
    if len(np.unique(truths)) < 2:
        return None
    places = np.minimum((values * BINS).astype(int), BINS - 1)
    filled, error = [], 0.0
    for place in np.unique(places).tolist():
        inside = places == place
        mean = float(values[inside].mean())
        filled.append(Bin(place / BINS, (place + 1) / BINS, mean, estimate(truths[inside].tolist()), int(inside.sum())))
        error += abs(float((values - truths)[inside].sum())) / len(values)
    return Reliability(tuple(filled), error)


def _labelled(result: Result) -> tuple[list[float], list[bool]]:
    asked = [(record.answer.confidence, record.case.answerable) for record in result.records if record.answer]
    return [confidence for confidence, _ in asked], [answerable for _, answerable in asked]
