"""Where sentences end: offsets into the text, with nothing lost in between."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import sentencex

from rag.text.languages import ENGLISH

CHUNKING_VERSION = "sentences-1"
"""Part of a library's manifest: passages cut differently are not mixed. Raise it when sentences end elsewhere, or when
ingest packs them into passages differently."""

KEPT = 1024
"""Texts whose sentences are cached: the steps of one answer read the same passages."""
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_CLOSERS = "\"'”’)]»"
# "at 5 p.m. Tuesday", "Jan. 6 hearing": a segmenter that sees only the full stop splits these.
_GOES_ON = re.compile(
    r"(?:\b(?:[ap]\.m|Gov|Sen|Rep|Lt|Sgt|Col|Gen|Capt|Rev|Hon|Pres|No|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec|vs|St|Ft|Mt"
    r"|Prof|Supt|Det|Cmdr|Adm|Maj|Atty|Calif|Fla|Pa|Va|Ga|Md|Mass|Mich|Minn|Wis|Ariz|Colo|Conn|Del|Ill|Ind|Tenn|Tex|Wash)\."
    r"|\b[RD]-[A-Z][a-z]*\.)\s*$"
)

_GOES_ON_IN = {
    "fr": re.compile(r"(?:^|[\s('’«“\"])(?:MM?|Mmes?|Mlles?|Mgr|Me|Drs?|Prs?|Ste?|art|[A-Z]\.-[A-Z])\.\s*$"),
    "es": re.compile(r"\b(?:D|Dña)\.\s*$"),
    "de": re.compile(
        r"\b(?:[Dd](?:er|ie|as|em|en|es)|[AaIi]m|[Vv]om|[Zz]u[mr]|[Bb]eim|[Ss]eine?[mnr]?|[Ii]hre?[mnr]?|[Jj]ede[mnrs]?) \d{1,2}\.\s*$"
    ),
}
"""What the segmenter splits all the same: "M. Dupont", "die 2. Fähre"."""
_ORDINAL = re.compile(r"(?<![\w.,:])\d{1,2}\.\s*$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Span:
    """One sentence: `text[start:end]`, without surrounding white space."""

    start: int
    end: int


def sentence_spans(text: str, language: str | None = None) -> list[Span]:
    """The sentences of `text` in order, by the rules of its language (code; English if unknown).

    A sentence never crosses a blank line.
    """
    return list(_parsed(text, language or ENGLISH))


@functools.lru_cache(maxsize=KEPT)
def _parsed(text: str, language: str) -> tuple[Span, ...]:
    paragraphs = _PARAGRAPH.finditer(text)
    return tuple(span for one in paragraphs for span in _spans_of_paragraph(one.group(), one.start(), language))


def _spans_of_paragraph(paragraph: str, offset: int, language: str) -> list[Span]:
    spans: list[Span] = []
    position = 0
    previous = ""
    for piece in sentencex.segment(language, paragraph):
        start, position = position, position + len(piece)
        stripped = piece.strip()
        if not stripped:
            continue
        begin = offset + start + (len(piece) - len(piece.lstrip()))
        end = begin + len(stripped)
        closes_previous = all(character in _CLOSERS for character in stripped)
        if spans and (closes_previous or _goes_on(previous, stripped, language)):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(begin, end))
        previous = stripped
    return spans


def _goes_on(piece: str, following: str, language: str) -> bool:
    """Whether a full stop does not end the sentence: it follows an abbreviation, or marks an ordinal."""
    if language == ENGLISH:
        return _GOES_ON.search(piece) is not None
    known = _GOES_ON_IN.get(language)
    if known and known.search(piece):
        return True
    counted = _counted(language)
    if not counted or not _ORDINAL.search(piece):
        return False
    word = _FIRST_WORD.match(following)
    return word is not None and (word[0].islower() or word[0].casefold() in counted)


@functools.cache
def _counted(language: str) -> frozenset[str]:
    """What may follow an ordinal: months, if the language writes days as "4. September"; otherwise empty."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
        if "d." not in str(locale.date_formats["long"].pattern):
            return frozenset()
    except (UnknownLocaleError, ValueError):
        return frozenset()
    months = [name for width in ("wide", "abbreviated") for name in locale.months["format"][width].values()]
    return frozenset(name.rstrip(".").casefold() for name in months)
