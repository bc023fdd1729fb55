"""What the words of an answer amount to (a quantity, days or names), so that two sources can be compared.

Two values are the same if both can be true of one thing: a day and its month, a surname and the full name, a name and
its initials. When in doubt they are the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rag.checking.quantities import CURRENCIES, Quantity, comparable, quantities, quantity_in, same_quantity
from rag.text.days import MONTH, MONTHS, YEAR, find_dates, whole_month
from rag.text.names import Name, names, one_spelling
from rag.text.resolved_dates import certain_dates

_MONTH_OF_YEAR = re.compile(rf"\b(?P<month>{MONTH})\.?,? (?:of )?(?P<year>(?:1\d|20)\d\d)\b")
_A_NIGHT = dt.timedelta(days=1)
"""A night belongs to two days, and so does an hour in two time zones."""
TITLES = frozenset(
    "mr mrs ms dr sir dame lord ladi presid prime minist chief judg justic senat sen rep gov governor mayor king queen princ"
    " princess pope gener col captain capt sgt professor prof former vice the st saint".split()
)
"""Stems of words before a name that are no part of it."""


class AnswerKind(Enum):
    """What sort of value answers a question, and the words that ask for it; the first that fits is meant."""

    PERCENT = r"\b(?:what|which) (?:percent(?:age)?|share|proportion)\b|\bper ?cent\b.*\?$"
    MONEY = (
        r"\bhow (?:much (?:money|does|did|will|is|are|was|were|would|has|have)|expensive)\b"
        r"|\b(?:what (?:price|cost)\b|(?:price|cost|worth|fine|salary|budget)\b.*\?$)"
    )
    NUMBER = (
        r"\bhow (?:many|much|long|old|far|tall|big|large|often|high|fast|deep|heavy|wide)\b"
        r"|\b(?:what|which) (?:number|age|rate|score|size|magnitude)\b|\bh(?:is|er) age\b"
    )
    TIME = r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time|week|decade|century)\b|\bhow soon\b"
    PLACE = r"\bwhere\b|\b(?:what|which) (?:country|countries|city|cities|state|town|island|region|place|location)\b"
    PERSON = (
        r"\bwho(?:m|se)?\b|\b(?:what|which) (?:\w+ ){0,2}(?:person|man|woman|actor|actress|singer|president"
        r"|minister|player|star|leader|politician|celebrity|author|artist|director|senator|coach)\b"
    )
    REASON = r"\bwhy\b|\bwhat (?:caused|causes|led|reason)\b|\bfor what reason\b|\bhow come\b"
    OTHER = ""


@dataclass(frozen=True)
class Days:
    """Days that a text names, from `first` to `last`; month and day alone if nothing gives the year.

    `fuzzy`: counted from the day of the report, so it may be off by one.
    """

    first: dt.date | None
    last: dt.date | None
    month: int = 0
    day: int = 0
    fuzzy: bool = False


@dataclass(frozen=True)
class Naming:
    """The names that a text gives: for each, the stems of its words without titles, and its initials."""

    names: tuple[tuple[tuple[str, ...], str], ...]


Value = Quantity | Days | Naming


@lru_cache(maxsize=64)  # asked for each sentence that may answer
def kind_of(question: str) -> AnswerKind:
    """The kind of answer that a question's words ask for; OTHER if they do not say."""
    return next(kind for kind in AnswerKind if re.search(kind.value, question, re.IGNORECASE))


def value_in(question: str, sentence: str, start: int, end: int, published: dt.date | None) -> Value | None:
    """The value in `sentence[start:end]` that answers the question; None if there is none."""
    match kind := kind_of(question):
        case AnswerKind.NUMBER | AnswerKind.MONEY | AnswerKind.PERCENT:
            found = quantity_in(sentence, start, end)
            return found if found and _suits(kind, found) else None
        case AnswerKind.TIME:
            return days_in(sentence, start, end, published)
        case AnswerKind.PERSON | AnswerKind.PLACE:
            return naming_in(sentence[start:end])
        case AnswerKind.OTHER:
            return _by_its_shape(sentence, start, end, published)
    return None


def _suits(kind: AnswerKind, found: Quantity) -> bool:
    if kind is AnswerKind.PERCENT:
        return found.measures == "percent"
    if kind is AnswerKind.MONEY:
        return found.measures in CURRENCIES or not (found.measures or found.counts or found.happened)
    return True


def _by_its_shape(sentence: str, start: int, end: int, published: dt.date | None) -> Value | None:
    """The value of an answer of unknown kind: only a bare number or day."""
    words = sentence[start:end].split()
    if len(words) > 4 or not any(character.isdigit() for character in words[0] + words[-1]):
        return None
    return days_in(sentence, start, end, published) or quantity_in(sentence, start, end)


def differ(one: Value, other: Value) -> bool:
    """Whether the two cannot both be true of one thing, as far as their words say. Symmetric."""
    match one, other:
        case Quantity(), Quantity():
            return comparable(one, other) and not same_quantity(one, other)
        case Days(), Days():
            return not _overlap(one, other)
        case Naming(), Naming():
            return not any(_same_bearer(*mine, *theirs) for mine in one.names for theirs in other.names)
    return False


def says(sentence: str, published: dt.date | None, value: Value) -> bool:
    """Whether a sentence also gives a value, anywhere in it."""
    match value:
        case Quantity():
            return any(comparable(one, value) and same_quantity(one, value) for _, _, one in quantities(sentence))
        case Days():
            return any(_overlap(days, value) for _, _, days in _days(sentence, published))
        case Naming():
            named = naming_in(sentence)
            return named is not None and not differ(named, value)


def without(naming: Naming, known: Naming) -> Naming | None:
    """The names that are not among those known; None if none is left."""
    kept = tuple(one for one in naming.names if not any(_same_name(one[0], other[0]) for other in known.names))
    return Naming(kept) if kept else None


def days_in(sentence: str, start: int, end: int, published: dt.date | None) -> Days | None:
    """The days that those characters name; several form a span."""
    found = [days for begin, stop, days in _days(sentence, published) if begin < end and start < stop]
    if not found:
        return None
    firsts, lasts = [one.first for one in found if one.first], [one.last for one in found if one.last]
    if not firsts:
        return found[0]
    return Days(min(firsts), max(lasts), fuzzy=any(one.fuzzy for one in found))


def _days(sentence: str, published: dt.date | None) -> Iterator[tuple[int, int, Days]]:
    """Days with their characters; an ambiguous relative day is skipped."""
    found = [
        (one.start, one.end, Days(one.first_day, one.last_day, fuzzy=True))
        for one in certain_dates(sentence, published)
    ]
    for date in find_dates(sentence):
        if date.day:
            found.append((date.start, date.end, Days(date.day, date.day)))
        elif not date.year:
            found.append((date.start, date.end, Days(None, None, date.month, date.sure)))
    for match in _MONTH_OF_YEAR.finditer(sentence):
        found.append((*match.span(), Days(*whole_month(int(match["year"]), MONTHS[match["month"].lower()]))))
    for match in YEAR.finditer(sentence):
        found.append((*match.span(), Days(dt.date(int(match[0]), 1, 1), dt.date(int(match[0]), 12, 31))))
    taken: list[tuple[int, int]] = []
    for start, end, days in found:
        if not any(begin < end and start < stop for begin, stop in taken):
            taken.append((start, end))
            yield start, end, days


def _overlap(one: Days, other: Days) -> bool:
    if one.first and one.last and other.first and other.last:
        room = _A_NIGHT if one.fuzzy or other.fuzzy else dt.timedelta(0)
        return one.first <= other.last + room and other.first <= one.last + room
    return _month_and_day(one) == _month_and_day(other) or None in (_month_and_day(one), _month_and_day(other))


def _month_and_day(days: Days) -> tuple[int, int] | None:
    if days.first is None:
        return days.month, days.day
    return (days.first.month, days.first.day) if days.first == days.last else None


def naming_in(text: str) -> Naming | None:
    found = tuple((_bare(name), _letters(name.text)) for name in names(one_spelling(text)) if _bare(name))
    return Naming(found) if found else None


def _bare(name: Name) -> tuple[str, ...]:
    return tuple(stem for stem in name.stems if stem not in TITLES)


def _letters(text: str) -> str:
    """A name's initials, or the letters of one that is all initials; empty for a single plain word."""
    words = [word for word in text.replace(".", "").split() if word[0].isupper()]
    if len(words) == 1:
        return words[0] if words[0].isupper() else ""
    return "".join(word[0] for word in words)


def _same_bearer(one: tuple[str, ...], initials: str, other: tuple[str, ...], initials_of_other: str) -> bool:
    abbreviated = min(len(one), len(other)) == 1 and len(initials) > 1 and initials == initials_of_other
    return abbreviated or _same_name(one, other)


def _same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names can be one person's: they share a word, unless it is a surname after different first names."""
    shared = set(one) & set(other)
    if not shared:
        return False
    if min(len(one), len(other)) < 2 or shared != {one[-1]} or one[-1] != other[-1]:
        return True
    first, second = one[0], other[0]
    return first[:3] == second[:3] or (min(len(first), len(second)) == 1 and first[0] == second[0])
