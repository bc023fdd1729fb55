"""Numbers and days that a text states, in a form in which two texts can be compared.

"$100 billion" and "100bn dollars", "25 percent" and "25%", "twelve" and 12, "Aug. 25" and "25 August" are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import product

from rag.dates.calendar_words import MONTHS

_EXACT = Context(prec=2000)
"""So many digits of a number count."""
_CURRENCIES = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rupee": "₹"}
_POWERS = {"hundred": 2, "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "mln": 6}
_POWERS |= {"billion": 9, "b": 9, "bn": 9, "bln": 9, "trillion": 12, "tn": 12, "trn": 12}
_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_VALUES = {word: value for value, word in enumerate([*_UNITS, *_TEENS], start=1)}
_VALUES |= {word: value for value, word in enumerate(_ORDINALS, start=1)}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_OFTEN_NO_NUMBER = frozenset({"one", "first", "second"})
_NUMBER_WORD = rf"(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_UNITS)}))?|{'|'.join([*_TEENS, *_ORDINALS, *_UNITS])}"
_NUMBER = re.compile(
    r"(?P<sign>[$€£¥₹₩]\s?)?"
    rf"(?:(?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)|\b(?P<words>{_NUMBER_WORD})\b)"
    r"(?:(?(sign)\s?|)(?P<letter>[kmb])\b|[-\s]?(?P<scale>hundred|thousand|million|billion|trillion|m[l]?n|b[l]?n|tr?n)\b)?"
    r"(?:[-\s]?(?P<unit>%|per\s?cent|pct|dollars?|euros?|pounds?|yen|rupees?))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?")
_CODE = re.compile(r"\b\d*[^\W\d_]+\d\w*")
_CLOCK = re.compile(r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d)\b|\.(?P<minute2>\d\d)(?=\s?[ap]\.?m\b))", re.IGNORECASE)

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"\d{1,2}(?!\d)(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?(?:-|–|,|and|to|or)\s?{_DAY})*"
_DATE = re.compile(
    rf"\b(?:(?P<before>{_DAYS})\s+(?:of\s+)?(?P<month>{_MONTH})|(?P<month2>{_MONTH})\.?\s+(?P<after>{_DAYS}))\b",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_CLEAR_MONTHS = "|".join(name for name in MONTHS if len(name) > 3 and name not in ("febr", "march", "sept"))
_MONTH_ALONE = re.compile(
    rf"\b(?:(?i:{_CLEAR_MONTHS})|May|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?=\.))\b"
)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_WITHOUT_UNIT = re.compile(r"[%$€£¥₹₩]$")


@dataclass(frozen=True)
class Fact:
    """A number or day; `words` as the text says it.

    Attributes:
        needs: keys, any one of which a text must give to hold this.
        gives: keys that a text with this gives.
    """

    words: str
    needs: frozenset[str]
    gives: frozenset[str]

    @property
    def certain(self) -> bool:
        """Whether it is a number at all: "one", "first" and "second" often are not."""
        return self.words.lower() not in _OFTEN_NO_NUMBER


def facts(text: str) -> list[Fact]:
    """The numbers and days of a text: first what has a shape of its own, then the numbers in what is left."""
    found: list[Fact] = []
    for pattern, read in _SHAPES:
        for match in pattern.finditer(text):
            found += read(match)
        text = _blanked(pattern, text)
    return found + list(_numbers(text))


def without_days(text: str) -> str:
    """The text with its days blanked out, so that "August" is not taken for a name."""
    for pattern in (_ISO, _DATE, _MONTH_ALONE, _WEEKDAY):
        text = _blanked(pattern, text)
    return text


def without_facts(text: str) -> str:
    """The text with its numbers and days blanked out."""
    for pattern in (*(shape for shape, _ in _SHAPES), _NUMBER):
        text = _blanked(pattern, text)
    return text


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(" , ", text)


def _iso(match: re.Match[str]) -> Iterator[Fact]:
    yield _day(match.group(), int(match["month"]), int(match["day"]))
    yield _plain(match["year"])


def _date(match: re.Match[str]) -> Iterator[Fact]:
    """Days of a month. In "20 and 21 May" the 20 may be a number of its own: either reading will do."""
    month = MONTHS[(match["month"] or match["month2"]).lower()[:3]]
    days = [int(day) for day in re.findall(r"\d+", match["before"] or match["after"])]
    surely = days[-1] if match["before"] else days[0]
    for day in days:
        yield _day(match.group(), month, day, *([] if day == surely else [str(day)]))


def _day(words: str, month: int, day: int, *otherwise: str) -> Fact:
    needs = frozenset({f"day {month}-{day}", *otherwise})
    return Fact(words, needs, needs | {f"month {month}"})


def _month(match: re.Match[str]) -> Iterator[Fact]:
    yield _plain(match.group(), f"month {MONTHS[match.group().lower()[:3]]}")


def _weekday(match: re.Match[str]) -> Iterator[Fact]:
    yield _plain(match.group())


def _clock(match: re.Match[str]) -> Iterator[Fact]:
    yield _plain(match.group(), f"{int(match['hour'])}:{match['minute'] or match['minute2']}")


def _code(match: re.Match[str]) -> Iterator[Fact]:
    yield _plain(match.group())


def _plain(words: str, key: str = "") -> Fact:
    keys = frozenset({key or words.lower()})
    return Fact(words, keys, keys)


_SHAPES = (
    (_ISO, _iso),
    (_DATE, _date),
    (_MONTH_ALONE, _month),
    (_WEEKDAY, _weekday),
    (_CLOCK, _clock),
    (_CODE, _code),
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
        yield Fact(match.group().strip(), needs, needs | {_WITHOUT_UNIT.sub("", key) for key in needs})


def _value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return Decimal(match["digits"].replace(",", ""))
    return Decimal(sum(_VALUES[word] for word in re.split(r"[-\s]", match["words"].lower())))


def _powers(match: re.Match[str]) -> set[int]:
    """Powers of ten that its words give to a number; "100m" may be metres."""
    if match["letter"]:
        return {_POWERS[match["letter"].lower()]} | (set() if match["sign"] else {0})
    return {_POWERS[match["scale"].lower()]} if match["scale"] else set()


def _units(match: re.Match[str]) -> set[str]:
    if match["sign"]:
        return {match["sign"].strip()}
    unit = (match["unit"] or "").lower()
    return {_CURRENCIES.get(unit.rstrip("s"), "%")} if unit else set()
