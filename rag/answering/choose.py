"""Which sentences are shown, and in which order, for each kind of question.

All kinds work alike: the sentence that answers best comes first; each further one must be likely to help and say
something not said yet (the idea of maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). Kinds differ in
how many sentences they allow, and in their order.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rag.answering.evidence import Evidence
from rag.answering.quote import WITH_BEFORE_WORDS_MOST, Quote, whole_quote
from rag.types import Kind

LEAD_CHARACTERS = 600


@dataclass(frozen=True)
class Relevance:
    """Coefficients of a sentence's log odds of answering, fitted by `python -m evals.fit_choice` on held-out questions."""

    answers: float = 0.64
    helps: float = -0.19
    overlap: float = 1.11
    rank: float = 0.6
    """For the reciprocal rank of its passage."""
    article: float = 0.75
    """For the reciprocal rank of its article."""
    lead: float = 0.7
    """For a sentence at the beginning of its article."""
    unfinished: float = -1.15
    """For a sentence without a full stop, such as a heading or caption."""

    def of(self, one: Evidence) -> float:
        """The log odds, up to a constant."""
        return (
            self.answers * one.reading.answers
            + self.helps * one.reading.helps
            + self.overlap * one.overlap
            + self.rank / (1 + one.rank)
            + self.article / (1 + one.article_rank)
            + self.lead * (one.start < LEAD_CHARACTERS)
            + self.unfinished * (not _FINISHED.search(one.text))
        )


RELEVANCE = Relevance()
OF_VALUES = Relevance(answers=0.77, helps=-0.13, overlap=1.6, rank=1.43, article=0.0, lead=0.48, unfinished=-0.97)
"""For facts, yes or no and two questions in one, fitted on those among the same questions."""
VALUES = frozenset({Kind.FACT, Kind.YES_NO, Kind.MULTI})
_FINISHED = re.compile(r"[.!?…。।؟！？][\"'”’»)\]]*$|^[^.:]{1,60}: ")
"""A full stop, or a label as in "Length: 7.4 kilometres"."""
VOTE_WEIGHT = 0.5
"""How much log odds rise, for a question of fact, if every likely sentence points at the same words."""
NEWEST_WEIGHT, LAST_COUNT_WEIGHT = 1.5, 2.5
"""How much they rise for the newest article, if the newest state is asked for, and if something is still being counted."""
NEWEST_DAYS = 5.0
"""After this many days that rise has fallen to 1/e."""
SAME_EVENT = 0.6
"""Share of the question held, relative to the sentence that holds most of it, at which another may be about the same
event: only such sentences set the newest day or follow a value. (None of 144 held-out questions for one value lost its
answer by this, and a fifteenth of the irrelevant sentences went.)"""
ANSWERING_TOO = 3.0
"""How far below the best a sentence's log odds of answering may be for its day to be the newest."""
SAID_SHARE = 0.75
"""Share of a sentence's own stems at which it only repeats what is shown."""
DAY_WORDS = 3
"""Words of the day in front of a quote."""
HELPS_SHARE = 0.15
"""Weight of "helps" beside "answers" in the order of further sentences."""


class Order(Enum):
    """The order of the sentences in an answer."""

    BEST = "best"
    """The best first, the rest as chosen."""
    NEWEST = "newest"
    """The best first, then the latest state before earlier ones."""
    OLDEST = "oldest"
    EXPLAINS = "explains"
    """The best first, then as things happened."""


@dataclass(frozen=True)
class Shape:
    """What an answer of a kind looks like: the most sentences and words, and how many passages are read.

    Attributes:
        helps, answers: least log odds of helping, and of answering by itself, for a further sentence.
        dated: whether each sentence is given with its day, on a line of its own.
    """

    sentences: int
    words: int
    helps: float = 0.0
    answers: float = -2.0
    order: Order = Order.BEST
    passages: int = 6
    dated: bool = False


_FACT = Shape(2, 60, helps=-1.0, answers=-0.25)
_FEW = Shape(3, 110, helps=-0.5, passages=8)
_BRIEF = Shape(8, 150, helps=-1.0, answers=-3.0, order=Order.NEWEST, passages=12, dated=True)
SHAPES = {
    Kind.FACT: _FACT,
    Kind.YES_NO: _FACT,
    Kind.WHY: _FEW,
    Kind.HOW: _FEW,
    Kind.SAID: _FEW,
    Kind.LIST: Shape(4, 110, helps=-0.5, passages=8),
    Kind.COMPARE: Shape(4, 120, helps=-1.0, answers=-3.0, passages=10),
    Kind.MULTI: Shape(1, 60, passages=5),
    Kind.STORY: _BRIEF,
    Kind.TOPIC: _BRIEF,
    Kind.LATEST: Shape(4, 120, helps=-0.5, answers=-2.0, order=Order.NEWEST, passages=12, dated=True),
    Kind.SUMMARY: replace(_BRIEF, order=Order.EXPLAINS),
    Kind.TIMELINE: replace(_BRIEF, order=Order.OLDEST),
    Kind.DAY: Shape(6, 180, order=Order.NEWEST, dated=True),
}


def scored(kind: Kind, evidence: Sequence[Evidence], newest: float, until: dt.date | None = None) -> list[Evidence]:
    """The evidence with its score, best first.

    Args:
        newest: how much the log odds of the newest article's sentences rise; 0 if the day does not matter.
        until: the last day asked about; later articles are not preferred.
    """
    relevance = OF_VALUES if kind in VALUES else RELEVANCE
    votes = _votes(evidence) if kind in VALUES else [0.0] * len(evidence)
    days = [_day(one, until) for one in evidence]
    most_about = max((one.about for one in evidence), default=1.0) or 1.0
    best = max((one.reading.answers for one in evidence), default=0.0)
    told = (
        day
        for one, day in zip(evidence, days, strict=True)
        if day and one.about >= SAME_EVENT * most_about and one.reading.answers >= best - ANSWERING_TOO
    )
    latest = max(told, default=None)
    found = []
    for one, vote, day in zip(evidence, votes, days, strict=True):
        score = relevance.of(one) + VOTE_WEIGHT * vote
        if newest and latest and day:
            # A count is of one thing only: a newer landslide elsewhere is irrelevant.
            same = (one.about / most_about) ** 2 if newest > NEWEST_WEIGHT else 1.0
            score += newest * same * math.exp(-max((latest - day).days, 0) / NEWEST_DAYS)
        found.append(replace(one, score=score))
    return sorted(found, key=lambda one: -one.score)


def chosen(kind: Kind, ranked: Sequence[Evidence], asked: Collection[str], *, newest: bool = False) -> list[Quote]:
    """The quotes of an answer in display order; none if no sentence can be quoted whole.

    `asked`: stems of the question, which add nothing new. `newest`: no older value follows the newest.
    """
    shape = SHAPES[kind]
    picked: list[Quote] = []
    said: set[str] = set(asked)
    left = shape.words
    for one in _tried(ranked):
        if len(picked) == shape.sentences:
            break
        if picked and not _worth_adding(one, kind, said):
            continue
        if picked and kind in VALUES and not _stands_beside(one, picked[0].evidence, newest):
            continue
        quote = whole_quote(one, min(left, WITH_BEFORE_WORDS_MOST))
        if quote is None or (picked and quote.words > left) or any(_overlap(quote, other) for other in picked):
            continue
        picked.append(quote)
        said |= one.stems
        left -= quote.words + shape.dated * DAY_WORDS
    return ordered(picked, shape.order)


def _tried(ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence that can be quoted whole, then the others, those that help a little earlier; none without it."""
    for place, one in enumerate(ranked):
        if whole_quote(one):
            others = [*ranked[:place], *ranked[place + 1 :]]
            return [one, *sorted(others, key=lambda other: -(other.score + HELPS_SHARE * other.reading.helps))]
    return []


def _worth_adding(evidence: Evidence, kind: Kind, said: Collection[str]) -> bool:
    shape, reading = SHAPES[kind], evidence.reading
    if kind is not Kind.LIST and not _FINISHED.search(evidence.text):
        return False  # a heading or a caption
    return reading.helps >= shape.helps and reading.answers >= shape.answers and _says_something(evidence, said)


def _stands_beside(one: Evidence, best: Evidence, newest: bool) -> bool:
    """Whether a sentence may follow a value: it is about the same event and, if the newest is asked for, no older."""
    day, newer = one.passage.published, best.passage.published
    is_older = day is not None and newer is not None and day < newer
    return one.about >= SAME_EVENT * best.about and not (newest and is_older)


def _says_something(evidence: Evidence, said: Collection[str]) -> bool:
    own = [stem for stem in evidence.stems if len(stem) > 2]
    return not own or sum(stem in said for stem in own) / len(own) < SAID_SHARE


def _overlap(quote: Quote, other: Quote) -> bool:
    same = quote.evidence.passage.article_id == other.evidence.passage.article_id
    return same and quote.start < other.end and other.start < quote.end


def ordered(quotes: Sequence[Quote], order: Order) -> list[Quote]:
    """The quotes in display order; those without a day last."""
    if order is Order.BEST:
        return list(quotes)
    first = 0 if order is Order.OLDEST else 1
    sign = -1 if order is Order.NEWEST else 1

    def time(quote: Quote) -> tuple[bool, int, int]:
        published = quote.evidence.passage.published
        return published is None, sign * published.toordinal() if published else 0, quote.start

    return [*quotes[:first], *sorted(quotes[first:], key=time)]


def _day(one: Evidence, until: dt.date | None) -> dt.date | None:
    published = one.passage.published
    return None if published is None or (until and published > until) else published


def _votes(evidence: Sequence[Evidence]) -> list[float]:
    """For each sentence, the share of all likely answers, by probability, that point at the same words.

    The answer to a question of fact is what several sentences give (Dumais et al., "Web question answering: is more
    always better?", SIGIR 2002). A partial match is a partial vote: "Truss" is "Liz Truss".
    """
    words = [frozenset(one.answer_text.lower().split()) for one in evidence]
    mass = [1 / (1 + math.exp(-one.reading.answers)) for one in evidence]
    total = sum(mass) or 1.0

    def votes(mine: frozenset[str]) -> float:
        given = zip(mass, words, strict=True)
        return sum(weight * len(mine & other) / max(min(len(mine), len(other)), 1) for weight, other in given)

    return [votes(mine) / total for mine in words]
