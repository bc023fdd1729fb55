"""What is asked: the words before, what may be seen, and the days that it is about."""

from __future__ import annotations

import datetime as dt

from rag.types.value import Value


class Filters(Value):
    """What the caller wants to see. Dates are inclusive days; empty means everything."""

    as_of: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def latest(self) -> dt.date | None:
        """The last day that may be seen: the earlier of `as_of` and `until`."""
        return min((day for day in (self.as_of, self.until) if day), default=None)


class Window(Value):
    """The days that a question is about, and the words that say so (empty when the caller gave them).

    `prefers_newest` is set by "latest", "now" and the like.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None
    words: str = ""
    prefers_newest: bool = False
    event_day: dt.date | None = None
    """The day that the library gives the event of `words` ("since the election"); None where words name days."""


class Turn(Value):
    """One question and its answer, as history for the next question."""

    question: str
    standalone_question: str
    answer: str
