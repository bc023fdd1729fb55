"""What is found, and what of it is cited."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from rag.types.articles import Heading
from rag.types.value import Span, Value


class Passage(Heading):
    """A run of whole sentences of one article, small enough for the embedding model."""

    id: str
    authors: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    """Code of its article's language (ISO 639), None when it is not known."""
    text: str
    start: int
    end: int
    score: float = 0.0
    similarity: float | None = None
    """Cosine to the question, -1 to 1; None when the dense side did not see it."""
    bm25: float | None = None
    """BM25 score of the lexical side; None when no word of the question is in it."""
    story: str = ""
    """Near-copies of one text share a story; empty where the library does not know."""
    event: str = ""
    """Stories that tell of the same event share an event; empty where the library does not know."""
    also_in: tuple[str, ...] = ()
    """Outlets of the other articles of the story that the question may see."""


class ResolvedDate(Value):
    """Words of a quote that name days only together with the article's own day, and the days that they mean.

    From `first` to `last`, both included; one day where they are the same.
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

    model_config = ConfigDict(extra="ignore")  # what an earlier version stored besides is left out

    number: Annotated[int, Field(ge=1)]
    passage_id: str
    url: str | None = None
    quote: str
    start: int
    end: int
    also_in: tuple[str, ...] = ()
    """Other outlets that carry the same words, or a copy of the article."""
    story: str = ""
    """Citations of one story are one source, not several."""
    answer: Span | None = None
    """The words of the quote that answer, in the article's text; None where no reading model pointed at any."""
    agreed_by: tuple[Agreement, ...] = ()
    """Independent sources that give the same answer, the likeliest first; only of the first citation."""
    support: float = 1.0
    """How sure the sentence is supported by the quote, 0 to 1; a verbatim quote is 1."""
    dates: tuple[ResolvedDate, ...] = ()
    """Relative dates of the quote, and dates without a year, in order; never part of the quote itself."""
