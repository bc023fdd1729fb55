"""Sentences that could answer, with what the words alone say of them.

Every sentence of the best passages is scored by what of the question it holds, by what kind of answer it could hold,
by its place, and by how many sources say the same. Only the best of them are then read (`rag/answering/quote.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.reader import Candidate
from rag.search.question import AnswerKind, fits, kind_of, new_names_and_numbers
from rag.search.retrieve import Retrieved
from rag.sentences import sentence_spans
from rag.types import Passage

READ_PASSAGES = 24
"""Passages that are read for quotes, more than are shown."""
LEAD_CHARACTERS = 600
ABOUT_THE_QUESTION = 0.3
"""Share of the question's idf weight from which a sentence counts as a report of what was asked."""
_WORDS = re.compile(r"\S+")
_TAKEN_BACK = re.compile(
    r"\b(?:an? )?(?:earlier|previous|original|first) versions? of (?:this|the|our) "
    r"(?:article|story|report|post|page|headline|caption|map|graphic)\b",
    re.IGNORECASE,
)
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


@dataclass(frozen=True)
class Likely:
    """A sentence that could answer; `start` and `end` count in the article's text."""

    passage: Passage
    start: int
    end: int
    text: str
    before: str
    """The sentence before it, "" at the beginning of its passage."""
    stems: frozenset[str]
    overlap: float
    context: float
    score: float

    @property
    def source(self) -> str:
        """Sentences of the same source say one thing once."""
        return self.passage.story or self.passage.article_id

    def candidate(self) -> Candidate:
        """What a reading model is given of it."""
        return Candidate(self.passage.title, self.before, self.text)


def alike(one: Likely, other: Likely) -> float:
    """Jaccard similarity of the stems of two sentences, 0 to 1; 1 where neither has any."""
    union = one.stems | other.stems
    return len(one.stems & other.stems) / len(union) if union else 1.0


Stems = Callable[[str], list[str]]


def likely_sentences(question: str, retrieved: Retrieved, stems: Stems, weights: Weights = Weights()) -> list[Likely]:
    """All sentences worth reading, the likeliest first."""
    kind = kind_of(question)
    found: dict[tuple[str, int], Likely] = {}
    passages = retrieved.passages[:READ_PASSAGES]
    best_score = max((passage.score for passage in passages), default=1.0) or 1.0
    for passage in passages:
        for sentence in _sentences_of(question, kind, passage, passage.score / best_score, retrieved, stems, weights):
            found.setdefault((passage.article_id, sentence.start), sentence)
    reported = _corroboration(kind, question, list(found.values()))
    scored = [
        replace(sentence, score=sentence.score + weights.corroboration * reported[place])
        for place, sentence in found.items()
    ]
    return sorted(scored, key=lambda sentence: -sentence.score)


def _corroboration(kind: AnswerKind, question: str, sentences: Sequence[Likely]) -> dict[tuple[str, int], float]:
    """For each sentence, how widely its best new name or number is reported, 0 to 1.

    The answer to a question of fact is what several sources say in sentences about the question (the redundancy
    that Dumais et al., "Web question answering: is more always better?", SIGIR 2002, build on).
    """
    reported: dict[str, set[str]] = {}
    new = [new_names_and_numbers(kind, sentence.text, question) for sentence in sentences]
    for sentence, words in zip(sentences, new, strict=True):
        if sentence.overlap + sentence.context / 2 > ABOUT_THE_QUESTION:
            for word in words:
                reported.setdefault(word, set()).add(sentence.source)
    sources = len({sentence.source for sentence in sentences})
    return {
        (sentence.passage.article_id, sentence.start): max(
            (math.log1p(len(reported.get(word, ()))) / math.log1p(sources) for word in words), default=0.0
        )
        for sentence, words in zip(sentences, new, strict=True)
    }


def _sentences_of(
    question: str,
    kind: AnswerKind,
    passage: Passage,
    rank_share: float,
    retrieved: Retrieved,
    stems: Stems,
    weights: Weights,
) -> list[Likely]:
    total = sum(retrieved.weights.values()) or 1.0
    around = set(stems(passage.title))
    pairs = set(pairwise(retrieved.terms))
    found: list[Likely] = []
    previous: frozenset[str] = frozenset()
    before = ""
    for span in sentence_spans(passage.text):
        text = passage.text[span.start : span.end]
        sequence = stems(text)
        own = frozenset(sequence)
        held = sum(weight for stem, weight in retrieved.weights.items() if stem in own) / total
        near = around | previous
        beside = sum(weight for stem, weight in retrieved.weights.items() if stem in near and stem not in own) / total
        previous, text_before, before = own, before, text
        if not _is_evidence(text):
            continue
        start = passage.start + span.start
        score = (
            weights.overlap * held
            + weights.context * beside
            + weights.phrases * len(pairs & set(pairwise(sequence))) / max(len(pairs), 1)
            + weights.kind * fits(kind, text, question)
            + weights.passage * rank_share
            + weights.lead * (start < LEAD_CHARACTERS)
        )
        found.append(Likely(passage, start, start + len(text), text, text_before, own, held, beside, score))
    return found


def _is_evidence(text: str) -> bool:
    """Questions do not answer, neither do headings or fragments, nor what a correction takes back."""
    if len(_WORDS.findall(text)) < 4 or _ENDS.search(text) is None or _TAKEN_BACK.search(text):
        return False
    return not text.rstrip("\"'”’)").endswith("?")
