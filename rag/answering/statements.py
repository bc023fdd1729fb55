"""What each quote states in answer to a question, and whether two of them contradict each other.

A false alarm costs more than a contradiction that is not seen: in doubt, two statements are about different things.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.candidates import alike
from rag.answering.quote import Quote
from rag.checking.quantities import Quantity, quantities
from rag.checking.values import Days, Naming, Value, differ, naming_in, says, value_in, without
from rag.reader import Reading
from rag.search.question import AnswerKind, content_words

ABOUT_WEIGHT, ALIKE_WEIGHT = 8.0, 8.0
"""How much log probability a share of the question's weight, and a share of common stems, make up for."""
LARGE = 100
"""A number from which on nobody doubts that it counts something."""
FORECAST_CHARACTERS = 60
"""Before a value, in which words say that it is only expected."""
ONE_OCCASION = dt.timedelta(days=60)
"""Reports further apart are of two occasions: last year's deadline, the debate before."""
_TOLD_WRONGLY = re.compile(
    r"\bearlier version\b|\bmisstated\b|\b(?:wrongly|incorrectly|mistakenly) (?:said|stated|reported|gave|put)\b",
    re.IGNORECASE,
)
_FORMER_VALUE = re.compile(
    r"\b(?:from|up from|down from|previous(?:ly)?|earlier|originally|instead of|rather than|compared (?:with|to)|against|had been|not"
    r"|record(?: of)?|than)(?: (?:the|a|an|about|some|by))? $",
    re.IGNORECASE,
)
_FORECAST = re.compile(
    r"\b(?:will|would|could|may|might|expect(?:s|ed)?|forecasts?|predict(?:s|ed)?|project(?:s|ed)?|plan(?:s|ned)?|hope[sd]?|aim(?:s|ed)?"
    r"|target|goal|propos(?:es|ed|al))\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\b(?:last year|a year (?:ago|earlier)|years ago|decades? ago|at the time|previous record)\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![\d,.$£€-])(?:1[5-9]|20)\d\d(?![\d%]|,\d|\.\d)")


@dataclass(frozen=True)
class Statement:
    """What one sentence answers; `gap` is how far its reading is short of the best one, in log probability."""

    quote: Quote
    value: Value
    gap: float

    @property
    def about(self) -> float:
        """Share of the question's weight in the sentence and, for half, around it."""
        return self.quote.sentence.overlap + self.quote.sentence.context / 2

    @property
    def place(self) -> tuple[str, int]:
        """Its article, and the first character of the sentence in it."""
        return self.quote.passage.article_id, self.quote.sentence.start

    @property
    def told(self) -> dt.date | None:
        """The day of the report."""
        return self.quote.passage.published

    @property
    def outlet(self) -> str:
        """Who tells it; an article without an outlet speaks for itself."""
        return (self.quote.passage.outlet or self.quote.passage.article_id).casefold()


def statements(kind: AnswerKind, question: str, quotes: Sequence[Quote]) -> Iterator[Statement]:
    """What each quote answers, in their order: only those whose words come to a value that the question has not."""
    best = max((quote.reading.score for quote in quotes if quote.reading), default=0.0)
    asked, named = set(content_words(question)), naming_in(question)
    for quote in quotes:
        reading, text = quote.reading, quote.sentence.text
        if reading is None or reading.end <= reading.start or _is_former(text, reading.start):
            continue
        value = value_in(kind, text, reading.start, reading.end, quote.passage.published)
        if isinstance(value, Naming) and named:
            value = without(value, named)
        if value and not set(content_words(quote.answer_text)) <= asked:
            yield Statement(quote, value, best - reading.score)


def _is_former(text: str, start: int) -> bool:
    """Whether a sentence gives the words at `start` as what was so before, or was told wrongly."""
    return _FORMER_VALUE.search(text[:start]) is not None or _TOLD_WRONGLY.search(text) is not None


def figures(quotes: Sequence[Quote]) -> Iterator[Statement]:
    """Every number of the sentences that says what it counts or measures, or is large enough to count something."""
    for quote in quotes:
        text = quote.sentence.text
        for start, end, value in quantities(text):
            if (value.measures or value.counts or value.low >= LARGE) and not _is_former(text, start):
                yield Statement(replace(quote, reading=Reading(0.0, start, end)), value, 0.0)


def strength(one: Statement, other: Statement) -> float:
    """How sure it is that both answer what was asked; symmetric."""
    about = min(one.about, other.about)
    return ABOUT_WEIGHT * about + ALIKE_WEIGHT * alike(one.quote.sentence, other.quote.sentence) - one.gap - other.gap


def contradict(one: Statement, other: Statement, quotes: Sequence[Quote]) -> bool:
    """Whether two sources give values that cannot both be true; `quotes` are all that were read.

    One outlet contradicts itself only on different days. Not compared are a forecast and a result, figures of different
    years, and values that some sentence gives side by side. Symmetric.
    """
    if one.quote.sentence.source == other.quote.sentence.source or not differ(one.value, other.value):
        return False
    if one.told and other.told and abs(one.told - other.told) > ONE_OCCASION:
        return False
    if one.outlet == other.outlet and one.told == other.told:
        return False
    if not isinstance(one.value, Days) and _expected(one) != _expected(other):
        return False
    if isinstance(one.value, Quantity) and _years(one) != _years(other):
        return False
    return not any(_says_both(quote, one.value, other.value) for quote in quotes)


def _expected(statement: Statement) -> bool:
    """Whether the words before a value say that it is not a fact so far."""
    reading = statement.quote.reading
    text = statement.quote.sentence.text[: reading.start if reading else 0]
    return _FORECAST.search(text[-FORECAST_CHARACTERS:]) is not None


def _years(statement: Statement) -> frozenset[str]:
    """The years that a sentence names; "last year" and "ten years ago" are one too."""
    text = statement.quote.sentence.text
    return frozenset(_YEAR.findall(text)) | ({"earlier"} if _LONG_AGO.search(text) else frozenset())


def _says_both(quote: Quote, one: Value, other: Value) -> bool:
    """Whether a sentence gives both values: a part and its whole, two of several, the old one and the new one."""
    text, day = quote.sentence.text, quote.passage.published
    return says(text, day, one) and says(text, day, other)
