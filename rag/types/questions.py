"""What is asked: previous turns, what may be seen, and the days it is about."""

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
    """Several things by name."""
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
    """Only days: what the library has on them."""
    ARTICLES = "articles"
    """Which articles or outlets the library has on something, or how many."""
    META = "meta"
    """Greetings, thanks, what the library holds, what can be asked."""
    QUOTATION = "quotation"
    """Words of an article: who said it, where, and when."""


class Filters(Value):
    """What the caller wants to see. Dates are inclusive days; empty means no restriction."""

    as_of: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Ids of articles: only these are read."""

    @property
    def latest(self) -> dt.date | None:
        """The last day that may be seen: the earlier of `as_of` and `until`."""
        return min((day for day in (self.as_of, self.until) if day), default=None)


class Window(Value):
    """The days a question is about, and the words that say so (empty if the caller gave them).

    `prefers_newest` is set by "latest", "now" and the like.
    """

    model_config = ConfigDict(extra="ignore")  # fields stored by earlier versions are ignored

    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None
    words: str = ""
    prefers_newest: bool = False


class Turn(Value):
    """One question and its answer ("" if there was none), as history for the next question."""

    question: str
    standalone_question: str
    answer: str


class Question(Value):
    """One question on its way from the caller to the index."""

    text: str
    """As it was asked."""
    searched: str
    """As a stand-alone question."""
    carried: tuple[str, ...] = ()
    """What it carries over from the previous turn."""
    kind: Kind = Kind.FACT
    filters: Filters = Filters()
    window: Window = Window()
    day: dt.date
    """The day it is asked."""
    history: tuple[Turn, ...] = ()
