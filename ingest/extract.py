"""One door from a document as found to a clean article: bytes in, text and metadata out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.clean import Cleaned, clean_page
from ingest.dates import Said, plausible, publication_date
from ingest.document import Document, Extracted, Metadata
from ingest.extract_text import pasted_lines
from ingest.normalise import check_size, check_text, decode, normalise
from ingest.pasted import clean_pasted
from rag.errors import SourceError
from rag.text.languages import code_of, language_of
from rag.types import DateSource

_LONGEST_FIELD = 2_000  # Characters of a title, name or address.
_FEW_LINKS = 3  # So many inline links show that a plain text is Markdown in truth.
_MOST_LINES = 20_000  # Markdown of more lines is read as plain text: it is no page, and takes long.
_LINK = re.compile(r"\]\((?:https?:|/|#|javascript:|mailto:)")
_LONGEST_SHOWN = 100  # Characters of a line that is left out, in the report.


def extract(document: Document) -> Extracted:
    """The article in a document, with what the document says about it; `document.known` wins.

    The text is NFC with one blank line between paragraphs and no unseen characters; empty when there is no
    article. Raises SourceError, with one sentence for a person, when the document cannot be read.
    """
    check_size(document.content)
    known = _tidy(document.known)
    lines, blank_before, found = _read(document)
    found = _tidy(found)
    title = known.title or found.title
    if document.media in ("html", "docx"):
        cleaned = clean_page(lines, title)
    else:
        cleaned = clean_pasted(lines, blank_before, title, headline=document.media != "mail")
    text = check_text("\n\n".join(filter(None, cleaned.paragraphs)))
    return Extracted(text, replace(_metadata(cleaned, found, known), language=_language(document, found, text)))


def _read(document: Document) -> tuple[list[str], list[bool], Metadata]:
    """The lines of a document, whether a blank line stands above each, and what places made for metadata say."""
    content = document.content
    if not content.strip():
        return [], [], Metadata()
    if document.media == "pdf":
        from ingest.pdf import read_pdf

        return _spaced(read_pdf(content))
    if document.media == "docx":
        from ingest.docx import read_docx

        return _spaced(read_docx(content))
    if document.media == "mail":
        from ingest.mail import read_mail

        return _spaced(read_mail(content))
    if content[:1024].lstrip().startswith(b"%PDF-"):
        raise SourceError("the file is a PDF under another name; rename it to end in .pdf")
    if document.media == "html":
        from ingest.extract_html import read_html

        return _spaced(read_html(content, document.known.url))
    text = check_text(decode(content))
    marked = document.media == "markdown" or len(_LINK.findall(text)) >= _FEW_LINKS
    if marked and text.count("\n") <= _MOST_LINES:
        from ingest.extract_markdown import read_markdown

        return _spaced(read_markdown(text))
    return *pasted_lines(text), Metadata()


def _spaced(read: tuple[list[str], Metadata]) -> tuple[list[str], list[bool], Metadata]:
    lines, found = read
    return lines, [True] * len(lines), found


def _tidy(metadata: Metadata) -> Metadata:
    """The same without unseen characters and line breaks; an empty string becomes None."""
    return replace(
        metadata,
        title=_line(metadata.title),
        outlet=_line(metadata.outlet),
        authors=tuple(name for author in metadata.authors if (name := _line(author))),
        agency=_line(metadata.agency),
        language=_line(metadata.language),
        url=_line(metadata.url),
    )


def _line(text: str | None) -> str | None:
    return normalise(text[:_LONGEST_FIELD]).replace("\n\n", " ") or None if text else None


def _language(document: Document, found: Metadata, text: str) -> str | None:
    """What is stated, but where a page states the language of its template: of 283 public pages nine had another `lang` than
    their text, and all nine were wrong."""
    stated = code_of(document.known.language) or code_of(found.language)
    return (stated and language_of(text)) or stated if document.media == "html" else stated


def _metadata(cleaned: Cleaned, found: Metadata, known: Metadata) -> Metadata:
    url = known.url or found.url
    language = known.language or found.language
    published = publication_date(_days(cleaned, found, known), url, cleaned.dateline, language)
    return replace(
        known,
        title=known.title or found.title or cleaned.title,
        outlet=known.outlet or found.outlet or cleaned.outlet,
        authors=known.authors or found.authors or cleaned.authors,
        agency=known.agency or found.agency or cleaned.agency,
        published=published.day,
        published_source=published.source,
        updated=plausible(known.updated or found.updated or cleaned.updated),
        url=url,
        days=(),
        place=cleaned.dateline.place if cleaned.dateline else None,
        left_out=" ".join(filter(None, (found.left_out, _left_out(cleaned.left_out)))) or None,
    )


def _left_out(lines: Sequence[str]) -> str | None:
    """One sentence about the lines around a text that are not stored."""
    if not lines:
        return None
    longest = max(lines, key=len)
    shown = longest if len(longest) <= _LONGEST_SHOWN else longest[:_LONGEST_SHOWN].rsplit(" ", 1)[0] + " …"
    which = (
        f"{len(lines):,} lines that stood around the text were left out, the longest"
        if len(lines) > 1
        else "One line that stood around the text was left out"
    )
    return f"{which}: “{shown}”"


def _days(cleaned: Cleaned, found: Metadata, known: Metadata) -> list[Said]:
    """All that is said of the day of publication."""
    said = [Said((one.published,), DateSource.METADATA) for one in (known, found) if one.published]
    said += found.days
    said += [Said(cleaned.days, DateSource.TEXT)] if cleaned.days else []
    updated = (cleaned.updated, found.updated)
    return said + [Said((day,), DateSource.UPDATED) for day in updated if day]
