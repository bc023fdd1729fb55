"""The answer in quotes, step by step: find, read, choose, be sure, compare, write."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.answering import catalogued, quotation
from rag.answering.agreement import Comparison, asks_whether_they_agree, compared
from rag.answering.answers import Around, Page, closest_answer, quoted_answer
from rag.answering.certainty import calibration_for, probability, signals_of
from rag.answering.choose import LAST_COUNT_WEIGHT, NEWEST_WEIGHT, SHAPES, chosen, scored
from rag.answering.evidence import Evidence, evidence_of
from rag.answering.quote import Quote, whole_quote
from rag.answering.refusal import abstention_text, reason_for, why_nothing
from rag.library import Library
from rag.question.kind import parts_of
from rag.question.window import asks_about_now, asks_for_a_running_count, wants_newest
from rag.reader import Reader
from rag.search.retrieve import Ranking
from rag.stories.copies import one_per_story, without_copies
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import AbstentionReason, Answer, Filters, Kind, Passage, Question, Status

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

NOTHING_CLOSE_COSINE = 0.3
"""If the best passage's cosine is below this, nothing in the library is about the question."""
FOUND = 24
"""Passages found for a question, the best of which are read."""
SPARE_FOR_COPIES = 8
"""Extra passages fetched to replace copies that say the same."""
LEADS = 4
"""Articles whose beginning is also read when a story is told."""
NEWEST = frozenset({Kind.LATEST, Kind.YES_NO})
"""Kinds that ask how things stand."""
CLOSEST_MOST = 3
CLOSEST_SHARE = 0.3
"""Share of a question that a sentence with its title must hold to be close, where no model reads the language: endings
and particles that differ make an answer by words alone look unlikely."""
ANSWERS_PART = -1.0
"""Least log odds of answering one of two questions in one."""


@dataclasses.dataclass(frozen=True)
class InQuotes:
    """An answer in quotes, and the sentences it was chosen from, best first."""

    answer: Answer
    retrieved: Ranking
    evidence: tuple[Evidence, ...] = ()


class Quoting:
    """Answers questions in quotes. `reader` gives the reading model for a language, or None; it is loaded on first use."""

    def __init__(
        self, library: Library, reader: Callable[[str], Reader | None], reranker: BaseNodePostprocessor | None
    ) -> None:
        self._library, self._reader, self._reranker = library, reader, reranker

    def retrieve(self, question: Question) -> tuple[Question, Ranking]:
        """The passages to read, best first, and a few more.

        A question that consists of an article's words comes back as a search for a quotation.
        """
        if question.kind is Kind.META:
            return question, Ranking()
        if question.kind is Kind.DAY:
            return question, catalogued.of_days(self._library, question)
        if question.kind is Kind.ARTICLES:
            question = question.model_copy(update={"searched": catalogued.topic_of(question.searched)})
        retrieved = self._found(question)
        words, found = self._quoted_places(question)
        if found:
            question = question.model_copy(update={"kind": Kind.QUOTATION, "searched": words})
            passages = quotation.matched_first(retrieved.passages, found)
            retrieved = dataclasses.replace(retrieved, passages=passages)
        return question, retrieved

    def shown(self, retrieved: Ranking) -> tuple[Passage, ...]:
        """The passages that an answer shows: one per story."""
        return one_per_story(retrieved.passages, self._library.config.top_k)

    def answer(self, question: Question, retrieved: Ranking) -> InQuotes:
        """The passages' best sentences as an answer; if none answers, the closest passages or an abstention."""
        why = AbstentionReason.NO_ANSWER_IN_PASSAGES
        match question.kind:
            case Kind.META:
                page = catalogued.page_of_conversation(self._library, question)
            case Kind.ARTICLES:
                page = catalogued.page_of_articles(self._library, question, retrieved)
                why = AbstentionReason.NOTHING_CLOSE
            case Kind.QUOTATION:
                page = self._quotation(question, retrieved)
            case Kind.DAY if retrieved.passages:
                page = catalogued.page_of_days(retrieved.passages)
            case _:
                return self._quoted(question, retrieved)
        if not page.text:
            return InQuotes(self.abstained(question, why, retrieved), retrieved)
        return InQuotes(self._around(question, retrieved, 1.0).answer(page, Status.ANSWERED), retrieved)

    def abstained(
        self, question: Question, why: AbstentionReason, retrieved: Ranking | None = None, confidence: float = 0.0
    ) -> Answer:
        found = retrieved or Ranking()
        reason = reason_for(why, self._library.catalog.counts(), found.passages)
        most = self._library.config.question_characters
        question = question.model_copy(update={"text": question.text[:most], "searched": question.searched[:most]})
        answer = self._around(question, found, confidence).answer(Page(text=abstention_text(reason)), Status.ABSTAINED)
        return answer.model_copy(update={"reason": reason})

    def _quoted(self, question: Question, retrieved: Ranking) -> InQuotes:
        ranked = self.read(question, retrieved)
        confidence = self._confidence(ranked, retrieved)
        if self._reranker is None:  # the caller asked for its order
            retrieved = dataclasses.replace(retrieved, passages=_by_evidence(retrieved.passages, ranked))
        evidence = tuple(ranked)
        # Values, and what settles them, are recognised by English words only.
        english = retrieved.language == ENGLISH
        comparison = compared(question.searched, question.kind, ranked) if english else Comparison()
        # Two sources that disagree answer the question whether sources agree, however unlikely either is alone.
        sure = confidence >= self._library.config.answer_threshold and confidence > 0
        sure = sure or (bool(comparison.sides) and asks_whether_they_agree(question.searched))
        missing = ""
        quotes = [quote for one in comparison.sides if (quote := whole_quote(one))] if sure else []
        if not sure or len(quotes) < len(comparison.sides):
            quotes, comparison = [], Comparison()
        if sure and not quotes and question.kind is Kind.MULTI:
            quotes, missing = self._parts(question)
        elif sure and not quotes:
            asked = frozenset(stems(question.searched, retrieved.language))
            newest = question.window.prefers_newest or asks_for_a_running_count(question.searched)
            quotes = chosen(question.kind, ranked, asked, newest=newest)
            if self._words_alone(retrieved.language):
                quotes = quotes[:1]  # words show which sentence is about the question, not which one adds to it
            if quotes and quotes[0].evidence is not ranked[0]:
                comparison = Comparison()  # the comparison is with the best sentence, which cannot be quoted whole
        if not quotes:
            return InQuotes(self._not_sure(question, retrieved, ranked, confidence), retrieved, evidence)
        asks_now = asks_about_now(question.text, question.window, question.day)
        around = self._around(question, retrieved, confidence)
        answer = quoted_answer(around, quotes, comparison, question.day if asks_now else None, missing)
        return InQuotes(answer, retrieved, evidence)

    def _parts(self, question: Question) -> tuple[list[Quote], str]:
        """The best sentence for each of two questions in one, found and read separately, and the part that none answers."""
        quotes: list[Quote] = []
        missing = ""
        for part in parts_of(question.searched):
            asked = question.model_copy(update={"searched": part})
            ranked = self.read(asked, self._found(asked))
            likely = [one for one in ranked if one.reading.answers >= ANSWERS_PART]
            known = {quote.evidence.text for quote in quotes}
            fresh = (whole_quote(one) for one in likely if one.text not in known)
            if best := next(filter(None, fresh), None):
                quotes.append(best)
            elif not likely:
                missing = part.partition(" (")[0].rstrip("?")
        return quotes, missing if quotes else ""

    def _found(self, question: Question) -> Ranking:
        most = max(self._library.config.top_k, FOUND)
        found = self._library.retriever.retrieve(question, most + SPARE_FOR_COPIES)
        retrieved = dataclasses.replace(found, passages=without_copies(found.passages)[:most])
        if self._reranker is None or not retrieved.passages:
            return retrieved
        from rag.llama import reranked

        ordered = reranked(self._reranker, question.searched, retrieved.passages)
        return dataclasses.replace(retrieved, passages=ordered)

    def read(self, question: Question, retrieved: Ranking) -> list[Evidence]:
        """The sentences, best first."""
        shape, reader = SHAPES[question.kind], self._reader(retrieved.language)
        passages = retrieved.passages[: shape.passages]
        if shape.dated:
            best, known = list(dict.fromkeys(one.article_id for one in passages)), {one.id for one in passages}
            begun = self._library.catalog.beginnings(best[:LEADS], question.filters)
            passages = (*passages, *(one for one in begun if one.id not in known))
        evidence = evidence_of(question.searched, passages, retrieved, reader)
        return scored(question.kind, evidence, _newest_weight(question), question.window.until)

    def _confidence(self, ranked: Sequence[Evidence], retrieved: Ranking) -> float:
        calibration = calibration_for(self._reader(retrieved.language))
        return probability(signals_of(ranked, retrieved), calibration) if ranked else 0.0

    def _words_alone(self, language: str) -> bool:
        """Whether words alone judge the sentences, because no model reads their language."""
        return language != ENGLISH and self._reader(language) is None

    def _not_sure(
        self, question: Question, retrieved: Ranking, ranked: Sequence[Evidence], confidence: float
    ) -> Answer:
        if not retrieved.passages:
            why = why_nothing(question.filters, self._library.catalog.counts(), question.kind is Kind.DAY)
            return self.abstained(question, why, retrieved, confidence)
        # What the reader's own filters hide may answer; anything later than `as_of` stays hidden all the same.
        open_to = Filters(as_of=question.filters.as_of)
        if question.filters != open_to:
            widened = question.model_copy(update={"filters": open_to})
            found = self._found(widened)
            wider = self._confidence(self.read(widened, found), found)
            if wider >= self._library.config.answer_threshold:
                why = why_nothing(question.filters, self._library.catalog.counts())
                return self.abstained(question, why, retrieved, confidence)
        shares_words = bool(ranked) and ranked[0].about >= CLOSEST_SHARE
        by_words = shares_words and self._words_alone(retrieved.language)
        if confidence >= self._library.config.closest_threshold or by_words:
            best = list(dict.fromkeys(one.passage for one in ranked[:CLOSEST_MOST]))
            return closest_answer(self._around(question, retrieved, confidence), best)
        cosine = max(passage.similarity or 0.0 for passage in retrieved.passages)
        near = cosine >= NOTHING_CLOSE_COSINE
        why = AbstentionReason.NO_ANSWER_IN_PASSAGES if near else AbstentionReason.NOTHING_CLOSE
        return self.abstained(question, why, retrieved, confidence)

    def _quoted_places(self, question: Question) -> tuple[str, list[quotation.Match]]:
        """The quoted words, and where they occur."""
        for words in quotation.pasted_words(question.text):
            candidates = self._library.by_words(words, question.filters, quotation.CANDIDATES)
            if found := self._corrected(quotation.matches(words, candidates)):
                return words, found
        return "", []

    def _corrected(self, found: list[quotation.Match]) -> list[quotation.Match]:
        """The places, without copies that a correction among them has retracted."""
        correcting = self._library.catalog.corrections({one.passage.article_id for one in found})
        stories = {one.passage.story for one in found if one.passage.article_id in correcting}
        return [one for one in found if one.passage.article_id in correcting or one.passage.story not in stories]

    def _quotation(self, question: Question, retrieved: Ranking) -> Page:
        """Where the pasted words occur: outlet, day, title and the whole sentence; then who else carries them."""
        found = self._corrected(quotation.matches(question.searched, retrieved.passages))
        page = Page(retrieved.passages)
        for one in found[:CLOSEST_MOST]:
            page.add_place(one.passage, one.start, one.end)
        return page

    def _around(self, question: Question, retrieved: Ranking, confidence: float) -> Around:
        shown, notices = self.shown(retrieved), self._library.searcher.notices()
        return Around(question, shown, retrieved.passages, confidence, notices, self._library.version)


def _newest_weight(question: Question) -> float:
    if asks_for_a_running_count(question.searched):
        return LAST_COUNT_WEIGHT
    if question.kind in NEWEST or wants_newest(question.searched, question.window, question.day):
        return NEWEST_WEIGHT
    return 0.0


def _by_evidence(passages: Sequence[Passage], ranked: Sequence[Evidence]) -> tuple[Passage, ...]:
    """The passages reordered: those whose articles answer best come first."""
    best = {one.passage.article_id: one.score for one in reversed(ranked)}
    unread = min(best.values(), default=0.0) - 1.0
    highest = max((passage.score for passage in passages), default=1.0) or 1.0

    def worth(one: Passage) -> float:
        return one.score / highest + 0.1 * best.get(one.article_id, unread)

    return tuple(sorted(passages, key=worth, reverse=True))
