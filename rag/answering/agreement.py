"""Do other sources say the same, has a later report overtaken an earlier one, or do sources disagree?

Each of these is a claim, made only if both sentences answer the question with a value of the same thing at the same
time; when in doubt, no claim is made.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.answering.evidence import Evidence
from rag.answering.quote import Quote, whole_quote
from rag.checking.quantities import Quantity, quantities
from rag.checking.values import Days, Naming, Value, differ, naming_in, says, value_in, without
from rag.text.clean import one_line
from rag.text.days import YEAR, find_relative_dates
from rag.text.words import content_words
from rag.types import Conflict, Kind

ANSWERS = -0.5
"""Least log odds of answering at which a sentence's value counts as an answer to the question."""
DISAGREES = 0.8
"""The same for a side of a disagreement."""
POINTING = -6.0
"""Least log probability of the words that hold the value."""
ONE_TIME = dt.timedelta(days=3)
"""Reports further apart may describe two states of a thing."""
ONE_OCCASION = dt.timedelta(days=60)
"""Reports further apart are about two occasions: last year's deadline, the previous debate."""
LARGE = 100
"""From this value on, a number is taken to count something."""
COMPARED = frozenset({Kind.FACT, Kind.LATEST, Kind.YES_NO})
"""Kinds whose answer is one value."""
_TOLD_WRONGLY = re.compile(
    r"(?i)\bearlier version\b|\bmisstated\b|\b(?:wrongly|incorrectly|mistakenly) (?:said|stated|reported|gave|put)\b"
)
_FORMER_VALUE = re.compile(
    r"(?i)\b(?:from|up from|down from|previous(?:ly)?|earlier|originally|instead of|rather than|compared (?:with|to)|against|had been|not"
    r"|record(?: of)?|than|last)(?: (?:the|a|an|about|some|by))? $"
)
_FORECAST = re.compile(
    r"(?i)\b(?:will|would|could|may|might|expect(?:s|ed)?|forecasts?|predict(?:s|ed)?|project(?:s|ed)?|plan(?:s|ned)?|hope[sd]?|aim(?:s|ed)?"
    r"|target|goal|propos(?:es|ed|al)|fear(?:s|ed)?)\b"
)
_LONG_AGO = re.compile(
    r"(?i)\b(?:last (?:year|time|walkout|strike|election)|a year (?:ago|earlier)|years ago|decades? ago|at the time|previous|once before)\b"
)
_RUNNING = re.compile(
    r"(?i)\b(?:so far|at least|toll|rises?|rose|risen|climb(?:s|ed)?|grew|grown|now|latest|updated|revised|preliminary|still|confirmed|total)\b"
)
_PART = re.compile(r"\S+ of (?:the|those|these|them|its|their|whom|which)\b", re.IGNORECASE)
_CORRECTS = re.compile(r"\bcorrect(?:ion|ed|s)\b|\bnot \S+ as\b", re.IGNORECASE)
_COMPARES = re.compile(
    r"(?i)\b(?:more|less|fewer|higher|lower|bigger|larger|greater|smaller|longer|shorter|older|younger|earlier|later|sooner"
    r"|faster|slower|cheaper|better|worse)\b.*\bor\b|\bscore\b"
)
_AGREE = re.compile(
    r"(?i)^\W*(?:do|does|did|are|is|how|why|where|on what)\b.*\b(?:agree|disagree|differ|dispute|contradict|odds)\b"
)
_ASKS = re.compile(r"(?:who|what|which|when|where|how|in|on|at|by|from|for|to|of)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """The value one sentence answers with."""

    evidence: Evidence
    value: Value
    words: str

    @property
    def published(self) -> dt.date | None:
        return self.evidence.passage.published

    @property
    def outlet(self) -> str:
        """The outlet that reports it; an article without an outlet counts as its own."""
        return (self.evidence.passage.outlet or self.evidence.passage.article_id).casefold()


@dataclass(frozen=True)
class Comparison:
    """What other sources say about the best quote's value.

    Attributes:
        agreeing: quotes of independent sources that give the same value.
        conflict: two values that cannot both be right; its citations are the first and the second quote of `sides`.
        sides: those two, the one to show first in front; empty if there is no conflict.
    """

    agreeing: tuple[Quote, ...] = ()
    conflict: Conflict | None = None
    sides: tuple[Evidence, ...] = ()


def compared(question: str, kind: Kind, ranked: Sequence[Evidence]) -> Comparison:
    """What the other sentences of `ranked`, best first, say about the value that the first one gives."""
    if asks_whether_they_agree(question):
        return _sides(question, _figures(ranked))
    if kind not in COMPARED or not ranked or _COMPARES.search(question):
        return Comparison()
    stated = [statement for one in ranked if (statement := _statement(question, one))]
    if not stated or stated[0].evidence is not ranked[0]:
        return Comparison()
    first, others = stated[0], stated[1:]
    for other in others:
        outdated = _overtakes(first, other)
        if outdated or _disputed(first, other, stated):
            return _differing(question, first, other, outdated)
    agreeing: dict[str, Evidence] = {}
    for one in others:
        if _agrees(first, one):
            agreeing.setdefault(one.evidence.source, one.evidence)
    return Comparison(tuple(filter(None, map(whole_quote, agreeing.values()))))


def asks_whether_they_agree(question: str) -> bool:
    """Whether a question is about a disagreement: "Do the police and the organisers agree on …?"."""
    return _AGREE.search(question) is not None


def _statement(question: str, evidence: Evidence) -> Statement | None:
    """The value that a sentence answers with; None if it hardly answers, or gives a former or retracted value."""
    reading, text = evidence.reading, evidence.text
    if reading.answers < ANSWERS or reading.pointing < POINTING or reading.end <= reading.start:
        return None
    if _FORMER_VALUE.search(text[: reading.start]) or _TOLD_WRONGLY.search(text):
        return None
    value = value_in(question, text, reading.start, reading.end, evidence.passage.published)
    named = naming_in(question)
    if isinstance(value, Naming) and named:
        value = without(value, named)
    if value is None or set(content_words(evidence.answer_text)) <= set(content_words(question)):
        return None
    return Statement(evidence, value, evidence.answer_text)


def _figures(ranked: Sequence[Evidence]) -> Iterator[Statement]:
    """Numbers in the likely sentences that state what they count or measure, or are large enough to count something."""
    for evidence in ranked:
        if evidence.reading.helps < 0:
            continue
        for start, end, value in quantities(evidence.text):
            large = value.measures or value.counts or value.low >= LARGE
            if large and not _FORMER_VALUE.search(evidence.text[:start]) and not _TOLD_WRONGLY.search(evidence.text):
                yield Statement(evidence, value, evidence.text[start:end])


def _sides(question: str, figures: Iterator[Statement]) -> Comparison:
    """The first two figures of different outlets that differ, for a question whether they do."""
    for one, other in combinations(figures, 2):
        if one.outlet != other.outlet and _comparable(one, other) and differ(one.value, other.value):
            return _differing(question, one, other)
    return Comparison()


def _comparable(one: Statement, other: Statement) -> bool:
    """Whether two sentences may be about the same thing at the same time."""
    same_report = one.outlet == other.outlet and one.published == other.published
    if same_report or one.evidence.source == other.evidence.source:
        return False
    if one.published and other.published and abs(one.published - other.published) > ONE_OCCASION:
        return False
    if _background(one) != _background(other):
        return False
    sorts = [(_FORECAST.search(side.evidence.text) is not None, _of_some(side)) for side in (one, other)]
    return isinstance(one.value, Days) or sorts[0] == sorts[1]


def _background(one: Statement) -> frozenset[str]:
    """Other years that a sentence mentions; "last year" and "ten years ago" count as one."""
    text = one.evidence.text
    years = {year for year in YEAR.findall(text) if one.published is None or int(year) != one.published.year}
    return frozenset(years) | ({"earlier"} if _LONG_AGO.search(text) else frozenset())


def _of_some(one: Statement) -> bool:
    """Whether a number counts a part: "five of those who fell ill"."""
    counts = isinstance(one.value, Quantity) and not one.value.measures
    return counts and _PART.match(one.evidence.text, one.evidence.reading.start) is not None


def _agrees(one: Statement, other: Statement) -> bool:
    """Whether two independent sources give the same value: names that share a word, or equal numbers or days."""
    if not _comparable(one, other) or differ(one.value, other.value):
        return False
    if isinstance(one.value, Naming):
        return not set(content_words(one.words)).isdisjoint(content_words(other.words))
    return says(other.evidence.text, other.published, one.value)


def _overtakes(newer: Statement, older: Statement) -> bool:
    """Whether a value replaces an earlier one: it corrects it, or is a running number that has grown."""
    if newer.published is None or older.published is None or newer.published < older.published:
        return False
    if not _comparable(newer, older) or not differ(newer.value, older.value):
        return False
    if _CORRECTS.search(newer.evidence.text):
        return True
    now, before = newer.value, older.value
    if newer.published == older.published or not isinstance(now, Quantity) or not isinstance(before, Quantity):
        return False
    same = (now.happened, now.counts) == (before.happened, before.counts)
    return same and now.low > before.high and _RUNNING.search(newer.evidence.text) is not None


def _disputed(first: Statement, other: Statement, stated: Sequence[Statement]) -> bool:
    """Whether two outlets give different values at one time, both likely answers, with no later report to settle it."""
    if min(first.evidence.reading.answers, other.evidence.reading.answers) < DISAGREES or first.outlet == other.outlet:
        return False
    if not _comparable(first, other) or not differ(first.value, other.value) or isinstance(first.value, Naming):
        return False
    if first.published is None or other.published is None or abs(first.published - other.published) > ONE_TIME:
        return False
    if _overtakes(other, first) or _of_other_days(first, other):
        return False  # in doubt, nothing is claimed
    if any(_CORRECTS.search(one.evidence.passage.text) for one in (first, other)):
        return False
    last = max(first.published, other.published)
    if any(one.published and one.published > last for one in stated):
        return False  # a later report of the same thing supersedes the disagreement
    # A sentence that gives both shows a part and its whole, two of several, or the old value and the new one.
    return not any(
        says(one.evidence.text, one.published, first.value) and says(one.evidence.text, one.published, other.value)
        for one in stated
    )


def _of_other_days(one: Statement, other: Statement) -> bool:
    """Whether two numbers may be of different days: reported on different days, or each with days of its own."""
    if not isinstance(one.value, Quantity):
        return False
    mine, theirs = (
        {date.first_day for date in (find_relative_dates(side.evidence.text, side.published) if side.published else ())}
        for side in (one, other)
    )
    return not mine & theirs if mine and theirs else one.published != other.published


def _differing(question: str, first: Statement, second: Statement, outdated: bool = False) -> Comparison:
    values, gone = (first.words, second.words), (2,) if outdated else ()
    conflict = Conflict(subject=_subject(question), values=values, citations=(1, 2), outdated=gone)
    return Comparison((), conflict, (first.evidence, second.evidence))


def _subject(question: str) -> str:
    """A question as the object of "disagree about": "how many came", or what follows "agree on"."""
    asked = one_line(question).rstrip("?!. ")
    if asks_whether_they_agree(question):
        return re.split(r" (?:on|about|over) ", asked, maxsplit=1)[-1]
    return asked[:1].lower() + asked[1:] if _ASKS.match(asked) else asked
