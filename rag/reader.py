"""Input and output of a reading model: how well each sentence of a passage answers, and with which words.

It reads `question [SEP] title [SEP] passage [SEP]` and gives every token of the passage four scores: that its sentence
answers, that its sentence helps, and that it is the first or the last token of the answering words. A sentence's score
is the mean over its tokens, so each sentence is judged in context (the idea of "Provence: efficient and robust
context pruning for retrieval-augmented generation", Chirkova et al., ICLR 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.text.languages import ENGLISH
from rag.text.sentences import Span

QUESTION_TOKENS, TITLE_TOKENS, WINDOW_TOKENS = 40, 24, 320
LONGEST_ANSWER_TOKENS = 13


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

    Args:
        outputs: a cross-encoder's outputs for pairs of texts: one score, or one for "no" and one for "yes".
    """

    def __init__(self, outputs: Callable[[Sequence[tuple[str, str]]], list[list[float]]]) -> None:
        self._outputs = outputs

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """One reading per sentence for each page."""
        pairs = [
            (question, f"{page.title}: {page.text[one.start : one.end]}") for page in pages for one in page.sentences
        ]
        rows = iter(self._outputs(pairs) if pairs else [])
        scores = [
            [row[-1] - (row[0] if len(row) > 1 else 0.0) for _, row in zip(page.sentences, rows, strict=False)]
            for page in pages
        ]
        return [tuple(Reading(score, score) for score in own) for own in scores]


class Tokens(Protocol):
    """Token ids of a text, and the characters each covers."""

    @property
    def ids(self) -> list[int]:
        """One id per token, without special tokens."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """First and last character (exclusive) of each token."""


@dataclass(frozen=True)
class TokenWindow:
    """One page as the model sees it.

    Attributes:
        ids: token ids, including special ones, at most `WINDOW_TOKENS`.
        question_tokens: how many belong to the question, including the special ones around it.
        first: position of the first token of the passage.
        offsets: characters of the passage that its tokens cover; a long passage is truncated.
        sentence: for each of these tokens the index of its sentence on the page, -1 between sentences.
    """

    ids: tuple[int, ...]
    question_tokens: int
    first: int
    offsets: tuple[tuple[int, int], ...]
    sentence: tuple[int, ...]


def window(
    question: Tokens, title: Tokens, text: Tokens, sentences: Sequence[Span], *, begins: int, separates: int
) -> TokenWindow:
    """The window of one page; `begins` and `separates` are the ids of the model's special tokens."""
    asked, headed = question.ids[:QUESTION_TOKENS], title.ids[:TITLE_TOKENS]
    room = WINDOW_TOKENS - len(asked) - len(headed) - 4
    ids = [begins, *asked, separates, *headed, separates, *text.ids[:room], separates]
    offsets = tuple(text.offsets[:room])
    return TokenWindow(tuple(ids), len(asked) + 2, len(asked) + len(headed) + 3, offsets, _owners(offsets, sentences))


def _owners(offsets: Sequence[tuple[int, int]], sentences: Sequence[Span]) -> tuple[int, ...]:
    owners, place = [], 0
    for start, end in offsets:
        while place < len(sentences) and sentences[place].end <= start:
            place += 1
        inside = place < len(sentences) and sentences[place].start <= start and end <= sentences[place].end
        owners.append(place if inside else -1)
    return tuple(owners)
