"""Where sentences end: offsets into the text, nothing lost in between."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sentencex

CHUNKING_VERSION = "sentences-1"
"""Part of a library's manifest: passages cut in another way are not mixed with these. Raise it when sentences end
elsewhere, or when ingest packs them into passages differently."""

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_CLOSERS = "\"'”’)]»"
# "at 5 p.m. Tuesday", "Jan. 6 hearing": a segmenter that only sees the full stop cuts these in two.
_GOES_ON = re.compile(
    r"(?:\b(?:[ap]\.m|Gov|Sen|Rep|Lt|Sgt|Col|Gen|Capt|Rev|Hon|Pres|No|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec|vs|St|Ft|Mt"
    r"|Prof|Supt|Det|Cmdr|Adm|Maj|Atty|Calif|Fla|Pa|Va|Ga|Md|Mass|Mich|Minn|Wis|Ariz|Colo|Conn|Del|Ill|Ind|Tenn|Tex|Wash)\."
    r"|\b[RD]-[A-Z][a-z]*\.)\s*$"
)


@dataclass(frozen=True)
class Span:
    """One sentence: `text[start:end]`, without white space at its ends."""

    start: int
    end: int


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text` in order. A sentence never crosses a blank line."""
    spans: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        spans.extend(_spans_of_paragraph(paragraph.group(), paragraph.start()))
    return spans


def _spans_of_paragraph(paragraph: str, offset: int) -> list[Span]:
    spans: list[Span] = []
    position = 0
    previous_goes_on = False
    for piece in sentencex.segment("en", paragraph):
        start, position = position, position + len(piece)
        stripped = piece.strip()
        if not stripped:
            continue
        begin = offset + start + (len(piece) - len(piece.lstrip()))
        end = begin + len(stripped)
        closes_previous = all(character in _CLOSERS for character in stripped)
        if spans and (previous_goes_on or closes_previous):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(begin, end))
        previous_goes_on = _GOES_ON.search(stripped) is not None
    return spans
