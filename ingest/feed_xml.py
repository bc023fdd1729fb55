"""Web XML, made harmless before it is read; news sitemaps (an entry per article, without its text) and OPML."""

from __future__ import annotations

import contextlib
import html
import io
import re
import xml.sax
import xml.sax.handler
from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from defusedxml.expatreader import DefusedExpatParser

from ingest.addresses import canonical_url
from ingest.day_reading import given_day
from ingest.document import Document, Metadata
from ingest.jsonl import whole_text
from ingest.normalise import decode
from rag.errors import SourceError
from rag.text.clean import one_line

MAX_DEPTH = 100  # nested elements; real feeds have fewer than ten levels
MAX_ELEMENTS = 300_000  # a thousand long entries have some ten thousand

_DECLARATIONS = re.compile(r"\A(?:\s*<\?xml\s[^>]*?\?>)+")
_ENTITY = re.compile(r"""<!ENTITY\s+(\w+)\s+["'](&#x?[0-9a-fA-F]{1,6};)["']\s*>""")
# A DOCTYPE that names a DTD, which is never fetched, and declares nothing but names of single characters.
_DOCTYPE = re.compile(
    r"\A(?P<before>(?:\s++|<\?[^>]*>|<!--.*?-->)*+)<!DOCTYPE\s[^<>\[\]]*"
    rf"(?:\[(?P<entities>(?:\s++|{_ENTITY.pattern})*+)\]\s*)?>",
    re.DOTALL,
)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_NAMED = re.compile(r"&(\w+);")
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|amp;|lt;|gt;|quot;|apos;)(\w{2,32};)?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PROLOGUE = re.compile(r"\s+|<\?[^>]*>|<!--.*?-->|<![^>\[]*(?:\[[^\]]*\])?\s*>", re.DOTALL)
_ROOT = re.compile(r"<(?:\w+:)?(\w+)[\s>/]")
Kind = Literal["feed", "sitemap", "opml", "page"]
_KINDS: dict[str, Kind] = {
    "rss": "feed", "feed": "feed", "rdf": "feed", "urlset": "sitemap", "sitemapindex": "sitemap", "opml": "opml",
}  # fmt: skip


class _Shape(xml.sax.handler.ContentHandler):
    """Counts elements and their depth, without recursion."""

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


def kind_of(content: bytes) -> Kind:
    """What an address or a file returned, by its first element; reads the first few kilobytes only."""
    head = content[:8_192].replace(b"\0", b"").decode("latin-1").lstrip("ÿþï»¿")
    position = 0
    while match := _PROLOGUE.match(head, position):
        position = match.end()
    root = _ROOT.match(head, position)
    return _KINDS.get(root[1].lower(), "page") if root else "page"


def plain_xml(content: bytes, charset: str | None) -> bytes:
    """A feed as UTF-8, verified to be harmless; `charset` is the one given by the server. Raises `SourceError`."""
    declared = _ENCODING.match(content[:300])
    said = charset or (declared[1].decode("ascii") if declared else "utf-8")
    # Text wrongly labelled UTF-8 is mostly in the Western European code page; among its tags there is too little to guess from.
    return harmless(decode(content, "windows-1252" if said.lower() in ("utf-8", "utf8") else said))


def harmless(text: str) -> bytes:
    """The feed as UTF-8 without a declaration, verified to be well-formed XML with no DTD, entities or deep nesting.

    HTML entities, a bare "&", control characters and a DOCTYPE that declares single characters at most are repaired.
    Anything else is refused, not guessed at: a guess may differ from what was checked.
    """
    text = _DECLARATIONS.sub("", _NOT_IN_XML.sub("", whole_text(text))).lstrip()
    if match := _DOCTYPE.match(text):
        characters = dict(_ENTITY.findall(match["entities"] or ""))
        body = text[match.end() :]
        body = _NAMED.sub(lambda one: characters.get(one[1], one[0]), body) if characters else body
        text = match["before"] + body
    with contextlib.suppress(xml.sax.SAXParseException):
        return _checked(text)
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
    source.setEncoding("utf-8")  # whatever its declaration says
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(_Shape())
    try:
        parser.parse(source)
    except DefusedXmlException:
        raise SourceError(
            "The feed's DOCTYPE declares what could hide its real text, so it is not read; give another feed of the outlet."
        ) from None
    return content


def _plain_character(match: re.Match[str]) -> str:
    name = match[1] or ""
    character = html.entities.html5.get(name)
    return html.escape(character) if character else f"&amp;{name}"


def read_sitemap(content: bytes, source: str, *, charset: str | None = None) -> Iterator[Document]:
    """The articles of a news sitemap, newest first: documents without text, with the page's address as theirs.
    `charset` is the server's. Raises `SourceError` for anything but harmless XML that lists news articles."""
    root = _parsed(content, charset)
    if root.tag.endswith("sitemapindex"):
        inside = [address for one in root if (address := _text(one, "{*}loc"))]
        shown = ", ".join(inside[:3]) or "none"
        raise SourceError(f"This is only an index of sitemaps; give the one with the news among them: {shown}.")
    entries = [one for one in root if _text(one, "{*}loc") and one.find("{*}news") is not None]
    if not entries:
        raise SourceError("This sitemap lists no news articles; give the outlet's news sitemap or its feed.")
    entries.sort(key=lambda one: _text(one, "{*}news/{*}publication_date"), reverse=True)
    for one in entries:
        url = _text(one, "{*}loc")
        if not canonical_url(url):
            continue
        known = Metadata(
            title=_text(one, "{*}news/{*}title") or None,
            outlet=_text(one, "{*}news/{*}publication/{*}name") or None,
            published=given_day(_text(one, "{*}news/{*}publication_date")),
            url=url,
        )
        yield Document(f"{source}#{url}", _text(one, "{*}lastmod").encode(), "text", known)


def read_opml(content: bytes) -> tuple[str, ...]:
    """The addresses of the feeds listed in an OPML file, each once. Raises `SourceError` if there are none."""
    listed = (one.get("xmlUrl", "").strip() for one in _parsed(content).iter("outline"))
    found = tuple(dict.fromkeys(address for address in listed if address))
    if not found:
        raise SourceError("This OPML file lists no feeds.")
    return found


def _parsed(content: bytes, charset: str | None = None) -> Element:
    root: Element = fromstring(plain_xml(content, charset))
    return root


def _text(element: Element, path: str) -> str:
    return one_line(element.findtext(path) or "")
