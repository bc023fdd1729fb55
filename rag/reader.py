"""Input and output of a reading model: how well each sentence of a passage answers, and with which words."""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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


class AtOnce:
    """Counts who is inside `entered()` at the same time."""

    def __init__(self) -> None:
        self._inside, self._counting = 0, threading.Lock()

    @contextlib.contextmanager
    def entered(self) -> Iterator[int]:
        """Gives how many are inside, with the one who enters."""
        with self._counting:
            self._inside += 1
            inside = self._inside
        try:
            yield inside
        finally:
            with self._counting:
                self._inside -= 1


@dataclass(frozen=True)
class Blend:
    """Log odds from those of two models, by logistic regression on held-out questions (`python -m evals.fit_reading`)."""

    first: float
    larger: float
    constant: float

    def of(self, first: float, larger: float) -> float:
        return self.first * first + self.larger * larger + self.constant


class Cascade:
    """Reads all pages with one model, and the likeliest of them again with a larger one.

    After Wang, Lin and Metzler, "A cascade ranking model for efficient ranked retrieval", SIGIR 2011.
    """

    AGAIN = 3
    """Pages that the larger model reads."""
    BUSY, CALM_SECONDS = 3, 2.0
    """From this many questions read at once, and until that long afterwards, pages are read once, or all would wait."""
    TWICE = Blend(0.24, 0.75, 0.83), Blend(0.18, 0.75, 0.73)
    ONCE = Blend(1.05, 0.0, -0.46), Blend(1.06, 0.0, -0.36)
    """For "answers" and "helps" of sentences that both models read, and of the others."""

    def __init__(self, first: Reader, larger: Reader) -> None:
        self._first, self._larger = first, larger
        self.only_english = getattr(first, "only_english", False)
        self._questions, self._calm_at = AtOnce(), 0.0

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        with self._questions.entered() as questions:
            if questions >= self.BUSY:
                self._calm_at = time.monotonic() + self.CALM_SECONDS
            found = self._first.read(question, pages)
            busy = time.monotonic() < self._calm_at
            return found if busy else self._read_again(question, pages, found)

    def _read_again(
        self, question: str, pages: Sequence[Page], found: list[tuple[Reading, ...]]
    ) -> list[tuple[Reading, ...]]:
        chosen = likeliest(found, self.AGAIN)
        again = dict(zip(chosen, self._larger.read(question, [pages[place] for place in chosen]), strict=True))
        return [
            tuple(blended(self.TWICE, one, other) for one, other in zip(readings, again[place], strict=True))
            if place in again
            else tuple(blended(self.ONCE, one, one) for one in readings)
            for place, readings in enumerate(found)
        ]


def likeliest(read: Sequence[tuple[Reading, ...]], most: int) -> list[int]:
    """The places of the pages whose best sentence is likeliest to answer, at most so many, in order."""
    best = [max((one.answers for one in readings), default=-math.inf) for readings in read]
    return sorted(sorted(range(len(read)), key=lambda place: -best[place])[:most])


def blended(blends: tuple[Blend, Blend], first: Reading, larger: Reading) -> Reading:
    """The larger model's reading with the log odds of both."""
    answers, helps = blends
    return replace(larger, answers=answers.of(first.answers, larger.answers), helps=helps.of(first.helps, larger.helps))


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
