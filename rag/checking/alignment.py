"""Finds where a sentence uses nearly the passage's words but gives another value among them.

The sentence is aligned with the passage sentence most like it. If both use the same words around a number, a day or a
name, and the two values differ, the sentence has taken a value that belongs to something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.checking.reading import Read, Source
from rag.text.names import Word
from rag.text.numbers import Fact
from rag.types import Doubt

LEAST_ALIKE = 0.5
"""Share of words in common (Ratcliff and Obershelp, 1988) from which two sentences are aligned."""
_NEAR, _LEAST_NEAR = 4, 3
"""Of this many words on either side, at least this many must be the same."""
_LONGEST = 4
"""Most words in a value."""


def swapped_values(claim: Read, sources: Sequence[Source]) -> Iterator[tuple[Doubt, str, str]]:
    """Values of a sentence, each with what the passage has in its place."""
    beside = _most_alike(claim, sources)
    if beside is None:
        return
    matcher = SequenceMatcher(None, _stems(beside), _stems(claim), autojunk=False)
    same = [False] * len(claim.words)
    for _, start, length in matcher.get_matching_blocks():
        same[start : start + length] = [True] * length
    for tag, theirs, theirs_end, ours, ours_end in matcher.get_opcodes():
        near = sum(same[max(0, ours - _NEAR) : ours]) + sum(same[ours_end : ours_end + _NEAR])
        if tag == "replace" and near >= _LEAST_NEAR and max(theirs_end - theirs, ours_end - ours) <= _LONGEST:
            yield from _swapped_facts(_facts(claim, ours, ours_end), _facts(beside, theirs, theirs_end))
            name, other = _name(claim, ours, ours_end), _name(beside, theirs, theirs_end)
            if name and other and not {word.stem for word in name} & {word.stem for word in other}:
                yield Doubt.NAME, claim.written(name), beside.written(other)


def _most_alike(claim: Read, sources: Sequence[Source]) -> Read | None:
    best, found = LEAST_ALIKE, None
    for sentence in (one for source in sources for one in source.of_text):
        matcher = SequenceMatcher(None, _stems(sentence), _stems(claim), autojunk=False)
        if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, sentence
    return found


def _stems(read: Read) -> list[str]:
    return [word.stem for word in read.words]


def _facts(read: Read, first: int, last: int) -> list[Fact]:
    """The numbers and days that any of the words from `first` to `last` (exclusive) belong to."""
    start, end = (read.words[first].start, read.words[last - 1].end)
    return [fact for fact in read.facts if fact.certain and fact.start < end and fact.end > start]


def _swapped_facts(ours: Sequence[Fact], theirs: Sequence[Fact]) -> Iterator[tuple[Doubt, str, str]]:
    for fact in ours:
        alike = [other for other in theirs if other.is_time == fact.is_time or _in_figures(fact, other)]
        if alike and not any(fact.needs & other.gives for other in theirs):
            yield fact.doubt, fact.words, alike[0].words


def _in_figures(*facts: Fact) -> bool:
    """Years, numbers and hours in figures are interchangeable: "in 2017", "17 of them"."""
    return all(any(one.isdigit() for one in fact.words) for fact in facts)


def _name(read: Read, first: int, last: int) -> list[Word]:
    """The words of the name that some of those words belong to; empty if they are part of no name."""
    named = (word.run for word in read.words[max(1, first) : last] if read.blank[word.start : word.end].strip(" ,"))
    run = next(filter(None, named), 0)
    return [word for word in read.words if run and word.run == run]
