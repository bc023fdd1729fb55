"""Words for days: the one grammar of them for questions, articles and checking.

Relative dates ("yesterday", "on Tuesday", "last month") are days as seen from the day of publication.

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
    two weeks ago, in two weeks       the whole week, calendar month or calendar year that lies so far away
    the past three days or weeks      from so many days before P to P
    last August / next August         the latest whole August before the month of P / the first one after it
    in August                         the latest August begun on or before P; the first after a future verb
    Aug 13, 13 August                 the one nearest to P
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

from rag.text.clean import one_line
from rag.text.tense import FUTURE, SAID

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb febr", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:r(?:uary)?)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `datetime.date.weekday()`."""
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which a season begins; three whole months, as meteorologists of the northern half count them."""
MONTH_NAMES = "January February March April May June July August September October November December".split()
COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3}
YEAR = re.compile(r"(?<![\d,.$£€-])(?:1[5-9]|20)\d\d(?![\d%]|,\d|\.\d)")
_DAY = r"\d{1,2}(?![\d%]|[.,:]\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?(?:-|–|,|and|to|or)\s?(?:the\s)?{_DAY})*"
WITH_YEAR = r"(?:\.?,?\s(?:of\s)?(?P<year>(?:1\d|20)\d\d)(?!\d|,\d|[%]))?"
DATE = re.compile(
    rf"\b(?P<days>(?:(?P<before>{_DAYS})\s+(?:of\s+)?(?P<month>{MONTH})"
    rf"|(?P<month2>{MONTH})\.?\s+(?:the\s)?(?P<after>{_DAYS}))\b{WITH_YEAR})",
    re.IGNORECASE,
)
"""Days of a month: "13 August", "Aug. 13 and 14, 2025"."""
_DAYS_IN = {"day": 1, "week": 7, "month": 30, "year": 365}
_FURTHEST = 400  # Units; "1,000,000 days ago" is not a date.

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
    rf"|(?i:the (?:past|last) (?:(?P<past>{_COUNT}) )?(?P<past_unit>{_UNIT})s?)"
    rf"|(?P<day1>\d{{1,2}}) (?P<month1>{MONTH})\b\.?(?!,? \d{{4}})"
    rf"|(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}})(?!\d)(?!,? \d{{4}})"
    rf"|(?i:(?P<month_side>last|next|in)) (?P<month>{MONTH})\b(?!\.? \d)(?!,? \d{{4}})"
    r")\b"
)
_AHEAD = re.compile(rf"(?i:{FUTURE.pattern})|\b(?:starts?|begins?|opens?|takes place)\b")
# Not after "U.S.", "p.m." or "Dr.", where a sentence seldom ends.
SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\.[A-Z])(?<!\b[ap]\.m)(?<!\b(?:Mr|Ms|Dr|St|No|vs))(?<!\bv)(?<!\b(?:Mrs|Gov|Sen|Rep|Gen))[.!?]['\"”’)]*\s|\n"
)
_LOOK_BACK = 300  # Characters before the words in which their verb is looked for.


@dataclass(frozen=True)
class CalendarDate:
    """`text[start:end]` names days of a month; `year` is 0 where it names none. `sure`: the day next to the month.

    In "20 and 21 May" the 20 may be a number of its own.
    """

    start: int
    end: int
    days: tuple[int, ...]
    sure: int
    month: int
    year: int

    @property
    def day(self) -> dt.date | None:
        """The sure day with its year; None without one, and for 31 June."""
        return calendar_day(self.year, self.month, self.sure) if self.year else None


def calendar_day(year: int, month: int, day: int) -> dt.date | None:
    """A day, where the calendar has it."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def calendar_date(match: re.Match[str]) -> CalendarDate:
    """What `DATE` matched."""
    days = tuple(map(int, re.findall(r"\d+", match["before"] or match["after"])))
    month = MONTHS[(match["month"] or match["month2"]).lower()]
    return CalendarDate(*match.span(), days, days[-1 if match["before"] else 0], month, int(match["year"] or 0))


def find_dates(text: str) -> list[CalendarDate]:
    """The days of months that a text names, in order."""
    return [calendar_date(match) for match in DATE.finditer(text)]


@dataclass(frozen=True)
class RelativeDate:
    """`text[start:end] == words` mean the days from `first_day` to `last_day`, both included."""

    start: int
    end: int
    words: str
    first_day: dt.date
    last_day: dt.date


def resolve_relative(phrase: str, published: dt.date, future: bool = False) -> tuple[dt.date, dt.date] | None:
    """First and last day that a phrase means for an article of that day, or None when it means none.

    `future`: the phrase belongs to a future verb.
    """
    words = one_line(phrase)
    if words.casefold().removeprefix("on ").split(" ")[-1] in WEEKDAYS:
        words = " ".join([*words.split(" ")[:-1], words.split(" ")[-1].title()])
    match = _RELATIVE.fullmatch(words)
    return _resolve(match, published, future) if match else None


def find_relative_dates(text: str, published: dt.date) -> tuple[RelativeDate, ...]:
    """All relative dates in a text, in order, with the days that they mean."""
    found = []
    for match in _RELATIVE.finditer(text):
        future = is_ahead(text, match.start())
        if match["ahead"] and not future:
            continue  # "the first time in two years" is a while, not a date
        if days := _resolve(match, published, future):
            found.append(RelativeDate(match.start(), match.end(), match[0], *days))
    return tuple(found)


def is_ahead(text: str, start: int) -> bool:
    """Whether words at that place belong to a verb of the future before them."""
    before = text[max(0, start - _LOOK_BACK) : start]
    sentence = SENTENCE_END.split(before)[-1]
    last_future = max((match.end() for match in _AHEAD.finditer(sentence)), default=-1)
    last_said = max((match.end() for match in SAID.finditer(sentence)), default=-1)
    return last_future > last_said


def _resolve(match: re.Match[str], published: dt.date, future: bool) -> tuple[dt.date, dt.date] | None:
    try:
        return _days(match, published, future)
    except (ValueError, OverflowError):
        return None  # 31 June, or a day outside the calendar


def _days(match: re.Match[str], published: dt.date, future: bool) -> tuple[dt.date, dt.date] | None:
    shifts = {"today": 0, "yesterday": -1, "before": -2, "tomorrow": 1, "after": 2}
    for name, shift in shifts.items():
        if match[name]:
            return _one(published + dt.timedelta(days=shift))
    if match["weekday"]:
        weekday = WEEKDAYS.index(match["weekday"].casefold())
        return _one(_weekday(weekday, (match["side"] or "").casefold(), published, future))
    if match["span"]:
        return _part(_span(match["span"], match["which"], published), match["part"], published)
    if match["ago"]:
        return _away(-_count(match["ago"]), match["ago_unit"], published)
    if match["ahead"]:
        return _away(_count(match["ahead"]), match["ahead_unit"], published)
    if match["past_unit"]:
        days = _count(match["past"] or "one") * _DAYS_IN[match["past_unit"].casefold()]
        return published - dt.timedelta(days=days), published
    if match["month"]:
        return _named_month(MONTHS[match["month"].casefold()], match["month_side"], published, future)
    month = MONTHS[(match["month1"] or match["month2"]).casefold()]
    day = int(match["day1"] or match["day2"])
    years = range(published.year - 1, published.year + 2)
    near = [dt.date(year, month, day) for year in years if 1 <= day <= monthrange(year, month)[1]]
    return _one(min(near, key=lambda candidate: abs(candidate - published)))


def _one(day: dt.date) -> tuple[dt.date, dt.date]:
    return day, day


def _count(words: str) -> int:
    return int(words) if words.isdigit() else COUNTS[words.casefold()]


def _weekday(weekday: int, side: str, published: dt.date, future: bool) -> dt.date:
    ahead = (weekday - published.weekday()) % 7
    if side in ("next", "this coming", "coming"):
        return published + dt.timedelta(days=ahead or 7)
    if side == "this":
        return published + dt.timedelta(days=weekday - published.weekday())
    if side == "last":
        return published - dt.timedelta(days=7 - ahead)
    return published + dt.timedelta(days=ahead if future or not ahead else ahead - 7)


def _span(span: str, which: str, published: dt.date) -> tuple[dt.date, dt.date]:
    shift = {"this": 0, "last": -1, "next": 1}[which.casefold()]
    if span.casefold() == "weekend":
        sunday = _away(shift, "week", published)[1]
        return sunday - dt.timedelta(days=1), sunday
    return _away(shift, span, published)


def _part(days: tuple[dt.date, dt.date], part: str | None, published: dt.date) -> tuple[dt.date, dt.date]:
    if not part:
        return days
    return (days[0], published) if part.casefold() == "earlier" else (published, days[1])


def _away(count: int, unit: str, published: dt.date) -> tuple[dt.date, dt.date]:
    unit = unit.casefold()
    if abs(count) > _FURTHEST:
        raise OverflowError(count)
    if unit == "day":
        return _one(published + dt.timedelta(days=count))
    if unit == "week":
        monday = published - dt.timedelta(days=published.weekday()) + dt.timedelta(weeks=count)
        return monday, monday + dt.timedelta(days=6)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + count
        return whole_month(months // 12, months % 12 + 1)
    year = published.year + count
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def whole_month(year: int, month: int) -> tuple[dt.date, dt.date]:
    """Its first and last day."""
    return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])


def _named_month(month: int, side: str, published: dt.date, future: bool) -> tuple[dt.date, dt.date]:
    side = side.casefold()
    if side == "next" or (side == "in" and future):
        passed = month <= published.month if side == "next" else month < published.month
        return whole_month(published.year + passed, month)
    coming = month >= published.month if side == "last" else month > published.month
    return whole_month(published.year - coming, month)


def day_text(value: dt.date, guessed: bool = False) -> str:
    """A day as readers see it, in every locale and on every system: `13 Aug 2025`, `13 Aug 2025 (a guess)`."""
    return f"{value.day} {MONTH_NAMES[value.month - 1][:3]} {value.year}{' (a guess)' if guessed else ''}"
