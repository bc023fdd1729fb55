"""Words in a question that name days: "13 August", "early August", "last Friday", "in the past three weeks".

Only what is meant as a time in its own right is read. A year in a name ("World Cup 2026"), a day in one ("the January 6
inquiry"), and a month that is a person ("after May resigned") are left alone.
Days relative to the day of the question are read as in articles (`rag.text.days`), as far as they have begun.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.text import days as calendar
from rag.text.resolved_dates import has_no_day_of_its_own

Stretch = tuple[dt.date, dt.date]
PLAN = dt.timedelta(days=90)
"""A day without a year that lies further ahead means last year's: "on 20 December", asked in January."""
TODAY, NEAR = -1, 0
"""Ranks of the question's day, "which of the roads that closed on Tuesday are open today?", and of days relative to it."""
_RECENT_DAYS = {"day": 7, "week": 30, "month": 120}
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}

_YEAR = r"(?:19|20)\d\d(?![\d%°]|[-–/.,]\d)"
_NUMBER = r"\d{1,2}(?![\d,.:]\d)(?:st|nd|rd|th)?"
_END = rf"(?:{_NUMBER}\s+(?:of\s+)?{calendar.MONTH}|{calendar.MONTH}\.?\s+{_NUMBER}|{calendar.MONTH})(?:,?\s+{_YEAR})?|{_YEAR}"
_THIRD = r"(?:(?:the\s+)?(?P<third>early|mid|late|beginning|start|middle|end)(?:\s+of)?[\s-]+)?"
_LED = r"(?:in|during|throughout|since|until|till|by|before|after|as of)\s+(?:the\s+year\s+)?"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern}(?!\w)", re.IGNORECASE)


_ISO = _words(r"(?P<days>(?:19|20)\d\d-\d\d-\d\d)")
_RANGE = _words(
    rf"(?P<days>(?:between|from)\s+(?P<a>{_END}|{_NUMBER})\s+(?:and|to|until|till|through)\s+(?P<b>{_END}))"
)
_MONTH_OF_YEAR = _words(rf"(?P<days>{_THIRD}(?P<month>{calendar.MONTH})\.?,?\s+(?:of\s+)?(?P<year>{_YEAR}))")
_MONTH = _words(
    rf"(?:(?:of|from)\s+|{_LED})?(?P<days>(?:(?P<which>last|this)\s+)?{_THIRD}(?P<month>{calendar.MONTH}))\b\.?(?!\s+\d|[-–]\S)"
)
_YEAR_ALONE = _words(rf"{_LED}(?P<days>{_THIRD}(?P<year>{_YEAR}))")
_SEASON = _words(
    rf"(?:{_LED})?(?P<days>(?:(?P<which>this past|this|last|past|the)\s+)?(?P<season>{'|'.join(calendar.SEASONS)})"
    rf"(?:\s+(?:of\s+)?(?P<year>{_YEAR}))?)"
)
_WEEKEND = _words(r"(?P<days>(?:this past|this|last|the past|the last|past|over the|at the|since the)\s+weekend)")
_RECENT = _words(r"(?P<days>recently|lately|in recent (?P<unit>day|week|month)s)")

# What may follow a time; anything else makes it part of a name: "in 2024 Olympic trials".
_GOES_ON = re.compile(
    r"(?i)\s*$|\s*[?.!,;:)”\"–—]|['’]s\b|\s+(?:a|about|after|against|among|an|and|are|as|at|because|been|before|between|by|can"
    r"|could|did|do|does|for|from|had|has|have|how|if|in|into|is|it|near|of|on|or|out|over|should|since|so|than|that|the|there"
    r"|they|this|to|until|was|were|what|when|where|which|while|who|whose|why|will|with|would)\b"
)
_OFTEN_A_NAME = frozenset("jan mar march april may june".split())
_LEADS = re.compile(
    rf"(?i)(?:^|[,(]|\b(?:on|by|since|until|till|before|after|from|of|between|as of|and|to|in|(?:{'|'.join(calendar.WEEKDAYS)}),?))\s*$"
)
_SMALL_WEEKDAY = re.compile(
    rf"(?i)\b(on|last|this|next|since|until|till|by|before|after) (?:{'|'.join(calendar.WEEKDAYS)})\b"
)
_NO_WEEKDAY = re.compile(r"(?:^|\b(?:[A-Z][\w’'-]*|the|an?|in|of|about|for|with|called|like|and|or|to|between))\s*$")


@dataclass(frozen=True)
class Moment:
    """The day of a question, that of the newest article by then, and whether the words belong to a future verb."""

    asked: dt.date
    newest: dt.date
    ahead: bool = False


@dataclass(frozen=True)
class DayPhrase:
    """`question[start:end]` means the days from `first` to `last`; the lower its `rank`, the likelier it is meant."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    rank: int


def day_phrases(question: str, asked: dt.date, newest: dt.date) -> list[DayPhrase]:
    """The phrases of a question that name days not wholly after the day it is asked, the likeliest first."""
    found: list[DayPhrase] = []
    taken: list[tuple[int, int]] = []
    for span, days, rank in _readings(question, asked, newest):
        if any(span[0] < end and start < span[1] for start, end in taken):
            continue
        taken.append(span)  # a phrase that means nothing as a whole means nothing in part either
        if days and days[0] <= asked:
            found.append(DayPhrase(*span, *days, TODAY if days == (asked, asked) else rank))
    return sorted(found, key=lambda phrase: (phrase.rank, phrase.start))


def _readings(question: str, asked: dt.date, newest: dt.date) -> Iterator[tuple[tuple[int, int], Stretch | None, int]]:
    """Where words may name days, the days they mean, and their rank; the longest phrases first."""
    for pattern, read, rank in _READINGS:
        for match in pattern.finditer(question):
            is_time = _is_time(question, match)
            moment = Moment(asked, newest, calendar.is_ahead(question, match.start()))
            yield match.span("days"), read(match, moment) if is_time else None, rank
    marked = _SMALL_WEEKDAY.sub(lambda led: f"{led[1]} {led[0][len(led[1]) + 1 :].title()}", question)
    for one in calendar.find_relative_dates(marked, asked):
        is_time = _is_relative_time(marked, one)
        led = one.words.lower().startswith("on ")
        yield (one.start + 3 * led, one.end), _begun(one, asked) if is_time else None, NEAR


def _is_time(question: str, match: re.Match[str]) -> bool:
    """Whether the matched words are not part of a name, a person or a duration."""
    before, after = question[: match.start("days")], question[match.end("days") :]
    led, goes_on = match.start() < match.start("days"), _GOES_ON.match(after)
    if match.re is calendar.DATE:
        whole = match["year"] or len(calendar.calendar_date(match).days) > 1
        return bool(whole or _LEADS.search(before) or goes_on)
    if match.re is _MONTH:
        alone = goes_on or not (match["month"].lower() in _OFTEN_A_NAME or re.match(r"\s+[A-Z]", after))
        return bool((led or match["which"] or match["third"]) and alone)
    if match.re is _SEASON and not match["year"]:
        which = (match["which"] or "").lower()
        told = goes_on and not after.startswith(" of ") and match["season"].islower()
        return which not in ("", "the") or bool(led and told and (which == "the" or match["season"] != "fall"))
    return match.re is not _YEAR_ALONE or bool(goes_on)


def _is_relative_time(question: str, one: calendar.RelativeDate) -> bool:
    """The same for days relative to the day of the question: not "Black Friday" or "USA Today"."""
    before, after = question[: one.start], question[one.end :]
    words = one.words.lower()
    weekday = words.removeprefix("on ") in calendar.WEEKDAYS
    if weekday and (re.match(r"\s+[A-Z]|-", after) or (words in calendar.WEEKDAYS and _NO_WEEKDAY.search(before))):
        return False
    if words.startswith(("the past", "the last")) or words.endswith("ago"):
        return not re.match(r"\s+of\b", after)
    return not has_no_day_of_its_own(question, one)


def _begun(one: calendar.RelativeDate, asked: dt.date) -> Stretch | None:
    words = one.words.lower()
    if words.startswith("later") or one.first_day > asked:
        return None
    if words in ("this week", "earlier this week"):
        # News of "this week" is often written the day before, or asked about at its end.
        return min(one.first_day, asked - dt.timedelta(days=6)), asked
    return one.first_day, min(one.last_day, asked)


def _date(match: re.Match[str], moment: Moment) -> Stretch | None:
    if match.re is _ISO:
        day = calendar.calendar_day(*map(int, match["days"].split("-")))
        return (day, day) if day else None
    date = calendar.calendar_date(match)
    first, last = (_day(day, date.month, date.year, moment.newest) for day in (date.days[0], date.days[-1]))
    return (first, last) if first and last and first <= last else None


def _day(number: int, month: int, year: int, newest: dt.date) -> dt.date | None:
    day = calendar.calendar_day(year or newest.year, month, number)
    return calendar.calendar_day(day.year - 1, month, number) if day and not year and day - newest > PLAN else day


def _range(match: re.Match[str], moment: Moment) -> Stretch | None:
    """From A to B, where A takes a missing month or year from B."""
    from_, to = match["a"], match["b"]
    year = re.search(r"\d{4}$", to)
    if re.fullmatch(_NUMBER, from_):
        from_ = re.sub(r"\b\d{1,2}(?:st|nd|rd|th)?\b", from_, to, count=1)
    elif year and not re.search(r"\d{4}$", from_):
        from_ = f"{from_} {year.group()}"
    first, last = _named(from_, moment), _named(to, moment)
    if not first or not last:
        return None
    since, until = first[0], last[1]
    if since > until and not re.search(r"\d{4}", match["a"]):
        since = since.replace(year=since.year - 1, day=min(since.day, 28))
    return (since, until) if since <= until else None


def _named(text: str, moment: Moment) -> Stretch | None:
    """The days meant by a day of a month, a month or a year."""
    if match := calendar.DATE.fullmatch(text):
        return _date(match, moment)
    if match := _MONTH_OF_YEAR.fullmatch(text) or _MONTH.fullmatch(text):
        return _month(match, moment)
    return (dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)) if text.isdigit() else None


def _month(match: re.Match[str], moment: Moment) -> Stretch:
    named, month = match.groupdict(), calendar.MONTHS[match["month"].lower()]
    if named.get("year"):
        year = int(match["year"])
    elif moment.ahead:
        year = moment.asked.year + (month < moment.asked.month)
    else:
        year = moment.newest.year - (month > moment.newest.month - (named["which"] == "last"))
    first, last = calendar.whole_month(year, month)
    if not match["third"]:
        return first, last
    third = _THIRDS[match["third"].lower()]
    return first.replace(day=1 + 10 * third), first.replace(day=(10, 20, last.day)[third])


def _year(match: re.Match[str], moment: Moment) -> Stretch | None:
    year, third = int(match["year"]), match["third"]
    if moment.ahead or year > moment.asked.year:
        return None
    first = 4 * _THIRDS[third.lower()] + 1 if third else 1
    return dt.date(year, first, 1), calendar.whole_month(year, first + 3 if third else 12)[1]


def _season(match: re.Match[str], moment: Moment) -> Stretch:
    """The season in the question's year; winter is the one around New Year, and from September on the next one."""
    month, asked, which = calendar.SEASONS[match["season"].lower()], moment.asked, (match["which"] or "").lower()
    if match["year"]:
        return _three_months(int(match["year"]), month)
    this = _three_months(asked.year - (month == 12 and asked.month < 9), month)
    begun = this[1] < asked if which == "last" else this[0] <= asked
    return this if which == "this" or begun or moment.ahead else _three_months(this[0].year - 1, month)


def _three_months(year: int, month: int) -> Stretch:
    return dt.date(year, month, 1), calendar.whole_month(year + (month == 12), month % 12 + 2)[1]


def _weekend(match: re.Match[str], moment: Moment) -> Stretch | None:
    """The last one that has begun; for "last weekend" the last one that is over."""
    over = "last" in match["days"].lower() or moment.asked.weekday() < 5
    monday = moment.asked - dt.timedelta(days=moment.asked.weekday() + 7 * over)
    return None if moment.ahead else (monday + dt.timedelta(days=5), min(monday + dt.timedelta(days=6), moment.asked))


def _recent(match: re.Match[str], moment: Moment) -> Stretch:
    return moment.asked - dt.timedelta(days=_RECENT_DAYS[(match["unit"] or "week").lower()]), moment.asked


_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Moment], Stretch | None], int], ...] = (
    (_RANGE, _range, 1),
    (_ISO, _date, 1),
    (calendar.DATE, _date, 1),
    (_MONTH_OF_YEAR, _month, 1),
    (_MONTH, _month, 1),
    (_SEASON, _season, 2),
    (_WEEKEND, _weekend, NEAR),
    (_YEAR_ALONE, _year, 3),
    (_RECENT, _recent, 4),
)
