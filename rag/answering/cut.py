"""A long sentence is cut to the words around its answer: at clauses where they fit, and with who says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"\S+")
_ENDS_CLAUSE = re.compile(r"[,;:—–][\"'”’)\]]*$|^[—–-]$")
_SAYS = (
    "said|says|say|told|tells|announced|announces|reported|reports|estimated|estimates|expects|expected|warned|warns|"
    "claimed|claims|confirmed|confirms|denied|denies|believes|believed|insisted|insists|alleged|alleges|argued|argues|"
    "suggested|suggests|added|wrote|predicted|predicts|forecast"
)
_PLACE = r"(?:(?:Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|St|[A-Z])\.|[^\s,;:.“”\"]+)"
_ATTRIBUTION = re.compile(
    rf"\b(?:according to|in the words of)(?: {_PLACE}){{1,5}}"
    rf"|(?<=[,”\"] )(?:{_SAYS})(?: (?!that\b|on\b|in\b|at\b){_PLACE}){{1,4}}"
    rf"|(?:(?<=[,”\"] )|^)(?:{_PLACE} ){{1,6}}(?:{_SAYS})\b(?! (?:to|by)\b)",
    re.IGNORECASE,
)
"""Who says it. Not every way of saying so is known: what is missed here is missing from a cut quote, never altered."""

_NOBODY = re.compile(
    r"(?:and |but )?(?:he|she|it|they|who|which)(?: also| then)? \w+|\w+ (?:he|she|it|they)", re.IGNORECASE
)


@dataclass(frozen=True)
class Cut:
    """Characters of a sentence.

    Attributes:
        start, end: what is shown.
        says: the words that name its source, where they stand elsewhere in the sentence.
    """

    start: int
    end: int
    says: tuple[int, int] | None = None


def cut(sentence: str, start: int, end: int, words_most: int) -> Cut:
    """At most `words_most` words of a sentence around the characters `start` to `end`; an ellipsis counts as a word.

    Whole clauses where they fit, the one with the answer first; otherwise more words before the answer than behind it,
    because who did it tends to stand there. An attribution ("police said") that would be left out is named.
    """
    words = [match.span() for match in _WORD.finditer(sentence)]
    if len(words) <= words_most:
        return Cut(0, len(sentence))
    first = next((place for place, (_, stop) in enumerate(words) if stop > start), 0)
    last = max(next((place for place, (_, stop) in enumerate(words) if stop >= end), len(words) - 1), first)
    attribution = _attribution(sentence)
    spoken = len(sentence[slice(*attribution)].split()) if attribution else 0
    if spoken > words_most // 2:
        attribution, spoken = None, 0
    # Two ellipses, and one fewer where the cut turns out to begin or end the sentence.
    for room in (words_most - 1, words_most - 2, words_most - 1 - spoken, words_most - 2 - spoken):
        begin, stop = _window(sentence, words, first, min(last, first + max(room, 1) - 1), max(room, 1))
        shown = Cut(words[begin][0], len(sentence[: words[stop][1]].rstrip(" ,;:—–")))
        inside = attribution is None or (attribution[0] < shown.end and shown.start < attribution[1])
        ellipses = (begin > 0) + (stop < len(words) - 1)
        if inside and stop - begin + 1 + ellipses <= words_most:
            return shown
        if not inside and stop - begin + 1 + ellipses + spoken <= words_most:
            return Cut(shown.start, shown.end, attribution)
    return shown


def _attribution(sentence: str) -> tuple[int, int] | None:
    """The first words that name a source; "he said" names nobody."""
    spans = (found.span() for found in _ATTRIBUTION.finditer(sentence))
    return next((span for span in spans if not _NOBODY.fullmatch(sentence[slice(*span)])), None)


def _window(sentence: str, words: list[tuple[int, int]], first: int, last: int, room: int) -> tuple[int, int]:
    """First and last word of the widest run of whole clauses around the answer, or of words where none fits."""
    begins = [0, *(place + 1 for place, word in enumerate(words[:-1]) if _ENDS_CLAUSE.search(sentence[slice(*word)]))]
    stops = [*(begin - 1 for begin in begins[1:]), len(words) - 1]
    left = max(begin for begin in begins if begin <= first)
    right = min(stop for stop in stops if stop >= last)
    if right - left < room:
        left, right = _whole_clauses(begins, stops, left, right, room)
        # A clause of a word or two says nothing alone; then words are worth more than clauses.
        return (left, right) if right - left + 1 >= room // 2 else (max(right - room + 1, 0), right)
    spare = room - (last - first + 1)
    first = max(left, first - spare * 2 // 3)
    last = min(right, first + room - 1)
    return max(left, last - room + 1), last


def _whole_clauses(begins: list[int], stops: list[int], left: int, right: int, room: int) -> tuple[int, int]:
    """The run of clauses from `left` to `right`, with those before it and then those behind it that still fit."""
    while True:
        before = max((begin for begin in begins if begin < left), default=left)
        behind = min((stop for stop in stops if stop > right), default=right)
        if before < left and right - before < room:
            left = before
        elif behind > right and behind - left < room:
            right = behind
        else:
            return left, right
