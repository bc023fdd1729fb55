"""Reads one PDF in a separate process (`ingest.child`), for which it imports as little as possible."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from ingest.pdf_layout import Run
from ingest.pdf_paragraphs import Sheet, read_sheets

MEMORY_BYTES = 1_000_000_000
MAX_PAGES = 2_000
MAX_CHARACTERS = 2_000_000  # some 350,000 words; they take ten seconds
GAP = 0.6  # relative to the letter size: a wider gap may lie between columns, so a run of words ends there
SMALLEST = 0.002  # relative to the sheet's height: letters below two points on A4 are meant to be hidden
PALE = 230  # of 255, in each colour: letters so pale may be meant to be hidden
LEAST_CONTRAST = 8  # of 255, within the box of a letter; less is not seen
_QUARTER_TURNS = ((1, 0), (0, 1), (-1, 0), (0, -1))

Character = tuple[str, float, float, float, float]  # character, left, bottom, right, top


def read(content: bytes) -> dict[str, Any]:
    """What is printed: the fields of `Printed`, {"pages": how many, "metadata": {…}}; or {"error": what is wrong}.
    Errors are encrypted, damaged, memory and too long."""
    try:
        return _contents(pypdfium2.PdfDocument(content))
    except MemoryError:
        return {"error": "memory"}
    except (pypdfium2.PdfiumError, ValueError, OSError) as error:
        return {"error": "encrypted" if "assword" in str(error) or "ecurity" in str(error) else "damaged"}


def _contents(document: Any) -> dict[str, Any]:
    if len(document) > MAX_PAGES:
        return {"error": "too long"}
    sheets: list[Sheet] = []
    characters = 0
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            return {"error": "too long"}
        sheets.append(_sheet(text, page))
        text.close()
        page.close()
    said = document.get_metadata_dict()
    names = {"title": "Title", "author": "Author", "created": "CreationDate"}
    metadata = {name: str(said.get(key) or "")[:500] for name, key in names.items()}
    return {**asdict(read_sheets(sheets)), "pages": len(sheets), "metadata": metadata}


def _sheet(text: Any, page: Any) -> Sheet:
    """The text on a page, turned upright, without anything outside the page, too small or too pale to be read."""
    box = page.get_bbox()
    seen = functools.cache(lambda: _Picture(page))  # drawn only if there are pale letters: it takes longer than reading
    turned = [list[Character]() for _ in _QUARTER_TURNS]
    unread = 0
    left, bottom, right, top = box
    for character, turn, pale in _characters(text):
        what, x0, y0, x1, y1 = character
        if turn is None or what == "\ufffd" or "\ue000" <= what <= "\uf8ff":
            unread += 1
        elif what == " ":
            turned[turn].append(character)
        elif y1 - y0 < SMALLEST * (top - bottom) or (pale and not seen().shows(character)):
            continue
        elif left <= (x0 + x1) / 2 <= right and bottom <= (y0 + y1) / 2 <= top:
            turned[turn].append(character)
    turn = max(range(4), key=lambda one: len(turned[one]))
    unread += sum(map(len, turned)) - len(turned[turn])
    _, x, y, _, top = _turn(("", *box), turn)
    runs = _runs(_turn(one, turn) for one in turned[turn])
    moved = tuple(Run(words, x0 - x, y0 - y, x1 - x, y1 - y) for words, x0, y0, x1, y1 in runs)
    return Sheet(top - y, moved, unread)


class _Picture:
    """A page as it is seen, in greys, a point a pixel."""

    def __init__(self, page: Any) -> None:
        self._page, self._bitmap = page, page.render(scale=1, grayscale=True)
        self._pixels = memoryview(self._bitmap.buffer).cast("B")

    def shows(self, character: Character) -> bool:
        """Whether a letter can be told from what is behind it."""
        _, x0, y0, x1, y1 = character
        bitmap, x, y = self._bitmap, ctypes.c_int(), ctypes.c_int()
        size, corners = (bitmap.width, bitmap.height), []
        for corner in ((x0, y0), (x1, y1)):
            raw.FPDF_PageToDevice(self._page, 0, 0, *size, 0, *corner, ctypes.byref(x), ctypes.byref(y))
            corners.append((x.value, y.value))
        (left, right), (top, bottom) = (sorted(values) for values in zip(*corners, strict=True))
        left, right = max(0, left), min(bitmap.width, right + 1)
        rows = range(max(0, top), min(bitmap.height, bottom + 1))
        lines = [self._pixels[row * bitmap.stride + left : row * bitmap.stride + right] for row in rows]
        greys = [grey for line in lines for grey in line]
        return bool(greys) and max(greys) - min(greys) >= LEAST_CONTRAST


def _characters(text: Any) -> Iterator[tuple[Character, int | None, bool]]:
    """Each drawn character with its rotation in quarter turns (None if it is slanted), and whether its colour is pale."""
    box, angle_unit = raw.FS_RECTF(), math.pi / 2
    colour = [ctypes.c_uint() for _ in "rgba"]
    colours = [ctypes.byref(part) for part in colour]
    reference = ctypes.byref(box)
    last: int | None = 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        what = chr(code) if code < 0x110000 else "\ufffd"
        made = raw.FPDFText_IsGenerated(text, index) == 1
        if what in "\r\n" or (made and what != " "):
            continue
        if code in (0, 0xFFFE, 0xFFFF) or raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            what = "\ufffd"
        elif code in (0x02, 0xAD):  # pdfium's sign for a hyphen at the end of a line
            what = "-"
        if not raw.FPDFText_GetLooseCharBox(text, index, reference):
            continue
        turns = -raw.FPDFText_GetCharAngle(text, index) / angle_unit  # pdfium counts clockwise
        if not made:
            last = round(turns) % 4 if abs(turns - round(turns)) < 0.1 else None
        told = raw.FPDFText_GetFillColor(text, index, *colours) == 1
        red, green, blue, opaque = (part.value for part in colour)
        pale = told and (min(red, green, blue) >= PALE or opaque <= 255 - PALE)
        yield (what, box.left, box.bottom, box.right, box.top), last, pale


def _turn(character: Character, turn: int) -> Character:
    what, x0, y0, x1, y1 = character
    cosine, sine = _QUARTER_TURNS[turn]
    xs = (x0 * cosine + y0 * sine, x1 * cosine + y1 * sine)
    ys = (y0 * cosine - x0 * sine, y1 * cosine - x1 * sine)
    return what, min(xs), min(ys), max(xs), max(ys)


def _runs(characters: Iterator[Character]) -> Iterator[Character]:
    """Merges consecutive letters on one line without a wide gap into one piece each."""
    what, x0, y0, x1, y1 = "", 0.0, 0.0, 0.0, 0.0
    for new, left, bottom, right, top in characters:
        if new.isspace():
            what += " " if what else ""
            continue
        size = y1 - y0
        same_line = abs(bottom - y0) < 0.25 * size and abs(top - y1) < 0.25 * size
        if what and same_line and -0.3 * size < left - x1 < GAP * size:
            what, x1 = what + new, max(x1, right)
            continue
        if what.strip():
            yield what.strip(), x0, y0, x1, y1
        what, x0, y0, x1, y1 = new, left, bottom, right, top
    if what.strip():
        yield what.strip(), x0, y0, x1, y1
