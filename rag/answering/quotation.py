"""Where was this said? Finds words pasted from an article verbatim.

Neither meaning nor day counts, only how long a run of the words an article contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.quote import BACK_MOST, points_back
from rag.text.languages import ENGLISH
from rag.text.sentences import sentence_spans
from rag.text.stems import PAIRED, stems
from rag.types import Passage

WORDS_LEAST = 8
"""A shorter text is a question; four words are enough between quotation marks."""
QUOTED_WORDS_LEAST = 4
BESIDE_WORDS_MOST = 5
"""Words beside a quotation that ask only where it comes from."""
HELD_SHARE = 0.6
"""Share of a text's word 3-grams that a passage must hold: one word in twelve may differ."""
HELD_SHARE_OF_A_QUESTION = 0.9
"""The same for a text that is a question: articles answer it in much the same words."""
CANDIDATES = 40
"""Passages compared: the best by BM25, regardless of day."""
_QUOTED = re.compile(r"(?<!\w)[“\"«„‘']([^“”\"«»„]{12,}?)[”\"»“’'](?=\W|$)")
_LEADS_IN = re.compile(
    r"(?i)^\W*(?:who (?:said|wrote|says|told)(?: that)?|where (?:was|is|did) (?:this|that|it) (?:said|from|written|published)|where (?:is|was) this(?: quote)? from|source(?: of| for)?"
    r"|(?:which|what) (?:article|outlet|paper|story) (?:says|said|has|is this from)|(?:which|what) article is this from|find|quote)\W+"
)
_WORD = re.compile(r"\w+")
_ASKS = re.compile(
    r"(?i)[?？؟]\W*$|^\W*(?:who|whom|whose|what|which|when|where|why|how|did|does|is|are|was|were|has|have|can|will)\b"
)


@dataclass(frozen=True)
class Match:
    """A place where an article has the words: its characters in the text, and the share of the words' 3-grams in it."""

    passage: Passage
    start: int
    end: int
    share: float


def pasted_words(question: str) -> tuple[str, ...]:
    """What may be an article's words, the likeliest first; empty for a plain question.

    The whole text if it has `WORDS_LEAST` words, and what is between quotation marks if hardly anything else is asked:
    "Who said '…'?", not "What did he mean by '…' when he spoke of the bridge?".
    """
    text = _LEADS_IN.sub("", question)
    found = [text] if words_in(text) >= WORDS_LEAST else []
    quoted = max(_QUOTED.findall(question), key=len, default="")
    beside = words_in(question) - words_in(quoted)
    if words_in(quoted) >= QUOTED_WORDS_LEAST and (beside <= BESIDE_WORDS_MOST or text != question):
        found.append(quoted)
    return tuple(found)


def words_in(text: str) -> int:
    """How many words a text has; in scripts without spaces, two characters count as one.

    >>> words_in("Rain fell."), words_in("下雨了吗?")
    (2, 2)
    """
    return len(_WORD.findall(PAIRED.sub(" ", text))) + sum(map(len, PAIRED.findall(text))) // 2


def matches(words: str, passages: Iterable[Passage]) -> list[Match]:
    """The passages that contain the words, or nearly: those with most of them first, then the earliest published."""
    least = HELD_SHARE_OF_A_QUESTION if _ASKS.search(words) else HELD_SHARE
    found = []
    for passage in passages:
        language = passage.language or ENGLISH
        wanted = _runs(stems(words, language))
        share = len(wanted & _runs(stems(passage.text, language))) / max(len(wanted), 1)
        if share >= least:
            start, end = _place(wanted, passage)
            found.append(Match(passage, start, end, share))
    found.sort(key=lambda one: (-one.share, one.passage.published is None, str(one.passage.published or "")))
    return list({one.passage.article_id: one for one in reversed(found)}.values())[::-1]


def _runs(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """The distinct word 3-grams."""
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _place(wanted: frozenset[tuple[str, ...]], passage: Passage) -> tuple[int, int]:
    """From the first to the last sentence of a passage that has some of the words, and what the first one refers back to:
    whose words they are is part of the answer."""
    spans = sentence_spans(passage.text, passage.language)
    runs = [_runs(stems(passage.text[one.start : one.end], passage.language or ENGLISH)) for one in spans]
    shares = [len(wanted & own) for own in runs]
    least = max(shares, default=0) / 3
    held = [place for place, share in enumerate(shares) if share and (share >= least or share == len(runs[place]))]
    if not held:  # the words run across sentence boundaries
        return passage.start, passage.end
    first = held[0]
    for _ in range(BACK_MOST):
        if first and points_back(passage.text[spans[first].start : spans[first].end], passage.language or ENGLISH):
            first -= 1
    return passage.start + spans[first].start, passage.start + spans[held[-1]].end


def matched_first(passages: Sequence[Passage], found: Sequence[Match]) -> tuple[Passage, ...]:
    """The passages, those that contain the words first."""
    first = {one.passage.id: one.passage for one in found}
    return (*first.values(), *(passage for passage in passages if passage.id not in first))
