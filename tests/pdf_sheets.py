"""Newspaper sheets as PDF, their words drawn in any order, as layout programs do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """One drawn word: its left end on the baseline, in points from the sheet's lower left, and its size in points."""

    text: str
    x: float
    y: float
    size: float


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
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >>"
            + f" /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream")
    objects.append(f"<< {information} >>".encode())
    content, offsets = b"%PDF-1.4\n", []
    for number, entry in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n".encode() + entry + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(content)}\n%%EOF"
    return content + f"xref\n0 {size}\n0000000000 65535 f \n".encode() + table + trailer.encode()


def _drawn(word: Word) -> bytes:
    text = re.sub(rb"([\\()])", rb"\\\1", word.text.encode("cp1252", "replace"))
    return f"BT /F {word.size:.2f} Tf {word.x:.2f} {word.y:.2f} Td (".encode() + text + b") Tj ET"
