"""News sitemaps (one entry an article, without its text) and OPML (a list of feeds)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from ingest.addresses import canonical_url
from ingest.day_reading import given_day
from ingest.document import Document, Metadata
from ingest.feed_xml import decoded, harmless
from rag.errors import SourceError
from rag.types import DateSource

_HEAD_BYTES = 4_096
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_OPML = re.compile(rb"<opml[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def is_sitemap(content: bytes) -> bool:
    """Whether it is a sitemap, by its beginning."""
    return _SITEMAP.search(content[:_HEAD_BYTES]) is not None and not is_html(content)


def is_opml(content: bytes) -> bool:
    """Whether it is a list of feeds, by its beginning."""
    return _OPML.search(content[:_HEAD_BYTES]) is not None and not is_html(content)


def is_html(content: bytes) -> bool:
    """Whether it is a web page, by its beginning."""
    return _HTML.search(content[:_HEAD_BYTES]) is not None


def read_sitemap(content: bytes, source: str, *, charset: str | None = None) -> Iterator[Document]:
    """The articles of a news sitemap, newest first: documents without text, whose address is that of the page.

    `charset` is what the server said. Raises `SourceError` for an index of sitemaps, for a sitemap
    without articles of the news, and for what is not harmless, well-formed XML.
    """
    root = _parsed(content, charset)
    if _name(root) == "sitemapindex":
        inside = [address for one in root if (address := _text(one, "loc"))]
        shown = ", ".join(inside[:3]) or "none"
        raise SourceError(f"This is only an index of sitemaps; give the one with the news among them: {shown}.")
    entries = [
        (url, one, news) for one in root if (url := _text(one, "loc")) and (news := _child(one, "news")) is not None
    ]
    if not entries:
        raise SourceError("This sitemap lists no news articles; give the outlet's news sitemap or its feed.")
    entries.sort(key=lambda entry: _text(entry[2], "publication_date"), reverse=True)
    for url, one, news in entries:
        if not canonical_url(url):
            continue
        published = given_day(_text(news, "publication_date") or None)
        publication = _child(news, "publication")
        known = Metadata(
            title=_text(news, "title") or None,
            outlet=(_text(publication, "name") or None) if publication is not None else None,
            published=published,
            published_source=DateSource.METADATA if published else DateSource.UNKNOWN,
            url=url,
        )
        yield Document(f"{source}#{url}", _text(one, "lastmod").encode(), "text", known)


def read_opml(content: bytes) -> tuple[str, ...]:
    """The addresses of the feeds that an OPML file lists, each once. Raises `SourceError` where there are none."""
    listed = (one.get("xmlUrl", "").strip() for one in _parsed(content).iter("outline"))
    found = tuple(dict.fromkeys(address for address in listed if address))
    if not found:
        raise SourceError("This OPML file lists no feeds.")
    return found


def _parsed(content: bytes, charset: str | None = None) -> Element:
    root: Element = fromstring(harmless(decoded(content, charset)))
    return root


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((one for one in element if _name(one) == name), None)


def _text(element: Element, name: str) -> str:
    found = _child(element, name)
    return " ".join((found.text or "").split()) if found is not None else ""
