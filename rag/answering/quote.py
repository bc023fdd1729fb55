"""The answer as verbatim words of sentences: which ones, in which order, and which words of them answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.candidates import Likely, Stems, likely_sentences
from rag.reader import Reader, Reading, Readings
from rag.search.retrieve import Retrieved
from rag.types import Passage, Span

READ_MOST = 16
"""Sentences that the reading model reads, ten milliseconds each. Twelve, or only those that are near the best one by their
words, cost a point of the public news questions' first quotes and answers."""
READING_WEIGHT = 0.05
"""Of the log probability that a sentence's best words answer; 0.04 to 0.06 choose the same within a point."""
VOTE_WEIGHT = 0.8
"""Of the share of the readings that point at the same words; 0.6 to 1 choose the same within a point."""
VOTE_TEMPERATURE = 6.0
"""Flattens the readings before they vote, so that several likely ones outweigh one that is sure."""
_WORDS = re.compile(r"\S+")
_COMPARED = re.compile(r"[^\W_]+")
_SMALL = frozenset("a an the of in on at to for and".split())


@dataclass(frozen=True)
class Quote:
    """A sentence that could answer, or the part of it that is shown; `start` and `end` count in the article's text.

    Attributes:
        text: what is shown, word for word.
        sentence: the whole sentence.
        score: for ordering only.
        reading: where the reading model sees the answer, in `sentence`; None without a model.
        votes: share of the readings that point at the same words, 0 to 1.
        says: the words of the same sentence that name the source, where the cut left them out.
        cut_before, cut_behind: whether words of the sentence are left out there.
    """

    passage: Passage
    start: int
    end: int
    text: str
    sentence: Likely
    score: float
    reading: Reading | None = None
    votes: float = 0.0
    says: Span | None = None
    cut_before: bool = False
    cut_behind: bool = False

    @property
    def answer(self) -> Span | None:
        """The words that answer, in the article's text."""
        if self.reading is None or self.reading.end <= self.reading.start:
            return None
        begin = self.sentence.start
        return Span(start=begin + self.reading.start, end=begin + self.reading.end)

    @property
    def answer_text(self) -> str:
        """The same as text; empty where the model points at no words."""
        return self.sentence.text[self.reading.start : self.reading.end] if self.reading else ""

    @property
    def says_text(self) -> str:
        """The words that name the source, empty where the quote has them or nobody is named."""
        begin = self.sentence.start
        return self.sentence.text[self.says.start - begin : self.says.end - begin] if self.says else ""

    @property
    def words(self) -> int:
        """Words between white space; each ellipsis is one more."""
        shown = len(_WORDS.findall(self.text)) + len(_WORDS.findall(self.says_text))
        return shown + self.cut_before + self.cut_behind


@dataclass(frozen=True)
class Read:
    """Quotes best first, and the log probability that none of them answers (0 without a reading model)."""

    quotes: tuple[Quote, ...] = ()
    nowhere: float = 0.0


def best_quotes(question: str, retrieved: Retrieved, reader: Reader | None, stems: Stems) -> Read:
    """The sentences worth quoting, best first; without a reading model by their words alone."""
    likely = likely_sentences(question, retrieved, stems)[:READ_MOST]
    if reader is None:
        return Read(tuple(_quote(sentence, sentence.score) for sentence in likely))
    readings = reader.read(question, [sentence.candidate() for sentence in likely])
    votes = _votes(likely, readings)
    quotes = [
        replace(
            _quote(sentence, sentence.score + READING_WEIGHT * reading.score + VOTE_WEIGHT * share),
            reading=reading,
            votes=share,
        )
        for sentence, reading, share in zip(likely, readings.each, votes, strict=True)
    ]
    return Read(tuple(sorted(quotes, key=lambda quote: -quote.score)), readings.nowhere)


def _quote(sentence: Likely, score: float) -> Quote:
    return Quote(sentence.passage, sentence.start, sentence.end, sentence.text, sentence, score)


def _votes(likely: Sequence[Likely], readings: Readings) -> list[float]:
    """For each sentence, the share of all readings, by their probability, that point at the same words.

    Part of the same words is part of a vote: "Truss" is "Liz Truss".
    """
    if not likely:
        return []
    words = [
        _compared(sentence.text[reading.start : reading.end])
        for sentence, reading in zip(likely, readings.each, strict=True)
    ]
    best = max(reading.score for reading in readings.each)
    mass = [math.exp((reading.score - best) / VOTE_TEMPERATURE) for reading in readings.each]
    return [
        sum(weight * _shared(mine, other) for weight, other in zip(mass, words, strict=True)) / sum(mass)
        for mine in words
    ]


def agreement(first: Quote, second: Quote) -> float:
    """Share of the words of the shorter answer that both have, 0 to 1; "Truss" and "Liz Truss" agree."""
    return _shared(_compared(first.answer_text), _compared(second.answer_text))


def _compared(text: str) -> frozenset[str]:
    return frozenset(word for word in _COMPARED.findall(text.lower()) if word not in _SMALL)


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / max(min(len(first), len(second)), 1)
