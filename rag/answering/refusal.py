"""The words when there is no answer: why, and what the library does hold."""

from __future__ import annotations

from collections.abc import Sequence

from rag.text.days import day_of, day_text
from rag.types import AbstentionReason, Counts, Filters, NearestArticle, Passage, Reason

NEAREST_MOST = 3


def reason_for(kind: AbstentionReason, counts: Counts, nearest: Sequence[Passage] = ()) -> Reason:
    """The typed reason, with one sentence for the reader and what the library does hold."""
    articles: dict[str, NearestArticle] = {}
    for passage in nearest:
        articles.setdefault(passage.article_id, NearestArticle.like(passage))
    few = tuple(articles.values())[:NEAREST_MOST]
    return Reason.like(counts, kind=kind, message=_MESSAGES[kind], outlets=counts.outlets[:20], nearest=few)


def why_nothing(filters: Filters, counts: Counts, of_days: bool = False) -> AbstentionReason:
    """Why no passage was found, or why none answers although others would without the filters."""
    if not counts.passages:
        return AbstentionReason.EMPTY_LIBRARY
    if filters.outlets or filters.authors or filters.articles:
        return AbstentionReason.FILTERED_OUT
    if of_days or filters != Filters():
        return AbstentionReason.OUTSIDE_DATES
    return AbstentionReason.NOTHING_CLOSE


def abstention_text(reason: Reason) -> str:
    parts = [reason.message]
    if reason.articles:
        held = f"It holds {reason.articles} article{'s' if reason.articles != 1 else ''}"
        if reason.earliest and reason.latest:
            held += f" from {day_text(reason.earliest)} to {day_text(reason.latest)}"
        parts.append(f"{held}.")
    if reason.nearest:
        named = "; ".join(f"“{one.title}”" + (f" ({day_of(one)})" if one.published else "") for one in reason.nearest)
        parts.append(f"Nearest: {named}.")
    return " ".join(parts)


_MESSAGES = {
    AbstentionReason.EMPTY_QUESTION: "There is no question; type one.",
    AbstentionReason.QUESTION_TOO_LONG: "The question is too long; shorten it to what you want to know.",
    AbstentionReason.EMPTY_LIBRARY: "The library is empty; add articles with 'dateline ingest PATH'.",
    AbstentionReason.FILTERED_OUT: "Nothing of the chosen articles, outlets or authors answers this; clear the filter to search all.",
    AbstentionReason.OUTSIDE_DATES: "The library has nothing within these dates that answers this; change or clear them to search all.",
    AbstentionReason.NOTHING_CLOSE: "The library has nothing close to this question.",
    AbstentionReason.NO_ANSWER_IN_PASSAGES: "The library has articles near this question, but no answer to it.",
}
