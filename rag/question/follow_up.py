"""Makes a follow-up into a stand-alone question; one that already is stays as it was, word for word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.text.days import WEEKDAY
from rag.text.names import capitalised, names_of
from rag.text.words import content_words
from rag.types import Turn

CARRIED_NAMES_MOST = 4
RECURRING_MOST = 3
"""Words that the previous answer keeps repeating; two to five do equally well on the turns of TREC CAsT 2021."""
HARDLY_A_WORD = 3
"""With no more content words than this, and no name, a question does not say what it is about."""
LONG_QUESTION = 5
"""Content words from which a question is taken to name its topic, wherever its pronoun is."""
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|it|its|the same)\b", re.IGNORECASE)
_DEMONSTRATIVE = re.compile(r"\b(?:that|those|this|these|there|then)\b", re.IGNORECASE)
_CONTINUES = re.compile(r"^\s*(?:and|but|so|or|also|what about|how about|what else|who else)\b", re.IGNORECASE)
_OWN_TIME = re.compile(r"\b(?:this|that) (?:week|month|year|morning|evening|summer|season|time)\b", re.IGNORECASE)
_INTERJECTION = re.compile(
    r"(?i)^\s*(?:(?:ok(?:ay)?|no|yes|yeah|really|wow|thanks|thank you|i see|right|sorry|oh|great|interesting|cool|now)\b"
    r"[.,!?]*\s*)+"
)
_ENDS_IN_A_PRONOUN = re.compile(
    r"(?i)\b(?:in|to|of|for|with|at|on|by|from|about|after|against) (?:it|him|her|them)\W*$"
)
_WHAT_OF = re.compile(
    r"(?i)\b(?:time-?line|summary|overview|background|history|recap|latest|news|updates?|tell me(?: more)?|happened|summari[sz]e|explain)\b"
    r"(?: (?:news|updates?|more))*(?: (?:of|on|about|with|to|behind))? (?:the|a|an)\b(?P<topic>.+)"
)
"""A request that names its topic: "timeline of the ferry strike"."""
_WEEKDAY = re.compile(WEEKDAY, re.IGNORECASE)
_DAYS_OF_LINES = re.compile(r"^\d{1,2} [A-Z][a-z]{2} \d{4}: ", re.MULTILINE)
"""In front of the lines of a brief; nobody said them, and they would be taken for names."""
_MARKERS = re.compile(r"\s*\[\d+\]")
_TALK = frozenset(
    "really know want good best better think more like about get doing thought tell sounds sound interesting heard "
    "meant that's what's it's let's isn't didn't there's you're i've i'm them me us said say also many much use used "
    "using make makes made talk article articles give examples example very no yes ok okay oh wow please thanks "
    "happened happen happening latest news story finally off again still just now".split()
)
"""Words common to any conversation."""


def carried(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """What a question takes over from the previous turn: names and topic words; empty if it names its own topic."""
    if not history or not depends(question):
        return ()
    own = set(content_words(question))
    return tuple(word for word in _topic(history[-1]) if word.lower() not in own)


def standalone(question: str, topic: Sequence[str]) -> str:
    """The question to search for: the reader's own words, never dropped, and the topic in brackets."""
    return f"{question} ({', '.join(topic)})" if topic else question


def depends(question: str) -> bool:
    """Whether the question points back: a pronoun without a name before it, "and …", or hardly a word of its own."""
    question = _INTERJECTION.sub("", question)
    if _CONTINUES.search(question):
        return True
    named = _WHAT_OF.search(question)
    if named and len(_about(named["topic"])) > 1 and not (_PRONOUN.search(question) or _DEMONSTRATIVE.search(question)):
        return False
    if _ENDS_IN_A_PRONOUN.search(question) and not capitalised(question):
        return True
    own_time_aside = _OWN_TIME.sub(" ", question)
    long = len(content_words(question)) >= LONG_QUESTION
    if (pronoun := _PRONOUN.search(own_time_aside)) and not (long and capitalised(question)):
        # "Which minister said that he …": the question has its own antecedent.
        before = own_time_aside[: pronoun.start()]
        return not capitalised(before) and len(content_words(before)) <= 1
    if _DEMONSTRATIVE.search(own_time_aside) and not long:
        return not capitalised(question)
    return len(_about(question)) <= HARDLY_A_WORD and not capitalised(question)


def _about(text: str) -> list[str]:
    """The words of a text that say what it is about, leaving out those of any conversation."""
    return [word for word in content_words(text) if word not in _TALK and len(word) > 1]


def _topic(turn: Turn) -> list[str]:
    answered = _DAYS_OF_LINES.sub("", _MARKERS.sub("", turn.answer))
    named = dict.fromkeys(names_of(turn.standalone_question) + names_of(answered))
    carried = [name for name in named if not _WEEKDAY.fullmatch(name)]
    words = [*_about(turn.standalone_question), *_recurring(answered)]
    new = [word for word in words if not any(word in name.lower() for name in carried)]
    return [*carried[:CARRIED_NAMES_MOST], *dict.fromkeys(new)]


def _recurring(text: str) -> list[str]:
    """Words a text repeats, the most frequent and longest first."""
    counts = Counter(word for word in _about(text) if len(word) > 2)
    often = [word for word, count in counts.items() if count > 1]
    return sorted(often, key=lambda word: (-counts[word], -len(word)))[:RECURRING_MOST]
