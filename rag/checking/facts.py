"""The numbers, days and times that a text states, in a form in which two texts can be compared.

"Aug. 25" and "25 August" are the same. A passage gives more, seen from the day of its publication: "on Tuesday" in an article
of Wednesday 13 August 2025 gives 12 August, August 2025 and the year; "12 August" in it gives Tuesday.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rag.text.days import (
    DATE,
    MONTH_NAMES,
    MONTHS,
    WEEKDAYS,
    WITH_YEAR,
    YEAR,
    calendar_date,
    calendar_day,
    find_relative_dates,
    resolve_relative,
)
from rag.text.numbers import Fact, blanked, number_facts, read_all, time_of, without_numbers
from rag.text.tense import PAST_VERB

_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_CLEAR_MONTHS = "|".join(name for name in MONTHS if len(name) > 3 and name not in ("febr", "march", "sept"))
_MONTH_ALONE = re.compile(
    rf"\b(?P<month>(?i:{_CLEAR_MONTHS})|May|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?=\.))\b{WITH_YEAR}"
)
_THE_DAY = re.compile(r"\b(?<=the )(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:century|anniversary|time))", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this) (?:night|morning|week(?:end)?|month|year|century|decade|summer|spring"
    r"|autumn|winter))\b",
    re.IGNORECASE,
)
_DAY_KEY = re.compile(r"day (\d+)-(\d+)")
_THE_KEY = re.compile(r"the (\d+)")
_DATE_KEY = re.compile(r"date (\d+)-(\d+)-(\d+)")
_NO_DAY = re.compile(r"\b(?:every|each|any|most|Black|Good|Super|Cyber|Ash|Palm|Easter) $", re.IGNORECASE)
_REPORTED = re.compile(rf"{PAST_VERB} (?:late |early )?$")


def facts(text: str) -> list[Fact]:
    """The numbers, days and times of a text: first the days, then the numbers in what is left."""
    found: list[Fact] = []
    for pattern, read in _SHAPES:
        found += read_all(pattern, read, text)
        text = blanked(pattern, text)
    return found + number_facts(text)


def without_days(text: str) -> str:
    """The text with its days blanked out, so that "August" is not taken for a name; as long as it was."""
    for pattern in (_ISO, DATE, _MONTH_ALONE, _WEEKDAY):
        text = blanked(pattern, text)
    return text


def without_facts(text: str) -> str:
    """The text with its numbers and days blanked out; as long as it was."""
    for pattern, _ in _SHAPES:
        text = blanked(pattern, text)
    return without_numbers(text)


def _iso(match: re.Match[str]) -> Iterator[Fact]:
    yield _day(match.group(), int(match["month"]), int(match["day"]), year=match["year"])


def _date(match: re.Match[str]) -> Iterator[Fact]:
    """Days of a month. In "20 and 21 May" the 20 may be a number of its own: either reading will do."""
    date = calendar_date(match)
    for day in date.days:
        otherwise = [] if day == date.sure or date.year else [str(day)]
        yield _day(match.group(), date.month, day, *otherwise, year=match["year"])


def _day(words: str, month: int, day: int, *otherwise: str, year: str | None = None) -> Fact:
    gives = {f"day {month}-{day}", f"month {month}", f"the {day}"}
    if not year:
        return Fact(words, frozenset({f"day {month}-{day}", *otherwise}), frozenset({*gives, *otherwise}), is_time=True)
    of_year = {f"date {int(year)}-{month}-{day}", f"month {int(year)}-{month}", str(int(year))}
    return Fact(words, frozenset({f"date {int(year)}-{month}-{day}"}), frozenset(gives | of_year), is_time=True)


def _month(match: re.Match[str]) -> Iterator[Fact]:
    month = MONTHS[match["month"].lower()[:3]]
    if match["year"]:
        needs = frozenset({f"month {match['year']}-{month}"})
        yield Fact(match.group(), needs, needs | {f"month {month}", match["year"]}, is_time=True)
    else:
        yield time_of(match.group(), f"month {month}")


def _the_day(match: re.Match[str]) -> Iterator[Fact]:
    keys = frozenset({f"the {int(match['day'])}"})
    yield Fact(match.group(), keys | {match["day"]}, keys | {match["day"]}, is_time=True)


def _time_word(match: re.Match[str]) -> Iterator[Fact]:
    yield time_of(match.group(), match.group().lower())


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterable[Fact]]], ...] = (
    (_ISO, _iso),
    (DATE, _date),
    (_MONTH_ALONE, _month),
    (_THE_DAY, _the_day),
    (_WEEKDAY, _time_word),
    (_RELATIVE, _time_word),
)


def facts_of_passage(sentences: Sequence[str], published: dt.date | None) -> list[list[Fact]]:
    """The facts of each sentence of a passage, its days with all that they give."""
    years = {int(year) for sentence in sentences for year in YEAR.findall(sentence)}
    found = []
    month = 0
    for sentence in sentences:
        ofs = [_dated(fact, published, years) for fact in facts(sentence)]
        relative = _relative(sentence, published) if published else []
        months = [int(key[1]) for fact in ofs for text in fact.gives if (key := _DAY_KEY.fullmatch(text))]
        month = months[0] if months else month
        found.append([_of_month(fact, month, published, years) for fact in ofs] + relative)
    return found


def day_keys(day: dt.date) -> frozenset[str]:
    """All that one day gives."""
    return frozenset(
        {
            f"day {day.month}-{day.day}",
            f"date {day.year}-{day.month}-{day.day}",
            f"the {day.day}",
            WEEKDAYS[day.weekday()],
        }
    ) | span_keys(day, day)


def span_keys(first: dt.date, last: dt.date) -> frozenset[str]:
    """What a stretch of days gives: the month and the year that it lies in."""
    if first.year != last.year:
        return frozenset()
    months = {f"month {first.month}", f"month {first.year}-{first.month}"} if first.month == last.month else set()
    return frozenset(months | {str(first.year)})


def _dated(fact: Fact, published: dt.date | None, years: set[int]) -> Fact:
    """A day of a month with its year: that which it says, the one nearest to the publication, or any of the passage."""
    found = {key for text in fact.gives if (key := _DAY_KEY.fullmatch(text))}
    whole = {key for text in fact.gives if (key := _DATE_KEY.fullmatch(text))}
    if not fact.is_time or not found:
        return fact
    if whole:
        days = {day for key in whole if (day := calendar_day(int(key[1]), int(key[2]), int(key[3])))}
    else:
        days = {day for key in found for day in _days(int(key[1]), int(key[2]), published, years)}
    return replace(fact, gives=fact.gives.union(*(day_keys(day) for day in days)))


def _of_month(fact: Fact, month: int, published: dt.date | None, years: set[int]) -> Fact:
    """ "The 25th" after "23 and 24 August" is 25 August."""
    key = next((key for text in fact.gives if (key := _THE_KEY.fullmatch(text))), None)
    if not month or key is None or any(_DAY_KEY.fullmatch(text) for text in fact.gives):
        return fact
    number = int(key[1])
    days = _days(month, number, published, years)
    return replace(fact, gives=(fact.gives | {f"day {month}-{number}"}).union(*(day_keys(day) for day in days)))


def _days(month: int, day: int, published: dt.date | None, years: set[int]) -> list[dt.date]:
    if published and 1 <= month <= 12:
        nearest = resolve_relative(f"{day} {MONTH_NAMES[month - 1]}", published)
        return [nearest[0]] if nearest else []
    return [found for year in sorted(years) if (found := calendar_day(year, month, day))]


def _relative(sentence: str, published: dt.date) -> list[Fact]:
    """Days that only the publication tells: "on Tuesday", "last month", "three days ago"."""
    found = []
    for date in find_relative_dates(sentence, published):
        if _NO_DAY.search(sentence[: date.start]):
            continue
        first, last = date.first_day, date.last_day
        if _REPORTED.search(sentence[: date.start]):
            first, last = resolve_relative(date.words, published) or (first, last)
        keys = day_keys(first) if first == last else span_keys(first, last)
        found.append(Fact(date.words, keys, keys, is_time=True, start=date.start, end=date.end))
    return found
