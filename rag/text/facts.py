"""Numbers, days and times of day that a text states, in a form in which two texts can be compared.

"$100 billion" and "100bn dollars", "25 percent" and "a quarter", "two hundred and six" and 206, "Aug. 25" and "25 August",
"5 p.m." and "17:00" are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Context, Decimal
from itertools import product

from rag.text.calendar_words import MONTHS
from rag.text.number_words import NUMBER_WORDS, ORDINALS, SCALES, value_of
from rag.text.shapes import (
    CLOCK,
    DOZEN,
    FRACTION,
    TIMES,
    VAGUE,
    Fact,
    clock,
    dozen,
    fraction,
    plain_fact,
    time_of,
    times,
)

_EXACT = Context(prec=2000)
"""So many digits of a number count."""
_CURRENCIES = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rupee": "₹"}
_POWERS = {"hundred": 2, "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "mln": 6}
_POWERS |= {"billion": 9, "b": 9, "bn": 9, "bln": 9, "trillion": 12, "tn": 12, "trn": 12}
_POINTS = "pp"
"""The unit of percentage points."""
_NUMBER = re.compile(
    r"(?P<sign>[$€£¥₹₩]\s?)?"
    rf"(?:(?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)(?:(?P<nth>st|nd|rd|th)\b)?|\b(?P<words>{NUMBER_WORDS})\b)"
    rf"(?:(?(sign)\s?|)(?P<letter>[kmb])\b|[-\s]?(?P<scale>{SCALES}|m[l]?n|b[l]?n|tr?n)\b)?"
    r"(?:[-\s]?(?P<unit>(?:percent(?:age)?|per\s?cent|%)[-\s]points?|%|per\s?cent|pct"
    r"|(?:Usa?\s|American\s)?(?:dollars?|euros?|pounds?|yen|rupees?)\b))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?")
_CODE = re.compile(r"\b\d*[^\W\d_]+\d\w*")

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"\d{1,2}(?!\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?(?:-|–|,|and|to|or)\s?(?:the\s)?{_DAY})*"
_WITH_YEAR = r"(?:\.?,?\s(?:of\s)?(?P<year>(?:1\d|20)\d\d)(?!\d|,\d|[%]))?"
_DATE = re.compile(
    rf"\b(?:(?P<before>{_DAYS})\s+(?:of\s+)?(?P<month>{_MONTH})|(?P<month2>{_MONTH})\.?\s+(?:the\s)?(?P<after>{_DAYS}))\b{_WITH_YEAR}",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_CLEAR_MONTHS = "|".join(name for name in MONTHS if len(name) > 3 and name not in ("febr", "march", "sept"))
_MONTH_ALONE = re.compile(
    rf"\b(?P<month>(?i:{_CLEAR_MONTHS})|May|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?=\.))\b{_WITH_YEAR}"
)
_THE_DAY = re.compile(r"\b(?<=the )(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:century|anniversary|time))", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this) (?:night|morning|week(?:end)?|month|year|century|decade|summer|spring"
    r"|autumn|winter))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SHARES = {"50%": "1/2", "25%": "1/4", "75%": "3/4", "20%": "1/5", "40%": "2/5", "60%": "3/5", "80%": "4/5"}
_SHARES |= {f"{tenth}0%": f"{tenth}/10" for tenth in (1, 3, 7, 9)}
"""25 % is a quarter, but 33 % is no third."""
_WITHOUT_UNIT = re.compile(r"(?:[%$€£¥₹₩]|pp)$")


def facts(text: str) -> list[Fact]:
    """The numbers, days and times of a text: first what has a shape of its own, then the numbers in what is left."""
    found: list[Fact] = []
    for pattern, read in _SHAPES:
        for match in pattern.finditer(text):
            found += (replace(fact, start=match.start(), end=match.end()) for fact in read(match))
        text = _blanked(pattern, text)
    return found + list(_numbers(text))


def without_days(text: str) -> str:
    """The text with its days blanked out, so that "August" is not taken for a name; as long as it was."""
    for pattern in (_ISO, _DATE, _MONTH_ALONE, _WEEKDAY):
        text = _blanked(pattern, text)
    return text


def without_facts(text: str) -> str:
    """The text with its numbers and days blanked out; as long as it was."""
    for pattern in (*(shape for shape, _ in _SHAPES), _NUMBER):
        text = _blanked(pattern, text)
    return text


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """With a comma, so that what stood on both sides does not become one name or one number."""
    return pattern.sub(lambda match: " ,".ljust(len(match[0]))[: len(match[0])], text)


def _iso(match: re.Match[str]) -> Iterator[Fact]:
    yield _day(match.group(), int(match["month"]), int(match["day"]), year=match["year"])


def _date(match: re.Match[str]) -> Iterator[Fact]:
    """Days of a month. In "20 and 21 May" the 20 may be a number of its own: either reading will do."""
    month = MONTHS[(match["month"] or match["month2"]).lower()[:3]]
    days = [int(day) for day in re.findall(r"\d+", match["before"] or match["after"])]
    surely = days[-1] if match["before"] else days[0]
    for day in days:
        otherwise = [] if day == surely or match["year"] else [str(day)]
        yield _day(match.group(), month, day, *otherwise, year=match["year"])


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


def _word(match: re.Match[str]) -> Iterator[Fact]:
    yield plain_fact(match.group())


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterable[Fact]]], ...] = (
    (_ISO, _iso),
    (_DATE, _date),
    (_MONTH_ALONE, _month),
    (_THE_DAY, _the_day),
    (_WEEKDAY, _time_word),
    (_RELATIVE, _time_word),
    (CLOCK, clock),
    (_CODE, _word),
    (DOZEN, dozen),
    (TIMES, times),
    (FRACTION, fraction),
    (VAGUE, _word),
)


def _numbers(text: str) -> Iterator[Fact]:
    """Numbers with what they count: in "5 to 10 million dollars" the 5 may be five or five million dollars."""
    matches = list(_NUMBER.finditer(text))
    for place, match in enumerate(matches):
        powers, units = _powers(match), _units(match)
        following = matches[place + 1] if place + 1 < len(matches) else None
        if following and _RANGE.fullmatch(text, match.end(), following.start()):
            powers, units = powers or {0, *_powers(following)}, units or {"", *_units(following)}
        previous = matches[place - 1] if place else None
        if previous and _RANGE.fullmatch(text, previous.end(), match.start()):
            units = units or {"", *_units(previous)}
        needs = frozenset(
            f"{_value(match).scaleb(power, _EXACT).normalize(_EXACT):f}{unit}"
            for power, unit in product(powers or {0}, units or {""})
        )
        if match["nth"] or (match["words"] or "").lower() in ORDINALS:
            needs = frozenset({f"nth {_value(match):f}"})
        gives = needs | {_WITHOUT_UNIT.sub("", key) for key in needs}
        share = {_SHARES[key] for key in needs if key in _SHARES}
        is_year = not match["words"] and units == set() and _YEAR.fullmatch(match.group().strip()) is not None
        words = match.group().strip()
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        yield Fact(words, needs | share, gives | share, is_year, start, start + len(words))


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["digits"].replace(",", "")) if match["digits"] else value_of(match["words"])


def _powers(match: re.Match[str]) -> set[int]:
    """Powers of ten that its words give to a number; "100m" may be metres."""
    if match["letter"]:
        return {_POWERS[match["letter"].lower()]} | (set() if match["sign"] else {0})
    return {_POWERS[match["scale"].lower()]} if match["scale"] else set()


def _units(match: re.Match[str]) -> set[str]:
    if match["sign"]:
        return {match["sign"].strip()}
    unit = (match["unit"] or "").lower()
    if unit.rstrip("s").endswith("point"):
        return {_POINTS}
    return {_CURRENCIES.get(unit.split(" ")[-1].rstrip("s"), "%")} if unit else set()
