"""How much of what a sentence says stands in the passages, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.lexicon import EMPTY_VERBS
from rag.checking.names import Word
from rag.checking.reading import Read, Source
from rag.sentences import Span

LONGEST_RUN = 3
"""Sentences; what a sentence of an answer says stands in no more neighbouring ones."""
_NEAR = 8
"""Two words that stand side by side in the sentence must stand so near in a passage."""
_FACT = 0.5
"""What a number or day counts."""
_EMPTY = 0.3
"""What a verb that says little counts: "reached", "took"."""
_ANOTHER = 0.1
"""So much more must a longer run of sentences hold, as a share of the sentence, than a shorter one."""


@dataclass(frozen=True)
class Run:
    """Neighbouring sentences of a source, and the share of the checked sentence that they hold."""

    source: int
    span: Span
    held: float


@dataclass(frozen=True)
class Signals:
    """What tells whether a sentence is borne out, each from 0 to 1.

    Attributes:
        words: share of its words of meaning that stand in the passages; its numbers and days are taken to.
        pairs: share of its neighbouring words that stand near each other there.
    """

    words: float
    pairs: float


def signals(claim: Read, sources: Sequence[Source]) -> Signals:
    """What the words of a sentence have in common with the passages."""
    given = _given(sources)
    senses = [claim.senses_at[place] for place in claim.content]
    weights = [weight_of(claim, place) for place in claim.content]
    facts = _FACT * sum(fact.certain for fact in claim.facts)
    total = sum(weights) + facts
    if not total:
        return Signals(1.0, 1.0)
    held = facts + sum(
        weight for place, weight in zip(claim.content, weights, strict=True) if claim.senses_at[place] in given
    )
    return Signals(held / total, _pairs(senses, sources))


def _given(sources: Sequence[Source]) -> frozenset[str]:
    senses = frozenset().union(*(sentence.senses for source in sources for sentence in source.sentences))
    return senses | {f"{sense}er" for sense in senses} | {sense[:-2] for sense in senses if sense.endswith("er")}


def weight_of(claim: Read, place: int) -> float:
    """How much a word counts."""
    return _EMPTY if claim.lower(place) in EMPTY_VERBS else 1.0


def unknown_words(claim: Read, sources: Sequence[Source]) -> list[Word]:
    """Words of meaning that stand in no passage."""
    given = _given(sources)
    return [claim.words[place] for place in claim.content if claim.senses_at[place] not in given]


def best_runs(claim: Read, sources: Sequence[Source]) -> list[Run]:
    """Of each source the shortest run of sentences that holds most of the sentence; the one that holds most first."""
    weights = {claim.senses_at[place]: weight_of(claim, place) for place in claim.content}
    facts = [fact for fact in claim.facts if fact.certain]
    total = sum(weights.values()) + len(facts) or 1.0
    runs = []
    for number, source in enumerate(sources):
        sentences = source.of_text
        held = [
            (
                sentence.senses & weights.keys(),
                {place for place, fact in enumerate(facts) if fact.needs & sentence.given},
            )
            for sentence in sentences
        ]
        best = Run(number, Span(0, 0), 0.0)
        for length in range(1, LONGEST_RUN + 1):
            for start in range(len(sentences) - length + 1):
                senses = frozenset().union(*(one for one, _ in held[start : start + length]))
                keys = set().union(*(one for _, one in held[start : start + length]))
                share = (sum(weights[sense] for sense in senses) + len(keys)) / total
                first, last = sentences[start].span, sentences[start + length - 1].span
                if first and last and share > best.held + (_ANOTHER if length > 1 else 0.0):
                    best = Run(number, Span(first.start, last.end), share)
        if best.held:
            runs.append(best)
    return sorted(runs, key=lambda run: -run.held)


def _pairs(senses: Sequence[str], sources: Sequence[Source]) -> float:
    """Share of neighbouring words (one may stand between) that stand near each other in a sentence of the passages."""
    wanted = {
        (one, other) for step in (1, 2) for one, other in zip(senses, senses[step:], strict=False) if one != other
    }
    if not wanted:
        return 1.0
    words = {sense for pair in wanted for sense in pair}
    found = set()
    for source in sources:
        for sentence in source.sentences:
            placed = [(place, sense) for place in sentence.content if (sense := sentence.senses_at[place]) in words]
            for number, (place, one) in enumerate(placed):
                for other_place, other in placed[number + 1 :]:
                    if other_place - place > _NEAR:
                        break
                    found |= {(one, other), (other, one)} & wanted
    return len(found) / len(wanted)
