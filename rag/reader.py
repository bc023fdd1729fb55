"""Input and output of a reading model: how well each sentence of a passage answers, and with which words."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.text.languages import ENGLISH
from rag.text.sentences import Span


@dataclass(frozen=True)
class Page:
    """A passage to be read: its article's title, its text, and its sentences as offsets into the text."""

    title: str
    text: str
    sentences: tuple[Span, ...]
    language: str = ENGLISH


@dataclass(frozen=True)
class Reading:
    """The model's judgement of one sentence.

    Attributes:
        answers: log odds that it gives what was asked for.
        helps: log odds that it gives that, or something a reader would want to know with it.
        pointing: natural logarithm of the probability of the best words, among all sentences read and "none".
        start, end: those words, as offsets into the sentence; equal if the model points at none.
    """

    answers: float
    helps: float
    pointing: float = 0.0
    start: int = 0
    end: int = 0


class Reader(Protocol):
    """What choosing sentences needs from a reading model."""

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """One reading per sentence for each page."""


class SentenceReader:
    """Scores sentences one by one, without pointing at words.

    `outputs`: a cross-encoder's, for pairs of texts: one score, or one for "no" and one for "yes".
    """

    def __init__(self, outputs: Callable[[Sequence[tuple[str, str]]], list[list[float]]]) -> None:
        self._outputs = outputs

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        pairs = [
            (question, f"{page.title}: {page.text[one.start : one.end]}") for page in pages for one in page.sentences
        ]
        rows = self._outputs(pairs) if pairs else []
        scores = [row[-1] - (row[0] if len(row) > 1 else 0.0) for row in rows]
        readings = (Reading(score, score) for score in scores)
        return [tuple(itertools.islice(readings, len(page.sentences))) for page in pages]
