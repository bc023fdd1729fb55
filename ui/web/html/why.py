"""Why a passage was chosen, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rag.types import Answer, Passage, Window
from ui.web.markup import day
from ui.web.texts import say

_NEAR_DAYS = 7
_MEANS_THE_SAME = 0.5
"""Cosine from which on a passage is said to be about what was asked."""


def why_chosen(answer: Answer, passage_id: str) -> str:
    """Whether it has the words of the question or its meaning, whether it came first, and what its date had to do with it.

    Empty when nobody knows.
    """
    ids = [passage.id for passage in answer.passages]
    if passage_id not in ids:
        return ""
    rank = ids.index(passage_id)
    passage = answer.passages[rank]
    first = say("Nothing in the library comes closer.") if rank == 0 else ""
    return " ".join(filter(None, [_found(passage), first, _dated(passage, answer.passages, answer.window)]))


def _found(passage: Passage) -> str:
    words, near = passage.bm25 is not None, (passage.similarity or 0.0) >= _MEANS_THE_SAME
    if words and near:
        return say("It has words of your question and is about the same thing.")
    if words:
        return say("It has words of your question.")
    return say("It is about what you asked, in other words.") if passage.similarity is not None else ""


def _dated(passage: Passage, all_passages: Sequence[Passage], window: Window) -> str:
    if passage.published is None:
        return say("It has no date.")
    if window.since or window.until:
        outside = _days_outside(passage.published, window)
        if outside == 0:
            return say("It is from the days that you asked about.")
        return say("It is from about the days that you asked about.") if outside <= _NEAR_DAYS else ""
    if window.prefers_newest and passage.published == max(one.published for one in all_passages if one.published):
        return say("It is the newest of what was found, as you asked for the newest.")
    return say("It was published by {day}, as you asked.", day=day(window.as_of)) if window.as_of else ""


def _days_outside(published: dt.date, window: Window) -> int:
    before = (window.since - published).days if window.since else 0
    after = (published - window.until).days if window.until else 0
    return max(before, after, 0)
