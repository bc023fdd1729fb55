"""The words that answer, whole: a reading model points at tokens, and a reader expects a value with its unit, a day with
its year, a name with its surname."""

from __future__ import annotations

import re

from rag.types import Span

_INSIDE = re.compile(r"[\w'’-]")
_CURRENCY = "$€£¥₩"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_WEEKDAY = "Mon|Tues|Wednes|Thurs|Fri|Satur|Sun"
_AFTER = (
    # "38 million" crowns; "12.5" per cent; the words behind a number that say of what
    (re.compile(r"\d$"), re.compile(r" ?%| (?:per ?cent|percent|hundred|thousand|million|billion|trillion)\b")),
    (re.compile(r"(?:\d|hundred|thousand|million|billion|trillion)$"), re.compile(r" [^\W\d_A-Z][^\W\d_]+s\b")),
    (re.compile(r"\b\d{1,2}$"), re.compile(rf" (?:{_MONTH})\b")),
    (re.compile(rf"\b(?:{_MONTH})$"), re.compile(r" \d{1,2}\b(?![:.,]\d)")),
    (re.compile(rf"(?:\b(?:{_MONTH})|(?:{_MONTH}) \d{{1,2}},?)$"), re.compile(r",? (?:19|20)\d\d\b")),
    # a name goes on
    (
        re.compile(r"(?:^|\W)[A-Z][^\W\d_]+$"),
        re.compile(rf" (?!(?:{_MONTH}|(?:{_WEEKDAY})day)\b)[A-Z][^\W\d_]+(?:-\w+)*\b"),
    ),
)


def whole_words(text: str, words: Span, first: int, last: int) -> Span:
    """The span, widened to whole words, numbers with their unit, days with their year and names, within `first` to `last`."""
    start, end = max(words.start, first), min(words.end, last)
    while start > first and (
        (_INSIDE.match(text[start - 1]) and _INSIDE.match(text[start])) or text[start - 1] in _CURRENCY
    ):
        start -= 1
    while end < last and _INSIDE.match(text[end]) and _INSIDE.match(text[end - 1]):
        end += 1
    for ends, goes_on in _AFTER:
        more = goes_on.match(text, end, last) if ends.search(text[start:end]) else None
        end = more.end() if more else end
    return Span(start=start, end=end)
