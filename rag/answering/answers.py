"""Quotes become an `Answer`: text with numbered markers, citations, freshness. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rag.answering.agreement import Comparison
from rag.answering.choose import SHAPES
from rag.answering.quote import Quote
from rag.stories.copies import independent
from rag.text.clean import unmarked
from rag.text.days import day_of, day_text
from rag.text.resolved_dates import resolved_dates
from rag.types import Agreement, Answer, Citation, Freshness, Kind, Passage, Question, Sentence, Span, Status, Verdict

AGREEMENTS_MOST = 4
"""Other sources that are named; all are counted."""
STALE_AFTER = dt.timedelta(days=30)
"""Age of the newest cited article from which an answer about the present states its day."""
UNCERTAIN = "No sentence answers this for certain."
"""Opens an answer that shows the closest passages."""
_SPACE = re.compile(r"\s+")


@dataclasses.dataclass(frozen=True)
class Around:
    """What every answer to a question carries besides its text; `nearby`, as for `Page`."""

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

    def answer(self, page: Page, status: Status) -> Answer:
        return Answer.like(
            self.question,
            question=self.question.text,
            standalone_question=self.question.searched,
            text=page.text,
            status=status,
            sentences=tuple(page.sentences),
            citations=tuple(page.citations),
            passages=self._shown_with(page.citations),
            freshness=freshness_of(page.citations),
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
    if page.citations and compared.agreeing:
        agreed_by = tuple(
            Agreement.like(
                one.evidence.passage, passage_id=one.evidence.passage.id, quote=one.text, start=one.start, end=one.end
            )
            for one in compared.agreeing[:AGREEMENTS_MOST]
        )
        page.citations[0] = page.citations[0].model_copy(update={"agreed_by": agreed_by})
    if compared.conflict and not compared.conflict.outdated:
        status = Status.CONFLICT
    else:
        status = Status.PARTIAL if missing else Status.ANSWERED
    answer = around.answer(page, status)
    notices, newest = list(around.notices), answer.freshness.newest
    if present and newest and present - newest > STALE_AFTER:
        notices.append(f"Nothing newer than {day_text(newest)} was found.")
    if missing:
        notices.append(f"Nothing was found about one part of the question: “{missing}”.")
    witnesses = [quotes[0].evidence.passage, *(quote.evidence.passage for quote in compared.agreeing)]
    return answer.model_copy(
        update={
            "short": unmarked(quotes[0].evidence.answer_text) if around.question.kind is Kind.FACT else "",
            "conflicts": (compared.conflict,) if compared.conflict else (),
            "independent_sources": independent(witnesses),
            "notices": tuple(notices),
        }
    )


def closest_answer(around: Around, passages: Sequence[Passage]) -> Answer:
    """One to three whole passages, claiming nothing."""
    page = Page(around.nearby, f"{UNCERTAIN} Closest passages:")
    for passage in passages:
        page.say("\n", f"“{unmarked(passage.text)}”", [page.cite(passage, passage.start, passage.text)])
    return around.answer(page, Status.CLOSEST)


class Page:
    """The text as it grows, with its sentences and citations.

    Args:
        nearby: passages searched for cited words, to name the other outlets that carry them.
        dated: whether the quotes of each day get a line of their own that opens with the day.
    """

    def __init__(self, nearby: Sequence[Passage] = (), text: str = "", *, dated: bool = False) -> None:
        self.text = text
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []
        self._nearby, self._dated = nearby, dated
        self._day: dt.date | None = None

    def add(self, quote: Quote) -> None:
        """Adds a quote, and marks its answering words unless each line tells of a day."""
        passage, answer = quote.evidence.passage, None if self._dated else quote.answer
        new_line = self._dated and (passage.published is None or passage.published != self._day)
        self._day = passage.published
        first, last = (answer.start - quote.start, answer.end - quote.start) if answer else (len(quote.text),) * 2
        before, answering = unmarked(quote.text[:first]), unmarked(quote.text[first:last])
        self.say(
            "\n" if new_line else " ",
            before + answering + unmarked(quote.text[last:]),
            [self.cite(passage, quote.start, quote.text, answer=answer)],
            label=f"{day_of(passage)}: " if new_line and passage.published else "",
            answer=(len(before), len(before) + len(answering)) if answering else None,
        )

    def add_place(self, passage: Passage, start: int, end: int) -> None:
        """Adds words of an article, preceded by their outlet, day and title."""
        known = ", ".join(filter(None, (passage.outlet, day_of(passage), f"“{unmarked(passage.title)}”")))
        words = passage.text[start - passage.start : end - passage.start]
        self.say("\n", unmarked(words), [self.cite(passage, start, words)], label=f"{known}: ")

    def say(
        self,
        between: str,
        words: str,
        numbers: Iterable[int],
        *,
        label: str = "",
        answer: tuple[int, int] | None = None,
        **checked: Any,
    ) -> None:
        """Appends a sentence with the numbers it cites; verbatim, unless further fields of it say otherwise.

        Args:
            label: what precedes it and is not part of it.
            answer: which of its characters are the answering words.
        """
        numbers = tuple(numbers)
        self.text += (between if self.text else "") + label
        start = len(self.text)
        self.text += f"{words} {''.join(f'[{number}]' for number in numbers)}"
        span = Span(start=start + answer[0], end=start + answer[1]) if answer else None
        checked = {"verdict": Verdict.VERBATIM, **checked}
        self.sentences.append(Sentence(start=start, end=len(self.text), citations=numbers, answer=span, **checked))

    def cite(self, passage: Passage, start: int, quote: str, **given: Any) -> int:
        """The number of a new citation: words of a passage; `start` is an offset into the article's text."""
        same = _SPACE.sub(" ", quote).lower()
        others = dict.fromkeys(passage.also_in) | {
            other.outlet: None
            for other in self._nearby
            if other.outlet and other.outlet != passage.outlet and same in _SPACE.sub(" ", other.text).lower()
        }
        citation = Citation.like(
            passage,
            number=len(self.citations) + 1,
            passage_id=passage.id,
            quote=quote,
            start=start,
            end=start + len(quote),
            also_in=tuple(others),
            dates=resolved_dates(quote, None if passage.published_guessed else passage.published),
            **given,
        )
        self.citations.append(citation)
        return citation.number


def freshness_of(citations: Sequence[Citation]) -> Freshness:
    """Oldest and newest day of the citations that have one."""
    days = [citation.published for citation in citations if citation.published]
    return Freshness(oldest=min(days, default=None), newest=max(days, default=None))
