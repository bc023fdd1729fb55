"""E-books and magazines (.epub): a zip file of pages, each of which may be an article."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from ingest.day_reading import parse_day
from ingest.document import Document, Failure, Metadata
from rag.errors import SourceError

MAX_PAGES = 3_000
MAX_UNPACKED_BYTES = 200_000_000  # of all pages together
MAX_PAGE_BYTES = 20_000_000
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # font-only scrambling
_ASIDE = ("cover", "title-page", "toc", "index", "copyright-page")  # types of pages, as named in EPUB 2
_DAMAGED = "The EPUB file is damaged and cannot be read; get it again."
_TOO_LARGE = "The EPUB file unpacks to more than any magazine; split it."
_LOCKED = "The EPUB file is protected against copying; give one without protection."
_BROKEN = (zipfile.BadZipFile, zlib.error, etree.LxmlError, LookupError, ValueError, EOFError, RuntimeError, OSError)


def read_epub(content: bytes, source: str) -> Iterator[Document | Failure]:
    """The pages of a book in reading order, each with the source `source#name`; contents and covers hold no article.

    All get the day of the issue, and the publisher or periodical as outlet; title and author of the whole only if there
    is one page. Raises `SourceError` if it is not an EPUB, damaged, protected, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            left = [MAX_UNPACKED_BYTES]
            scrambled = "META-INF/encryption.xml"
            if scrambled in packed.namelist() and _is_locked(_read(packed, scrambled, left)):
                raise SourceError(_LOCKED)
            place = _parsed(_read(packed, "META-INF/container.xml", left)).find(".//{*}rootfile")
            name = str(place.get("full-path") if place is not None else "")
            book = _parsed(_read(packed, name, left))
            pages = _pages(book, posixpath.dirname(name))
            known = _known(book, len(pages))
            for name in pages:
                yield _page(packed, name, left, f"{source}#{name}", known)
    except _BROKEN as error:
        raise SourceError(_DAMAGED) from error


def _page(packed: zipfile.ZipFile, name: str, left: list[int], source: str, known: Metadata) -> Document | Failure:
    try:
        return Document(source, _as_html(_read(packed, name, left)), "html", known)
    except _BROKEN:
        return Failure(source, "This page of the book is missing or damaged.", source)


def _read(packed: zipfile.ZipFile, name: str, left: list[int]) -> bytes:
    """One file of the book; `left` is how many more bytes may be unpacked. Raises `SourceError`, and `_BROKEN`."""
    part = packed.getinfo(name)
    if part.flag_bits & 1:
        raise SourceError(_LOCKED)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others cannot be unpacked incrementally
        raise ValueError(name)
    most = min(left[0], MAX_PAGE_BYTES)
    with packed.open(part) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise SourceError(_TOO_LARGE)
    left[0] -= len(content)
    return content


def _parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _is_locked(encryption: bytes) -> bool:
    methods = _parsed(encryption).iterfind(".//{*}EncryptedData/{*}EncryptionMethod")
    return any(method.get("Algorithm") not in _FONTS for method in methods)


def _pages(book: etree._Element, folder: str) -> list[str]:
    items = {item.get("id"): item for item in book.iterfind("{*}manifest/{*}item")}
    listed = (items.get(place.get("idref")) for place in book.iterfind("{*}spine/{*}itemref"))
    pages = (item for item in listed if item is not None and item.get("media-type") in _PAGES)
    hrefs = [item.get("href") or "" for item in pages if "nav" not in (item.get("properties") or "").split()]
    guide = book.iterfind("{*}guide/{*}reference")
    aside = {(place.get("href") or "").partition("#")[0] for place in guide if place.get("type") in _ASIDE}
    hrefs = [href for href in hrefs if href not in aside]
    if len(hrefs) > MAX_PAGES:
        raise SourceError(_TOO_LARGE)
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, unquote(href))) for href in hrefs))


def _known(book: etree._Element, pages: int) -> Metadata:
    def said(name: str) -> str | None:
        found = book.find(f"{{*}}metadata//{{http://purl.org/dc/elements/1.1/}}{name}")
        return "".join(found.itertext()).strip() or None if found is not None else None

    tags = {tag.get("name"): tag.get("content") or "" for tag in book.iterfind("{*}metadata//{*}meta")}
    periodical = tags.get("calibre:publication_type", "")
    by_calibre = any(name and name.startswith("calibre:") for name in tags)
    # calibre writes the day of conversion, except for periodicals that it downloads itself.
    day = parse_day(said("date") or "") if periodical or not by_calibre else None
    publisher = said("publisher")
    outlet = periodical.rpartition(":")[2] or (None if "calibre" in (publisher or "").lower() else publisher)
    creator = said("creator") if pages == 1 and not by_calibre else None
    return Metadata(
        title=said("title") if pages == 1 else None,
        outlet=outlet,
        authors=(creator,) if creator else (),
        published=day,
        language=said("language"),
    )


def _as_html(content: bytes) -> bytes:
    """A page made valid for HTML: `<title/>`, which is fine in XML, would swallow the rest of the page."""
    try:
        made: bytes = etree.tostring(_parsed(content), method="html", encoding="utf-8")
    except etree.LxmlError:
        return content
    return made
