"""Words of a question that name days: "13 August", "early August", "last Friday", "in the past three weeks".

Only what is meant as a time of its own is read. A year in a name ("World Cup 2026"), a day in one ("the January 6
inquiry"), a month that is a person ("after May resigned") or a length of time ("the first since 2019") is left alone.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.question.day_grammar import (
    AGO,
    ISO,
    MONTH_ALONE,
    RANGE,
    RECENT,
    RELATIVE,
    SEASON,
    STRETCH,
    VAGUE_COUNTS,
    WEEKDAY,
    WEEKEND,
    YEAR,
    is_no_time,
)
from rag.text.days import COUNTS, DATE, MONTHS, SEASONS, WEEKDAYS, calendar_date, resolve_relative
from rag.text.tense import FUTURE

Stretch = tuple[dt.date, dt.date]
PLAN = dt.timedelta(days=90)
"""A day without a year that lies further ahead was last year's: "on 20 December", asked in January."""
TODAY = -1
"""Rank of the day of the question itself: "Which of the roads that closed on Tuesday are open today?"."""
_RECENT_DAYS = {"day": 7, "week": 30, "month": 120}
_DAYS_IN = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "month": 30, "year": 365}
_PARTS = {"early": 0, "beginning of": 0, "start of": 0, "mid": 1, "middle of": 1, "late": 2, "end of": 2}


@dataclass(frozen=True)
class Moment:
    """From when a question is read.

    Attributes:
        asked: the day of the question.
        newest: the day of the newest article at that time; "in August" is the last August until then.
        ahead: whether the phrase belongs to a verb of the future.
    """

    asked: dt.date
    newest: dt.date
    ahead: bool = False


@dataclass(frozen=True)
class DayPhrase:
    """`question[start:end]` means the days from `first` to `last`; the lower its `rank`, the likelier they are meant."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    rank: int


def day_phrases(question: str, asked: dt.date, newest: dt.date) -> list[DayPhrase]:
    """The phrases of a question that name days not wholly after the day on which it is asked; those likeliest first."""
    found: list[DayPhrase] = []
    taken: list[tuple[int, int]] = []
    for pattern, read, rank in _READINGS:
        for match in pattern.finditer(question):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())  # what means nothing as a whole has no meaning in part either
            if is_no_time(question, match):
                continue
            days = read(match, Moment(asked, newest, _is_ahead(question, match)))
            if days and days[0] <= asked:
                found.append(DayPhrase(*match.span("days"), *days, TODAY if days == (asked, asked) else rank))
    return sorted(found, key=lambda phrase: (phrase.rank, phrase.start))


_AHEAD = re.compile(
    rf"{FUTURE.pattern}|\b(?:upcoming|next|(?:due|set|scheduled|expected|slated|poised|running) for)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z“\"])")


def _is_ahead(question: str, match: re.Match[str]) -> bool:
    """Whether a verb of the future stands before the phrase, or behind one that opens the sentence."""
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(question)), len(question)]
    start = max(end for end in ends if end <= match.start())
    end = min((end for end in ends if end >= match.end()), default=len(question))
    opens = not question[start : match.start()].strip()
    return bool(_AHEAD.search(question[match.end() : end] if opens else question[start : match.start()]))


def _iso(match: re.Match[str], moment: Moment) -> Stretch | None:
    try:
        day = dt.date.fromisoformat(match["days"])
    except ValueError:
        return None
    return day, day


def _date(match: re.Match[str], moment: Moment) -> Stretch | None:
    date = calendar_date(match)
    first, last = (_day(day, date.month, date.year, moment.newest) for day in (date.days[0], date.days[-1]))
    return (first, last) if first and last and first <= last else None


def _day(number: int, month: int, year: int, newest: dt.date) -> dt.date | None:
    try:
        day = dt.date(year or newest.year, month, number)
        return day if year or day - newest <= PLAN else day.replace(year=day.year - 1)
    except ValueError:
        return None


def _range(match: re.Match[str], moment: Moment) -> Stretch | None:
    """From A to B, where A takes the month or the year that it lacks from B."""
    from_, to = match["a"], match["b"]
    year = re.search(r"\d{4}$", to)
    if len(from_) <= 4 and re.match(r"\d{1,2}(?!\d)", from_):
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
    """The days of a day of a month, of a month or of a year."""
    if match := DATE.fullmatch(text):
        return _date(match, moment)
    if match := MONTH_ALONE.fullmatch(f"in {text}"):
        return _month(match, moment)
    return _of_year(int(text)) if text.isdigit() else None


def _of_year(year: int) -> Stretch:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _month(match: re.Match[str], moment: Moment) -> Stretch | None:
    month, lead = MONTHS[match["month"].lower()], (match["lead"] or "").lower()
    if match["year"]:
        return _part_of_month(int(match["year"]), month, match["part"])
    if moment.ahead:
        return _part_of_month(moment.asked.year + (month < moment.asked.month), month, match["part"])
    passed = month < moment.newest.month if lead == "last" else month <= moment.newest.month
    return _part_of_month(moment.newest.year - (not passed), month, match["part"])


def _part_of_month(year: int, month: int, part: str | None) -> Stretch:
    last = calendar.monthrange(year, month)[1]
    if not part:
        return dt.date(year, month, 1), dt.date(year, month, last)
    third = _third(part)
    return dt.date(year, month, 1 + 10 * third), dt.date(year, month, (10, 20, last)[third])


def _third(part: str) -> int:
    return _PARTS[" ".join(part.lower().split()).removeprefix("the ")]


def _year(match: re.Match[str], moment: Moment) -> Stretch | None:
    year, part = int(match["year"]), match["part"]
    if moment.ahead or not 1900 <= year <= moment.asked.year:
        return None
    if not part:
        return _of_year(year)
    third = _third(part)
    last = 4 * third + 4
    return dt.date(year, 4 * third + 1, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _season(match: re.Match[str], moment: Moment) -> Stretch | None:
    """The season of the year of the question; winter is that of the turn of the year, from September on the next one."""
    month, asked = SEASONS[match["season"].lower()], moment.asked
    if match["year"]:
        return _three_months(int(match["year"]), month)
    this = _three_months(asked.year - (month == 12 and asked.month < 9), month)
    if match["which"] and match["which"].lower() == "this":
        return this
    begun = this[1] < asked if match["which"] and match["which"].lower() == "last" else this[0] <= asked
    return this if begun or moment.ahead else _three_months(this[0].year - 1, month)


def _three_months(year: int, month: int) -> Stretch:
    last_year, last_month = (year + 1, 2) if month == 12 else (year, month + 2)
    return dt.date(year, month, 1), dt.date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def _relative(match: re.Match[str], moment: Moment) -> Stretch | None:
    words, asked = " ".join(match["days"].lower().split()), moment.asked
    if words in ("this week", "earlier this week"):
        # News of "this week" is often written on the day before or asked about at its end.
        return min(asked - dt.timedelta(days=asked.weekday()), asked - dt.timedelta(days=6)), asked
    days = resolve_relative(words.replace("this past", "the past"), asked)
    return (days[0], min(days[1], asked)) if days else None


def _weekday(match: re.Match[str], moment: Moment) -> Stretch | None:
    side = (match["side"] or "").lower()
    if moment.ahead or side in ("next", "coming"):
        return None
    days = resolve_relative(f"{'last ' if side == 'last' else ''}{match['weekday'].title()}", moment.asked)
    return days if days and days[0] <= moment.asked else None


def _weekend(match: re.Match[str], moment: Moment) -> Stretch | None:
    """The last one that has begun; "last weekend" the last one that was over."""
    asked = moment.asked
    saturday = asked - dt.timedelta(days=(asked.weekday() - WEEKDAYS.index("saturday")) % 7)
    if "last" in match["days"].lower() and asked - saturday < dt.timedelta(days=2):
        saturday -= dt.timedelta(days=7)
    return None if moment.ahead else (saturday, min(saturday + dt.timedelta(days=1), asked))


def _stretch(match: re.Match[str], moment: Moment) -> Stretch | None:
    count = {**COUNTS, **VAGUE_COUNTS}.get(match["count"].lower()) or int(match["count"])
    days = -int(-count * _DAYS_IN[match["unit"].lower()] // 1)
    return (moment.asked - dt.timedelta(days=days), moment.asked) if days < 36_500 else None


def _ago(match: re.Match[str], moment: Moment) -> Stretch | None:
    return resolve_relative(" ".join(match["days"].split()).lower(), moment.asked)


def _recent(match: re.Match[str], moment: Moment) -> Stretch | None:
    days = _RECENT_DAYS[(match["unit"] or "week").lower()]
    return moment.asked - dt.timedelta(days=days), moment.asked


Reading = Callable[[re.Match[str], Moment], Stretch | None]
_READINGS: tuple[tuple[re.Pattern[str], Reading, int], ...] = (
    (RANGE, _range, 1),
    (ISO, _iso, 1),
    (DATE, _date, 1),
    (MONTH_ALONE, _month, 1),
    (SEASON, _season, 2),
    (WEEKEND, _weekend, 0),
    (STRETCH, _stretch, 0),
    (AGO, _ago, 0),
    (RELATIVE, _relative, 0),
    (WEEKDAY, _weekday, 0),
    (YEAR, _year, 3),
    (RECENT, _recent, 4),
)
