"""Questions that show what Dateline does, for the sample library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SAMPLE_OUTLETS = frozenset({"Sundskar Daily", "Marrow Vale Observer", "Brennick Evening Mail"})
"""Invented newspapers: a library that has them all holds the sample articles."""


@dataclass(frozen=True)
class Example:
    """Questions that are asked one after the other, and what they show."""

    shows: str
    questions: tuple[str, ...]


EXAMPLES = (
    Example("A date", ("When will the Kestrel Bridge open again?",)),
    Example("Sources that disagree", ("How much damage did the fire at Torsund Timber do?",)),
    Example(
        "A follow-up", ("Who was fined over the bad water in Marrow Vale?", "And how much do they owe each household?")
    ),
    Example("No answer", ("How many Grey Skarv passengers were hurt during the strike?",)),
)


def is_sample(outlets: Sequence[str]) -> bool:
    """Whether a library with these outlets holds the sample articles."""
    return set(outlets) >= SAMPLE_OUTLETS
