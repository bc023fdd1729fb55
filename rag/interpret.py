"""A follow-up becomes a question that stands alone; one that already does is left alone, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question import content_words, names
from rag.types import Turn

CARRIED_NAMES_MOST = 4
LONG_QUESTION = 5
"""Content words from which a question is taken to name what it is about, wherever its pronoun stands."""
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|it|its|the same)\b", re.IGNORECASE)
_DEMONSTRATIVE = re.compile(r"\b(?:that|those|this|these|there|then)\b", re.IGNORECASE)
_CONTINUES = re.compile(r"^\s*(?:and|but|so|or|also|what about|how about|what else|who else)\b", re.IGNORECASE)
_OWN_TIME = re.compile(r"\b(?:this|that) (?:week|month|year|morning|evening|summer|season|time)\b", re.IGNORECASE)
_MARKERS = re.compile(r"\s*\[\d+\]")


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question to search for. Without history, or when it names what it is about, it is the question itself.

    Otherwise the names and topic of the turn before are added in brackets behind the reader's own words, none of
    which is ever dropped.
    """
    if not history or not depends(question):
        return question
    before = history[-1]
    own = set(content_words(question))
    topic = [word for word in _topic(before) if word.lower() not in own]
    return f"{question} ({', '.join(topic)})" if topic else question


def depends(question: str) -> bool:
    """True when the question points back: a pronoun without a name before it, "and …", or hardly a word of its own."""
    if _CONTINUES.search(question):
        return True
    own_time_aside = _OWN_TIME.sub(" ", question)
    long = len(content_words(question)) >= LONG_QUESTION
    if (pronoun := _PRONOUN.search(own_time_aside)) and not (long and names(question)):
        # "Which minister said that he …": the question has its own antecedent.
        before = own_time_aside[: pronoun.start()]
        return not names(before) and len(content_words(before)) <= 1
    if _DEMONSTRATIVE.search(own_time_aside) and not long:
        return not names(question)
    return len(content_words(question)) <= 2 and not names(question)


def _topic(turn: Turn) -> list[str]:
    answered = _MARKERS.sub("", turn.answer)
    carried = list(dict.fromkeys(_name_phrases(turn.standalone_question) + _name_phrases(answered)))
    words = [
        word for word in content_words(turn.standalone_question) if not any(word in name.lower() for name in carried)
    ]
    return [*carried[:CARRIED_NAMES_MOST], *dict.fromkeys(words)]


def _name_phrases(text: str) -> list[str]:
    """Runs of capitalised words: "Lee Jae Myung", not "Lee", "Jae", "Myung"."""
    phrases: list[str] = []
    end = -1
    position = 0
    for name in names(text):
        start = text.index(name, position)
        position = start + len(name)
        word = name.strip(".,'’")
        if phrases and start == end + 1 and text[end] == " ":
            phrases[-1] += f" {word}"
        else:
            phrases.append(word)
        end = position
    return phrases
