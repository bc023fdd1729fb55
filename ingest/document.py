"""What travels between the steps of ingest, before an article is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ingest.dates import Said
from rag.types import DateSource

if TYPE_CHECKING:
    from ingest.fetch import Fetched

EXTRACTION_VERSION = "8"
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
    place: str | None = None
    """From which its dateline says that it was filed."""
    left_out: str | None = None
    """One sentence about what of the document was not read or not stored, for the report."""


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
