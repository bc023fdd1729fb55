"""Quotes become an `Answer`: text with numbered markers, citations, freshness. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from rag.answering.agreement import Comparison
from rag.answering.choose import SHAPES
from rag.answering.quote import Quote
from rag.stories.copies import independent
from rag.text.clean import unmarked
from rag.text.days import day_text
from rag.text.resolved_dates import resolved_dates
from rag.text.sentences import Span as Characters
from rag.types import (
    Agreement,
    Answer,
    Citation,
    Freshness,
    Kind,
    Passage,
    Question,
    Sentence,
    Span,
    Status,
    Verdict,
)

AGREEMENTS_MOST = 4
"""Other sources that are named; all are counted."""
STALE_AFTER = dt.timedelta(days=30)
"""Age of the newest cited article from which an answer about the present states its day."""
UNCERTAIN = "No sentence answers this for certain."
"""Opens an answer that shows the closest passages."""
_SPACE = re.compile(r"\s+")


@dataclasses.dataclass(frozen=True)
class Around:
    """What every answer to a question carries besides its text.

    Attributes:
        shown: the passages that an answer shows.
        nearby: passages searched for cited words, to name the other outlets that carry them.
    """

    question: Question
    shown: tuple[Passage, ...]
    nearby: tuple[Passage, ...]
    confidence: float
    notices: tuple[str, ...]
    version: str

    def _shown_with(self, citations: Sequence[Citation]) -> tuple[Passage, ...]:
        """The passages to show, and any that are cited although another passage of their story is shown."""
        wanted = {one.id for one in self.shown} | {one.passage_id for one in citations}
        known = {one.id for one in self.nearby}
        rest = (one for one in self.shown if one.id not in known)
        return (*(one for one in self.nearby if one.id in wanted), *rest)

    def answer(
        self, text: str, status: Status, citations: Sequence[Citation] = (), sentences: Sequence[Sentence] = ()
    ) -> Answer:
        """An answer with this text and everything else filled in."""
        return Answer.like(
            self.question,
            question=self.question.text,
            standalone_question=self.question.searched,
            text=text,
            status=status,
            sentences=tuple(sentences),
            citations=tuple(citations),
            passages=self._shown_with(citations),
            freshness=freshness_of(citations),
            confidence=round(self.confidence, 4),
            notices=self.notices,
            library_version=self.version,
        )


def quoted_answer(
    around: Around, quotes: Sequence[Quote], compared: Comparison, present: dt.date | None, missing: str = ""
) -> Answer:
    """An answer made of the quotes in order, each followed by its number; a brief has one dated line per day.

    Args:
        compared: what other sources say about the best quote's value.
        present: the day a question about the present is asked on; an answer from much older articles then says so.
        missing: the part of the question that the quotes leave open.
    """
    page = Page(around.nearby, dated=SHAPES[around.question.kind].dated)
    for quote in quotes:
        page.add(quote)
    best = page.citations[0] if page.citations else None
    if best and compared.agreeing:
        page.citations[0] = best.model_copy(
            update={"agreed_by": tuple(_agreement(quote) for quote in compared.agreeing[:AGREEMENTS_MOST])}
        )
    answer = around.answer(page.text, _status(compared, missing), page.citations, page.sentences)
    witnesses = [quotes[0].evidence.passage, *(quote.evidence.passage for quote in compared.agreeing)]
    return answer.model_copy(
        update={
            "short": _short(around.question.kind, quotes),
            "conflicts": (compared.conflict,) if compared.conflict else (),
            "independent_sources": independent(witnesses),
            "notices": (*around.notices, *_staleness(answer.freshness, present), *_left_open(missing)),
        }
    )


def closest_answer(around: Around, passages: Sequence[Passage]) -> Answer:
    """One to three whole passages, claiming nothing."""
    text, citations, sentences = f"{UNCERTAIN} Closest passages:", list[Citation](), list[Sentence]()
    for number, passage in enumerate(passages, start=1):
        start = len(text) + 1
        text += f"\n“{unmarked(passage.text)}” [{number}]"
        citations.append(citation_of(number, passage, passage.start, passage.text, around.nearby))
        sentences.append(Sentence(start=start, end=len(text), citations=(number,), verdict=Verdict.VERBATIM))
    return around.answer(text, Status.CLOSEST, citations, sentences)


class Page:
    """The text as it grows, with its sentences and citations.

    Args:
        nearby: passages searched for cited words, to name the other outlets that carry them.
        dated: whether the quotes of each day get a line of their own that opens with the day.
    """

    def __init__(self, nearby: Sequence[Passage], *, dated: bool) -> None:
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []
        self._nearby, self._dated = nearby, dated
        self._day: dt.date | None = None

    def add(self, quote: Quote) -> None:
        """Appends a quote."""
        published = quote.evidence.passage.published
        new_line = self._dated and (published is None or published != self._day)
        self.text += ("\n" if new_line else " ") if self.text else ""
        if new_line and published:
            self.text += f"{day_text(published, quote.evidence.passage.published_guessed)}: "
        self._day = published
        start, number = len(self.text), len(self.citations) + 1
        before, answering, behind = _parts(quote, marked=not self._dated)
        self.text += f"{before}{answering}{behind} [{number}]"
        first = start + len(before)
        words = Span(start=first, end=first + len(answering)) if answering else None
        self.citations.append(quote_citation(number, quote, self._nearby, marked=not self._dated))
        self.sentences.append(
            Sentence(start=start, end=len(self.text), citations=(number,), verdict=Verdict.VERBATIM, answer=words)
        )

    def add_place(self, passage: Passage, start: int, end: int) -> None:
        """Adds words of an article, preceded by their outlet, day and title."""
        self.text += "\n" if self.text else ""
        known = ", ".join(
            filter(
                None,
                (passage.outlet, day_text(passage.published, passage.published_guessed) if passage.published else ""),
            )
        )
        self.text += f"{known}, “{unmarked(passage.title)}”: " if known else f"“{unmarked(passage.title)}”: "
        begin, number = len(self.text), len(self.citations) + 1
        words = passage.text[start - passage.start : end - passage.start]
        self.text += f"{unmarked(words)} [{number}]"
        self.citations.append(citation_of(number, passage, start, words, self._nearby))
        self.sentences.append(Sentence(start=begin, end=len(self.text), citations=(number,), verdict=Verdict.VERBATIM))


def _short(kind: Kind, quotes: Sequence[Quote]) -> str:
    """The answering words alone, if a fact was asked for."""
    if kind is not Kind.FACT or not quotes or not quotes[0].answer:
        return ""
    return unmarked(quotes[0].evidence.text_of(quotes[0].answer))


def _agreement(quote: Quote) -> Agreement:
    passage = quote.evidence.passage
    return Agreement.like(passage, passage_id=passage.id, quote=quote.text, start=quote.start, end=quote.end)


def _status(compared: Comparison, missing: str) -> Status:
    if compared.conflict and not compared.conflict.outdated:
        return Status.CONFLICT
    return Status.PARTIAL if missing else Status.ANSWERED


def _left_open(missing: str) -> tuple[str, ...]:
    return (f"Nothing was found about one part of the question: “{missing}”.",) if missing else ()


def _staleness(freshness: Freshness, present: dt.date | None) -> tuple[str, ...]:
    newest = freshness.newest
    if present is None or newest is None or present - newest <= STALE_AFTER:
        return ()
    return (f"Nothing newer than {day_text(newest)} was found.",)


def _parts(quote: Quote, *, marked: bool) -> tuple[str, str, str]:
    """The quote as it appears in a text: before, in and after the answering words."""
    if quote.answer is None or not marked:
        return unmarked(quote.text), "", ""
    first, last = quote.answer.start - quote.start, quote.answer.end - quote.start
    return unmarked(quote.text[:first]), unmarked(quote.text[first:last]), unmarked(quote.text[last:])


def quote_citation(number: int, quote: Quote, nearby: Sequence[Passage], *, marked: bool = True) -> Citation:
    """A quote as a numbered citation."""
    citation = citation_of(number, quote.evidence.passage, quote.start, quote.text, nearby)
    return citation.model_copy(update={"answer": _span(quote.answer)}) if marked else citation


def _span(characters: Characters | None) -> Span | None:
    return Span(start=characters.start, end=characters.end) if characters else None


def citation_of(number: int, passage: Passage, start: int, quote: str, nearby: Sequence[Passage]) -> Citation:
    """Words of a passage as a numbered citation; `start` is an offset into the article's text."""
    same = _SPACE.sub(" ", quote).lower()
    others = dict.fromkeys(passage.also_in) | {
        other.outlet: None
        for other in nearby
        if other.outlet and other.outlet != passage.outlet and same in _SPACE.sub(" ", other.text).lower()
    }
    return Citation.like(
        passage,
        number=number,
        passage_id=passage.id,
        quote=quote,
        start=start,
        end=start + len(quote),
        also_in=tuple(others),
        dates=resolved_dates(quote, None if passage.published_guessed else passage.published),
    )


def freshness_of(citations: Sequence[Citation]) -> Freshness:
    """Oldest and newest day of the citations that have one."""
    days = [citation.published for citation in citations if citation.published]
    return Freshness(oldest=min(days, default=None), newest=max(days, default=None))
