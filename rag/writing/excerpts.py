"""What a language model is given to read: the sentences judged likely to answer, or whole passages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.evidence import Evidence
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


def excerpts(
    evidence: Sequence[Evidence], passages: Sequence[Passage], tokens: int, count_tokens: Callable[[str], int]
) -> tuple[Excerpt, ...]:
    """The sources of an answer, best first, in at most `tokens` tokens; the first one is always included.

    Whole passages if they fit. Otherwise each passage's sentences judged likely to answer, and for the best passages
    also the preceding sentence, which says who "he" and "it" are.
    """
    ranked = list({one.passage.id: one.passage for one in evidence}.values())
    ranked += [passage for passage in passages if passage.id not in {one.id for one in ranked}]
    ranked = ranked[:EXCERPTS_MOST]
    whole = [passage.text for passage in ranked]
    if sum(count_tokens(text) + FRAME_TOKENS for text in whole) <= tokens:
        return _numbered(ranked, whole)
    return _numbered(*_fitting(evidence, tokens, count_tokens))


def _fitting(
    evidence: Sequence[Evidence], tokens: int, count_tokens: Callable[[str], int]
) -> tuple[list[Passage], list[str]]:
    """Adds sentences, the likeliest first, while there is room."""
    taken: dict[str, list[Evidence]] = {}
    left = tokens
    for one in evidence:
        new = one.passage.id not in taken
        if new and len(taken) == EXCERPTS_MOST:
            continue
        cost = count_tokens(one.text) + (FRAME_TOKENS if new else 0)
        if cost > left and taken:
            break
        left -= cost
        taken.setdefault(one.passage.id, []).append(one)
    passages = [own[0].passage for own in taken.values()]
    texts = [_in_order(own) for own in taken.values()]
    for place, own in enumerate(taken.values()):
        before = own[0].before_text
        if len(own) == 1 and before and (cost := count_tokens(before)) <= left:
            left -= cost
            texts[place] = f"{before} {texts[place]}"
    return passages, texts


def _in_order(evidence: Sequence[Evidence]) -> str:
    """The sentences of one passage in order, with "…" for any left out between them."""
    ordered = sorted(evidence, key=lambda one: one.start)
    text = ordered[0].text
    for previous, one in itertools.pairwise(ordered):
        between = one.passage.text[previous.end - one.passage.start : one.start - one.passage.start]
        text += (" … " if between.strip() else " ") + one.text
    return text


def _numbered(passages: Sequence[Passage], texts: Sequence[str]) -> tuple[Excerpt, ...]:
    pairs = zip(passages, texts, strict=True)
    return tuple(Excerpt(number, passage, text) for number, (passage, text) in enumerate(pairs, start=1))
