"""What a text states in words of a shape of its own: times of day, shares, dozens, "twice"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from rag.text.number_words import COUNT, DENOMINATORS, fraction_key, value_of

_OFTEN_NO_NUMBER = frozenset({"one", "first", "second"})
CLOCK = re.compile(
    r"\b(?:(?P<noon>noon|midday)|(?P<midnight>midnight)"
    r"|(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour2>\d{1,2}):(?P<minute2>[0-5]\d)(?![:\d])"
    rf"|(?P<hour3>\d{{1,2}}|{COUNT})(?:(?P<sharp>\so['’]clock)|(?=\sin\sthe\s(?:morning|afternoon|evening)\b))"
    r"(?:\s(?:in\sthe|on\s\w+day|that)?\s?(?P<part>morning|afternoon|evening|night))?)",
    re.IGNORECASE,
)
FRACTION = re.compile(
    rf"\b(?:(?P<top>an?|one|half|{COUNT})[-\s](?P<bottom>(?:{'|'.join(DENOMINATORS)})s?)\b(?!\s(?:time|year|day|week|month))"
    rf"|(?P<alone>half(?!\sa\s(?:million|billion|trillion|dozen)\b)|halve[sd]?)\b"
    rf"|(?P<some>{COUNT}|\d{{1,2}})\s(?:out\sof|in)\s(?:every\s)?(?P<all>two|three|four|five|six|seven|eight|nine|ten|10|100)\b)",
    re.IGNORECASE,
)
DOZEN = re.compile(rf"\b(?:(?P<half>half\sa\s)|(?P<count>an?|{COUNT}|\d+)\s)?dozen\b", re.IGNORECASE)
VAGUE = re.compile(r"\b(?:dozens|hundreds|thousands|millions|billions|trillions)\b", re.IGNORECASE)
TIMES = re.compile(
    r"\b(?:(?P<two>twice|doubl(?:e[sd]?|ing)|two(?:fold|-fold| times))|(?P<three>tripl(?:e[sd]?|ing)|thrice|three(?:fold|-fold| times)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Fact:
    """A number, day or time; `words` as the text says it, from `start` to `end`.

    Attributes:
        needs: keys, any one of which a text must give to hold this.
        gives: keys that a text with this gives.
        is_time: a day, year or time of day.
    """

    words: str
    needs: frozenset[str]
    gives: frozenset[str]
    is_time: bool = False
    start: int = 0
    end: int = 0

    @property
    def certain(self) -> bool:
        """Whether it is a number at all: "one", "first" and "second" often are not."""
        return self.words.lower() not in _OFTEN_NO_NUMBER


def clock(match: re.Match[str]) -> Iterator[Fact]:
    """An hour that says no half of the day may be of either, unless it is written as of 24 hours."""
    if match["noon"] or match["midnight"]:
        yield time_of(match.group(), "12:00" if match["noon"] else "0:00")
        return
    said = match["hour"] or match["hour2"] or match["hour3"]
    hour = int(said) if said.isdigit() else int(value_of(said))
    minute = match["minute"] or match["minute2"] or "00"
    half = (
        match["half"] or {"m": "a", "a": "p", "e": "p", "n": "p"}.get((match["part"] or " ")[0].lower(), "")
    ).lower()
    if half:
        yield time_of(match.group(), f"{hour % 12 + 12 * (half == 'p')}:{minute}")
        return
    keys = frozenset(
        {f"{hour}:{minute}"} | ({f"{hour % 12}:{minute}", f"{hour % 12 + 12}:{minute}"} if hour <= 12 else set())
    )
    yield Fact(match.group(), keys, keys, is_time=True)


def fraction(match: re.Match[str]) -> Iterator[Fact]:
    if match["alone"]:
        share = Fraction(1, 2)
    elif match["some"]:
        share = _share(match["some"], match["all"])
    else:
        top, bottom = match["top"].lower(), match["bottom"].lower()
        share = Fraction(int(value_of(top)), DENOMINATORS[bottom if bottom in DENOMINATORS else bottom[:-1]])
    keys = frozenset({fraction_key(share)})
    parts = (str(int(value_of(one))) for one in (match["some"], match["all"]) if one)
    yield Fact(match.group(), keys, keys | set(parts))


def _share(some: str, whole: str) -> Fraction:
    return Fraction(int(value_of(some)), int(value_of(whole)))


def dozen(match: re.Match[str]) -> Iterator[Fact]:
    count = Decimal("0.5") if match["half"] else value_of(match["count"] or "a")
    yield plain_fact(match.group(), f"{(12 * count).normalize():f}")


def times(match: re.Match[str]) -> Iterator[Fact]:
    number = "2" if match["two"] else "3"
    keys = frozenset({f"times {number}"})
    gives = keys | {number} if match.group().lower().endswith("times") else keys
    yield Fact(match.group(), keys | {number}, gives)


def plain_fact(words: str, key: str = "") -> Fact:
    keys = frozenset({key or words.lower()})
    return Fact(words, keys, keys)


def time_of(words: str, key: str) -> Fact:
    return replace(plain_fact(words, key), is_time=True)
