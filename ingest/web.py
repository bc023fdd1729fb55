"""Turns an http(s) address into documents: the page there, or the articles of the feed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ingest.document import Document, Failure, Fetch, Found, Media, Metadata, Skipped
from ingest.normalise import decode, is_utf8
from rag.errors import SourceError

if TYPE_CHECKING:
    from ingest.fetch import Fetched

MAX_FEED_PAGES = 200  # fetched per feed; feeds list a few dozen
MEDIA_OF_TYPE: dict[str, Media] = {
    "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text", "text/markdown": "markdown",
    "application/pdf": "pdf",
}  # fmt: skip


def usual_fetch(allow_private: bool) -> Fetch:
    from ingest.fetch import fetch  # the HTTP library costs time that files do not need

    return partial(fetch, allow_private=allow_private)


def find_web(address: str, fetch: Fetch) -> Iterator[Found]:

    def linked(entry: Document, page: str) -> Found:
        try:
            return announced_document(fetch(page), entry)
        except SourceError as error:
            return Failure(entry.source, str(error), entry.source)

    try:
        yield from read_web(fetch(address), address, linked)
    except SourceError as error:
        yield Failure(address, str(error), address)


def read_web(
    fetched: Fetched, source: str, linked: Callable[[Document, str], Found | None], most: int = MAX_FEED_PAGES
) -> Iterator[Found]:
    """What was fetched, as documents whose source is, or begins with, `source`.

    `linked` fetches the page of an entry that only announces it; None if there is nothing to read. Entries beyond
    `most` are reported one by one. Raises `SourceError` for an unreadable feed.
    """
    from ingest.feed_xml import kind_of, read_sitemap
    from ingest.feeds import announced_page, read_feed

    kind = kind_of(fetched.content)
    if kind in ("page", "opml"):
        yield page_document(fetched, source, Metadata())
        return
    read = read_feed if kind == "feed" else read_sitemap
    for number, entry in enumerate(read(fetched.content, source, charset=fetched.charset), start=1):
        page = announced_page(entry) if isinstance(entry, Document) else None
        if isinstance(entry, Skipped) or page is None:
            yield entry
        elif number > most:
            yield Skipped(entry.source, f"Only the first {most} pages of a feed are fetched.")
        elif found := linked(entry, page):
            yield found


def announced_document(fetched: Fetched, entry: Document) -> Document | Skipped:
    """The page announced by a feed entry, or the entry if it has more text: some pages are built by scripts. What the
    feed says about the page is kept."""
    from ingest.feeds import has_text, is_aggregator

    if is_aggregator(fetched.final_url):
        return Skipped(entry.source, "Its link leads to an aggregator and not to the article; give the outlet's page.")
    page = page_document(fetched, entry.source, entry.known)
    return entry if has_text(entry) and _characters(page) < _characters(entry) else page


def _characters(document: Document) -> int:
    from ingest.extract import extract

    try:
        return len(extract(document).text)
    except SourceError:
        return 0


def page_document(fetched: Fetched, source: str, known: Metadata) -> Document:
    """A fetched page as a document; its address is the final one, after all redirects."""
    content, media = fetched.content, MEDIA_OF_TYPE.get(fetched.media_type)
    if media is None:  # the server does not say, or says only XML
        head = content[:1_024].lstrip().lower()
        media = "pdf" if head.startswith(b"%pdf-") else "html" if b"<" in head else "text"
    if media != "pdf" and fetched.charset is not None and not is_utf8(content):
        # Servers often name a charset by default; it counts only if the content is not UTF-8.
        with suppress(SourceError):  # reported when the page is read
            content = decode(content, fetched.charset).encode("utf-8", "replace")
    return Document(source, content, media, replace(known, url=fetched.final_url))
