"""PDF to the article's lines and metadata, through a child process so that no file can crash the program."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.addresses import canonical_url, outlet_of
from ingest.child import ask_child
from ingest.clean import same_words
from ingest.dates import Said
from ingest.day_reading import parse_day
from ingest.document import Metadata
from ingest.masthead import outlet_name, read_masthead, split_authors
from ingest.normalise import normalise
from ingest.pdf_paragraphs import Paragraph, Printed
from rag.errors import SourceError
from rag.types import DateSource

_REASONS = {
    "encrypted": "the PDF is protected by a password; save a copy without one",
    "damaged": "the PDF is damaged and cannot be read; print it to a new PDF",
    "memory": "the PDF needs more memory to open than any article should",
    "too long": "the PDF is longer than any article; split it into single articles",
    "endless": "the PDF takes too long to read, which a sound one does not; print it to a new PDF",
}
_SCANNED = "the PDF holds pictures of pages and no text; run text recognition (OCR) on it first"
_NO_ORDER = "the order of the words on its pages cannot be told; copy the article's text out of it and paste that"

_HEADLINE = 1.15  # relative to the text size: anything larger is a headline
_JUNK_TITLE = re.compile(
    r"(?i)microsoft|untitled|\.(?:docx?|pdf|indd|qxd|html?|txt|odt)$|^(?:document|print|page)\s*\d*$|https?:|^\W*$"
)
_PDF_DAY = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_ADDRESS = re.compile(r"https?://[^\s…]+(?![^\s]*…)")
_PRINTED_AT = re.compile(
    r"(?i)\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? +\d{1,2}[:.]\d{2}|\bprinted\b|\bgedruckt\b|\bimprimé\b"
)
_IN_NUMBERS = re.compile(r"\d[./-]\d{1,2}[./-]\d")
_PAGE_PART = re.compile(
    r"(?i)[|·•,–—-]?\s*\b(?:page|seite|p\.)\s*\d+\s*[|·•,–—-]?|\s*\b\d+ ?(?:/|of) ?\d+$|^\d{1,4} | \d{1,4}$"
)


def read_pdf(content: bytes) -> tuple[list[str], Metadata]:
    """The lines of a PDF, one per paragraph, and what it says about itself.

    The day in a running head counts as a dateline; the day the file was made or printed is ignored. Raises SourceError
    if it cannot be read, or holds no text whose order can be determined.
    """
    if b"%PDF-" not in content[:1024]:
        raise SourceError("not a PDF, although it is named like one; look at what the file really is")
    answer = ask_child("ingest.pdf_child", content, _REASONS)
    paragraphs = [Paragraph(_line(one["text"]), one["size"], one["page"]) for one in answer["paragraphs"]]
    heads = tuple(filter(None, map(_line, answer["heads"])))
    found = Printed(tuple(one for one in paragraphs if one.text), heads, tuple(answer["left_out"]))
    if not found.paragraphs and (found.left_out or answer["pages"]):
        raise SourceError(_NO_ORDER if found.left_out else _SCANNED)
    return [one.text for one in found.paragraphs], _metadata(found, answer["metadata"])


def _line(words: str) -> str:
    return normalise(words).replace("\n\n", " ")


def _metadata(found: Printed, file: dict[str, str]) -> Metadata:
    mastheads = [read_masthead(_PAGE_PART.sub("", head)) for head in found.heads]
    address = next((url for head in found.heads for url in _ADDRESS.findall(head) if canonical_url(url)), None)
    names = (*(one.outlet for one in mastheads if one), *(outlet_name(one.text) for one in _large(found.paragraphs)))
    outlet = next(filter(None, names), None)
    day = _day(found.heads, _PDF_DAY.match(file["created"]))
    return Metadata(
        title=_title(found, " ".join(file["title"].split())),
        outlet=outlet or (outlet_of(address) if address else None),
        authors=split_authors(file["author"]),
        days=(Said((day,), DateSource.DATELINE),) if day else (),
        url=address,
        left_out=_told(found.left_out),
    )


def _day(heads: Iterable[str], made: re.Match[str] | None) -> dt.date | None:
    """The day in a running head. The time of printing, added by browsers, does not count."""
    for head in heads:
        day = None if _PRINTED_AT.search(head) else parse_day(head)
        printed = made and _IN_NUMBERS.search(head) and day == parse_day("-".join(made.groups()))
        if day and not printed:
            return day
    return None


def _large(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """What is printed larger than the text, the largest first."""
    sizes: Counter[float] = Counter()
    for one in paragraphs:
        sizes[one.size] += len(one.text)
    body = max(sizes, key=lambda size: sizes[size], default=0.0)
    return sorted((one for one in paragraphs if one.size > _HEADLINE * body), key=lambda one: -one.size)


def _title(found: Printed, said: str) -> str | None:
    """The printed headline; the file's own title if that is printed as a running head, or if nothing is large."""
    title = said if len(said) >= 8 and not _JUNK_TITLE.search(said) else None
    large = [one for one in _large(found.paragraphs) if len(one.text) >= 8 and not outlet_name(one.text)]
    if title and (same := next((one.text for one in large if same_words(one.text, title)), None)):
        return same
    if title and any(title in head for head in found.heads):  # browsers print a page's title there
        return title
    return next((one.text for one in large if " " in one.text and one.page == found.paragraphs[0].page), title)


def _told(pages: Sequence[int]) -> str | None:
    if not pages:
        return None
    numbers = ", ".join(map(str, pages))
    verb = "Page {} was" if len(pages) == 1 else "Pages {} were"
    return f"{verb.format(numbers)} left out: in which order the words there are to be read cannot be told."
