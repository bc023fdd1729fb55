"""What travels between the steps of ingest, before an article is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

from ingest.datelines import Dateline
from ingest.dates import Said
from rag.types import DateSource

if TYPE_CHECKING:
    from ingest.fetch import Fetched

EXTRACTION_VERSION = "9"
"""Raise it when extraction gives other texts: sources are then read again although their bytes are the same."""

Media = Literal["text", "markdown", "html", "pdf", "docx", "mail"]


@dataclass(frozen=True)
class Metadata:
    """What is known about an article beside its text. None and empty mean not known."""

    given_id: str | None = None
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: dt.date | None = None
    published_source: DateSource = DateSource.UNKNOWN
    updated: dt.date | None = None
    language: str | None = None
    url: str | None = None
    days: tuple[Said, ...] = ()
    """Where a page names its day, for `publication_date` to choose from."""
    dateline: Dateline | None = None
    """As written; `place` is what is left of it in the end."""
    place: str | None = None
    left_out: str | None = None
    """One sentence about what of the document was not read or not stored, for the report."""

    def or_else(self, other: Metadata) -> Metadata:
        """This, and what the other says where this says nothing."""
        return Metadata(**{one.name: getattr(self, one.name) or getattr(other, one.name) for one in fields(self)})


@dataclass(frozen=True)
class Document:
    """One article-to-be as it was found: raw bytes, what kind they are, where they came from.

    `source` is unique and stable: an absolute path, `path#id` for one article of a file that holds many, or
    an address. `known` is what the place it came from says about it (a JSONL line, a feed entry); it wins over
    what is read from the content.
    """

    source: str
    content: bytes
    media: Media
    known: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True)
class Extracted:
    """The article itself: clean text, paragraphs separated by one blank line, and its metadata.

    An empty `text` means that there is no article in the document (a menu, a blank page).
    """

    text: str
    metadata: Metadata


@dataclass(frozen=True)
class Failure:
    """Something that could not be read. `reason` is one sentence for a person.

    `origin` is what could not be seen: the one article where it is known which, otherwise the file, folder or
    address around it. What was stored from under it before should stay.
    """

    source: str
    reason: str
    origin: str


@dataclass(frozen=True)
class Skipped:
    """A file of a folder that holds no article, which is nobody's fault. `reason` is one sentence."""

    source: str
    reason: str


Found = Document | Failure | Skipped
Fetch = Callable[[str], "Fetched"]


def named(reader: str) -> Callable[..., Any]:
    """A function by its module and name, "ingest.pdf:read_pdf": what reads one kind of file is imported for that kind."""
    found: Callable[..., Any] = resolve_name(reader)
    return found
