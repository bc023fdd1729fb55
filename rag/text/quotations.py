"""Words between quotation marks: they must stand in a passage as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_DOUBLE = re.compile(r"[“„«]([^“”„«»]{1,2000})[”“»]|\"([^\"]{1,2000})\"|``(.{1,2000}?)(?:''|``)")
_SINGLE = re.compile(r"(?<![\w’'])[‘']((?=[^\W\d_])[^‘\n]{1,600}?(?<=[\w.,!?…]))[’'](?!\w)")
_CUT = re.compile(r"…|\.\.\.|\[[^\]]*\]")
_EDGE = " \t\n,.;:!?-–—'\"‘’“”"


def quotations(text: str) -> list[str]:
    """The pieces of a text that stand between quotation marks, cut where an ellipsis or a bracket is put in."""
    pieces = []
    for match in _matches(text):
        words = next(group for group in match.groups() if group is not None)
        pieces += [piece.strip(_EDGE) for piece in _CUT.split(words)]
    return [piece for piece in pieces if re.search(r"\w", piece)]


def without_quotations(text: str) -> str:
    """The text with what stands between quotation marks blanked out; as long as it was."""
    for match in _matches(text):
        text = text[: match.start()] + " ,".ljust(len(match[0])) + text[match.end() :]
    return text


def _matches(text: str) -> Iterator[re.Match[str]]:
    found = list(_DOUBLE.finditer(text))
    taken: Sequence[tuple[int, int]] = [match.span() for match in found]
    yield from found
    for match in _SINGLE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield match
