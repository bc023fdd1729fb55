"""Why a passage was chosen, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rag.types import Answer, Passage, Window
from ui.web.markup import day

_NEAR_DAYS = 7


def why_chosen(answer: Answer, passage_id: str) -> str:
    """How the passage was found, where it ranked, and what its date had to do with it; empty when nobody knows."""
    ids = [passage.id for passage in answer.passages]
    if passage_id not in ids:
        return ""
    rank = ids.index(passage_id)
    passage = answer.passages[rank]
    parts = [_found(passage), f"rank {rank + 1} of {len(ids)}", _dated(passage, answer.passages, answer.window)]
    told = "; ".join(part for part in parts if part)
    return told[:1].upper() + told[1:] + "."


def _found(passage: Passage) -> str:
    sides = []
    if passage.bm25 is not None:
        sides.append(f"by its words (BM25 {passage.bm25:.1f})")
    if passage.similarity is not None:
        sides.append(f"by its meaning (cosine {passage.similarity:.2f})")
    return f"found {' and '.join(sides)}" if sides else ""


def _dated(passage: Passage, all_passages: Sequence[Passage], window: Window) -> str:
    if passage.published is None:
        return "it has no date"
    if window.since or window.until:
        outside = _days_outside(passage.published, window)
        if outside == 0:
            return "published within the days asked about"
        return "published near the days asked about" if outside <= _NEAR_DAYS else ""
    if window.prefers_newest and passage.published == max(one.published for one in all_passages if one.published):
        return "the newest of what was found, as the question asks for the newest"
    return f"published by {day(window.as_of)}, as of which you asked" if window.as_of else ""


def _days_outside(published: dt.date, window: Window) -> int:
    before = (window.since - published).days if window.since else 0
    after = (published - window.until).days if window.until else 0
    return max(before, after, 0)
