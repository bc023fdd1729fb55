"""The numbers, days and times that a text states, in a form that can be compared between texts.

"Aug. 25" and "25 August" are the same. A passage's days imply more, given its day of publication: "on Tuesday" in an article
of Wednesday 13 August 2025 gives 12 August, August 2025 and the year; "12 August" in it gives Tuesday.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.text import days as calendar
from rag.text.days import MONTHS, WITH_YEAR
from rag.text.numbers import Fact, Shapes, number_facts, read_all, time_of
from rag.text.tense import PAST_VERB

_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_CLEAR_MONTHS = "|".join(name for name in MONTHS if len(name) > 3 and name not in ("febr", "march", "sept"))
_MONTH_ALONE = re.compile(
    rf"\b(?P<month>(?i:{_CLEAR_MONTHS})|May|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?=\.))\b{WITH_YEAR}"
)
_THE_DAY = re.compile(r"\b(?<=the )(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:century|anniversary|time))", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?i)\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this) (?:night|morning|week(?:end)?|month|year|century|decade|summer|spring"
    r"|autumn|winter))\b"
)
_REPORTED = re.compile(rf"{PAST_VERB} (?:late |early )?$")


def facts(text: str) -> list[Fact]:
    """The numbers, days and times of a text: first the days, then the numbers in the remainder."""
    found, left = read_all(_SHAPES, text)
    return found + number_facts(left)


def without_days(text: str) -> str:
    """The text with its days blanked out, keeping its length, so that "August" is not taken for a name."""
    return read_all(_SHAPES, text)[1]


def _iso(match: re.Match[str]) -> Iterator[Fact]:
    yield _day(match.group(), int(match["month"]), int(match["day"]), int(match["year"]))


def _date(match: re.Match[str]) -> Iterator[Fact]:
    """Days of a month. In "20 and 21 May" the 20 may be a number of its own: either reading is accepted."""
    date = calendar.calendar_date(match)
    for day in date.days:
        otherwise = frozenset() if day == date.sure or date.year else frozenset({str(day)})
        fact = _day(match.group(), date.month, day, date.year)
        yield replace(fact, needs=fact.needs | otherwise, gives=fact.gives | otherwise)


def _day(words: str, month: int, day: int, year: int) -> Fact:
    own = f"date {year}-{month}-{day}" if year else f"day {month}-{day}"
    gives = {own, f"day {month}-{day}", f"month {month}", f"the {day}"}
    gives |= {f"month {year}-{month}", str(year)} if year else set()
    return Fact(words, frozenset({own}), frozenset(gives), is_time=True, day=(year, month, day))


def _month(match: re.Match[str]) -> Iterator[Fact]:
    month = MONTHS[match["month"].lower()[:3]]
    if match["year"]:
        needs = frozenset({f"month {match['year']}-{month}"})
        yield Fact(match.group(), needs, needs | {f"month {month}", match["year"]}, is_time=True)
    else:
        yield time_of(match.group(), f"month {month}")


def _the_day(match: re.Match[str]) -> Iterator[Fact]:
    keys = frozenset({f"the {int(match['day'])}", match["day"]})
    yield Fact(match.group(), keys, keys, is_time=True, day=(0, 0, int(match["day"])))


def _time_word(match: re.Match[str]) -> Iterator[Fact]:
    yield time_of(match.group(), match.group().lower())


_SHAPES: Shapes = (
    (_ISO, _iso),
    (calendar.DATE, _date),
    (_MONTH_ALONE, _month),
    (_THE_DAY, _the_day),
    (_WEEKDAY, _time_word),
    (_RELATIVE, _time_word),
)


def facts_of_passage(sentences: Sequence[str], published: dt.date | None) -> list[list[Fact]]:
    """The facts of each sentence of a passage, its days with all that they imply."""
    years = {int(year) for sentence in sentences for year in calendar.YEAR.findall(sentence)}
    found = []
    month = 0
    for sentence in sentences:
        own = facts(sentence)
        month = next((fact.day[1] for fact in own if fact.day and fact.day[1]), month)
        found.append([_dated(fact, month, published, years) for fact in own])
        found[-1] += _relative(sentence, published) if published else []
    return found


def day_keys(day: dt.date) -> frozenset[str]:
    own = {f"date {day.year}-{day.month}-{day.day}", f"day {day.month}-{day.day}", f"the {day.day}"}
    return span_keys(day, day) | own | {calendar.WEEKDAYS[day.weekday()]}


def span_keys(first: dt.date, last: dt.date) -> frozenset[str]:
    """What a span of days implies: the month and year it lies in."""
    if first.year != last.year:
        return frozenset()
    months = {f"month {first.month}", f"month {first.year}-{first.month}"} if first.month == last.month else set()
    return frozenset(months | {str(first.year)})


def _dated(fact: Fact, month: int, published: dt.date | None, years: set[int]) -> Fact:
    """A day of a month with its year: the one stated, the one nearest to publication, or any in the passage.

    "The 25th" is in the month the passage named last.
    """
    if fact.day is None or not (fact.day[1] or month):
        return fact
    year, month, day = fact.day[0], fact.day[1] or month, fact.day[2]
    if published and not year:
        nearest = calendar.resolve_relative(f"{day} {calendar.MONTH_NAMES[month - 1]}", published) or ()
        days = list(nearest[:1])
    else:
        days = [one for each in ({year} if year else years) if (one := calendar.calendar_day(each, month, day))]
    return replace(fact, gives=(fact.gives | {f"day {month}-{day}"}).union(*map(day_keys, days)))


def _relative(sentence: str, published: dt.date) -> list[Fact]:
    """Days that depend on the day of publication: "on Tuesday", "last month", "three days ago"."""
    found = []
    for date in calendar.find_relative_dates(sentence, published):
        first, last = date.first_day, date.last_day
        if _REPORTED.search(sentence[: date.start]):
            first, last = calendar.resolve_relative(date.words, published) or (first, last)
        keys = day_keys(first) if first == last else span_keys(first, last)
        found.append(Fact(date.words, keys, keys, is_time=True, start=date.start, end=date.end))
    return found
