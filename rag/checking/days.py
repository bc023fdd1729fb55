"""What days a passage gives, seen from the day of its publication.

"On Tuesday" in an article of Wednesday 13 August 2025 gives 12 August, August 2025 and the year; "12 August" in it gives
Tuesday.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.text.calendar_words import WEEKDAYS
from rag.text.facts import facts
from rag.text.relative_dates import find_relative_dates, resolve_relative
from rag.text.shapes import Fact

_DAY_KEY = re.compile(r"day (\d+)-(\d+)")
_THE_KEY = re.compile(r"the (\d+)")
_DATE_KEY = re.compile(r"date (\d+)-(\d+)-(\d+)")
_YEAR = re.compile(r"(?<![\d,.$£€])(?:1[5-9]|20)\d\d(?![\d%]|,\d|\.\d)")
_NO_DAY = re.compile(r"\b(?:every|each|any|most|Black|Good|Super|Cyber|Ash|Palm|Easter) $", re.IGNORECASE)
_PAST_VERB = re.compile(
    r"\b(?:[a-z]{2,}ed|said|told|met|won|lost|held|began|rose|fell|came|went|left|made|gave) (?:late |early )?$"
)
_MONTHS = "January February March April May June July August September October November December".split()


def facts_of_passage(sentences: Sequence[str], published: dt.date | None) -> list[list[Fact]]:
    """The facts of each sentence of a passage, its days with all that they give."""
    years = {int(year) for sentence in sentences for year in _YEAR.findall(sentence)}
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
        days = {day for key in whole if (day := _day(int(key[1]), int(key[2]), int(key[3])))}
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
        nearest = resolve_relative(f"{day} {_MONTHS[month - 1]}", published)
        return [nearest[0]] if nearest else []
    return [found for year in sorted(years) if (found := _day(year, month, day))]


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None  # 31 June


def _relative(sentence: str, published: dt.date) -> list[Fact]:
    """Days that only the publication tells: "on Tuesday", "last month", "three days ago"."""
    found = []
    for date in find_relative_dates(sentence, published):
        if _NO_DAY.search(sentence[: date.start]):
            continue
        first, last = date.first_day, date.last_day
        if _PAST_VERB.search(sentence[: date.start]):
            first, last = resolve_relative(date.words, published) or (first, last)
        keys = day_keys(first) if first == last else span_keys(first, last)
        found.append(Fact(date.words, keys, keys, is_time=True, start=date.start, end=date.end))
    return found
