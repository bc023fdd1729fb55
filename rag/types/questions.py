"""What is asked: the words before, what may be seen, and the days that it is about."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import ConfigDict

from rag.types.value import Value


class Kind(StrEnum):
    """What a question asks for."""

    FACT = "fact"
    """Who, when, where, which, how many."""
    YES_NO = "yes_no"
    WHY = "why"
    HOW = "how"
    SAID = "said"
    """What somebody said, thinks or wants."""
    LIST = "list"
    """Several things by their names."""
    COMPARE = "compare"
    MULTI = "multi"
    """Two questions in one."""
    STORY = "story"
    """What happened."""
    TOPIC = "topic"
    """Only a topic; answered like a story."""
    LATEST = "latest"
    SUMMARY = "summary"
    TIMELINE = "timeline"
    DAY = "day"
    """Only days: what the library has of them."""
    ARTICLES = "articles"
    """Which articles or outlets the library has about something, or how many."""
    META = "meta"
    """Greetings, thanks, what the library holds, what can be asked."""
    QUOTATION = "quotation"
    """Words of an article: who said it, where, and when."""


class Filters(Value):
    """What the caller wants to see. Dates are inclusive days; empty means everything."""

    as_of: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Ids of articles: nothing else is read."""

    @property
    def latest(self) -> dt.date | None:
        """The last day that may be seen: the earlier of `as_of` and `until`."""
        return min((day for day in (self.as_of, self.until) if day), default=None)


class Window(Value):
    """The days that a question is about, and the words that say so (empty when the caller gave them).

    `prefers_newest` is set by "latest", "now" and the like.
    """

    model_config = ConfigDict(extra="ignore")  # what an earlier version stored besides is left out

    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None
    words: str = ""
    prefers_newest: bool = False


class Turn(Value):
    """One question and its answer ("" where there was none), as history for the next question."""

    question: str
    standalone_question: str
    answer: str


class Question(Value):
    """One question on its way from the door to the index."""

    text: str
    """As it was asked."""
    searched: str
    """As it stands alone."""
    carried: tuple[str, ...] = ()
    """What it carries on from the turn before."""
    kind: Kind = Kind.FACT
    filters: Filters = Filters()
    window: Window = Window()
    day: dt.date
    """The day on which it is asked."""
    history: tuple[Turn, ...] = ()
