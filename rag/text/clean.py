"""The ways to clean a text: for a reader, for a comparison word for word, for a place among citations."""

from __future__ import annotations

import re
import unicodedata

_VARIANTS = str.maketrans("“”„«»‘’`[]–—−\u00a0\u202f", '"""""\'\'\'()---  ')
_MARKER = re.compile(r"\[(\d+)\]")
_SPACE = re.compile(r"\s+")


def readable(text: str) -> str:
    """A question without characters that nobody can see (control, direction, zero width, half surrogates)."""
    return "".join(
        character for character in text if unicodedata.category(character)[0] != "C" or character in "\n\t\u200c\u200d"
    )


def one_line(text: str) -> str:
    """Without white space at its ends, and with single spaces."""
    return " ".join(text.split())


def comparable(text: str) -> str:
    """One kind of quotation marks, dashes and white space, and no capitals, to compare word for word."""
    return one_line(text.translate(_VARIANTS).casefold())


def unmarked(text: str) -> str:
    """On one line, with the white space at its ends, for it may be a part of a sentence; its "[1]" must not read as a citation."""
    return _SPACE.sub(" ", _MARKER.sub(r"(\1)", text))
