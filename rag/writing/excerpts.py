"""What a language model is given to read: the sentences judged likely to answer, or whole passages."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence import Evidence
from rag.language.writer import estimated_tokens
from rag.types import Passage

EXCERPTS_MOST = 8
"""With more sources a small model cites the wrong one."""
FRAME_TOKENS = 40
"""Tokens for an excerpt's number, outlet, day and title."""


@dataclass(frozen=True)
class Excerpt:
    """A numbered passage, and those of its words that the model reads."""

    number: int
    passage: Passage
    text: str


def excerpts(evidence: Sequence[Evidence], passages: Sequence[Passage], tokens: int) -> tuple[Excerpt, ...]:
    """The sources of an answer, best first, in at most `tokens` tokens; the first one is always included.

    Whole passages if they fit. Otherwise each passage's sentences judged likely to answer, and for the best passages
    also the preceding sentence, which says who "he" and "it" are.
    """
    ranked = list({one.passage.id: one.passage for one in evidence}.values())
    ranked += [passage for passage in passages if passage.id not in {one.id for one in ranked}]
    ranked = ranked[:EXCERPTS_MOST]
    whole = sum(estimated_tokens(one.text) + FRAME_TOKENS for one in ranked) <= tokens
    given = [(one, one.text) for one in ranked] if whole else _fitting(evidence, tokens)
    return tuple(Excerpt(number, passage, text) for number, (passage, text) in enumerate(given, start=1))


def _fitting(evidence: Sequence[Evidence], left: int) -> list[tuple[Passage, str]]:
    """The passages with their likeliest sentences, as many as there is room for."""
    taken: dict[str, list[Evidence]] = {}
    for one in evidence:
        new = one.passage.id not in taken
        if new and len(taken) == EXCERPTS_MOST:
            continue
        cost = estimated_tokens(one.text) + (FRAME_TOKENS if new else 0)
        if cost > left and taken:
            break
        left -= cost
        taken.setdefault(one.passage.id, []).append(one)
    fitting = []
    for own in taken.values():
        text, before = _in_order(own), own[0].before_text
        if len(own) == 1 and before and (cost := estimated_tokens(before)) <= left:
            left -= cost
            text = f"{before} {text}"
        fitting.append((own[0].passage, text))
    return fitting


def _in_order(evidence: Sequence[Evidence]) -> str:
    """The sentences of one passage in order, with "…" for any left out between them."""
    ordered = sorted(evidence, key=lambda one: one.start)
    text = ordered[0].text
    for previous, one in itertools.pairwise(ordered):
        between = one.passage.text[previous.end - one.passage.start : one.start - one.passage.start]
        text += (" … " if between.strip() else " ") + one.text
    return text
