"""The answer as verbatim sentences: which ones, and in which order.

Every sentence of the best passages is scored by what of the question it holds, by what kind of answer it could
hold, and by its place; the best are then compared with the question by the embedding model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.models import Embedder
from rag.question import AnswerKind, fits, kind_of, new_names_and_numbers
from rag.retrieve import Retrieved
from rag.sentences import sentence_spans
from rag.types import Passage

SENTENCES_MOST = 3
EMBEDDED_MOST = 12
"""Sentences that the embedding model compares with the question. Forty gave the same answers on the public news
questions and the sample cases, and took four times as long (330 ms against 80 on two busy cores); eight cost a point."""
READ_PASSAGES = 24
WORTH_ADDING = 0.7
"""A further sentence must score this share of the best one's; lower only adds words, higher costs answers."""
WORTH_CUTTING = 8
"""Words of room from which the beginning of a sentence is shown rather than a worse one that fits; on the public news
questions two answers in a hundred stand there."""
LEAD_CHARACTERS = 600
ABOUT_THE_QUESTION = 0.3
"""Share of the question's idf weight from which a sentence counts as a report of what was asked."""
SAME_WORDS = 0.6
"""Jaccard similarity of stems above which a sentence only repeats one that was chosen."""
_WORDS = re.compile(r"\S+")
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True)
class Weights:
    """How much each signal counts.

    Round numbers near the middle of the best of 2,000 random settings, on half of the public news questions and the
    sample cases. Without corroboration the first quote is right five points less often; without the passage's
    score it was six, at an earlier setting of the others.
    """

    overlap: float = 1.1
    """Share of the question's idf weight in the sentence."""
    context: float = 0.75
    """Share of it that is only in the title or the sentence before."""
    phrases: float = 0.3
    """Share of the question's word pairs that stand side by side in the sentence too."""
    kind: float = 0.4
    """Has the sentence words of the kind that the question asks for?"""
    passage: float = 1.5
    """Score of the passage, as a share of the best one's."""
    lead: float = 0.2
    """Does it stand at the beginning of its article?"""
    corroboration: float = 0.4
    """How many articles have the same new name or number in a sentence about the question."""
    cosine: float = 0.8
    """Similarity of sentence and question to the embedding model."""


@dataclass(frozen=True)
class Quote:
    """A sentence that could answer; `start` and `end` count in the article's text."""

    passage: Passage
    start: int
    end: int
    text: str
    stems: frozenset[str]
    overlap: float
    context: float
    cheap: float
    cosine: float = 0.0
    score: float = 0.0
    whole: bool = True
    """False when the sentence was cut to fit."""

    @property
    def words(self) -> int:
        """Words between white space."""
        return len(_WORDS.findall(self.text))


Stems = Callable[[str], list[str]]


def best_quotes(
    question: str, retrieved: Retrieved, embedder: Embedder, stems: Stems, weights: Weights = Weights()
) -> list[Quote]:
    """All sentences worth quoting, best first."""
    kind = kind_of(question)
    candidates: dict[tuple[str, int], Quote] = {}
    passages = retrieved.passages[:READ_PASSAGES]
    best_score = max((passage.score for passage in passages), default=1.0) or 1.0
    for passage in passages:
        for quote in _quotes_of(question, kind, passage, passage.score / best_score, retrieved, stems, weights):
            candidates.setdefault((passage.article_id, quote.start), quote)
    reported = _corroboration(kind, question, list(candidates.values()))
    for place, quote in candidates.items():
        candidates[place] = replace(quote, cheap=quote.cheap + weights.corroboration * reported[place])
    likely = sorted(candidates.values(), key=lambda quote: -quote.cheap)[:EMBEDDED_MOST]
    if not likely:
        return []
    cosines = (embedder.encode([quote.text for quote in likely]) @ retrieved.vector).tolist()
    scored = [
        replace(quote, cosine=cosine, score=quote.cheap + weights.cosine * cosine)
        for quote, cosine in zip(likely, cosines, strict=True)
    ]
    return sorted(scored, key=lambda quote: -quote.score)


def _corroboration(kind: AnswerKind, question: str, quotes: Sequence[Quote]) -> dict[tuple[str, int], float]:
    """For each sentence, how widely its best new name or number is reported, 0 to 1.

    The answer to a question of fact is what several articles say in sentences about the question (the redundancy
    that Dumais et al., "Web question answering: is more always better?", SIGIR 2002, build on).
    """
    reported: dict[str, set[str]] = {}
    new = [new_names_and_numbers(kind, quote.text, question) for quote in quotes]
    for quote, words in zip(quotes, new, strict=True):
        if quote.overlap + quote.context / 2 > ABOUT_THE_QUESTION:
            for word in words:
                reported.setdefault(word, set()).add(quote.passage.article_id)
    articles = len({quote.passage.article_id for quote in quotes})
    return {
        (quote.passage.article_id, quote.start): max(
            (math.log1p(len(reported.get(word, ()))) / math.log1p(articles) for word in words), default=0.0
        )
        for quote, words in zip(quotes, new, strict=True)
    }


def chosen(quotes: Sequence[Quote], words_most: int) -> list[Quote]:
    """One to three quotes that do not repeat each other, at most `words_most` words in all; the last one is cut to fit."""
    picked: list[Quote] = []
    left = words_most
    for quote in quotes:
        if len(picked) == SENTENCES_MOST or quote.score < WORTH_ADDING * quotes[0].score:
            break
        if any(_jaccard(quote.stems, other.stems) > SAME_WORDS for other in picked):
            continue
        if quote.words <= left:
            picked.append(quote)
            left -= quote.words
        elif left >= WORTH_CUTTING:
            picked.append(_cut(quote, left - 1))  # the ellipsis counts as a word
            break
    return picked


def _quotes_of(
    question: str,
    kind: AnswerKind,
    passage: Passage,
    rank_share: float,
    retrieved: Retrieved,
    stems: Stems,
    weights: Weights,
) -> list[Quote]:
    total = sum(retrieved.weights.values()) or 1.0
    around = set(stems(passage.title))
    pairs = set(pairwise(retrieved.terms))
    quotes: list[Quote] = []
    previous: frozenset[str] = frozenset()
    for span in sentence_spans(passage.text):
        text = passage.text[span.start : span.end]
        sequence = stems(text)
        own = frozenset(sequence)
        held = sum(weight for stem, weight in retrieved.weights.items() if stem in own) / total
        near = around | previous
        beside = sum(weight for stem, weight in retrieved.weights.items() if stem in near and stem not in own) / total
        previous = own
        if not _is_evidence(text):
            continue
        start = passage.start + span.start
        cheap = (
            weights.overlap * held
            + weights.context * beside
            + weights.phrases * len(pairs & set(pairwise(sequence))) / max(len(pairs), 1)
            + weights.kind * fits(kind, text, question)
            + weights.passage * rank_share
            + weights.lead * (start < LEAD_CHARACTERS)
        )
        quotes.append(Quote(passage, start, start + len(text), text, own, held, beside, cheap))
    return quotes


def _is_evidence(text: str) -> bool:
    """Questions do not answer, and neither do headings or fragments."""
    return len(_WORDS.findall(text)) >= 4 and _ENDS.search(text) is not None and not text.rstrip("\"'”’)").endswith("?")


def _cut(quote: Quote, words_most: int) -> Quote:
    """The first words of a sentence that is too long for the whole answer, up to a comma where there is one."""
    matches = list(_WORDS.finditer(quote.text))[:words_most]
    clauses = [match.end() for match in matches if match.group()[-1] in ",;:—–" and match.end() > len(quote.text) // 3]
    end = (clauses or [matches[-1].end()])[-1]
    text = quote.text[:end].rstrip(" ,;:—–")
    return replace(quote, end=quote.start + len(text), text=text, whole=False)


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 1.0
