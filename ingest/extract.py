"""Turns any document as found into a clean article: bytes in, text and metadata out."""

from __future__ import annotations

import re
from dataclasses import replace
from pkgutil import resolve_name
from typing import Any

from ingest.clean import clean_page
from ingest.dates import Said, plausible, publication_date
from ingest.document import Document, Extracted, Metadata
from ingest.normalise import MAX_CONTENT_BYTES, check_text, decode, normalise, pasted_lines
from ingest.pasted import clean_pasted
from rag.errors import SourceError
from rag.text.languages import code_of, language_of
from rag.types import DateSource

_READERS = {"pdf": "ingest.pdf:read_pdf", "docx": "ingest.docx:read_docx", "mail": "ingest.mail:read_mail"}
_LONGEST_FIELD = 2_000  # Characters of a title, name or address.
_FEW_LINKS = 3  # This many inline links show that a plain text is really Markdown.
_MOST_LINES = 20_000  # Longer Markdown is read as plain text: it is not a page, and takes long.
_PASTED_TAGS = re.compile(r"(?is)\s*<(p|div|h[1-6]|article|section|main|body|html)\b[^<>]*>.*</\1>\s*\Z")
_LINK = re.compile(r"\]\((?:https?:|/|#|javascript:|mailto:)")


def extract(document: Document) -> Extracted:
    """The article in a document, with what the document says about it; `document.known` takes precedence. The text is
    NFC, without invisible characters. Raises SourceError, with a sentence for the user."""
    if len(document.content) > MAX_CONTENT_BYTES:
        most = MAX_CONTENT_BYTES // 1_000_000
        raise SourceError(f"the file is larger than {most} MB, which no article is; split it into single articles")
    known = _tidy(document.known)
    lines, blank_before, found = _read(document)
    found = _tidy(found)
    title = known.title or found.title
    if document.media == "html":
        lines, cleaned = clean_page(lines, title)
    else:
        lines, cleaned = clean_pasted(lines, blank_before, title, headline=document.media != "mail")
    text = check_text("\n\n".join(filter(None, lines)))
    said = known.or_else(found).or_else(cleaned)
    language = known.language or found.language or language_of(text)
    published = publication_date(_days(known, found, cleaned), said.url, said.dateline, language)
    said = replace(said, published=published.day, published_source=published.source, updated=plausible(said.updated))
    language = _language(document, found, text)
    left_out = " ".join(filter(None, (found.left_out, cleaned.left_out))) or None
    return Extracted(text, replace(said, language=language, left_out=left_out, days=(), dateline=None))


def _read(document: Document) -> tuple[list[str], list[bool], Metadata]:
    """The lines of a document, whether a blank line precedes each, and its own metadata."""
    content, reader, text = document.content, _READERS.get(document.media), ""
    if not content.strip():
        return [], [], Metadata()
    if not reader and content[:1024].lstrip().startswith(b"%PDF-"):
        raise SourceError("the file is a PDF under another name; rename it to end in .pdf")
    if not reader and document.media != "html":
        text = check_text(decode(content))
        marked = document.media == "markdown" or len(_LINK.findall(text)) >= _FEW_LINKS
        if not _PASTED_TAGS.match(text) and (not marked or text.count("\n") > _MOST_LINES):
            return *pasted_lines(text), Metadata()
    if document.media == "html" or _PASTED_TAGS.match(text):
        lines, found = resolve_name("ingest.extract_html:read_html")(content, document.known.url)
    else:
        read = resolve_name(reader or "ingest.extract_markdown:read_markdown")
        lines, found = read(content if reader else text)
    return lines, [True] * len(lines), found


def _tidy(metadata: Metadata) -> Metadata:
    """The same without invisible characters and line breaks; an empty string becomes None."""
    names = ("title", "outlet", "agency", "language", "url")
    tidied: dict[str, Any] = {name: _line(getattr(metadata, name)) for name in names}
    authors = tuple(name for author in metadata.authors if (name := _line(author)))
    return replace(metadata, authors=authors, **tidied)


def _line(text: str | None) -> str | None:
    return normalise(text[:_LONGEST_FIELD]).replace("\n\n", " ") or None if text else None


def _language(document: Document, found: Metadata, text: str) -> str | None:
    """The stated language, unless a page states its template's: of 283 public pages nine had a `lang` that differed
    from their text, and all nine were wrong."""
    stated = code_of(document.known.language) or code_of(found.language)
    return (stated and language_of(text)) or stated if document.media == "html" else stated


def _days(known: Metadata, found: Metadata, cleaned: Metadata) -> list[Said]:
    said = [Said((one.published,), DateSource.METADATA) for one in (known, found) if one.published]
    said += (*found.days, *cleaned.days)
    return said + [Said((one.updated,), DateSource.UPDATED) for one in (cleaned, found) if one.updated]
