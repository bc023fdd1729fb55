"""What is found, and what of it is cited."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from rag.types.articles import Heading
from rag.types.value import Link, Span, Value


class Passage(Heading):
    """A run of whole sentences of one article, small enough for the embedding model."""

    id: str
    authors: tuple[str, ...] = ()
    url: Link = None
    language: str | None = None
    """Code of its article's language (ISO 639), None if unknown."""
    text: str
    start: int
    end: int
    score: float = 0.0
    similarity: float | None = None
    """Cosine to the question, -1 to 1; None if the dense side did not see it."""
    bm25: float | None = None
    """BM25 score of the lexical side; None if it contains no word of the question."""
    story: str = ""
    """Near-copies of one text share a story; empty if the library does not know."""
    event: str = ""
    """Stories about the same event share an event; empty if the library does not know."""
    also_in: tuple[str, ...] = ()
    """Outlets of the story's other articles that the filters allow."""


class ResolvedDate(Value):
    """Words in a quote that name days only relative to the article's own day, and the days they mean.

    From `first` to `last`, inclusive; a single day if they are equal.
    """

    words: str
    first: dt.date
    last: dt.date


class Agreement(Heading):
    """An article of another independent source that gives the same answer; `quote` is verbatim."""

    passage_id: str
    quote: str
    start: int
    end: int


class Citation(Heading):
    """One numbered source of an answer; `quote` is verbatim."""

    model_config = ConfigDict(extra="ignore")  # fields stored by earlier versions are ignored

    number: Annotated[int, Field(ge=1)]
    passage_id: str
    url: Link = None
    quote: str
    start: int
    end: int
    also_in: tuple[str, ...] = ()
    """Other outlets that carry the same words, or a copy of the article."""
    story: str = ""
    """Citations of one story are one source, not several."""
    answer: Span | None = None
    """The answering words of the quote, in the article's text; None if no reading model pointed at any."""
    agreed_by: tuple[Agreement, ...] = ()
    """Independent sources that give the same answer, the likeliest first; only on the first citation."""
    support: float = 1.0
    """How surely the quote supports the sentence, 0 to 1; a verbatim quote is 1."""
    dates: tuple[ResolvedDate, ...] = ()
    """Relative dates in the quote, and dates without a year, in order; never part of the quote itself."""
