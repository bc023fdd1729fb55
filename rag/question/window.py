"""The days a question is about, read from its words, and whether it asks for the newest state of things.

The result is a prior in retrieval, never a filter: only the caller's own `as_of`, `since` and `until` hide anything.
Weeks start on Monday; a month without a year is the last one that had begun by the day of the question. "Since" reaches
to the day of the question, "before" ends on the day before, and "after" begins on the day after.
"""

from __future__ import annotations

import datetime as dt
import re

from rag.question.days import DayPhrase, day_phrases
from rag.text.tense import PAST_VERB
from rag.types import Filters, Window

UP_TO_NOW = dt.timedelta(days=31)
"""A question about a span of at most this length that ends on its own day is about the present."""
LAST_WEEK = dt.timedelta(days=7)
"""A more recent day may have been named by its weekday: "Who is the man who was arrested on Tuesday?"."""
LONG_AGO = dt.timedelta(days=180)
"""Days that began this long before the question, in a background clause, are not what it asks about."""
_NEWEST = re.compile(
    r"(?i)(?<!at the )\b(latest|newest|most recent|now|currently|current|so far|at present|at the moment|still|nowadays"
    r"|these days|up to now|as things stand)\b"
)
_WHO_IS = re.compile(r"\s*who(?:\s+(?:is|are)|['’]s|['’]re)\b", re.IGNORECASE)
_WEEKDAY_BEFORE = r"(?:(?:on\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?)?"
_RELATION = re.compile(
    r"(?i)\b(?:(?P<from>since)|(?P<after>after|following)|(?P<before>before|prior to|ahead of)|(?P<until>until|till|up to)"
    rf"|(?P<by>by|as of)|(?P<within>in|during|throughout))\s+(?:the\s+year\s+)?{_WEEKDAY_BEFORE}$"
)
_BACKGROUND = re.compile(
    r"(?i)(?:\b(?:after|following|despite|because|since|while|although|from when)|(?<=\w )(?:when|who|whose|which|that)|, when)"
    r"\s+[^,;:.?!]*$"
)
_PRESENT = re.compile(
    r"(?i)\b(?:is|are|has|have|does|do|isn['’]t|aren['’]t|hasn['’]t|haven['’]t)\b|(?<=\w)['’](?:s|re)\b"
)
_OTHER_TENSE = re.compile(rf"{PAST_VERB}|\b(?:will|would|shall)\b")
_STATE = re.compile(r"(?i)\s*(?:who|what|which(?: \w+){1,3}?) (?!was\b|(?:\w*ss|[a-z]+ous)\b)[a-z]+s\b(?! of\b)")
_STILL_TO_COME = re.compile(
    r"(?i)\W*(?:when|what (?:day|date|time)|which (?:day|date)|how much|how many|where|who) (?:\w+ ){0,3}?will\b"
)
"""Plans change, so the last one counts."""
_RUNNING_COUNT = re.compile(
    r"(?i)\bhow many\b.*\b(?:die|died|dead|deaths?|killed|lost their lives|injured|hurt|wounded|missing|ill|sick|infected|cases"
    r"|arrested|evacuated|displaced)\b|\b(?:death )?toll\b"
)
"""The count keeps growing, so the last one is the answer."""


def window_of(question: str, filters: Filters, today: dt.date, newest: dt.date | None = None) -> Window:
    """The window of a question asked on `today`, or on `filters.as_of` if the caller replays the past.

    `newest` is the day of the library's newest article: "in August" means the last August it has news of.
    """
    asked = filters.as_of or today
    named = _named(question, asked, min(asked, newest or asked))
    since, until = filters.since or named.since, filters.until or named.until
    if since and until and since > until:  # the words name days that the caller excluded
        named, since, until = Window(), filters.since, filters.until
    now = _now(question)
    return Window.like(
        filters, since=since, until=until, words=named.words or now, prefers_newest=bool(now) or named.prefers_newest
    )


def asks_about_now(question: str, window: Window, asked: dt.date) -> bool:
    """Whether a question asked on the day `asked` is about how things are on that day.

    It says "now", "latest", "today", "this week", "since Monday" and the like, or opens with "Who is". A question
    bound, by its words or by the caller, to days before the last week is not.
    """
    if window.until and asked - window.until >= LAST_WEEK:
        return False
    return window.prefers_newest or _reaches_now(window, asked) or _WHO_IS.match(question) is not None


def wants_newest(question: str, window: Window, asked: dt.date) -> bool:
    """Whether the newest of several good answers is meant: "latest", "now", "by 20 August", or the present tense.

    Weaker than `asks_about_now`, which says when an old answer needs a notice. `asked` is the day of the question.
    """
    if window.prefers_newest:
        return True
    if window.until and window.until < asked:
        return False
    if asks_for_a_running_count(question) or _STILL_TO_COME.match(question):
        return True
    return asks_about_now(question, window, asked) or is_present_tense(question)


def asks_for_a_running_count(question: str) -> bool:
    """Whether a question asks for the number of dead, hurt, missing and the like, which is updated from day to day."""
    return _RUNNING_COUNT.search(question) is not None


def is_present_tense(question: str) -> bool:
    """Whether the first tensed verb of a question is in the present: "Who runs …", "How many are …"."""
    question = question[:1].lower() + question[1:]
    present, other = _PRESENT.search(question), _OTHER_TENSE.search(question)
    if present is None:
        return other is None and _STATE.match(question) is not None
    return other is None or present.start() < other.start()


def _reaches_now(window: Window, asked: dt.date) -> bool:
    if not window.words or not window.since or window.until != asked:
        return False
    return asked - window.since <= UP_TO_NOW or window.words.startswith("since ")


def _now(question: str) -> str:
    """The word for the present; "Right Now" inside a sentence is a name."""
    for match in _NEWEST.finditer(question):
        if match.group()[0].islower() or not question[: match.start()].strip(" “\"'(") or question.isupper():
            return match.group().lower()
    return ""


def _named(question: str, asked: dt.date, newest: dt.date) -> Window:
    for phrase in day_phrases(question, asked, newest):
        named = _related(question, phrase, asked)
        if named and not (asked - phrase.first > LONG_AGO and _is_background(question, phrase)):
            return named
    return Window()


def _is_background(question: str, phrase: DayPhrase) -> bool:
    """Whether a phrase is background to the news: "after sealing its borders in 2020", "who left in 2019"."""
    relation = _RELATION.search(question, 0, phrase.start)
    return _BACKGROUND.search(question, 0, relation.start() if relation else phrase.start) is not None


def _related(question: str, phrase: DayPhrase, asked: dt.date) -> Window | None:
    """The days a phrase means together with the preposition before it; None if there are none so far."""
    day = dt.timedelta(days=1)
    relation = _RELATION.search(question, 0, phrase.start)
    named = " ".join(question[phrase.start : phrase.end].lower().split())
    words = " ".join(question[relation.start() : phrase.end].lower().split()) if relation else named
    if relation is None or relation["within"]:
        words = named if named.startswith(("this", "last")) else words
        return Window(since=phrase.first, until=phrase.last, words=words)
    if relation["from"]:
        return Window(since=phrase.first, until=asked, words=words)
    if relation["after"]:
        return Window(since=phrase.last + day, until=asked, words=words) if phrase.last < asked else None
    if relation["before"]:
        return Window(until=phrase.first - day, words=words)
    if relation["by"] and phrase.last > asked:
        return None  # a deadline
    return Window(until=phrase.last, words=words, prefers_newest=bool(relation["by"]))


def today() -> dt.date:
    """Today's date on the reader's calendar."""
    return dt.datetime.now().astimezone().date()
