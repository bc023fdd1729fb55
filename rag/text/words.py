"""The words of a text that carry its meaning, and those with capitals."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_NAME = re.compile(r"(?:^|(?<=\s)|(?<=[“‘\"'(]))[A-ZÀ-Þ][\w’'.-]*")
_QUESTION_WORDS = frozenset(
    "who whom whose what which when where why how is are was were do does did has have had can could will would "
    "the a an of in on at to for from by with and or".split()
)


def names(text: str) -> list[str]:
    """Capitalised words that do not merely begin the sentence, in order."""
    found = [match.group() for match in _NAME.finditer(text) if match.group() != "I"]
    first = _WORD.search(text)
    if found and first and found[0] == first.group() and found[0].lower() in _COMMON_STARTS:
        return found[1:]
    return found


_COMMON_STARTS = _QUESTION_WORDS | frozenset(
    "it he she they this that these those there but after before while when if as we i you his her their its "
    "some many most more since during despite although because also then now both all one two not no still".split()
)


def content_words(text: str) -> list[str]:
    """Words that say what a text is about, lower case, in order."""
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in _COMMON_STARTS]
