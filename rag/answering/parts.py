"""A question that asks for two things at once, and which of them an answer leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.search.question import AnswerKind, fits, kind_of

_ASKS = r"(?:who|whom|whose|when|where|why|what|which|how(?: \w+)?)"
_TWO_PARTS = re.compile(
    rf"^\W*(?P<first>.*?\b{_ASKS}\b.*?)[,;]? and (?P<second>(?:(?:in|on|at|for|by|to|since) )?{_ASKS}\b.+)$", re.I
)
_TOLD_BY_SHAPE = frozenset({AnswerKind.TIME, AnswerKind.NUMBER, AnswerKind.MONEY, AnswerKind.PERCENT})
"""Numbers and days can be seen to be missing; some name stands in nearly every sentence."""


def missing_part(question: str, shown: Sequence[str]) -> str:
    """The part of a question for two things of which the quotes hold nothing of its kind, "" where there is none.

    Example:
        >>> missing_part("Who won the race and when will the next one be held?", ["Ada Byron won the race."])
        'when will the next one be held'
    """
    parts = _TWO_PARTS.match(" ".join(question.split()).rstrip("?!. "))
    if parts is None:
        return ""
    asked = [(words, kind_of(words)) for words in (parts["first"], parts["second"])]
    if asked[0][1] is asked[1][1]:
        return ""
    missing = [
        words
        for words, kind in asked
        if kind in _TOLD_BY_SHAPE and not any(fits(kind, text, question) for text in shown)
    ]
    return missing[0] if len(missing) == 1 else ""
