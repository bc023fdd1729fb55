"""The days that a question is about, read from its words.

What is read here is a prior in retrieval, never a filter: only the caller's own `as_of`, `since` and `until` hide
anything. Weeks run from Monday; a month without a year is the last one that had begun by the day of the question.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from rag.types import Filters, Window

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NEWEST = re.compile(
    r"\b(latest|newest|most recent|now|currently|current|so far|at present|still|nowadays)\b", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(today|yesterday|this (?:week|month|year|morning|evening)|last (?:week|month|year)|past week|recently)\b",
    re.IGNORECASE,
)
_PRESENT = frozenset({"today", "this morning", "this evening", "this week"})
_WHO_IS = re.compile(r"\s*who(?:\s+(?:is|are)|['’]s|['’]re)\b", re.IGNORECASE)
_DAY_MONTH = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\.?"
    rf"|(?P<month2>{_MONTH})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)(?:,?\s+(?P<year>(?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"\b(?:in|of|during|since|until|by|early|late|mid-?)\s+(?P<month>{_MONTH})\.?(?:,?\s+(?P<year>(?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<day>(?:19|20)\d\d-\d\d-\d\d)\b")


def window_of(question: str, filters: Filters, today: dt.date, newest: dt.date | None = None) -> Window:
    """The window of a question asked on `today`, or on `filters.as_of` where the caller replays the past.

    `newest` is the day of the library's newest article: "in August" means the last August of which it has news.
    """
    asked = filters.as_of or today
    since, until, words = _named_days(question, asked, min(asked, newest or asked))
    now = _NEWEST.search(question)
    return Window(
        since=filters.since or since,
        until=filters.until or until,
        as_of=filters.as_of,
        words=words or (now.group().lower() if now else ""),
        prefers_newest=now is not None,
    )


def asks_about_now(question: str, window: Window, asked: dt.date) -> bool:
    """Whether a question put on the day `asked` is about how things are on that day.

    It says "now", "latest", "today", "this week" and the like, or opens with "Who is". One that is bound to
    earlier days, by its words or by the caller, is not.
    """
    if window.until and window.until < asked:
        return False
    return window.prefers_newest or window.words in _PRESENT or _WHO_IS.match(question) is not None


def _named_days(question: str, asked: dt.date, newest: dt.date) -> tuple[dt.date | None, dt.date | None, str]:
    readings = (
        (_ISO, _iso_day, newest),
        (_DAY_MONTH, _day_of_month, newest),
        (_MONTH_YEAR, _whole_month, newest),
        (_RELATIVE, _relative, asked),
    )
    for pattern, read, reference in readings:
        for match in pattern.finditer(question):
            days = read(match, reference)
            if days:
                return days[0], days[1], match.group().lower()
    return None, None, ""


Days = tuple[dt.date, dt.date]


def _iso_day(match: re.Match[str], asked: dt.date) -> Days | None:
    try:
        day = dt.date.fromisoformat(match["day"])
    except ValueError:
        return None
    return day, day


def _day_of_month(match: re.Match[str], asked: dt.date) -> Days | None:
    month = MONTHS[(match["month"] or match["month2"]).lower()]
    number = int(match["day"] or match["day2"])
    try:
        day = dt.date(int(match["year"] or asked.year), month, number)
    except ValueError:
        return None
    # "on 20 December", asked in January, was last year's; a few weeks ahead is a plan.
    if not match["year"] and (day - asked).days > 90:
        day = day.replace(year=day.year - 1) if (month, number) != (2, 29) else day
    return day, day


def _whole_month(match: re.Match[str], asked: dt.date) -> Days | None:
    month = MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else asked.year - (month > asked.month)
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _relative(match: re.Match[str], asked: dt.date) -> Days | None:
    words = match.group().lower()
    monday = asked - dt.timedelta(days=asked.weekday())
    first = asked.replace(day=1)
    spans: dict[str, Days] = {
        "today": (asked, asked),
        "this morning": (asked, asked),
        "this evening": (asked, asked),
        "yesterday": (asked - dt.timedelta(days=1),) * 2,
        # News of "this week" is often written on the day before or asked about at its end.
        "this week": (min(monday, asked - dt.timedelta(days=6)), asked),
        "past week": (asked - dt.timedelta(days=7), asked),
        "last week": (monday - dt.timedelta(days=7), monday - dt.timedelta(days=1)),
        "this month": (first, asked),
        "last month": ((first - dt.timedelta(days=1)).replace(day=1), first - dt.timedelta(days=1)),
        "this year": (asked.replace(month=1, day=1), asked),
        "last year": (dt.date(asked.year - 1, 1, 1), dt.date(asked.year - 1, 12, 31)),
        "recently": (asked - dt.timedelta(days=30), asked),
    }
    return spans.get(words)


def today() -> dt.date:
    """The day on the reader's own calendar."""
    return dt.datetime.now().astimezone().date()
