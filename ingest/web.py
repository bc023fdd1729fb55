"""An http(s) address becomes documents: the page there, or the articles of the feed there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ingest.document import Document, Media, Metadata
from ingest.found import Failure, Fetch, Found, Skipped
from rag.errors import SourceError

if TYPE_CHECKING:
    from ingest.fetch import Fetched

MAX_FEED_PAGES = 200  # fetched for one feed; feeds list some dozens
MEDIA_OF_TYPE: dict[str, Media] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "application/pdf": "pdf",
}


def usual_fetch(allow_private: bool) -> Fetch:
    """The fetching of addresses that is used when the caller gives no other."""
    from ingest.fetch import fetch  # the HTTP library costs time that files do not need

    return partial(fetch, allow_private=allow_private)


def find_web(address: str, fetch: Fetch) -> Iterator[Found]:
    """The page at an address, or the articles of the feed there."""
    from ingest.feeds import announced_page, is_feed, read_feed

    try:
        fetched = fetch(address)
        if not is_feed(fetched.content):
            yield page_document(fetched, address, Metadata())
            return
        for number, entry in enumerate(read_feed(fetched.content, address, charset=fetched.charset), start=1):
            page = announced_page(entry) if isinstance(entry, Document) else None
            if isinstance(entry, Skipped) or page is None:
                yield entry
            elif number > MAX_FEED_PAGES:
                yield Skipped(entry.source, f"Only the first {MAX_FEED_PAGES} pages of a feed are fetched.")
            else:
                yield _linked(entry, page, fetch)
    except SourceError as error:
        yield Failure(address, str(error), address)


def _linked(entry: Document, page: str, fetch: Fetch) -> Found:
    """The page that a feed's entry announces; what the feed says about it is kept."""
    from ingest.feeds import is_aggregator

    try:
        fetched = fetch(page)
        if is_aggregator(fetched.final_url):
            return Skipped(
                entry.source, "Its link leads to an aggregator and not to the article; give the outlet's page."
            )
        return page_document(fetched, entry.source, entry.known)
    except SourceError as error:
        return Failure(entry.source, str(error), entry.source)


def page_document(fetched: Fetched, source: str, known: Metadata) -> Document:
    """A fetched page as a document; its address is where it was in the end, after all redirects."""
    from ingest.feed_xml import decoded

    content, media = fetched.content, MEDIA_OF_TYPE.get(fetched.media_type)
    if media is None:  # the server does not say, or says only XML
        head = content[:1_024].lstrip().lower()
        media = "pdf" if head.startswith(b"%pdf-") else "html" if b"<" in head else "text"
    if media != "pdf" and fetched.charset is not None and not _is_utf8(content):
        # Servers often name a charset by default; it counts only for what is not UTF-8 anyway.
        content = decoded(content, fetched.charset).encode("utf-8", "replace")
    return Document(source, content, media, replace(known, url=fetched.final_url))


def _is_utf8(content: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return "\0" not in content.decode("utf-8")  # UTF-16 can pass for UTF-8 with NUL in it
    return False
