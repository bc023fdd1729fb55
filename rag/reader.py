"""Which words of a sentence answer the question: what a reading model is given, and what it says.

It reads `question [SEP] title, end of the sentence before [SEP] sentence [SEP]` and gives every token of the sentence a
score as the first and as the last one of an answer; the scores of the first token of all stand for "not here". They are
normalised over all sentences of one question together (shared normalisation: Clark and Gardner, "Simple and effective
multi-paragraph reading comprehension", ACL 2018), so sentences of different articles can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

QUESTION_TOKENS, TITLE_TOKENS, BEFORE_TOKENS, WINDOW_TOKENS = 28, 10, 18, 88
LONGEST_ANSWER_TOKENS = 13


@dataclass(frozen=True)
class Candidate:
    """A sentence with the title of its article and the sentence before it ("" at the beginning)."""

    title: str
    before: str
    sentence: str


@dataclass(frozen=True)
class Reading:
    """The best answer in one sentence.

    Attributes:
        score: natural logarithm of its probability among all sentences of the question and "nowhere".
        start, end: its characters in the sentence; equal where the model points at no words.
    """

    score: float
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Readings:
    """One reading a candidate, in their order; `nowhere` is the log probability that none of them answers."""

    each: tuple[Reading, ...] = ()
    nowhere: float = 0.0


class Reader(Protocol):
    """What the choice of the quotes needs from a reading model."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> Readings:
        """One reading a candidate."""


class Tokens(Protocol):
    """Token ids of a text, and the characters that each one covers."""

    @property
    def ids(self) -> list[int]:
        """One number a token, no special ones."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """First and last character (the last one excluded) of each token."""


@dataclass(frozen=True)
class Window:
    """One candidate as the model sees it.

    Attributes:
        ids: token ids, special ones included, at most `WINDOW_TOKENS`.
        question_tokens: how many of them belong to the question, with the special ones around it.
        first: place of the sentence's first token.
        offsets: characters of the sentence that its tokens cover; a long sentence loses its end.
    """

    ids: tuple[int, ...]
    question_tokens: int
    first: int
    offsets: tuple[tuple[int, int], ...]


def window(question: Tokens, title: Tokens, before: Tokens, sentence: Tokens, *, begins: int, separates: int) -> Window:
    """The window of one candidate; `begins` and `separates` are the ids of the model's special tokens."""
    asked = question.ids[:QUESTION_TOKENS]
    context = title.ids[:TITLE_TOKENS] + before.ids[-BEFORE_TOKENS:]
    room = WINDOW_TOKENS - len(asked) - len(context) - 4
    ids = [begins, *asked, separates, *context, separates, *sentence.ids[:room], separates]
    return Window(tuple(ids), len(asked) + 2, len(asked) + len(context) + 3, tuple(sentence.offsets[:room]))
