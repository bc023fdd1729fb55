"""Values passed between the steps of ingest, before an article is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

from ingest.datelines import Dateline
from ingest.dates import Said
from rag.types import DateSource

if TYPE_CHECKING:
    from ingest.fetch import Fetched

EXTRACTION_VERSION = "9"
"""Raise it when extraction yields different texts: sources are then read again even if their bytes are unchanged."""

Media = Literal["text", "markdown", "html", "pdf", "docx", "mail"]


@dataclass(frozen=True)
class Metadata:
    """What is known about an article besides its text. None and empty mean unknown."""

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
    days: tuple[Said, ...] = ()  # where a page gives its day, for `publication_date` to choose from
    dateline: Dateline | None = None  # as written; `place` is what finally remains of it
    place: str | None = None
    left_out: str | None = None  # one sentence, for the report, about what was not read or stored

    def or_else(self, other: Metadata) -> Metadata:
        """This metadata, with gaps filled from the other."""
        return Metadata(**{one.name: getattr(self, one.name) or getattr(other, one.name) for one in fields(self)})

    def with_dateline(self, dateline: Dateline | None) -> Metadata:
        """The same with what a dateline says, which takes precedence."""
        if dateline is None:
            return self
        return Metadata(agency=dateline.agency, place=dateline.place, dateline=dateline).or_else(self)


@dataclass(frozen=True)
class Document:
    """One potential article as found: raw bytes, their type, and their origin.

    `source` is unique and stable: an absolute path, `path#id` for one article of a file that holds many, or an address.
    `known` is what its origin (a JSONL line, a feed entry) says about it; it takes precedence over the content.
    """

    source: str
    content: bytes
    media: Media
    known: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True)
class Extracted:
    """Clean text, with one blank line between paragraphs and empty if there is no article, and its metadata."""

    text: str
    metadata: Metadata


@dataclass(frozen=True)
class Failure:
    """Something that could not be read. `reason` is one sentence for the user. `origin` is what could not be seen: the
    article, or else the file, folder or address that contains it. What is stored from it should stay."""

    source: str
    reason: str
    origin: str


@dataclass(frozen=True)
class Skipped:
    """A file in a folder that holds no article, which is not an error. `reason` is one sentence."""

    source: str
    reason: str


Found = Document | Failure | Skipped
Fetch = Callable[[str], "Fetched"]


def digest(*parts: str) -> str:
    """A short key made of texts; 16 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
