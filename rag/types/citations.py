"""What an answer stands on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from rag.types.value import Span, Value


class ResolvedDate(Value):
    """Words of a quote that name days only together with the article's own day, and the days that they mean.

    From `first` to `last`, both included; one day where they are the same.
    """

    words: str
    first: dt.date
    last: dt.date


class Agreement(Value):
    """An article of another independent source that gives the same answer; `quote` is verbatim."""

    article_id: str
    passage_id: str
    outlet: str | None = None
    title: str
    published: dt.date | None = None
    published_guessed: bool = False
    quote: str
    start: int
    end: int


class Citation(Value):
    """One numbered source of an answer; `quote` is verbatim."""

    model_config = ConfigDict(extra="ignore")  # what an earlier version stored besides is left out

    number: Annotated[int, Field(ge=1)]
    article_id: str
    passage_id: str
    outlet: str | None = None
    title: str
    url: str | None = None
    published: dt.date | None = None
    published_guessed: bool = False
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
