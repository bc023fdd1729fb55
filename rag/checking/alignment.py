"""Where a sentence says nearly the same words as the passage and gives another value in the middle of them.

The sentence is laid beside the one of the passage that is most like it. Where both go on with the same words around a
number, a day or a name, and the two values are not the same, the sentence has taken a value that is of something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.checking.facts import without_facts
from rag.checking.reading import Read, Source
from rag.text.numbers import Fact

LEAST_ALIKE = 0.5
"""Share of the words of both (Ratcliff and Obershelp, 1988) from which two sentences are laid beside each other."""
_NEAR, _LEAST_NEAR = 4, 3
"""Of so many words on either side at least so many must be the same."""
_LONGEST = 4
"""Words of a value."""


@dataclass(frozen=True)
class Swapped:
    """A value of the sentence, and what the passage has in its place."""

    words: str
    given: str
    is_name: bool
    is_time: bool = False


@dataclass(frozen=True)
class _Part:
    """Words `first` to `last` (exclusive) of a sentence that was read."""

    read: Read
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.read.words[self.first].start

    @property
    def end(self) -> int:
        return self.read.words[self.last - 1].end

    @property
    def facts(self) -> list[Fact]:
        """Its numbers and days."""
        found = []
        for fact in self.read.facts:
            at = fact.start if fact.end else self.read.text.find(fact.words)
            if fact.certain and at < self.end and at + len(fact.words) > self.start:
                found.append(fact)
        return found

    @property
    def name(self) -> tuple[int, int]:
        """The words of the name that it is part of; an empty stretch where it is of none."""
        words, blank = self.read.words, without_facts(self.read.text)
        inside = [
            place
            for place in range(max(1, self.first), self.last)
            if words[place].run and blank[words[place].start : words[place].end].strip(" ,")
        ]
        if not inside:
            return 0, 0
        run = words[inside[0]].run
        of_name = [place for place, word in enumerate(words) if word.run == run]
        return of_name[0], of_name[-1] + 1


def swapped_values(claim: Read, sources: Sequence[Source]) -> Iterator[Swapped]:
    """Values of a sentence where the passage has others."""
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
            yield from _compared(_Part(claim, ours, ours_end), _Part(beside, theirs, theirs_end))


def _most_alike(claim: Read, sources: Sequence[Source]) -> Read | None:
    best, found = LEAST_ALIKE, None
    for sentence in (one for source in sources for one in source.of_text):
        matcher = SequenceMatcher(None, _stems(sentence), _stems(claim), autojunk=False)
        if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, sentence
    return found


def _stems(read: Read) -> list[str]:
    return [word.stem for word in read.words]


def _compared(ours: _Part, theirs: _Part) -> Iterator[Swapped]:
    others = theirs.facts
    for fact in ours.facts:
        alike = [other for other in others if other.is_time == fact.is_time or _in_figures(fact, other)]
        if alike and not any(fact.needs & other.gives for other in others):
            yield Swapped(fact.words, alike[0].words, is_name=False, is_time=fact.is_time)
    (start, end), (their_start, their_end) = ours.name, theirs.name
    if end and their_end:
        named, others_named = ours.read.words[start:end], theirs.read.words[their_start:their_end]
        if not {word.stem for word in named} & {word.stem for word in others_named}:
            yield Swapped(
                ours.read.text[named[0].start : named[-1].end],
                theirs.read.text[others_named[0].start : others_named[-1].end],
                is_name=True,
            )


def _in_figures(*facts: Fact) -> bool:
    """Years, numbers and hours in figures stand for one another: "in 2017", "17 of them"."""
    return all(any(one.isdigit() for one in fact.words) for fact in facts)
