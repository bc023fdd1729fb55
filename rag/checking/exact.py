"""The checkable parts of a sentence: its names, numbers with units, days and quotations must occur in the passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.alignment import swapped_values
from rag.checking.arithmetic import follows, unit_in
from rag.checking.facts import day_keys
from rag.checking.places import Place
from rag.checking.reading import Premise, Read, Source, names_of, stands_in
from rag.text.clean import comparable
from rag.text.names import marks_names, names, names_in_small_letters
from rag.text.numbers import Fact
from rag.types import Doubt

_BOTH = re.compile(r"\b(?:the|these|those|its|his|her|their|both) two$", re.IGNORECASE)
"""A count of two names or of "both"; not a figure that a passage would give."""
_OF_ARTICLE = re.compile(r"\b(?:articles?|as of)\b", re.IGNORECASE)
_DOUBLE = re.compile(r"[“„«]([^“”„«»]{1,2000})[”“»]|\"([^\"]{1,2000})\"|``(.{1,2000}?)(?:''|``)")
_SINGLE = re.compile(r"(?<![\w’'])[‘']((?=[^\W\d_])[^‘\n]{1,600}?(?<=[\w.,!?…]))[’'](?!\w)")
_CUT = re.compile(r"…|\.\.\.|\[[^\]]*\]")
_EDGE = " \t\n,.;:!?-–—'\"‘’“”"
_SHOWN = 80
"""Characters of a sentence's words repeated in a reason."""


@dataclass(frozen=True)
class Problem:
    """Something in a sentence that the passages do not give, with the reason in one plain sentence."""

    doubt: Doubt
    why: str
    missing: str


def problems_of(
    sentence: str, read: Read, sources: Sequence[Source], places: Sequence[Place], *, calculated: bool
) -> Iterator[Problem]:
    """Numbers, days, names and quotations that the passages do not give, the gravest first.

    `read` is the sentence without what it quotes; `places`, the likeliest evidence for it; `calculated` says whether a
    number may also follow from two that a passage gives.
    """
    given = [one for source in sources for one in source.sentences]
    here = [
        sentence
        for place in places
        for sentence in sources[place.evidence].of_text
        if place.start <= sentence.span.start and sentence.span.end <= place.end
    ]
    published = _days_of_publication(read, sources)
    for fact in sorted(read.facts, key=lambda fact: fact.is_time):
        if _is_given(read, fact, given, here) or (fact.is_time and fact.needs & published):
            continue
        if not (calculated and not fact.is_time and any(follows(fact, source) for source in sources)):
            yield Problem(fact.doubt, f'The cited passages do not give "{shown(fact.words)}".', fact.words)
    for name in _unknown_names(read, tuple(source.evidence for source in sources)):
        yield Problem(Doubt.NAME, f'The cited passages do not name "{shown(name)}".', name)
    for doubt, words, theirs in swapped_values(read, sources):
        why = f'Where it says "{shown(words)}", the cited passages say "{shown(theirs)}".'
        yield Problem(doubt, why, words)
    for words in quotations(sentence):
        if not any(stands_in(comparable(words), source.plain) for source in sources):
            yield Problem(Doubt.QUOTE, f'The words "{shown(words)}" do not stand in the cited passages.', words)


def shown(words: str) -> str:
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"


def _is_given(read: Read, fact: Fact, sentences: Sequence[Read], here: Sequence[Read]) -> bool:
    """A day, weekday or year that no passage writes verbatim must follow from the very sentences that support this one:
    some other day in the passage may well have been a Monday."""
    if not fact.certain or _BOTH.search(read.text, 0, fact.end):
        return True
    if fact.is_time:
        words = fact.words.lower()
        near = [one for one in sentences if one in here or words in one.text.lower()]
        return any(fact.needs & other.gives for one in near for other in one.facts)
    unit = unit_in(read, fact)
    return any(
        fact.needs & other.gives
        and (not other.is_time or sentence in here)
        and (not unit or unit_in(sentence, other) in (unit, None))
        for sentence in sentences
        for other in sentence.facts
    )


def _unknown_names(read: Read, evidence: tuple[Premise, ...]) -> Iterator[str]:
    named = names_of(evidence)
    cased = marks_names("\n".join(one.text for one in evidence))
    for name in names(read.blank, cased):
        if not named.holds(name.stems):
            yield name.text
    yield from names_in_small_letters(read.text, read.words, named)


def _days_of_publication(read: Read, sources: Sequence[Source]) -> frozenset[str]:
    """ "The Herald reported on 13 August", "an article of 13 August": the publication days of the passages."""
    text, found = comparable(read.text), frozenset[str]()
    for one in (source.evidence for source in sources):
        named = (one.outlet and comparable(one.outlet) in text) or _OF_ARTICLE.search(text)
        found |= day_keys(one.published) if named and one.published else set()
    return found


def quotations(text: str) -> list[str]:
    """The pieces of a text between quotation marks, split at an inserted ellipsis or bracket."""
    pieces = []
    for match in _matches(text):
        words = next(group for group in match.groups() if group is not None)
        pieces += [piece.strip(_EDGE) for piece in _CUT.split(words)]
    return [piece for piece in pieces if re.search(r"\w", piece)]


def without_quotations(text: str) -> str:
    """The text with everything between quotation marks blanked out, keeping its length."""
    for match in _matches(text):
        text = text[: match.start()] + " ,".ljust(len(match[0])) + text[match.end() :]
    return text


def _matches(text: str) -> Iterator[re.Match[str]]:
    found = list(_DOUBLE.finditer(text))
    taken: Sequence[tuple[int, int]] = [match.span() for match in found]
    yield from found
    for match in _SINGLE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield match
