"""Cuts articles into passages: whole sentences, as many as fit the embedding model together with the title."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text.sentences import Span, sentence_spans

SPECIAL_TOKENS = 2
TITLE_TOKENS_MOST = 64  # A longer title is cut, so that it never crowds out the passage.
_WORD = re.compile(r"\S+\s*")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True)
class Cut:
    """One passage: `text[start:end]` of the article, and its input to the embedding model."""

    start: int
    end: int
    embedded: str


def cut(title: str, text: str, count_tokens: CountTokens, window_tokens: int, language: str | None = None) -> list[Cut]:
    """Passages of an article in order, none longer than the window, and of roughly equal size: a last passage of one
    short sentence embeds badly."""
    title = _shortened_title(title, count_tokens)
    budget = window_tokens - SPECIAL_TOKENS - (count_tokens([title])[0] if title else 0)
    spans = sentence_spans(text, language)
    if not spans:
        return []
    sizes = count_tokens([text[span.start : span.end] for span in spans])
    pieces: list[tuple[Span, int]] = []
    for span, size in zip(spans, sizes, strict=True):
        pieces.extend([(span, size)] if size <= budget else _broken(text, span, count_tokens, budget))
    total = sum(size for _, size in pieces)
    aim = total / math.ceil(total / budget) if total else budget
    head = f"{title}\n" if title else ""
    return [Cut(one.start, one.end, head + text[one.start : one.end]) for one, _ in _joined(pieces, budget, aim)]


def _joined(pieces: list[tuple[Span, int]], budget: int, aim: float) -> list[tuple[Span, int]]:
    """Consecutive pieces as larger ones: of about `aim` tokens, and never more than the budget."""
    joined: list[tuple[Span, int]] = []
    start, used = pieces[0][0].start, 0
    for (span, size), (following, next_size) in pairwise([*pieces, (Span(-1, -1), 0)]):
        used += size
        last = following.start < 0
        if last or used + next_size > budget or used + next_size / 2 > aim:
            joined.append((Span(start, span.end), used))
            start, used = following.start, 0
    return joined


def _shortened_title(title: str, count_tokens: CountTokens) -> str:
    words = title.split()
    while words and count_tokens([" ".join(words)])[0] > TITLE_TOKENS_MOST:
        words = words[: len(words) // 2]
    return " ".join(words)


def _broken(text: str, span: Span, count_tokens: CountTokens, budget: int) -> list[tuple[Span, int]]:
    """A sentence longer than the window, in pieces that end at white space, or anywhere if there is none."""
    words: list[Span] = []
    for match in _WORD.finditer(text, span.start, span.end):
        end = match.start() + len(match.group().rstrip())
        # A token has at least one character, so a run of `budget` characters always fits.
        words.extend(Span(begin, min(begin + budget, end)) for begin in range(match.start(), end, budget))
    sizes = count_tokens([text[word.start : word.end] for word in words])
    return _joined(list(zip(words, sizes, strict=True)), budget, budget)
