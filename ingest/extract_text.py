"""Plain text, also when copied from a news page, as lines of one paragraph each."""

from __future__ import annotations

import re

from ingest.normalise import normal_lines

_NARROW = 100  # Characters: wider lines are paragraphs, not lines of a wrapped text.
_WRAPPED_LINES = 5  # So many lines near the same width show that a text is wrapped.
_BLANK_LINES = re.compile(r"\n[ \t]*\n")


def pasted_lines(text: str) -> tuple[list[str], list[bool]]:
    """The non-empty lines of a plain text, and whether a blank line stands above each.

    Lines that are wrapped at a fixed width are joined again.
    """
    lines: list[str] = []
    blank_before: list[bool] = []
    blank = True
    for line in normal_lines(unwrap(text)):
        if line:
            lines.append(line)
            blank_before.append(blank)
        blank = not line
    return lines, blank_before


def unwrap(text: str) -> str:
    """Joins the lines of each block of a text that is wrapped at a fixed width; else the text itself."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    widths = [len(line.rstrip()) for line in text.split("\n")]
    width = max(widths, default=0)
    if width > _NARROW or sum(w >= 0.75 * width for w in widths) < _WRAPPED_LINES or width < 40:
        return text
    return "\n\n".join(_joined(block.split("\n"), 0.6 * width) for block in _BLANK_LINES.split(text))


def _joined(lines: list[str], wide: float) -> str:
    joined = ""
    for line, before in zip(lines, ["", *lines], strict=False):
        joined += (" " if len(before.rstrip()) >= wide else "\n") + line.strip() if joined else line.strip()
    return joined
