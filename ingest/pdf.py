"""PDF to the article's lines and metadata, through a child process that cannot take the program with it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median

from ingest.child import ask_child
from ingest.dates import parse_day
from ingest.document import Metadata
from ingest.masthead import split_authors
from ingest.normalise import normalise
from rag.errors import SourceError

WALL_SECONDS = 30.0
_CHILD = Path(__file__).with_name("pdf_child.py")
_REASONS = {
    "encrypted": "the PDF is protected by a password; save a copy without one",
    "damaged": "the PDF is damaged and cannot be read; print it to a new PDF",
    "memory": "the PDF needs more memory to open than any article should",
    "too long": "the PDF is longer than any article; split it into single articles",
    "endless": "the PDF takes too long to read, which a sound one does not; print it to a new PDF",
}
_SCANNED = "the PDF holds pictures of pages and no text; run text recognition (OCR) on it first"

_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u2010\xad]$")
_ENDED = re.compile(r"[.!?…:][\"'”’)\]]*$")
_NUMBERS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(?i)[-–—\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*")
_JUNK_TITLE = re.compile(
    r"(?i)microsoft|untitled|\.(?:docx?|pdf|indd|qxd|html?|txt|odt)$|^(?:document|print|page)\s*\d*$|https?:|^\W*$"
)
_PDF_DAY = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")


def read_pdf(content: bytes, wall_seconds: float = WALL_SECONDS) -> tuple[list[str], Metadata]:
    """The lines of a PDF, one paragraph each, and what it says about itself.

    The day the file was made is given with an unknown source: it is not always the day of publication. Raises
    SourceError when the PDF is no PDF, encrypted, damaged, endless, too large, or holds no text.
    """
    if b"%PDF-" not in content[:1024]:
        raise SourceError("not a PDF, although it is named like one; look at what the file really is")
    answer = ask_child(_CHILD, content, wall_seconds)
    if "error" in answer:
        raise SourceError(_REASONS.get(str(answer["error"]), _REASONS["damaged"]))
    pages = [[line.strip() for line in _broken(page) if line.strip()] for page in answer["pages"]]
    if pages and not any(pages):
        raise SourceError(_SCANNED)
    return paragraphs(pages), _metadata(answer["metadata"])


def _broken(page: str) -> list[str]:
    return normalise(page).split("\n\n")


def paragraphs(pages: list[list[str]]) -> list[str]:
    """The paragraphs of printed pages: running heads and page numbers off, lines joined, words made whole."""
    repeated = _running_heads(pages)
    lines = [
        line for page in pages for line in page if _masked(line) not in repeated and not _PAGE_NUMBER.fullmatch(line)
    ]
    if not lines:
        return []
    width = median(sorted(map(len, lines))[len(lines) // 2 :])
    joined = [lines[0]]
    for before, line in pairwise(lines):
        if _HYPHEN.search(before) and line[:1].islower():
            joined[-1] = joined[-1][:-1] + line
        elif _breaks(before, line, width):
            joined.append(line)
        else:
            joined[-1] += " " + line
    return joined


def _breaks(before: str, line: str, width: float) -> bool:
    """Whether a new paragraph begins between two lines: the first is short, and the second starts afresh."""
    if line[:1].islower():
        return False
    if _ENDED.search(before):
        return len(before) < 0.9 * width
    return len(before) < 0.7 * width


def _running_heads(pages: list[list[str]]) -> set[str]:
    """Lines that stand at the head or foot of three pages and more, with their numbers masked."""
    edges = Counter(key for page in pages for key in {_masked(line) for line in (*page[:2], *page[-2:])})
    return {key for key, count in edges.items() if count >= 3 and count >= 0.5 * len(pages)}


def _masked(line: str) -> str:
    return _NUMBERS.sub("#", line.casefold())


def _metadata(found: dict[str, str]) -> Metadata:
    title = " ".join(found.get("title", "").split())
    made = _PDF_DAY.match(found.get("created", ""))
    return Metadata(
        title=title if len(title) >= 8 and not _JUNK_TITLE.search(title) else None,
        authors=split_authors(found.get("author", "")),
        published=parse_day("-".join(made.groups())) if made else None,
    )
