"""Judges of support: the packaged model, or a cross-encoder that the settings name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.checking.places import around, likeliest_places
from rag.checking.reading import Evidence, claim, source
from rag.checking.verify import Judge
from rag.types import CheckedBy

SLOPE, SHIFT = 1.0, 0.0
"""From the packaged model's log odds to a probability, fitted on the held-out claims (`python -m evals.train_support`)."""
Pair = tuple[str, Evidence]
"""A sentence, and a text that may bear it out."""
LogOdds = Callable[[Sequence[Pair]], Sequence[float]]
"""Log odds, one a pair."""


def judge_of(probabilities: Callable[[Sequence[Pair]], Sequence[float]]) -> Judge:
    """A judge over a model that reads one text of at most some hundred words at a time."""

    def probability(sentence: str, evidence: Sequence[Evidence]) -> float:
        return max(probabilities([(sentence, text) for text in texts_for(sentence, evidence)]))

    return Judge(CheckedBy.SUPPORT_MODEL, probability)


def packaged_judge(log_odds: LogOdds) -> Judge:
    """The judge over the packaged model."""
    return judge_of(lambda pairs: [calibrated(one) for one in log_odds(pairs)])


SECOND_SLOPE, SECOND_SHIFT = 0.5, 0.0
"""What the writing model's log odds of Yes add to the log odds of support, fitted on the same claims."""


def with_second_look(support: float, log_odds_of_yes: float) -> float:
    """The probability of support, after a language model was asked too."""
    before = math.log(max(support, 1e-6) / max(1 - support, 1e-6))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, before + SECOND_SLOPE * log_odds_of_yes + SECOND_SHIFT))))


def calibrated(log_odds: float) -> float:
    """The probability that the packaged model's log odds stand for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, SLOPE * log_odds + SHIFT))))


def texts_for(sentence: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """What a sentence is held against: the place of each passage that is likeliest to bear it out, with what is around
    it, and those places put together where there are several."""
    read, sources = claim(sentence), [source(one) for one in evidence]
    places = likeliest_places(read, sources)
    texts = [replace(evidence[place.evidence], text=around(place, sources[place.evidence])) for place in places]
    if not texts:
        texts = [replace(one.evidence, text=one.evidence.text[:1000]) for one in sources]
    if len(places) > 1:
        joined = " ".join(evidence[one.evidence].text[one.start : one.end] for one in places)
        texts.append(replace(texts[0], text=joined))
    return texts
