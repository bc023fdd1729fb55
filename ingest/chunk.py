"""Cuts articles into passages: whole sentences, as many as fit the embedding model together with the title."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text.sentences import Span, sentence_spans

SPECIAL_TOKENS = 2
TITLE_TOKENS_MOST = 64
"""A longer title is cut, so that it never crowds out the passage."""
_WORD = re.compile(r"\S+\s*")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True)
class Cut:
    """One passage: `text[start:end]` of the article, and its input to the embedding model."""

    start: int
    end: int
    embedded: str


def cut(title: str, text: str, count_tokens: CountTokens, window_tokens: int, language: str | None = None) -> list[Cut]:
    """Passages of an article in order, of roughly equal size, none longer than the window.

    They are not filled one by one, because a last passage of one short sentence embeds badly.
    """
    title = _shortened_title(title, count_tokens)
    budget = window_tokens - SPECIAL_TOKENS - (count_tokens([title])[0] if title else 0)
    spans = sentence_spans(text, language)
    if not spans:
        return []
    sizes = count_tokens([text[span.start : span.end] for span in spans])
    pieces: list[tuple[Span, int]] = []
    for span, size in zip(spans, sizes, strict=True):
        pieces.extend([(span, size)] if size <= budget else _broken(text, span, count_tokens, budget))
    return [
        Cut(start, end, f"{title}\n{text[start:end]}" if title else text[start:end])
        for start, end in _packed(pieces, budget)
    ]


def _packed(pieces: list[tuple[Span, int]], budget: int) -> list[tuple[int, int]]:
    total = sum(size for _, size in pieces)
    aim = total / math.ceil(total / budget) if total else budget
    groups: list[tuple[int, int]] = []
    start, used = pieces[0][0].start, 0
    for (span, size), (following, next_size) in pairwise([*pieces, (Span(-1, -1), 0)]):
        used += size
        last = following.start < 0
        if last or used + next_size > budget or used + next_size / 2 > aim:
            groups.append((start, span.end))
            start, used = following.start, 0
    return groups


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
    pieces: list[tuple[Span, int]] = []
    start, used = words[0].start, 0
    for index, (word, size) in enumerate(zip(words, sizes, strict=True)):
        used += size
        last = index + 1 == len(words)
        if last or used + sizes[index + 1] > budget:
            pieces.append((Span(start, word.end), used))
            start, used = (words[index + 1].start, 0) if not last else (0, 0)
    return pieces
