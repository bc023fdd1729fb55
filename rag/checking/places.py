"""Finds where passages say what a sentence says: verbatim, or in the sentences that share most of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.reading import Read, Source, stands_in
from rag.text.clean import comparable
from rag.text.sentences import Span

LONGEST_RUN = 3
"""In sentences; what one sentence of an answer says never spans more neighbouring ones."""
READ_CHARACTERS = 700
"""Most characters of a passage that a support judge reads."""
_ANOTHER = 0.1
"""How much more a longer run must hold than a shorter one, as a share of the sentence."""


@dataclass(frozen=True)
class Place:
    """Where the evidence with that number supports a sentence: characters `start` to `end` of its text."""

    evidence: int
    start: int
    end: int


def verbatim_places(forms: Sequence[str], sources: Sequence[Source]) -> tuple[Place, ...]:
    """The places of the first of these texts that occurs anywhere, as whole words."""
    for wanted in forms:
        places = (_place_of(wanted, number, one) for number, one in enumerate(sources))
        if found := tuple(place for place in places if place):
            return found
    return ()


def likeliest_places(claim: Read, sources: Sequence[Source]) -> tuple[Place, ...]:
    """For each source the shortest run of sentences that holds most of a sentence's words and values, in order.

    A source that holds less than half as much as the best one is left out; if none holds anything, all are.
    """
    runs = [(number, *_best_run(claim, one)) for number, one in enumerate(sources)]
    most = max((held for _, held, _ in runs), default=0.0)
    return tuple(Place(number, span.start, span.end) for number, held, span in runs if held and held >= most / 2)


def unknown_words(claim: Read, sources: Sequence[Source]) -> tuple[str, ...]:
    """Content words that occur in no passage, as the sentence writes them."""
    given = frozenset().union(*(sentence.stems for source in sources for sentence in source.sentences))
    return tuple(claim.written([claim.words[place]]) for stem, place in claim.content if stem not in given)


def _best_run(claim: Read, source: Source) -> tuple[float, Span]:
    sentences = source.of_text
    facts = [fact for fact in claim.facts if fact.certain]
    total = len(claim.stems) + len(facts) or 1
    held = [
        (one.stems & claim.stems, frozenset(place for place, fact in enumerate(facts) if fact.needs & one.given))
        for one in sentences
    ]
    best, where = 0.0, Span(0, 0)
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(sentences) - length + 1):
            run = held[start : start + length]
            stems = frozenset().union(*(one for one, _ in run))
            values = frozenset().union(*(one for _, one in run))
            share = (len(stems) + len(values)) / total
            first, last = sentences[start].span, sentences[start + length - 1].span
            if share > best + (_ANOTHER if length > 1 else 0.0):
                best, where = share, Span(first.start, last.end)
    return best, where


def _place_of(wanted: str, number: int, one: Source) -> Place | None:
    """The shortest run of sentences in which the words occur; the whole passage if they span more than a few."""
    if not stands_in(wanted, one.plain):
        return None
    text = one.evidence.text
    spans = [sentence.span for sentence in one.of_text]
    for length in range(1, 8):
        for first, last in zip(spans, spans[length - 1 :], strict=False):
            if stands_in(wanted, comparable(text[first.start : last.end])):
                return Place(number, first.start, last.end)
    return Place(number, 0, len(text))


def around(place: Place, source: Source) -> str:
    """The sentences of a place with those before and after it, in about `READ_CHARACTERS`."""
    room = max(0, READ_CHARACTERS - (place.end - place.start)) // 2
    near = [
        one.span for one in source.of_text if place.start - room <= one.span.start and one.span.end <= place.end + room
    ]
    start, end = min([place.start, *(one.start for one in near)]), max([place.end, *(one.end for one in near)])
    return source.evidence.text[start:end]
