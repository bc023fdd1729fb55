"""Turns the accepted sentences into an `Answer`: text with numbered markers, each number a place in an article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.answers import UNCERTAIN, Page, freshness_of
from rag.answering.choose import SHAPES
from rag.answering.quoting import InQuotes
from rag.stories.copies import independent
from rag.text.clean import unmarked
from rag.text.days import day_of
from rag.text.words import content_words
from rag.types import Answer, Citation, Conflict, Kind, Status, Verdict, Writing
from rag.writing.sentence_check import Bearing, CheckedSentence

TOLD = 0.5
"""Share of a quote's content words that tells it."""
WITH_QUOTES = 1.5
"""A text and the quotes after it may have this many times the words of a text alone, or as many as quotes alone."""
_WORD = re.compile(r"[^\W_]+")


def written_answer(quoted: InQuotes, checked: Sequence[CheckedSentence], model: str, words: int) -> Answer | None:
    """The answer in the model's words, or None if no sentence is kept, or a side of a disagreement is lost.

    Over the closest passages it remains an uncertain one: names and numbers that occur there need not be what was asked.
    Of seven such answers by a model of 1.5 billion parameters, three were wrong.

    The quotes that it does not tell follow it: without them a model of 1.5 billion parameters tells readers less than the
    quotes alone.

    Args:
        quoted: the same answer in quotes; whatever does not depend on the text is taken from it.
        words: most words; the first sentence may be longer.
    """
    shown = shown_within(checked, words)
    if not shown:
        return None
    closest = quoted.answer.status is Status.CLOSEST
    page = Page(quoted.retrieved.passages, f"{UNCERTAIN} The closest passages say:" if closest else "")
    between = "\n" if quoted.answer.kind is Kind.TIMELINE else " "
    for one in shown:
        support = round(min(one.finding.score, 1.0), 4)
        numbers = dict.fromkeys(_number(page, bearing, support) for bearing in one.bearings)
        by = one.finding.checked_by
        page.say(between, one.sentence.words, numbers, verdict=Verdict.SUPPORTED, checked_by=by, support=support)
    shape = SHAPES[quoted.answer.kind]
    room = max(WITH_QUOTES * words, shape.words) - len(page.text.split())
    dated = shape.dated and not closest
    for quote in quoted.answer.citations:
        length = len(quote.quote.split())
        if closest or (length <= room and not tells(page.text, quote)):
            label = f"{day_of(quote)}: " if dated and quote.published else ""
            page.say("\n", f"“{unmarked(quote.quote)}”", [_number_again(page, quote)], label=label)
            room -= length
    conflicts = _renumbered(quoted.answer, page.citations)
    told = all(value.lower() in page.text.lower() for conflict in conflicts for value in conflict.values)
    if len(conflicts) < len(quoted.answer.conflicts) or not told:
        return None
    first = {bearing.passage.id: bearing.passage for bearing in shown[0].bearings}
    best = quoted.answer.citations[0]
    same = best.passage_id in first
    if same:
        page.citations[0] = page.citations[0].model_copy(update={"agreed_by": best.agreed_by})
    return quoted.answer.model_copy(
        update={
            "text": page.text,
            "sentences": tuple(page.sentences),
            "citations": tuple(page.citations),
            "conflicts": conflicts,
            "unsupported": tuple(one.taken_out() for one in checked if not one.bearings),
            "freshness": freshness_of(page.citations),
            "independent_sources": quoted.answer.independent_sources if same else independent(list(first.values())),
            "writing": Writing(model=model),
        }
    )


def _renumbered(quoted: Answer, citations: Sequence[Citation]) -> tuple[Conflict, ...]:
    """The disagreements, renumbered to match the citations; any with an article no longer cited is dropped."""
    articles = {one.number: one.article_id for one in quoted.citations}
    numbers = {one.article_id: one.number for one in reversed(citations)}
    now = {number: numbers[article] for number, article in articles.items() if article in numbers}
    kept = (one for one in quoted.conflicts if now.keys() >= {*one.citations, *one.outdated})
    return tuple(
        Conflict.like(
            one,
            citations=tuple(map(now.__getitem__, one.citations)),
            outdated=tuple(map(now.__getitem__, one.outdated)),
        )
        for one in kept
    )


def shown_within(checked: Sequence[CheckedSentence], words: int) -> list[CheckedSentence]:
    """The supported sentences, in order, while they fit; the first one in any case, none twice."""
    shown: list[CheckedSentence] = []
    left = words
    for one in checked:
        length = len(one.sentence.words.split())
        repeated = any(one.sentence.words == other.sentence.words for other in shown)
        if one.bearings and not repeated and (not shown or length <= left):
            shown.append(one)
            left -= length
    return shown


def tells(text: str, citation: Citation) -> bool:
    """Whether a text has the words that answer in a quote, if any do, and most others that say what it is about."""
    quote, said = set(content_words(citation.quote)), set(content_words(text))
    if citation.answer:
        answer = citation.quote[citation.answer.start - citation.start : citation.answer.end - citation.start]
        if _words(answer).isdisjoint(_words(text)):
            return False
    return len(quote & said) >= TOLD * len(quote)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _number(page: Page, bearing: Bearing, support: float) -> int:
    """The number for a place; adds a citation the first time it is cited."""
    passage, place = bearing.passage, bearing.place
    start, end = passage.start + place.start, passage.start + place.end
    known = _known(page, passage.article_id, start, end)
    return known or page.cite(passage, start, passage.text[place.start : place.end], support=support)


def _number_again(page: Page, citation: Citation) -> int:
    """The same for what the answer in quotes cites."""
    known = _known(page, citation.article_id, citation.start, citation.end)
    if known is None:
        page.citations.append(citation.model_copy(update={"number": len(page.citations) + 1}))
    return known or len(page.citations)


def _known(page: Page, article_id: str, start: int, end: int) -> int | None:
    cited = (one for one in page.citations if one.article_id == article_id)
    return next((one.number for one in cited if one.start <= start and end <= one.end), None)
