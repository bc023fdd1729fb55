"""RSS and Atom feeds: made sure to be harmless XML first, then read by feedparser, which fetches nothing."""

from __future__ import annotations

import codecs
import hashlib
import html
import io
import re
import xml.sax
import xml.sax.handler
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from ingest.addresses import canonical_url, outlet_of
from ingest.day_reading import given_day
from ingest.document import Document, Media, Metadata
from ingest.jsonl import whole_text
from rag.errors import SourceError
from rag.languages import code_of
from rag.types import DateSource

MAX_FEED_BYTES = 20_000_000
MAX_DEPTH = 100  # elements inside of elements; real feeds have fewer than ten
MAX_ELEMENTS = 300_000  # a thousand long entries have some ten thousand
MAX_KEY_LENGTH = 500  # characters of an entry's own id
TEASER_CHARACTERS = 1_500  # a summary shorter than this is a teaser for the page that it links to

_ROOT = re.compile(r"(?:rss|feed|(?:\w+:)?RDF)[\s>/]")
_PROLOGUE = re.compile(r"\s+|<\?[^>]*>|<!--.*?-->|<![^>\[]*(?:\[[^\]]*\])?\s*>", re.DOTALL)
_DECLARATIONS = re.compile(r"\A(?:\s*<\?xml\s[^>]*?\?>)+")
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KNOWN_ENCODINGS = re.compile(
    r"(?:utf|iso-?8859|latin|windows|cp|koi8|gb|big5|shift|euc|ascii|us-ascii|mac|tis)[-_a-z0-9]*",
    re.IGNORECASE,
)
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|amp;|lt;|gt;|quot;|apos;)(\w{2,32};)?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"<[^<>]*>")


def is_feed(content: bytes) -> bool:
    """Whether the first element is that of RSS or Atom; reads the first few kilobytes only."""
    head = decoded(content[:8_192], None)
    position = 0
    while match := _PROLOGUE.match(head, position):
        position = match.end()
    return head.startswith("<", position) and _ROOT.match(head, position + 1) is not None


def read_feed(content: bytes, source: str, *, charset: str | None = None) -> Iterator[Document]:
    """The entries of a feed in their order, each as a document with source `source#id` (or its link).

    `charset` is what the server said. Raises `SourceError` when the feed has a DTD or entities, is nested
    deeper than `MAX_DEPTH`, is too large in bytes or elements, or is not well-formed XML.
    """
    if len(content) > MAX_FEED_BYTES:
        raise SourceError(f"The feed is larger than {MAX_FEED_BYTES // 1_000_000} MB, which none is; split it.")
    parsed = feedparser.parse(
        io.BytesIO(harmless(decoded(content, charset))),  # a stream: text could be taken for an address
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # what is read here is extracted, and never shown as HTML
        resolve_relative_uris=False,
    )
    # Plain dictionaries: feedparser's own hand out the publication date for a missing update.
    feed = dict(parsed.feed)
    base = urljoin(source, str(feed.get("link", "")))
    used: set[str] = set()
    for found in parsed.entries:
        entry = dict(found)
        url = _url(entry, base)
        body, media = _body(entry)
        key = _key(entry, url, body)
        if key in used:  # listed twice
            continue
        used.add(key)
        known = _known(entry, feed, url)
        yield Document(f"{source}#{key}", _page(body, media, known.title), media, known)


def announced_page(entry: Document) -> str | None:
    """The address of the whole article, when the entry of a feed is only a teaser for it; otherwise None."""
    is_teaser = len(_plain(entry.content.decode("utf-8", "replace"))) < TEASER_CHARACTERS
    return entry.known.url if is_teaser else None


class _Shape(xml.sax.handler.ContentHandler):
    """Counts elements and how deep they lie, with numbers and not by recursion."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def startElement(self, name: str, attrs: xml.sax.xmlreader.AttributesImpl) -> None:  # noqa: N802
        self._depth += 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise SourceError(f"The feed has more than {MAX_ELEMENTS:,} elements, which no real one has.")
        if self._depth > MAX_DEPTH:
            raise SourceError(f"The feed is nested deeper than {MAX_DEPTH} elements, which no real one is.")

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1


def decoded(content: bytes, charset: str | None) -> str:
    """Text of the web in whatever encoding it is in; `charset` is what the server said. Never raises.

    A feed is decoded once and here, so that what is checked is also what feedparser reads.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if content.startswith((b"<\x00?\x00", b"\x00<\x00?")):
        return content.decode("utf-16-le" if content[0] else "utf-16-be", "replace")
    declared = _ENCODING.match(content[:300])
    said = [charset, declared[1].decode("ascii") if declared else None, "utf-8"]
    for encoding in (name for name in said if name and _KNOWN_ENCODINGS.fullmatch(name)):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("windows-1252", "replace")


def harmless(text: str) -> bytes:
    """The feed as UTF-8 without a declaration, known to be well-formed XML with no DTD, entities or depth.

    What is most often wrong in the wild is repaired: entities of HTML, a bare "&", control characters. What is
    still broken then is refused and not guessed at: a guess may differ from what was checked.
    """
    text = _DECLARATIONS.sub("", _NOT_IN_XML.sub("", whole_text(text))).lstrip()
    try:
        return _checked(text)
    except xml.sax.SAXParseException:
        pass
    try:
        return _checked(_BARE_AMPERSAND.sub(_plain_character, text))
    except xml.sax.SAXParseException as error:
        raise SourceError(
            f"The feed is not well-formed XML: {error.getMessage()}, line {error.getLineNumber()}."
        ) from error


def _checked(text: str) -> bytes:
    content = text.encode()
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(content))
    source.setEncoding("utf-8")  # whatever a declaration in it may say
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(_Shape())
    try:
        parser.parse(source)
    except DefusedXmlException:
        raise SourceError("The feed has a DTD or entities in it, which are not read; leave them out.") from None
    return content


def _plain_character(match: re.Match[str]) -> str:
    name = match[1] or ""
    character = html.entities.html5.get(name)
    return html.escape(character) if character else f"&amp;{name}"


def _url(entry: dict[str, Any], base: str) -> str | None:
    link = str(entry.get("link") or "").strip()
    if not link or (link == entry.get("id") and "://" not in link):  # an id that does not say it is no address
        return None
    try:
        url = urljoin(base, link)
    except ValueError:
        return None
    return url if canonical_url(url) else None


def _body(entry: dict[str, Any]) -> tuple[str, Media]:
    """The longest text that the entry carries, and whether it is HTML."""
    parts = [*entry.get("content", ()), {"value": entry.get("summary"), **entry.get("summary_detail", {})}]
    best = max(parts, key=lambda part: len(part.get("value") or ""))
    text = best.get("value") or ""
    if best.get("type") == "text/plain":
        return text, "text"
    # Most publishers put plain sentences where HTML is allowed.
    return (text, "html") if _TAG.search(text) else (html.unescape(text), "text")


def _key(entry: dict[str, Any], url: str | None, body: str) -> str:
    """What tells this entry from the others of its feed, next time as well."""
    own = str(entry.get("id") or url or "").strip()
    if 0 < len(own) <= MAX_KEY_LENGTH:
        return own
    return hashlib.sha256((own or f"{entry.get('title')}\n{body}").encode()).hexdigest()[:32]


def _known(entry: dict[str, Any], feed: dict[str, Any], url: str | None) -> Metadata:
    updated = given_day(entry.get("updated"))
    published = given_day(entry.get("published")) or updated  # Atom demands only the latter
    names = [author.get("name") for author in entry.get("authors", ())] or [entry.get("author")]
    return Metadata(
        title=_plain(str(entry.get("title") or "")) or None,
        outlet=_plain(str(feed.get("title") or "")) or (outlet_of(url) if url else None),
        authors=tuple(dict.fromkeys(_plain(str(name)) for name in names if name)),
        published=published,
        published_source=DateSource.METADATA if published else DateSource.UNKNOWN,
        updated=updated,
        language=_language(entry) or code_of(feed.get("language")),
        url=url,
    )


def _language(entry: dict[str, Any]) -> str | None:
    """What the entry says of its text (`xml:lang`)."""
    bodies = [*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}]
    return next((code for body in bodies if (code := code_of(body.get("language")))), None)


def _plain(text: str) -> str:
    """Words on one line, without tags and escapes."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def _page(body: str, media: Media, title: str | None) -> bytes:
    """A whole HTML page around a piece of one, which is what article extraction expects."""
    if media == "html":
        head = f'<meta charset="utf-8"><title>{html.escape(title or "")}</title>'
        body = f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>"
    return body.encode("utf-8", "replace")
