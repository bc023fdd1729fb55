"""Whole sentences: a quote tells a reader what it says in its article.

Nothing is ever cut from a sentence, and one that refers back brings the sentence it refers to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.evidence import Evidence
from rag.text.days import MONTH_NAMES, WEEKDAYS
from rag.text.languages import ENGLISH
from rag.types import Span

WITH_BEFORE_WORDS_MOST = 60
"""Words of a sentence together with what it refers back to."""
BACK_MOST = 2
"""Sentences that one may bring along."""
_OPENING = r"^\W*"
_POINTS_BACK = re.compile(
    _OPENING
    + r"(?:(?:But|And|So|Then|Still|Also|Instead|However|Yet|Meanwhile|Later|In (?:it|them|response|return)|For (?:his|her|their) part),? )?"
    r"(?:He|She|They|It|This|That|These|Those|His|Her|Hers|Their|Theirs|Its|Both|Neither|Such|The (?:latter|former|two|three|pair|duo|same|others?|other one)"
    r"|he|she|they|it|this|that|these|those|his|her|their|its|both|neither)\b(?:(?<=[Hh]e)|(?!['’]s (?:a|the|an)\b))",
)
_POINTS_BACK_IN = {
    language: re.compile(_OPENING + rf"(?:{words})\b")
    for language, words in {
        "de": "Er|Sie|Es(?! (?:gibt|gab|ist|war|sei|wird|wurde|soll)\\b)|Dies(?:e|er|es|en|em)?|Das(?= (?:ist|war|sei|habe|hat)\\b)|Seine?|Ihre?|Beide",
        "es": "Él|Ella|Ellos|Ellas|Esto|Eso|Ambos|Ambas",
        "fr": "Il(?! (?:y|faut|est|s)\\b)|Elles?|Ils|Cela|Celui-ci|Celle-ci|Son|Sa|Ses|Leurs?",
        "ru": "Он|Она|Оно|Они|Это|Его|Её|Ее|Их",
    }.items()
}
"""The same in other languages; languages not listed have no such rule."""
_IMPERSONAL = re.compile(
    _OPENING
    + r"(?:It|it|That|This)(?: is| was|['’]s) (?:the first time|unclear|not (?:clear|known)|expected|believed|raining|likely|possible|estimated|(?!\w*thing\b)\w+(?: \w+day)? that)\b"
    r"|"
    + _OPENING
    + r"(?:This|That) (?:week|month|year|summer|winter|spring|autumn|fall|morning|afternoon|evening|weekend|season)\b"
    r"|"
    + _OPENING
    + r"(?:(?:Both|Neither|These|Those|Such) (?:of the )?[A-Z]|(?:Both|Neither) (?:the|a|an)\b|Those (?:who|in|with|from|on)\b|These days\b)"
)
_PERSON = re.compile(_OPENING + r"(?:\w+,? )?(?:He|She|They|His|Her|Hers|Their|Theirs|he|she|they|his|her|their|The)\b")
_FRAGMENT = re.compile(
    _OPENING + r"(?:No|Yes|Nope|Not (?:yet|at all|really|quite|necessarily|exactly)|Absolutely|Maybe|Perhaps)\b[^\w]*$"
)
_AFTER_OPENER = re.compile(_OPENING + r"((?:[\w’'-]+ ){1,5}[\w’'-]+), (?:he|she|they)\b")
"""A pronoun after a phrase of time, place or reason: "On Monday, he …"; the phrase may name who is meant."""
_ANYBODY = frozenset({"someone", "somebody", "anyone", "anybody", "people", "everyone", "everybody"})
_DAY_WORDS = frozenset([*map(str.lower, MONTH_NAMES), *WEEKDAYS])
_WITHOUT_SPEAKER = re.compile(r"^\s*[“\"][^”\"]*[.!?…][”\"]\s*$")
"""Direct speech and nothing else; the sentence beside it says whose it is."""
_SPOKEN_BY_PRONOUN = re.compile(
    r"^[^A-Za-z]*[“\"][^”\"]*[,?!.—][”\"] (?:he|she|they|it) (?:said|says|added|told|wrote|explained|asked|continued)\b[^A-Z]*$"
)


@dataclass(frozen=True)
class Quote:
    """Characters `start` to `end` of the article's text, verbatim, and the answering words among them."""

    evidence: Evidence
    start: int
    end: int
    text: str
    answer: Span | None = None

    @property
    def words(self) -> int:
        return len(self.text.split())


def whole_quote(evidence: Evidence, words_most: int = WITH_BEFORE_WORDS_MOST) -> Quote | None:
    """The sentence with what it refers back to; None if that is missing, or makes it longer than `words_most` words."""
    passage, before = evidence.passage, list(evidence.before)
    language, start, text = passage.language or ENGLISH, evidence.start, evidence.text
    while points_back(text, language):
        if start == 0 and not _PERSON.search(text):
            break  # it opens its article: what "it" is follows, or is in the title
        if not before or len(evidence.before) - len(before) == BACK_MOST:
            return None
        start = before.pop().start
        text = passage.text[start - passage.start : evidence.end - passage.start]
        if len(text.split()) > words_most:
            return None
    first, last = evidence.start + evidence.reading.start, evidence.start + evidence.reading.end
    return Quote(evidence, start, evidence.end, text, Span(start=first, end=last) if first < last else None)


def _names_somebody(opener: str) -> bool:
    """Whether the words before a pronoun contain a name it can refer to."""
    words = opener.split()
    named = any(word[0].isupper() and word.lower() not in _DAY_WORDS for word in words[1:])
    return named or not _ANYBODY.isdisjoint(words)


def points_back(text: str, language: str = ENGLISH) -> bool:
    """Whether a sentence needs the one before it: it opens with a pronoun, or is "Not yet."."""
    if language != ENGLISH:
        known = _POINTS_BACK_IN.get(language)
        return known is not None and known.search(text) is not None
    if _FRAGMENT.search(text) or _SPOKEN_BY_PRONOUN.search(text) or _WITHOUT_SPEAKER.search(text):
        return True
    if (opener := _AFTER_OPENER.search(text)) and not _names_somebody(opener[1]):
        return True
    return _POINTS_BACK.search(text) is not None and _IMPERSONAL.search(text) is None
