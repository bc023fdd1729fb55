"""The days that a question is about, read from its words.

What is read here is a prior in retrieval, never a filter: only the caller's own `as_of`, `since` and `until` hide
anything. Weeks run from Monday; a month without a year is the last one that had begun by the day of the question.
"Since" reaches to the day of the question, "before" ends on the day before and "after" begins on the day after.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rag.question.days import DayPhrase, day_phrases
from rag.types import Filters, Window

UP_TO_NOW = dt.timedelta(days=31)
"""A question about a stretch that ends on its own day and is no longer than that is one about the present."""
LAST_WEEK = dt.timedelta(days=7)
"""A day nearer than that may have been named by its weekday: "Who is the man who was arrested on Tuesday?"."""
LONG_AGO = dt.timedelta(days=180)
"""Days that began so long before the question, in a clause about the background, are not what it asks about."""
_NEWEST = re.compile(
    r"(?<!at the )\b(latest|newest|most recent|now|currently|current|so far|at present|at the moment|still|nowadays"
    r"|these days|up to now|as things stand)\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"\s*who(?:\s+(?:is|are)|['’]s|['’]re)\b", re.IGNORECASE)
_WEEKDAY_BEFORE = r"(?:(?:on\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?)?"
_RELATION = re.compile(
    r"\b(?:(?P<from>since)|(?P<after>after|following)|(?P<before>before|prior to|ahead of)|(?P<until>until|till|up to)"
    rf"|(?P<by>by|as of)|(?P<within>in|during|throughout))\s+(?:the\s+year\s+)?{_WEEKDAY_BEFORE}$",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"(?:\b(?:after|following|despite|because|since|while|although|from when)|(?<=\w )(?:when|who|whose|which|that)|, when)"
    r"\s+[^,;:.?!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Named:
    """Days that words name; either end may be open. `newest`: the state at their end is asked for."""

    words: str
    since: dt.date | None
    until: dt.date | None
    newest: bool = False


_NOTHING = _Named("", None, None)


def window_of(question: str, filters: Filters, today: dt.date, newest: dt.date | None = None) -> Window:
    """The window of a question asked on `today`, or on `filters.as_of` where the caller replays the past.

    `newest` is the day of the library's newest article: "in August" means the last August of which it has news.
    """
    asked = filters.as_of or today
    named = _named(question, asked, min(asked, newest or asked))
    since, until = filters.since or named.since, filters.until or named.until
    if since and until and since > until:  # the words name days that the caller left out
        named, since, until = _NOTHING, filters.since, filters.until
    now = _now(question)
    return Window(
        since=since,
        until=until,
        as_of=filters.as_of,
        words=named.words or now,
        prefers_newest=bool(now) or named.newest,
    )


def asks_about_now(question: str, window: Window, asked: dt.date) -> bool:
    """Whether a question put on the day `asked` is about how things are on that day.

    It says "now", "latest", "today", "this week", "since Monday" and the like, or opens with "Who is". One that is
    bound to days before the last week, by its words or by the caller, is not.
    """
    if window.until and asked - window.until >= LAST_WEEK:
        return False
    return window.prefers_newest or _reaches_now(window, asked) or _WHO_IS.match(question) is not None


def _reaches_now(window: Window, asked: dt.date) -> bool:
    if not window.words or not window.since or window.until != asked:
        return False
    return asked - window.since <= UP_TO_NOW or window.words.startswith("since ")


def _now(question: str) -> str:
    """The word for the present; "Right Now" inside a sentence is the name of something."""
    for match in _NEWEST.finditer(question):
        if match.group()[0].islower() or not question[: match.start()].strip(" “\"'(") or question.isupper():
            return match.group().lower()
    return ""


def _named(question: str, asked: dt.date, newest: dt.date) -> _Named:
    for phrase in day_phrases(question, asked, newest):
        named = _related(question, phrase, asked)
        if named and not (asked - phrase.first > LONG_AGO and _is_background(question, phrase)):
            return named
    return _NOTHING


def _is_background(question: str, phrase: DayPhrase) -> bool:
    """Whether a phrase belongs to what led to the news: "after sealing its borders in 2020", "who left in 2019"."""
    relation = _RELATION.search(question, 0, phrase.start)
    return _BACKGROUND.search(question, 0, relation.start() if relation else phrase.start) is not None


def _related(question: str, phrase: DayPhrase, asked: dt.date) -> _Named | None:
    """The days that a phrase means together with the preposition before it; None where there are none so far."""
    day = dt.timedelta(days=1)
    relation = _RELATION.search(question, 0, phrase.start)
    named = " ".join(question[phrase.start : phrase.end].lower().split())
    words = " ".join(question[relation.start() : phrase.end].lower().split()) if relation else named
    if relation is None or relation["within"]:
        return _Named(named if named.startswith(("this", "last")) else words, phrase.first, phrase.last)
    if relation["from"]:
        return _Named(words, phrase.first, asked)
    if relation["after"]:
        return _Named(words, phrase.last + day, asked) if phrase.last < asked else None
    if relation["before"]:
        return _Named(words, None, phrase.first - day)
    if relation["by"]:  # by a day that is still to come: a deadline
        return _Named(words, None, phrase.last, newest=True) if phrase.last <= asked else None
    return _Named(words, None, phrase.last)


def today() -> dt.date:
    """The day on the reader's own calendar."""
    return dt.datetime.now().astimezone().date()
