"""Quotes become an `Answer`: text with numbered markers, citations, freshness."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from rag.quote import Quote
from rag.resolved_dates import resolved_dates
from rag.types import Answer, Citation, Freshness, Passage, Sentence, Status, Turn, Verdict, Window

STALE_AFTER = dt.timedelta(days=30)
"""Age of the newest cited article from which an answer about the present tells its day."""
_LOOKS_LIKE_A_MARKER = re.compile(r"\[(\d+)\]")
_SPACE = re.compile(r"\s+")


def quoted_answer(
    *,
    question: str,
    searched: str,
    quotes: Sequence[Quote],
    passages: tuple[Passage, ...],
    nearby: Sequence[Passage],
    window: Window,
    confidence: float,
    notices: tuple[str, ...],
    version: str,
    history: tuple[Turn, ...],
    present: dt.date | None = None,
) -> Answer:
    """An answer made of the quotes in their order, each followed by its number.

    `nearby` are passages in which the same words are looked for, to name the other outlets that carry them.
    `present` is the day of a question about that day; an answer from much older articles then says so.
    """
    text = ""
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for number, quote in enumerate(quotes, start=1):
        start = len(text) + (1 if text else 0)
        text += f"{' ' if text else ''}{_shown(quote)} [{number}]"
        citations.append(_citation(number, quote, nearby))
        sentences.append(Sentence(start=start, end=len(text), citations=(number,), verdict=Verdict.VERBATIM))
    dates = [citation.published for citation in citations if citation.published]
    freshness = Freshness(oldest=min(dates, default=None), newest=max(dates, default=None))
    return Answer(
        question=question,
        standalone_question=searched,
        text=text,
        status=Status.ANSWERED,
        window=window,
        sentences=tuple(sentences),
        citations=tuple(citations),
        passages=passages,
        freshness=freshness,
        confidence=round(confidence, 4),
        notices=(*notices, *_staleness(freshness, present)),
        library_version=version,
        history=history,
    )


def _staleness(freshness: Freshness, present: dt.date | None) -> tuple[str, ...]:
    newest = freshness.newest
    if present is None or newest is None or present - newest <= STALE_AFTER:
        return ()
    return (f"The newest source is of {newest:%-d %b %Y}.",)


def _shown(quote: Quote) -> str:
    """The quote as it stands in the text: "[1]" in an article must not read as a citation; a cut is marked."""
    ending = "" if quote.whole else " …"
    return _SPACE.sub(" ", _LOOKS_LIKE_A_MARKER.sub(r"(\1)", quote.text)) + ending


def _citation(number: int, quote: Quote, nearby: Sequence[Passage]) -> Citation:
    passage = quote.passage
    same = _SPACE.sub(" ", quote.text).lower()
    others = {
        other.outlet: None
        for other in nearby
        if other.outlet and other.outlet != passage.outlet and same in _SPACE.sub(" ", other.text).lower()
    }
    return Citation(
        number=number,
        article_id=passage.article_id,
        passage_id=passage.id,
        outlet=passage.outlet,
        title=passage.title,
        url=passage.url,
        published=passage.published,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        also_in=tuple(others),
        dates=resolved_dates(quote.text, passage.published),
    )
