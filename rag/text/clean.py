"""Ways to clean a text: for a reader, for verbatim comparison, for use among citations."""

from __future__ import annotations

import re
import unicodedata

_VARIANTS = str.maketrans("“”„«»‘’`[]–—−\u00a0\u202f", '"""""\'\'\'()---  ')
_MARKER = re.compile(r"\[(\d+)\]")
_SPACE = re.compile(r"\s+")


def readable(text: str) -> str:
    """A question without invisible characters (control, direction, zero width, half surrogates)."""
    return "".join(
        character for character in text if unicodedata.category(character)[0] != "C" or character in "\n\t\u200c\u200d"
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def comparable(text: str) -> str:
    """Unifies quotation marks, dashes, accents, white space and case, for comparing word for word."""
    return one_line(unicodedata.normalize("NFC", text).translate(_VARIANTS).casefold())


def unmarked(text: str) -> str:
    """On one line, keeping outer white space, since it may be part of a sentence; its "[1]" must not read as a citation."""
    return _SPACE.sub(" ", _MARKER.sub(r"(\1)", text))
