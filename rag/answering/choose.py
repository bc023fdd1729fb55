"""Which sentences are shown, and in which order, for each kind of question.

One way for all kinds: the sentence that answers best comes first; each further one must be likely to help, and must
say something that is not said yet (the idea of maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). The
kinds differ in how many there may be, and in what order they stand.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from rag.answering.evidence import Evidence
from rag.answering.whole import Quote, whole_quote
from rag.types import Kind

RANK_WEIGHT = 1.0
"""How much the log odds of a sentence rise where its passage was found first; half of it for the second, and so on."""
VOTE_WEIGHT = 1.5
"""How much they rise, for a question of fact, where every likely sentence points at the same words."""
NEWEST_WEIGHT = 1.5
"""How much they rise for the newest article, where the newest state is asked for."""
NEWEST_DAYS = 5.0
"""After so many days that has fallen to 1/e."""
SAID_SHARE = 0.6
"""Share of a sentence's own stems from which on it only repeats what is shown."""
HELPS_SHARE = 0.5
"""How much "helps" counts beside "answers" in the order of further sentences."""


class Order(Enum):
    """In which order the sentences of an answer stand."""

    BEST = "best"
    """The best first, the rest as chosen."""
    NEWEST = "newest"
    """The latest state first."""
    OLDEST = "oldest"
    EXPLAINS = "explains"
    """The best first, then as things happened."""


@dataclass(frozen=True)
class Shape:
    """How an answer of a kind looks.

    Attributes:
        sentences, words, of_an_article: at most so many.
        helps: least log odds of a further sentence to help.
        answers: least log odds of a further sentence to answer by itself.
        passages: so many are read for it.
        dated: whether each sentence is told with its day, on a line of its own.
    """

    sentences: int
    words: int
    of_an_article: int
    helps: float = 0.0
    answers: float = -2.0
    order: Order = Order.BEST
    passages: int = 6
    dated: bool = False

    @property
    def is_brief(self) -> bool:
        """Whether a story is told, not a question answered."""
        return self.dated


_FACT = Shape(1, 60, 1)
_FEW = Shape(3, 110, 3, passages=8)
_BRIEF = Shape(6, 150, 3, helps=-0.5, answers=-2.5, order=Order.NEWEST, passages=12, dated=True)
SHAPES = {
    Kind.FACT: _FACT,
    Kind.YES_NO: _FACT,
    Kind.WHY: _FEW,
    Kind.HOW: _FEW,
    Kind.SAID: _FEW,
    Kind.LIST: Shape(4, 110, 4, passages=8),
    Kind.COMPARE: Shape(4, 120, 3, passages=10),
    Kind.MULTI: Shape(1, 60, 1, passages=5),
    Kind.STORY: _BRIEF,
    Kind.TOPIC: _BRIEF,
    Kind.LATEST: Shape(4, 120, 2, helps=-0.5, answers=-2.0, order=Order.NEWEST, passages=12, dated=True),
    Kind.SUMMARY: Shape(6, 150, 3, helps=-0.5, answers=-2.5, order=Order.EXPLAINS, passages=12, dated=True),
    Kind.TIMELINE: Shape(6, 150, 3, helps=-0.5, answers=-2.5, order=Order.OLDEST, passages=12, dated=True),
    Kind.DAY: Shape(6, 180, 1, order=Order.NEWEST, dated=True),
}


@dataclass(frozen=True)
class Scored:
    """Evidence with the log odds by which it is chosen."""

    evidence: Evidence
    score: float


def scored(kind: Kind, evidence: Sequence[Evidence], newest: bool, until: dt.date | None = None) -> list[Scored]:
    """The evidence, best first.

    Args:
        newest: whether the newest state is asked for.
        until: the last day that is asked about; later articles are not preferred.
    """
    votes = _votes(evidence) if kind in {Kind.FACT, Kind.YES_NO, Kind.MULTI} else [0.0] * len(evidence)
    days = [_day(one, until) for one in evidence]
    latest = max((day for day in days if day), default=None)
    found = []
    for one, vote, day in zip(evidence, votes, days, strict=True):
        score = one.reading.answers + RANK_WEIGHT / (1 + one.rank) + VOTE_WEIGHT * vote
        if newest and latest and day:
            score += NEWEST_WEIGHT * math.exp(-(latest - day).days / NEWEST_DAYS)
        found.append(Scored(one, score))
    return sorted(found, key=lambda one: -one.score)


def chosen(kind: Kind, ranked: Sequence[Scored], asked: Collection[str]) -> list[Quote]:
    """The quotes of an answer in the order in which they are shown; none where no sentence can be quoted whole.

    Args:
        asked: stems of the question, which are nothing new.
    """
    shape = SHAPES[kind]
    picked: list[Quote] = []
    said: set[str] = set(asked)
    left = shape.words
    for one in _in_order_of_choice(ranked):
        if len(picked) == shape.sentences:
            break
        evidence = one.evidence
        if picked:
            reading = evidence.reading
            if reading.helps < shape.helps or reading.answers < shape.answers or not _says_something(evidence, said):
                continue
            if (
                sum(quote.evidence.passage.article_id == evidence.passage.article_id for quote in picked)
                >= shape.of_an_article
            ):
                continue
        quote = whole_quote(evidence, min(left, 60) if picked else 60)
        if quote is None or (picked and quote.words > left) or any(_overlap(quote, other) for other in picked):
            continue
        picked.append(quote)
        said |= evidence.stems
        left -= quote.words
    return ordered(picked, shape.order)


def _in_order_of_choice(ranked: Sequence[Scored]) -> list[Scored]:
    """The best one, then those that answer or help most."""
    further = sorted(ranked[1:], key=lambda one: -(one.score + HELPS_SHARE * one.evidence.reading.helps))
    return [*ranked[:1], *further]


def _says_something(evidence: Evidence, said: Collection[str]) -> bool:
    own = [stem for stem in evidence.stems if len(stem) > 2]
    return not own or sum(stem in said for stem in own) / len(own) < SAID_SHARE


def _overlap(quote: Quote, other: Quote) -> bool:
    same = quote.evidence.passage.article_id == other.evidence.passage.article_id
    return same and quote.start < other.end and other.start < quote.end


def ordered(quotes: Sequence[Quote], order: Order) -> list[Quote]:
    """The quotes as they are shown; those without a day last."""
    if order is Order.BEST or not quotes:
        return list(quotes)
    if order is Order.EXPLAINS:
        return [quotes[0], *sorted(quotes[1:], key=lambda quote: (_ordinal(quote, 10**7), quote.start))]
    if order is Order.OLDEST:
        return sorted(quotes, key=lambda quote: (_ordinal(quote, 10**7), quote.start))
    return sorted(quotes, key=lambda quote: (-_ordinal(quote, 0), quote.start))


def _ordinal(quote: Quote, undated: int) -> int:
    published = quote.evidence.passage.published
    return published.toordinal() if published else undated


def _day(one: Evidence, until: dt.date | None) -> dt.date | None:
    published = one.passage.published
    return None if published is None or (until and published > until) else published


def _votes(evidence: Sequence[Evidence]) -> list[float]:
    """For each sentence, the share of all that are likely to answer, by their probability, that point at the same words.

    The answer to a question of fact is what several sentences give (Dumais et al., "Web question answering: is more
    always better?", SIGIR 2002). Part of the same words is part of a vote: "Truss" is "Liz Truss".
    """
    words = [frozenset(one.answer_text.lower().split()) for one in evidence]
    mass = [1 / (1 + math.exp(-one.reading.answers)) for one in evidence]
    total = sum(mass) or 1.0
    return [
        sum(
            weight * len(mine & other) / max(min(len(mine), len(other)), 1)
            for weight, other in zip(mass, words, strict=True)
        )
        / total
        for mine in words
    ]
