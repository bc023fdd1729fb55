"""What a sentence denies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checking.names import Word

_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|nothing|without|cannot|no one|hardly|barely|(?:fail(?:s|ed)?|refus(?:es|ed)"
    r"|declin(?:es|ed)) to|unable to|den(?:y|ies|ied)|no longer|(?:keep|kept|prevent\w*|stopp?\w*) (?:\w+ ){1,4}from)\b|n['’]t\b",
    re.IGNORECASE,
)
_KEEPS_FROM = re.compile(
    r"\b(?:prevent|avoid|keep|kept|stop|halt|ban|instead|rather|lack|absen|miss|only|un\w{4,})", re.IGNORECASE
)
_NOT_DENYING = re.compile(
    r"\b(?:not only|no (?:more|fewer|less|later|earlier|sooner) than|not (?:more|less|fewer) than|No\. ?\d)",
    re.IGNORECASE,
)
_SCOPE_ENDS = re.compile(
    r"[,;:.!?\"()]|\b(?:but|although|though|because|while|until|unless|except|and|or|that|whether|who|which|if)\b"
)
_PASSED_OVER = frozenset("yet further still ever even any longer more".split())
_DENIED_WORDS = 2
"""So many words of meaning behind "not" are denied."""


def denials(text: str) -> Iterator[re.Match[str]]:
    """The words of a text that deny."""
    no_denial = {match.start() for match in _NOT_DENYING.finditer(text)}
    return (match for match in _DENIES.finditer(text) if match.start() not in no_denial)


def denies_somehow(text: str) -> bool:
    """Whether a text denies anything, also in other words: "prevented", "lack of", "unhurt"."""
    return next(denials(text), None) is not None or _KEEPS_FROM.search(text) is not None


def denied_words(text: str, words: Sequence[Word], content: Sequence[int]) -> dict[int, str]:
    """Places of the words of meaning that a text denies, with the word that denies them."""
    found: dict[int, str] = {}
    for match in denials(text):
        stop = _SCOPE_ENDS.search(text, match.end())
        end = stop.start() if stop else len(text)
        behind = [
            one
            for one in content
            if match.end() <= words[one].start < end and text[words[one].start : words[one].end] not in _PASSED_OVER
        ]
        for place in behind[:_DENIED_WORDS]:
            found.setdefault(place, match[0])
    return found
