"""Do independent sources give different answers, or has a later report overtaken an earlier one?

Only what a reading model pointed at is compared, so without one there are no conflicts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.answering.choice import LEAST_WORDS, WORTH_ADDING, chosen, shortened
from rag.answering.quote import Quote, agreement
from rag.answering.statements import Statement, contradict, figures, statements, strength
from rag.checking.quantities import Quantity
from rag.checking.values import Days, Naming, Value
from rag.dates.relative_dates import find_relative_dates
from rag.search.question import AnswerKind, kind_of
from rag.sentences import sentence_spans
from rag.types import Conflict

LEADS = 3
"""One of the first so many quotes is one of the two sides."""
SIDE_WORDS_MOST = 28
"""Words of each side's quote."""
LEAST_FOR_FIGURES, LEAST_FOR_NAMES = 1.5, 3.0
"""From which strength on a pair is told. Names of a sentence are more often beside the point than its numbers.

Chosen on half of the public news questions, where nothing is a conflict, and of RAMDocs."""
LEAST_FOR_AGREEMENT = 4.0
"""The same where the question is whether they agree, and the readings do not count: they look for one answer."""

_STATIC = frozenset({"length", "weight", "area", "volume", "speed"})
"""What is measured does not change from day to day, so a later report does not overtake an earlier one."""
_A_DAY = dt.timedelta(days=1)
_RUNNING = re.compile(
    r"\b(?:so far|at least|toll|rises?|rose|risen|climb(?:s|ed)?|grew|grown|now|latest|updated|revised|preliminary|still)\b",
    re.I,
)
_CORRECTS = re.compile(
    r"\bcorrection\b|\bcorrect(?:ed| number| figure)\b|\bearlier version\b|\bmisstated\b|\b(?:wrongly|incorrectly|mistakenly) "
    r"(?:said|stated|reported|gave|put)\b",
    re.IGNORECASE,
)
_UP_TO_A_DAY = re.compile(r"\b(?:by|as of|until|through|up to) $", re.IGNORECASE)
_NOW = re.compile(r"\b(?:is|are|has|have|runs?|leads?|owns?|holds?|will|current(?:ly)?|now)\b|['’]s\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:was|were|did|had|won|made|led|\w+ed)\b", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|higher|lower|bigger|larger|greater|smaller|longer|shorter|older|younger|earlier|later|sooner"
    r"|faster|slower|cheaper|dearer|better|worse|(?:high|low|bigg|larg|great|long|old|young|earli|fast|cheap)est)\b.*\bor\b"
    r"|\bscore\b",
    re.IGNORECASE,
)
"""The question is which of two values is greater, so two values are no conflict; and a score is two numbers."""
_AGREE = re.compile(
    r"^(?:do|does|did|are|is|how|why|where|on what)\b.*\b(?:agree|disagree|differ|dispute|contradict|odds)\b", re.I
)
_ASKS = re.compile(r"(?:who|what|which|when|where|how|in|on|at|by|from|for|to|of)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Difference:
    """Two statements that cannot both be right now: the one to show first, and the other.

    `outdated`: the second is what was told before, the first what is known now.
    """

    first: Statement
    second: Statement
    outdated: bool


def difference_in(question: str, quotes: Sequence[Quote]) -> Difference | None:
    """The two sides of what the sources say in answer to a question; None where they do not differ."""
    if _COMPARES.search(question):
        return None
    if asks_whether_they_agree(question):
        return _first(question, _pairs(list(figures(quotes)), quotes), LEAST_FOR_AGREEMENT, updates=False)
    kind = kind_of(question)
    found = list(statements(kind, question, quotes))
    shown_first = {(quote.passage.article_id, quote.sentence.start) for quote in quotes[:LEADS]}
    pairs = [(one, other) for one, other in _pairs(found, quotes) if one.place in shown_first]
    least = LEAST_FOR_NAMES if kind in {AnswerKind.PERSON, AnswerKind.PLACE} else LEAST_FOR_FIGURES
    return _first(question, pairs, least)


def _pairs(found: Sequence[Statement], quotes: Sequence[Quote]) -> list[tuple[Statement, Statement]]:
    """Statements that disagree, those first of which it is surest that both answer what was asked."""
    pairs = [(one, other) for one, other in combinations(found, 2) if contradict(one, other, quotes)]
    return sorted(pairs, key=lambda pair: -strength(*pair))


def _first(
    question: str, pairs: Sequence[tuple[Statement, Statement]], least: float, updates: bool = True
) -> Difference | None:
    for one, other in pairs:
        difference = _told_apart(question, one, other) if strength(one, other) >= least else None
        if difference and (updates or not difference.outdated):
            return difference
    return None


def asks_whether_they_agree(question: str) -> bool:
    """Whether a question is about a disagreement: "Do the police and the organisers agree on …?"."""
    return _AGREE.search(question) is not None


def _told_apart(question: str, one: Statement, other: Statement) -> Difference | None:
    """A disagreement, or an earlier report that a later one has overtaken."""
    newer, older = (one, other) if _as_of(one) >= _as_of(other) else (other, one)
    for first, second in ((newer, older), (older, newer)):
        if _corrects(first, second) and not _corrects(second, first):
            return Difference(first, second, outdated=True)
    if newer.told != older.told and _is_place_now(question):
        return None
    if _overtaken(question, newer, older):
        return Difference(newer, older, outdated=True)
    return None if newer.outlet == older.outlet else Difference(one, other, outdated=False)


def _as_of(side: Statement) -> tuple[dt.date, dt.date]:
    """The day of which a sentence speaks, as far as it says, and the day of the report."""
    told = side.told or dt.date.min
    return _counted(side) or told, told


def _corrects(first: Statement, second: Statement) -> bool:
    """Whether the passage of the first names the value of one of them in a correction."""
    text = first.quote.passage.text
    spans = (text[span.start : span.end] for span in sentence_spans(text))
    words = (first.quote.answer_text, second.quote.answer_text)
    return any(_CORRECTS.search(one) and any(word in one for word in words) for one in spans)


def _overtaken(question: str, newer: Statement, older: Statement) -> bool:
    counted = _counted(newer), _counted(older)
    if None not in counted:
        return counted[0] != counted[1]
    if newer.told is None or older.told is None or newer.told == older.told:
        return False
    later = newer.told - older.told
    match older.value:
        case Quantity(measures=measures):
            if measures in _STATIC:
                return False
            running = _RUNNING.search(newer.quote.sentence.text) is not None
            return later > _A_DAY or running or (not measures and _grew(newer.value, older.value))
        case Days(last=last):
            return last is not None and last >= older.told
        case Naming():
            return _is_about_now(question)
    return False


def _is_about_now(question: str) -> bool:
    return _NOW.search(question) is not None and _PAST.search(question) is None


def _is_place_now(question: str) -> bool:
    """Where something is or will be: two places on two days are as often two occasions as an update."""
    return kind_of(question) is AnswerKind.PLACE and _is_about_now(question)


def _grew(newer: Value, older: Value) -> bool:
    return isinstance(newer, Quantity) and isinstance(older, Quantity) and newer.low > older.high


def _counted(side: Statement) -> dt.date | None:
    """The day up to which a sentence counts: "by Monday evening", "as of 3 May"."""
    text = side.quote.sentence.text
    for date in find_relative_dates(text, side.told) if side.told else ():
        if _UP_TO_A_DAY.search(text[: date.start]):
            return date.first_day
    return None


def with_both_sides(difference: Difference, quotes: Sequence[Quote], words_most: int) -> list[Quote]:
    """The two sides, and what other good quotes there is room for, at most `words_most` words in all."""
    sides = (difference.first, difference.second)
    room = min(SIDE_WORDS_MOST, words_most // 2)
    shown = [shortened(side.quote, room) for side in sides]
    left = words_most - sum(quote.words for quote in shown)
    worth_adding = max(side.quote.score for side in sides) - WORTH_ADDING
    others = [
        quote for quote in quotes if quote.score >= worth_adding and not any(_is_side(quote, side) for side in sides)
    ]
    return [*shown, *chosen(others, left)] if left >= LEAST_WORDS else shown


def _is_side(quote: Quote, side: Statement) -> bool:
    """Whether a quote is that side, or gives the same answer."""
    return (quote.passage.article_id, quote.sentence.start) == side.place or agreement(quote, side.quote) == 1.0


def conflict_of(question: str, difference: Difference) -> Conflict:
    """The same for the answer whose first two citations are the two sides."""
    return Conflict(
        subject=_subject(question),
        values=(difference.first.quote.answer_text, difference.second.quote.answer_text),
        citations=(1, 2),
        outdated=(2,) if difference.outdated else (),
    )


def _subject(question: str) -> str:
    """A question as the object of "disagree about": "how many came", or what stands behind "agree on"."""
    asked = " ".join(question.split()).rstrip("?!. ")
    if asks_whether_they_agree(question):
        return re.split(r" (?:on|about|over) ", asked, maxsplit=1)[-1]
    return asked[:1].lower() + asked[1:] if _ASKS.match(asked) else asked
