"""Sure, near, or nothing: does the library hold the answer, and if not, what does it hold?

A logistic model over a few named signals (Platt, "Probabilistic outputs for support vector machines", 1999, fits the
same form). Its coefficients come from `python -m evals.fit_certainty` on questions with and without evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from rag.answering.evidence import Evidence
from rag.reader import Cascade, Reader
from rag.search.retrieve import Ranking
from rag.text.languages import ENGLISH
from rag.text.stems import stems

COVERING = 10
"""Passages checked for how much of the question one of them holds."""


@dataclass(frozen=True)
class Signals:
    """What distinguishes an answerable question from one that is not."""

    answers: float
    """Log odds that the best sentence answers."""
    more: float
    """Mean of the same over the three best."""
    coverage: float
    """Largest share of the question's idf weight that one passage with its title holds, 0 to 1."""
    cosine: float
    """Largest cosine of a passage to the question."""
    helps: float
    """Log odds that the likeliest sentence helps: much on the matter but no answer is evidence against one."""


@dataclass(frozen=True)
class Calibration:
    """Coefficients, one per signal in the order of `Signals`, and the intercept."""

    coefficients: tuple[float, ...]
    intercept: float


FITTED = Calibration((0.6, 0.25, 3.0, 3.0, -0.3), -3.2)
"""Fitted on a third of the news quizzes, held-out readers' questions over the same library, the sample's questions, and
held-out invented ones over small libraries; rounded, with coverage and cosine raised and the intercept lowered so that
quizzes without an answer are refused more often. Whether a story is told makes no difference."""
READ_AGAIN = replace(FITTED, intercept=-3.95)
"""The same where a larger model reads again. Its log odds are higher also where nothing answers; the intercept was lowered
until nine in ten of the quizzes without an answer were refused. (All coefficients fitted anew told no better.)"""
WITHOUT_READER = Calibration((0.3, 0.0, 3.0, 4.0, 0.0), -3.5)
"""By words alone; set by hand."""


def signals_of(ranked: Sequence[Evidence], retrieved: Ranking) -> Signals:
    readings = sorted((one.reading.answers for one in ranked), reverse=True)[:3] or [-8.0]
    held = [set(stems(f"{one.title} {one.text}", one.language or ENGLISH)) for one in retrieved.passages[:COVERING]]
    return Signals(
        answers=readings[0],
        more=sum(readings) / len(readings),
        coverage=max(map(retrieved.share, held), default=0.0),
        cosine=max((passage.similarity or 0.0 for passage in retrieved.passages), default=0.0),
        helps=max((one.reading.helps for one in ranked), default=-8.0),
    )


def calibration_for(reader: Reader | None) -> Calibration:
    """The coefficients for the readings of that model; None for words alone."""
    if reader is None:
        return WITHOUT_READER
    return READ_AGAIN if isinstance(reader, Cascade) else FITTED


def probability(signals: Signals, calibration: Calibration = FITTED) -> float:
    """Probability that the library holds the answer."""
    logit = calibration.intercept + sum(
        weight * value for weight, value in zip(calibration.coefficients, astuple(signals), strict=True)
    )
    return 1.0 / (1.0 + math.exp(-logit))
