"""Quotes become an `Answer`: text with numbered markers, citations, freshness."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from rag.answering.quote import Quote
from rag.dates.calendar_words import day_text
from rag.dates.resolved_dates import resolved_dates
from rag.stories.copies import independent
from rag.types import (
    Agreement,
    Answer,
    Attribution,
    Citation,
    Conflict,
    Freshness,
    Passage,
    Sentence,
    Span,
    Status,
    Turn,
    Verdict,
    Window,
)

AGREEMENTS_MOST = 4
"""Other sources that are named; all of them are counted."""
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
    conflict: Conflict | None = None,
    agreeing: Sequence[Quote] = (),
    missing: str = "",
) -> Answer:
    """An answer made of the quotes in their order, each followed by its number.

    `nearby` are passages in which the same words are looked for, to name the other outlets that carry them.
    `present` is the day of a question about that day; an answer from much older articles then says so.
    `agreeing` are the first quote and those of other sources that give the same answer.
    `conflict` speaks of the first quotes by their numbers; where one of them is outdated, the sources do not disagree.
    `missing` is what the question asks besides and the quotes leave open.
    """
    text = ""
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for number, quote in enumerate(quotes, start=1):
        text += " " if text else ""
        start = len(text)
        citations.append(quote_citation(number, quote, nearby))
        before, answering, behind = _shown(quote)
        text += f"{before}{answering}{behind} [{number}]"
        words = Span(start=start + len(before), end=start + len(before) + len(answering)) if answering else None
        sentences.append(
            Sentence(start=start, end=len(text), citations=(number,), verdict=Verdict.VERBATIM, answer=words)
        )
    if citations:
        others = tuple(_agreement(quote) for quote in agreeing if quote.sentence.source != quotes[0].sentence.source)
        citations[0] = citations[0].model_copy(update={"agreed_by": others[:AGREEMENTS_MOST]})
    freshness = freshness_of(citations)
    return Answer(
        question=question,
        standalone_question=searched,
        text=text,
        status=_status(conflict, missing),
        window=window,
        sentences=tuple(sentences),
        citations=tuple(citations),
        passages=passages,
        conflicts=(conflict,) if conflict else (),
        freshness=freshness,
        independent_sources=independent([quote.passage for quote in agreeing or quotes[:1]]),
        confidence=round(confidence, 4),
        notices=(*notices, *_staleness(freshness, present), *_left_open(missing)),
        library_version=version,
        history=history,
    )


def _agreement(quote: Quote) -> Agreement:
    passage = quote.passage
    return Agreement(
        article_id=passage.article_id,
        passage_id=passage.id,
        outlet=passage.outlet,
        title=passage.title,
        published=passage.published,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
    )


def _status(conflict: Conflict | None, missing: str) -> Status:
    if conflict and not conflict.outdated:
        return Status.CONFLICT
    return Status.PARTIAL if missing else Status.ANSWERED


def _left_open(missing: str) -> tuple[str, ...]:
    return (f"Nothing was found about one part of the question: “{missing}”.",) if missing else ()


def _staleness(freshness: Freshness, present: dt.date | None) -> tuple[str, ...]:
    newest = freshness.newest
    if present is None or newest is None or present - newest <= STALE_AFTER:
        return ()
    return (f"The newest source is of {day_text(newest)}.",)


def _shown(quote: Quote) -> tuple[str, str, str]:
    """The quote as it stands in the text, before, in and behind the words that answer; cuts are marked by ellipses."""
    answer = _answer(quote)
    first, last = (answer.start - quote.start, answer.end - quote.start) if answer else (len(quote.text),) * 2
    says = _plain(quote.says_text)
    before = "… " if quote.cut_before else ""
    behind = " …" if quote.cut_behind else ""
    if quote.says and quote.says.start < quote.start:
        before = f"{says} … "  # stands for the ellipsis of the cut, too
    elif quote.says:
        behind = f" … {says}"
    return before + _plain(quote.text[:first]), _plain(quote.text[first:last]), _plain(quote.text[last:]) + behind


def quote_text(quote: Quote) -> str:
    """The quote as it stands in a text: one line, cuts marked by ellipses, with who says it."""
    return "".join(_shown(quote))


def _plain(text: str) -> str:
    """On one line; "[1]" in an article must not read as a citation."""
    return _SPACE.sub(" ", _LOOKS_LIKE_A_MARKER.sub(r"(\1)", text))


def _attribution(quote: Quote) -> Attribution | None:
    if quote.says is None:
        return None
    return Attribution(start=quote.says.start, end=quote.says.end, words=quote.says_text)


def _answer(quote: Quote) -> Span | None:
    """The answering words that the quote shows."""
    if quote.answer is None:
        return None
    start, end = max(quote.answer.start, quote.start), min(quote.answer.end, quote.end)
    return Span(start=start, end=end) if start < end else None


def quote_citation(number: int, quote: Quote, nearby: Sequence[Passage]) -> Citation:
    """A quote under a number."""
    return citation_of(number, quote.passage, quote.start, quote.text, nearby).model_copy(
        update={"answer": _answer(quote), "says": _attribution(quote)}
    )


def citation_of(number: int, passage: Passage, start: int, quote: str, nearby: Sequence[Passage]) -> Citation:
    """Words of a passage under a number; `start` counts in the article's text."""
    same = _SPACE.sub(" ", quote).lower()
    others = dict.fromkeys(passage.also_in) | {
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
        quote=quote,
        start=start,
        end=start + len(quote),
        also_in=tuple(others),
        story=passage.story,
        dates=resolved_dates(quote, passage.published),
    )


def freshness_of(citations: Sequence[Citation]) -> Freshness:
    """Oldest and newest day of the citations that have one."""
    days = [citation.published for citation in citations if citation.published]
    return Freshness(oldest=min(days, default=None), newest=max(days, default=None))
