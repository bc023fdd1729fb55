"""A judge of support over a cross-encoder that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.checking.places import around, likeliest_places
from rag.checking.reading import Evidence, claim, source
from rag.checking.verify import Judge
from rag.types import CheckedBy

Pair = tuple[str, Evidence]
"""A sentence, and a text that may bear it out."""


def judge_of(probabilities: Callable[[Sequence[Pair]], Sequence[float]]) -> Judge:
    """A judge over a model that reads one text of at most some hundred words at a time."""

    def probability(sentence: str, evidence: Sequence[Evidence]) -> float:
        return max(probabilities([(sentence, text) for text in texts_for(sentence, evidence)]))

    return Judge(CheckedBy.SUPPORT_MODEL, probability)


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
