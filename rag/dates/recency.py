"""Among sentences that answer about equally well, the newest goes first, where a question asks for the newest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.dates.window import asks_about_now
from rag.types import Window

_PRESENT = re.compile(
    r"\b(?:is|are|has|have|does|do|isn['’]t|aren['’]t|hasn['’]t|haven['’]t)\b|(?<=\w)['’](?:s|re)\b", re.I
)
_OTHER_TENSE = re.compile(
    r"\b(?:was|were|did|had|will|would|shall|said|told|won|lost|began|became|came|went|took|gave|made|left|fell|rose|met|led"
    r"|held|found|got|saw|sold|bought|paid|cut|hit|set|put|ran|beat|broke|struck|shot|stole|wrote|sent|sank|grew|drew"
    r"|(?!(?:need|speed|feed|seed|breed|hundred|indeed)\b)[a-z]{2,}ed)\b"
)
_STATE = re.compile(
    r"\s*(?:who|what|which(?: \w+){1,3}?) (?!was\b|(?:\w*ss|[a-z]+ous)\b)[a-z]+s\b(?! of\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Dated:
    """A candidate sentence: how well it answers, its article's day, and the answering words that it offers, if any."""

    score: float
    published: dt.date | None
    answer: str | None


def wants_newest(question: str, window: Window, asked: dt.date) -> bool:
    """Whether of several good answers the newest is meant: "latest", "now", "by 20 August", or the present tense.

    Weaker than `asks_about_now`, which says when an old answer needs a notice. `asked` is the day of the question.
    """
    if window.prefers_newest:
        return True
    if window.until and window.until < asked:
        return False
    return asks_about_now(question, window, asked) or is_present_tense(question)


def is_present_tense(question: str) -> bool:
    """Whether the first verb of a question that tells a tense is in the present: "Who runs …", "How many are …"."""
    question = question[:1].lower() + question[1:]
    present, other = _PRESENT.search(question), _OTHER_TENSE.search(question)
    if present is None:
        return other is None and _STATE.match(question) is not None
    return other is None or present.start() < other.start()


def newest_first(candidates: Sequence[Dated], tie: float, until: dt.date | None = None) -> list[int]:
    """The places of the candidates in their new order.

    Those with an answer whose score is no more than `tie` below the best answering one come newest first; a sentence
    without a day comes after those with one. Where nothing answers, and behind them, the order is that of the scores.

    Args:
        tie: how much worse still counts as equally good, on the scale of the scores.
        until: the last day that the question is about; later articles are not preferred.
    """
    by_score = sorted(range(len(candidates)), key=lambda place: -candidates[place].score)
    best = max((one.score for one in candidates if one.answer is not None), default=None)
    if best is None:
        return by_score
    equal = [
        place for place in by_score if candidates[place].answer is not None and candidates[place].score >= best - tie
    ]
    better = [place for place in by_score if place not in equal and candidates[place].score > best]
    return [
        *better,
        *sorted(equal, key=lambda place: -_day(candidates[place], until)),
        *_without(by_score, better, equal),
    ]


def _day(candidate: Dated, until: dt.date | None) -> int:
    published = candidate.published
    return published.toordinal() if published and not (until and published > until) else 0


def _without(places: Sequence[int], *taken: Sequence[int]) -> list[int]:
    gone = {place for some in taken for place in some}
    return [place for place in places if place not in gone]
