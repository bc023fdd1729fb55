"""Words for days: their one grammar for questions, articles and checking.

Relative dates ("yesterday", "on Tuesday", "last month") are relative to the day of publication.

The convention, with P the day of publication; weeks run from Monday to Sunday:

    today, tonight, this morning      P
    yesterday, last night             P - 1;  the day before yesterday P - 2;  tomorrow P + 1
    Tuesday, on Tuesday               the latest Tuesday on or before P; after a future verb ("will meet on
                                      Tuesday") the first one on or after P
    last Tuesday / next Tuesday       the latest one before P / the first one after P ("this coming" likewise)
    this Tuesday                      the one in the week of P
    this, last, next week             the whole week; "weekend" is its Saturday and Sunday
    this, last, next month or year    the whole calendar month or year
    earlier this week, month, year    from its first day to P; "later this …" from P to its last day
    three days ago, in three days     that day
    two weeks ago, in two weeks       the whole week, calendar month or calendar year that far away
    the past three days or weeks      from that many days before P to P
    last August / next August         the latest whole August before the month of P / the first one after it
    in August                         the latest August begun on or before P; the first after a future verb
    Aug 13, 13 August                 the one nearest to P
"""

from __future__ import annotations

import datetime as dt
import math
import re
from calendar import monthrange
from dataclasses import dataclass

from rag.text.clean import one_line
from rag.text.sentences import Span, sentence_spans
from rag.text.tense import FUTURE, SAID
from rag.types import Heading

MONTH_NAMES = "January February March April May June July August September October November December".split()
MONTHS = {name: number for number, long in enumerate(map(str.lower, MONTH_NAMES), start=1) for name in (long, long[:3])}
MONTHS |= {"febr": 2, "sept": 9}
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:r(?:uary)?)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Indexed as by `datetime.date.weekday()`."""
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which a season begins; three whole months, as in meteorology in the northern hemisphere."""
COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3}
YEAR = re.compile(r"(?<![\d,.$£€-])(?:1[5-9]|20)\d\d(?![\d%]|,\d|\.\d)")
_DAY = r"\d{1,2}(?![\d%]|[.,:]\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?(?:-|–|,|and|to|or)\s?(?:the\s)?{_DAY})*"
WITH_YEAR = r"(?:\.?,?\s(?:of\s)?(?P<year>(?:1\d|20)\d\d)(?!\d|,\d|[%]))?"
DATE = re.compile(
    rf"(?i)\b(?P<days>(?:(?P<before>{_DAYS})\s+(?:of\s+)?(?P<month>{MONTH})"
    rf"|(?P<month2>{MONTH})\.?\s+(?:the\s)?(?P<after>{_DAYS}))\b{WITH_YEAR})"
)
"""Days of a month: "13 August", "Aug. 13 and 14, 2025"."""
_DAYS_IN = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}

_COUNT = rf"\d{{1,3}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))}"
_UNIT = "day|week|month|year"
_RELATIVE = re.compile(
    r"\b(?:"
    r"(?P<today>(?i:today|tonight|this (?:morning|afternoon|evening)))"
    r"|(?P<before>(?i:the day before yesterday))|(?P<yesterday>(?i:yesterday|last night))"
    r"|(?P<after>(?i:the day after tomorrow))|(?P<tomorrow>(?i:tomorrow))"
    rf"|(?i:(?:on )?(?:(?P<side>last|next|this coming|this|coming) )?)"
    rf"(?P<weekday>{'|'.join(day.title() for day in WEEKDAYS)})"
    rf"|(?i:(?:(?P<part>earlier|later) )?(?P<which>this|last|next) (?P<span>week(?:end)?|month|year))"
    rf"|(?i:(?<![\d.,])(?P<ago>{_COUNT}) (?P<ago_unit>{_UNIT})s? ago)"
    rf"|(?i:in (?P<ahead>{_COUNT}) (?P<ahead_unit>{_UNIT})(?:s|s['’]|['’]s)?(?: time)?)"
    rf"|(?i:the (?:past|last) (?:(?P<past>{_COUNT}) )?(?P<past_unit>{_UNIT}|hour)s?)"
    rf"|(?P<day1>\d{{1,2}}) (?P<month1>{MONTH})\b\.?(?!,? \d{{4}})"
    rf"|(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}})(?!\d)(?!,? \d{{4}})"
    rf"|(?i:(?P<month_side>last|next|in)) (?P<month>{MONTH})\b(?!\.? \d)(?!,? \d{{4}})"
    r")\b"
)
_AHEAD = re.compile(rf"(?i:{FUTURE.pattern})|\b(?:starts?|begins?|opens?|takes place)\b")


@dataclass(frozen=True)
class CalendarDate:
    """`text[start:end]` names days of a month; `year` is 0 if it names none.

    `sure`: the day next to the month. In "20 and 21 May" the 20 may be a number of its own.
    """

    start: int
    end: int
    days: tuple[int, ...]
    sure: int
    month: int
    year: int

    @property
    def day(self) -> dt.date | None:
        """The sure day with its year; None if there is none, and for 31 June."""
        return calendar_day(self.year, self.month, self.sure) if self.year else None


def calendar_day(year: int, month: int, day: int) -> dt.date | None:
    """A day, if it exists in the calendar."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def calendar_date(match: re.Match[str]) -> CalendarDate:
    days = tuple(map(int, re.findall(r"\d+", match["before"] or match["after"])))
    month = MONTHS[(match["month"] or match["month2"]).lower()]
    return CalendarDate(*match.span(), days, days[-1 if match["before"] else 0], month, int(match["year"] or 0))


def find_dates(text: str) -> list[CalendarDate]:
    return [calendar_date(match) for match in DATE.finditer(text)]


@dataclass(frozen=True)
class RelativeDate:
    """`text[start:end] == words` means the days from `first_day` to `last_day`, inclusive."""

    start: int
    end: int
    words: str
    first_day: dt.date
    last_day: dt.date

    @property
    def bare(self) -> str:
        return re.sub("^on ", "", self.words, flags=re.IGNORECASE)


def resolve_relative(phrase: str, published: dt.date, future: bool = False) -> tuple[dt.date, dt.date] | None:
    """First and last day a phrase means in an article of that day, `future` if it belongs to a future verb; None if it
    means none."""
    match = _RELATIVE.fullmatch(one_line(phrase))
    return _resolve(match, published, future) if match else None


def find_relative_dates(text: str, published: dt.date) -> tuple[RelativeDate, ...]:
    """All relative dates in a text, in order, with the days they mean."""
    found = []
    for match in _RELATIVE.finditer(text):
        future = is_ahead(text, match.start())
        if match["ahead"] and not future:
            continue  # "the first time in two years" is a duration, not a date
        if days := _resolve(match, published, future):
            found.append(RelativeDate(match.start(), match.end(), match[0], *days))
    return tuple(found)


def is_ahead(text: str, start: int) -> bool:
    """Whether words at that place belong to a preceding future verb."""
    before, _ = around(text, start, start)
    last_future = max((match.end() for match in _AHEAD.finditer(before)), default=-1)
    last_said = max((match.end() for match in SAID.finditer(before)), default=-1)
    return last_future > last_said


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What precedes and follows those characters in their sentence."""
    spans = (span for span in sentence_spans(text) if span.start <= start < span.end)
    sentence = next(spans, Span(0, len(text)))
    return text[sentence.start : start], text[end : max(end, sentence.end)]


def _resolve(match: re.Match[str], published: dt.date, future: bool) -> tuple[dt.date, dt.date] | None:
    try:
        return _days(match, published, future)
    except (ValueError, OverflowError):
        return None  # 31 June, or a day outside the calendar


def _days(match: re.Match[str], published: dt.date, future: bool) -> tuple[dt.date, dt.date]:
    for name, shift in {"today": 0, "yesterday": -1, "before": -2, "tomorrow": 1, "after": 2}.items():
        if match[name]:
            return _away(shift, "day", published)
    if match["weekday"]:
        side, weekday = (match["side"] or "").casefold(), WEEKDAYS.index(match["weekday"].casefold())
        return _away(_days_to(weekday, side, published, future), "day", published)
    if match["span"]:
        first, last = _away({"this": 0, "last": -1, "next": 1}[match["which"].casefold()], match["span"], published)
        part = (match["part"] or "").casefold()
        return published if part == "later" else first, published if part == "earlier" else last
    if match["ago"]:
        return _away(-_count(match["ago"]), match["ago_unit"], published)
    if match["ahead"]:
        return _away(_count(match["ahead"]), match["ahead_unit"], published)
    if match["past_unit"]:
        days = _count(match["past"] or "one") * _DAYS_IN[match["past_unit"].casefold()]
        return published - dt.timedelta(days=math.ceil(days)), published
    if match["month"]:
        return _named_month(MONTHS[match["month"].casefold()], match["month_side"], published, future)
    month = MONTHS[(match["month1"] or match["month2"]).casefold()]
    day = int(match["day1"] or match["day2"])
    years = range(published.year - 1, published.year + 2)
    near = [dt.date(year, month, day) for year in years if 1 <= day <= monthrange(year, month)[1]]
    nearest = min(near, key=lambda candidate: abs(candidate - published))
    return nearest, nearest


def _count(words: str) -> int:
    return int(words) if words.isdigit() else COUNTS[words.casefold()]


def _days_to(weekday: int, side: str, published: dt.date, future: bool) -> int:
    ahead = (weekday - published.weekday()) % 7
    if side == "this":
        return weekday - published.weekday()
    if side == "last":
        return ahead - 7
    if side:
        return ahead or 7
    return ahead if future or not ahead else ahead - 7


def _away(count: int, unit: str, published: dt.date) -> tuple[dt.date, dt.date]:
    unit = unit.casefold()
    if unit == "day":
        day = published + dt.timedelta(days=count)
        return day, day
    if unit.startswith("week"):
        monday = published + dt.timedelta(days=7 * count - published.weekday())
        return monday + dt.timedelta(days=5 * (unit == "weekend")), monday + dt.timedelta(days=6)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + count
        return whole_month(months // 12, months % 12 + 1)
    year = published.year + count
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def whole_month(year: int, month: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])


def _named_month(month: int, side: str, published: dt.date, future: bool) -> tuple[dt.date, dt.date]:
    side = side.casefold()
    if side == "next" or (side == "in" and future):
        passed = month <= published.month if side == "next" else month < published.month
        return whole_month(published.year + passed, month)
    coming = month >= published.month if side == "last" else month > published.month
    return whole_month(published.year - coming, month)


def day_text(value: dt.date, guessed: bool = False) -> str:
    """A day as shown to readers, in every locale and on every system: `13 Aug 2025`, `13 Aug 2025 (a guess)`."""
    return f"{value.day} {MONTH_NAMES[value.month - 1][:3]} {value.year}{' (a guess)' if guessed else ''}"


def day_of(article: Heading) -> str:
    """The day of publication as shown to readers; empty if it is unknown."""
    return day_text(article.published, article.published_guessed) if article.published else ""
