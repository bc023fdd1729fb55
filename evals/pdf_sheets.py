"""Newspaper sheets made from public articles, as PDF: what `evals.pdf_prints` reads back.

Chromium lays out and prints; `redrawn` draws the same words in another file order, as newspaper layout programs do:
a reader that follows the file then reads across the columns, or the columns from right to left.
"""

from __future__ import annotations

import ctypes
import html
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
from pypdfium2 import raw

from evals.pages import CHROMIUM

_OPTIONS = "--headless --no-sandbox --disable-gpu --disable-background-networking".split()
_NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"
LAYOUTS = ("page", "columns-2", "columns-3", "rows-2", "rows-3", "frames-2", "frames-3")
_SCRIPT = re.compile(r"(?is)<(script|iframe)\b.*?</\1\s*>")
_LONG_WORD = re.compile(r"[^\W\d_]{9,}")
_STYLE = """@page { size: A4; margin: 18mm 15mm } body { font: 9.5pt/12pt 'Liberation Serif'; text-align: justify }
h1 { font-size: 24pt; line-height: 28pt; text-align: left } p { margin: 0; text-indent: 1em } p.by { text-indent: 0 }"""


class Article(NamedTuple):
    """A public page with its known article: the title, the paragraphs, and the page's own HTML."""

    name: str
    title: str
    paragraphs: tuple[str, ...]
    page: str


class Word(NamedTuple):
    """One drawn word: its left end on the baseline, in points from the sheet's lower left, and its size in points."""

    text: str
    x: float
    y: float
    size: float


def sheet(article: Article, columns: int) -> str:
    """The HTML of a newspaper sheet: headline and byline across, text in columns, words hyphenated."""
    text = "".join(f"<p>{html.escape(_hyphenated(one))}</p>" for one in article.paragraphs)
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(article.title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{html.escape(article.title)}</h1><p class='by'>By Ann Example</p>"
        f"<div style='columns: {columns}; column-gap: 5mm'>{text}</div></body></html>"
    )


def _hyphenated(text: str) -> str:
    """Marks break points in long words; exactly where does not matter here."""
    return _LONG_WORD.sub(lambda match: match[0][:4] + "\xad" + match[0][4:-3] + "\xad" + match[0][-3:], text)


def printed(page: str, path: Path) -> bytes:
    """The PDF that "Save as PDF" makes from HTML, kept at `path` and reused from there; empty if it cannot."""
    if not path.exists():
        source = path.with_suffix(".html")
        source.write_text(_SCRIPT.sub("", page), encoding="utf-8")
        with suppress(subprocess.TimeoutExpired):
            command = [CHROMIUM, *_OPTIONS, _NO_NETWORK, f"--print-to-pdf={path}", source.as_uri()]
            subprocess.run(command, capture_output=True, timeout=40, check=False)
        source.unlink()
        path.touch()
    return path.read_bytes()


def redrawn(sheets: Sequence[Sequence[Word]], order: str) -> bytes:
    """The same words at the same places, drawn line by line across the sheet ("rows"), or column by column from the right."""

    def place(word: Word) -> tuple[float, ...]:
        return (-round(word.y), word.x) if order == "rows" else (-(word.x // 95), -round(word.y), word.x)

    return draw([sorted(words, key=place) for words in sheets])


def draw(sheets: Sequence[Sequence[Word]], information: str = "") -> bytes:
    """A PDF with words at the given positions, in Times; `information` goes into its information dictionary."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(sheets)))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
    ]
    for number, words in enumerate(sheets):
        drawn = b"\n".join(_drawn(word) for word in words)
        page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >>"
        objects.append(f"{page} /Contents {5 + 2 * number} 0 R >>".encode())
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream")
    objects.append(f"<< {information} >>".encode())
    content, offsets = b"%PDF-1.4\n", []
    for number, entry in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n".encode() + entry + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    last, head = len(objects), f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    trailer = f"trailer << /Size {last + 1} /Root 1 0 R /Info {last} 0 R >>\nstartxref\n{len(content)}\n%%EOF"
    return content + head.encode() + table + trailer.encode()


def _drawn(word: Word) -> bytes:
    text = re.sub(rb"([\\()])", rb"\\\1", word.text.encode("cp1252", "replace"))
    return f"BT /F {word.size:.2f} Tf {word.x:.2f} {word.y:.2f} Td (".encode() + text + b") Tj ET"


def words_of(content: bytes) -> list[list[Word]]:
    """The words of each page of a PDF printed by Chromium, in the order of the file."""
    with pypdfium2.PdfDocument(content) as document:
        return [_page_words(page.get_textpage()) for page in document]


def _page_words(page: Any) -> list[Word]:
    words, open_word = list[Word](), False
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    for index in range(page.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(page, index))
        character = "-" if character in "\x02\xad\u2010" else character
        if character.isspace() or (raw.FPDFText_IsGenerated(page, index) == 1 and character != "-"):
            open_word = False
            continue
        raw.FPDFText_GetCharOrigin(page, index, x, y)
        if open_word and abs(words[-1].y - y.value) < 1:
            words[-1] = words[-1]._replace(text=words[-1].text + character)
        else:
            raw.FPDFText_GetMatrix(page, index, matrix)
            words.append(Word(character, x.value, y.value, raw.FPDFText_GetFontSize(page, index) * abs(matrix.d)))
            open_word = True
    return words
