"""The lines of printed pages as paragraphs: running heads and feet removed, words and paragraphs made whole again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.pdf_layout import Line, Run, lines_in_order, rows_of, text_of

EDGE = 0.09  # of the sheet's height: where a head or a foot is
_NUMBERS = re.compile(r"\d+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\xad]$")
_WORD = re.compile(r"\w+(?:-\w+)*(?![-\u2010\xad])\b")
_LAST_WORD = re.compile(r"\w+(?:-\w+)*(?=[-\u2010\xad]$)")
_FIRST_WORD = re.compile(r"\w+")
_ENDED = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_ITEM = re.compile(r"[•▪‣◦–—*-] ")
_PAGE_NUMBER = re.compile(r"(?i)[-–—\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*")
_OF_A_HEAD = re.compile(
    r"(?i)\bpage \d|\bseite \d|https?://|www\.|about:blank|©|\b\d+ ?(?:/|of) ?\d+$|\b(?:19|20)\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2}\b"
)


@dataclass(frozen=True)
class Sheet:
    """One page: its height in points, its runs in file order, and how many letters could not be identified."""

    height: float
    runs: tuple[Run, ...]
    unread: int = 0


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with the height of its letters in points and the page it begins on, counted from 1."""

    text: str
    size: float
    page: int


@dataclass(frozen=True)
class Printed:
    """What was read from a file; `left_out` are pages whose order is unclear, counted from 1."""

    paragraphs: tuple[Paragraph, ...]
    heads: tuple[str, ...]
    left_out: tuple[int, ...]


def read_sheets(sheets: Sequence[Sheet]) -> Printed:
    """Heads and feet, which repeat or are set apart at the edge, and the paragraphs of the rest."""
    rows = [rows_of(sheet.runs, lambda run: run.y0, _beside) for sheet in sheets]
    repeated = Counter(key for page in rows for key in {_masked(row) for row in (*page[:2], *page[-2:])})
    heads: list[str] = []
    left_out: list[int] = []
    lines: list[tuple[int, Line]] = []
    for number, (sheet, page) in enumerate(zip(sheets, rows, strict=True), start=1):
        off = [row for row in _edge_rows(sheet, page) if repeated[_masked(row)] > 1 or _stands_apart(row, page)]
        heads.extend(map(text_of, off))
        taken = {id(run) for row in off for run in row}
        kept = [run for run in sheet.runs if id(run) not in taken]
        # Fonts that do not map their letters leave too many of them unknown.
        unreadable = sheet.unread > 0.1 * (sheet.unread + sum(len(run.text) for run in sheet.runs))
        unreadable = unreadable or _is_spelled_out(text_of(sheet.runs))
        ordered = None if unreadable else lines_in_order(kept)
        if ordered is None:
            left_out.append(number)
        else:
            lines.extend((number, line) for line in ordered)
    return Printed(tuple(_paragraphs(lines)), tuple(dict.fromkeys(heads)), tuple(left_out))


def _is_spelled_out(text: str) -> bool:
    """Whether most words are single letters, as where the letters of Arabic are drawn one by one."""
    words = [word for word in text.split() if word.isalpha()]
    return sum(len(word) == 1 for word in words) > 0.5 * max(len(words), 10)


def _beside(one: Run, other: Run) -> bool:
    """Whether runs are on one line, whatever their columns."""
    return abs(one.y0 - other.y0) < 0.3 * other.size


def _edge_rows(sheet: Sheet, rows: list[list[Run]]) -> list[list[Run]]:
    """The first and last two rows, if they are near an edge of the sheet."""
    low, high = EDGE * sheet.height, (1 - EDGE) * sheet.height
    return [row for row in rows[:2] if row[0].y0 > high] + [row for row in rows[2:][-2:] if row[0].y1 < low]


def _stands_apart(row: list[Run], page: list[list[Run]]) -> bool:
    """Whether a unique row at the edge of a page is a head: small, away from the text, and worded as one."""
    near = [abs(row[0].y0 - other[0].y0) for other in page if other is not row]
    body = median(run.size for other in page for run in other)
    if row[0].size > 1.15 * body or (near and min(near) < 1.6 * row[0].size):
        return False
    return bool(_PAGE_NUMBER.fullmatch(text_of(row)) or _OF_A_HEAD.search(text_of(row)))


def _masked(row: Sequence[Run]) -> str:
    return _NUMBERS.sub("#", text_of(row).casefold())


def _paragraphs(lines: Sequence[tuple[int, Line]]) -> Iterator[Paragraph]:
    if not lines:
        return
    words = Counter(_WORD.findall(" ".join(line.text for _, line in lines).casefold()))
    leading = _leading([line for _, line in lines])
    number, first = lines[0]
    text, size = first.text, first.size
    for (_, before), (page, line) in pairwise(lines):
        if _breaks(before, line, leading):
            yield Paragraph(text, size, number)
            number, text, size = page, line.text, line.size
        else:
            text = _joined(text, line.text, words)
    yield Paragraph(text, size, number)


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance between the lines of a paragraph, in line heights."""
    steps = [
        (before.y0 - line.y0) / before.size
        for before, line in pairwise(lines)
        if before.part == line.part and 0 < before.y0 - line.y0 < 2.5 * before.size
    ]
    return median(steps) if steps else 1.2


def _breaks(before: Line, line: Line, leading: float) -> bool:
    if abs(before.size - line.size) > 0.12 * before.size or _ITEM.match(line.text):
        return True
    wide = 0.4 * line.size
    follows = before.part == line.part and line.y0 < before.y0
    if follows and before.y0 - line.y0 > (leading + 0.3) * before.size:
        return True
    indented = line.x0 > line.left + wide and (not follows or before.x0 < line.x0 - wide)
    word = len(line.text.split(" ", 1)[0]) + 1
    letter = (before.x1 - before.x0) / max(1, len(before.text))
    short = before.x1 + word * letter < before.right - wide  # the next word would have fitted there
    if line.text[:1].islower() and not _ENDED.search(before.text):
        return False
    return (short or indented) and (follows or bool(_ENDED.search(before.text)))


def _joined(text: str, line: str, words: Counter[str]) -> str:
    """Two lines as one. A hyphen between them stays if the word has one elsewhere, or both parts are words."""
    if not _HYPHEN.search(text) or not line[:1].islower():
        return f"{text} {line}"
    start, end = (match[0].casefold() for match in (_LAST_WORD.search(text), _FIRST_WORD.match(line)) if match)
    whole = words[start + end] > 0
    hyphened = words[f"{start}-{end}"] > 0 or (not whole and words[start] > 0 and words[end] > 0)
    return (text if hyphened else text[:-1]) + line
