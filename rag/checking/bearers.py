"""The names of one sentence, and where they stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.checking.facts import without_days
from rag.checking.names import Word, names


@dataclass(frozen=True)
class Bearer:
    """A name in a sentence: the stems of its words, from which to which word it stands, the last not included."""

    stems: frozenset[str]
    place: tuple[int, int]
    text: str


def bearers_in(text: str, words: Sequence[Word]) -> tuple[Bearer, ...]:
    """The names of a sentence, in order."""
    named = {one.text for one in names(without_days(text))}
    found = []
    for run, group in groupby(enumerate(words), key=lambda pair: pair[1].run):
        parts = list(group)
        shown = text[parts[0][1].start : parts[-1][1].end]
        if run and (shown in named or any(shown.endswith(one) for one in named)):
            found.append(Bearer(frozenset(word.stem for _, word in parts), (parts[0][0], parts[-1][0] + 1), shown))
    return tuple(found)
