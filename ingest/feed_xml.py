"""Feeds as they are found in the wild, made into XML that is known to be harmless before anything reads it."""

from __future__ import annotations

import codecs
import html
import io
import re
import xml.sax
import xml.sax.handler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from ingest.jsonl import whole_text
from rag.errors import SourceError

MAX_DEPTH = 100  # elements inside of elements; real feeds have fewer than ten
MAX_ELEMENTS = 300_000  # a thousand long entries have some ten thousand

_DECLARATIONS = re.compile(r"\A(?:\s*<\?xml\s[^>]*?\?>)+")
# One without declarations of its own: it names a DTD, which nobody fetches, so that leaving it out changes nothing.
_DOCTYPE = re.compile(r"\A((?:\s++|<\?[^>]*>|<!--.*?-->)*+)<!DOCTYPE\s[^<>\[\]]*(?:\[\s*\]\s*)?>", re.DOTALL)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KNOWN_ENCODINGS = re.compile(
    r"(?:utf|iso-?8859|latin|windows|cp|koi8|gb|big5|shift|euc|ascii|us-ascii|mac|tis)[-_a-z0-9]*",
    re.IGNORECASE,
)
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|amp;|lt;|gt;|quot;|apos;)(\w{2,32};)?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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

    A DOCTYPE that declares nothing itself is left out, one with declarations is refused.

    What is most often wrong in the wild is repaired: entities of HTML, a bare "&", control characters. What is
    still broken then is refused and not guessed at: a guess may differ from what was checked.
    """
    text = _DECLARATIONS.sub("", _NOT_IN_XML.sub("", whole_text(text))).lstrip()
    text = _DOCTYPE.sub(r"\1", text)
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
        raise SourceError(
            "The feed declares entities of its own, which are not read; leave them out of its DOCTYPE."
        ) from None
    return content


def _plain_character(match: re.Match[str]) -> str:
    name = match[1] or ""
    character = html.entities.html5.get(name)
    return html.escape(character) if character else f"&amp;{name}"
