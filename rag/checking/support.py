"""A support judge: Dateline's own model, or a cross-encoder for natural language inference or hallucinations."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence

from rag.checking.places import READ_CHARACTERS, around, likeliest_places
from rag.checking.reading import Premise, claim, source
from rag.checking.verify import Judge
from rag.errors import ModelError
from rag.language.known import ENCODER, file_of
from rag.models import loading
from rag.reading_models import CrossEncoder, load_support_model

NO_JUDGE = "none"
_ADVICE = "Name a cross-encoder for natural language inference, or leave DATELINE_SUPPORT_MODEL empty."
_SUPPORTS = re.compile(r"entail|(?<!not[_ -])(?<!un)support|(?<!in)consistent|factual|faithful", re.IGNORECASE)
_AGAINST = re.compile(r"^(?:not|non|un|in|hallucin)", re.IGNORECASE)


@functools.lru_cache(maxsize=1)
def load_judge(name: str) -> Judge | None:
    """A judge using the model of that name: a folder or `hub:NAME` with a cross-encoder; "" for our own.

    None for `none`, and for "" while our own has not been fetched.
    Raises `ModelError` if it is missing or damaged, or its labels do not say which one means support.
    """
    if name == NO_JUDGE or not (name or file_of(ENCODER).is_file()):
        return None
    with loading(f"support model '{name}'", _ADVICE):
        model = CrossEncoder(name) if name else load_support_model(file_of(ENCODER))
    supporting = supporting_label(model.labels)
    if supporting is None:
        raise ModelError(
            f"None of the labels of '{name}' ({', '.join(model.labels.values())}) means support. {_ADVICE}"
        )

    def of_support(sentence: str, evidence: Sequence[Premise]) -> float:
        outputs = model.outputs([(text, sentence) for text in texts_for(sentence, evidence)])
        return max(probability(row, supporting) for row in outputs)

    return of_support


def texts_for(sentence: str, evidence: Sequence[Premise]) -> list[str]:
    """What a sentence is checked against: each passage's likeliest place of support with its surroundings, and those
    places joined if there are several; each after its article's day and title."""
    read, sources = claim(sentence), [source(one) for one in evidence]
    places = likeliest_places(read, sources)
    texts = [_headed(evidence[place.evidence], around(place, sources[place.evidence])) for place in places]
    if len(places) > 1:
        found = ((evidence[one.evidence], one) for one in places)
        texts.append(" ".join(_headed(premise, premise.text[one.start : one.end]) for premise, one in found))
    return texts or [_headed(one, one.text[:READ_CHARACTERS]) for one in evidence]


def _headed(premise: Premise, text: str) -> str:
    """A text after the day and the title of its article, without which "on Friday" and "the mayor" say little.

    >>> import datetime as dt
    >>> _headed(Premise("It closed.", "The bridge", published=dt.date(2025, 8, 1)), "It closed.")
    'Friday 1 August 2025. The bridge. It closed.'
    """
    day = premise.published
    written = f"{day:%A} {day.day} {day:%B %Y}" if day else ""
    return ". ".join(filter(None, (written, premise.title, text)))


def supporting_label(labels: Mapping[int, str]) -> int | None:
    """Which output of a model means that the premise supports the hypothesis; None if its labels do not say.

    >>> supporting_label({0: "contradiction", 1: "entailment", 2: "neutral"})
    1
    """
    if len(labels) == 1:
        return 0
    found = [place for place, name in labels.items() if _SUPPORTS.search(name) and not _AGAINST.search(name)]
    return found[0] if len(found) == 1 else None


def probability(scores: Sequence[float], supporting: int) -> float:
    """Probability of support from a model's raw outputs for one pair: softmax, or sigmoid of a single one."""
    if len(scores) == 1:
        scores, supporting = (0.0, scores[0]), 1
    powers = [math.exp(score - max(scores)) for score in scores]
    return powers[supporting] / sum(powers)
