"""Numbers, shares and times of day stated in a text, in a form that can be compared between texts: their one grammar.

"$100 billion" and "100bn dollars", "25 percent" and "a quarter", "two hundred and six" and 206, "5 p.m." and "17:00" are
the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from itertools import product

from rag.types import Doubt

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_VALUES = {word: value for value, word in enumerate([*_ONES, *_TEENS], start=1)}
_VALUES |= {word: value for value, word in enumerate(_ORDINALS, start=1)}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}

DENOMINATORS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
SCALES = "hundred|thousand|million|billion|trillion"
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_ONES)}))?|{'|'.join([*_TEENS, *_ONES])})"
_MORE = rf"(?:[-\s](?:hundred|thousand)(?:\s(?:and\s)?{_SMALL}\b(?!\shundred))?)*"
NUMBER_WORDS = (
    rf"half\sa(?=\s(?:million|billion|trillion)\b)|an?(?=\s(?:{SCALES})\b)|{'|'.join(_ORDINALS)}|{_SMALL}{_MORE}"
)
"""A pattern: "twenty-five", "two hundred and six", "third"; "a" and "half a" before "million"."""
COUNT = "|".join([*_TEENS, *_ONES])
"""A pattern: a whole number under twenty."""
_EXACT = Context(prec=2000)
"""Digits of precision for a number."""
_CURRENCIES = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rupee": "₹"}
_POWERS = {"hundred": 2, "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "mln": 6}
_POWERS |= {"billion": 9, "b": 9, "bn": 9, "bln": 9, "trillion": 12, "tn": 12, "trn": 12}
_NUMBER = re.compile(
    r"(?i)(?P<sign>[$€£¥₹₩]\s?)?"
    rf"(?:(?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)(?:(?P<nth>st|nd|rd|th)\b)?|\b(?P<words>{NUMBER_WORDS})\b)"
    rf"(?:(?(sign)\s?|)(?P<letter>[kmb])\b|[-\s]?(?P<scale>{SCALES}|m[l]?n|b[l]?n|tr?n)\b)?"
    r"(?:[-\s]?(?P<unit>(?:percent(?:age)?|per\s?cent|%)[-\s]points?|%|per\s?cent|pct"
    r"|(?:Usa?\s|American\s)?(?:dollars?|euros?|pounds?|yen|rupees?)\b))?"
)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?")
_CODE = re.compile(r"\b\d*[^\W\d_]+\d\w*")
YEAR_NUMBER = re.compile(r"(?:1[5-9]|20)\d\d")
WITH_SIGN = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<sign>[%$€£¥₹₩]|pp|)")
"""The key of a number, with the sign of its unit; "pp" for percentage points."""
_SHARES = {"50%": "1/2", "25%": "1/4", "75%": "3/4", "20%": "1/5", "40%": "2/5", "60%": "3/5", "80%": "4/5"}
_SHARES |= {f"{tenth}0%": f"{tenth}/10" for tenth in (1, 3, 7, 9)}
"""25 % is a quarter, but 33 % is not a third."""
_WITHOUT_UNIT = re.compile(r"(?:[%$€£¥₹₩]|pp)$")
_OFTEN_NO_NUMBER = frozenset({"one", "first", "second"})
_CLOCK = re.compile(
    r"(?i)\b(?:(?P<noon>noon|midday)|(?P<midnight>midnight)"
    r"|(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour2>\d{1,2}):(?P<minute2>[0-5]\d)(?![:\d])"
    rf"|(?P<hour3>\d{{1,2}}|{COUNT})(?:(?P<sharp>\so['’]clock)|(?=\sin\sthe\s(?:morning|afternoon|evening)\b))"
    r"(?:\s(?:in\sthe|on\s\w+day|that)?\s?(?P<part>morning|afternoon|evening|night))?)"
)
_FRACTION = re.compile(
    rf"(?i)\b(?:(?P<top>an?|one|half|{COUNT})[-\s](?P<bottom>(?:{'|'.join(DENOMINATORS)})s?)\b(?!\s(?:time|year|day|week|month))"
    rf"|(?P<alone>half(?!\sa\s(?:million|billion|trillion|dozen)\b)|halve[sd]?)\b"
    rf"|(?P<some>{COUNT}|\d{{1,2}})\s(?:out\sof|in)\s(?:every\s)?(?P<all>two|three|four|five|six|seven|eight|nine|ten|10|100)\b)"
)
_VAGUE = re.compile(r"\b(?:dozens|hundreds|thousands|millions|billions|trillions)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """A number, day or time; `words` is its wording in the text, from `start` to `end`.

    Attributes:
        needs: keys, any one of which a text must give to support this.
        gives: keys given by a text with this.
        is_time: a day, year or time of day.
        day: year, month and day of a day of a month, 0 for what it leaves open.
    """

    words: str
    needs: frozenset[str]
    gives: frozenset[str]
    is_time: bool = False
    start: int = 0
    end: int = 0
    day: tuple[int, int, int] | None = None

    @property
    def doubt(self) -> Doubt:
        """What is wrong if no passage gives it."""
        return Doubt.DATE if self.is_time else Doubt.NUMBER

    @property
    def certain(self) -> bool:
        """Whether it surely is a number: "one", "first" and "second" often are not."""
        return self.words.lower() not in _OFTEN_NO_NUMBER


Shapes = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterable[Fact]]], ...]


def number_facts(text: str) -> list[Fact]:
    """The numbers and times of day in a text: special forms first, then the numbers in the remainder."""
    found, left = read_all(_SHAPES, text)
    return found + list(_numbers(left))


def read_all(shapes: Shapes, text: str) -> tuple[list[Fact], str]:
    """The facts of these shapes, tried in order, and the text without them."""
    found: list[Fact] = []
    for pattern, read in shapes:
        matches = pattern.finditer(text)
        own = [replace(fact, start=match.start(), end=match.end()) for match in matches for fact in read(match)]
        text = blanked(text, own)
        found += own
    return found, text


def blanked(text: str, facts: Iterable[Fact]) -> str:
    """The text with the facts blanked out, and a comma, so that their neighbours do not become one name or number."""
    for fact in facts:
        length = fact.end - fact.start
        text = text[: fact.start] + " ,".ljust(length)[:length] + text[fact.end :]
    return text


def value_of(words: str) -> Decimal:
    """The value of digits, or of words matched by `NUMBER_WORDS` or `COUNT`."""
    total = current = Decimal(0)
    for word in re.split(r"[-\s]+", words.lower()):
        if word.isdigit():
            current += Decimal(word)
        elif word == "half":
            return Decimal("0.5")
        elif word in ("a", "an"):
            current += 1
        elif word == "hundred":
            current *= 100
        elif word == "thousand":
            total, current = total + current * 1000, Decimal(0)
        else:
            current += _VALUES.get(word, 0)
    return total + current


def _clock(match: re.Match[str]) -> Iterator[Fact]:
    """An hour without a.m. or p.m. may be either, unless it is written in 24-hour form."""
    if match["noon"] or match["midnight"]:
        yield time_of(match.group(), "12:00" if match["noon"] else "0:00")
        return
    said = match["hour"] or match["hour2"] or match["hour3"]
    hour = int(said) if said.isdigit() else int(value_of(said))
    minute = match["minute"] or match["minute2"] or "00"
    if half := match["half"] or match["part"]:
        hours = [hour % 12 + 12 * (half.lower() not in ("a", "morning"))]
    else:
        hours = [hour % 12, hour % 12 + 12] if hour <= 12 else [hour]
    keys = frozenset(f"{one}:{minute}" for one in hours)
    yield Fact(match.group(), keys, keys, is_time=True)


def _fraction(match: re.Match[str]) -> Iterator[Fact]:
    if match["alone"]:
        share = Fraction(1, 2)
    elif match["some"]:
        share = Fraction(int(value_of(match["some"])), int(value_of(match["all"])))
    else:
        top, bottom = match["top"].lower(), match["bottom"].lower()
        share = Fraction(int(value_of(top)), DENOMINATORS[bottom if bottom in DENOMINATORS else bottom[:-1]])
    keys = frozenset({f"{share.numerator}/{share.denominator}"})
    parts = (str(int(value_of(one))) for one in (match["some"], match["all"]) if one)
    yield Fact(match.group(), keys, keys | set(parts))


def time_of(words: str, key: str) -> Fact:
    keys = frozenset({key})
    return Fact(words, keys, keys, is_time=True)


def _word(match: re.Match[str]) -> Iterator[Fact]:
    keys = frozenset({match.group().lower()})
    yield Fact(match.group(), keys, keys)


_SHAPES: Shapes = ((_CLOCK, _clock), (_CODE, _word), (_FRACTION, _fraction), (_VAGUE, _word))


def _numbers(text: str) -> Iterator[Fact]:
    """Numbers with what they count: in "5 to 10 million dollars" the 5 may mean five or five million dollars."""
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
        if match["nth"] or (match["words"] or "").lower() in _ORDINALS:
            needs = frozenset({f"nth {_value(match):f}"})
        gives = needs | {_WITHOUT_UNIT.sub("", key) for key in needs}
        share = {_SHARES[key] for key in needs if key in _SHARES}
        is_year = not match["words"] and units == set() and YEAR_NUMBER.fullmatch(match.group().strip()) is not None
        words = match.group().strip()
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        yield Fact(words, needs | share, gives | share, is_year, start, start + len(words))


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["digits"].replace(",", "")) if match["digits"] else value_of(match["words"])


def _powers(match: re.Match[str]) -> set[int]:
    """Powers of ten that its words may give a number; "100m" may be metres."""
    if match["letter"]:
        return {_POWERS[match["letter"].lower()]} | (set() if match["sign"] else {0})
    return {_POWERS[match["scale"].lower()]} if match["scale"] else set()


def _units(match: re.Match[str]) -> set[str]:
    if match["sign"]:
        return {match["sign"].strip()}
    unit = (match["unit"] or "").lower()
    if unit.rstrip("s").endswith("point"):
        return {"pp"}
    return {_CURRENCIES.get(unit.split(" ")[-1].rstrip("s"), "%")} if unit else set()
