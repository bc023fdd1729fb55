"""RSS and Atom feeds: first verified to be harmless XML, then read by feedparser, which fetches nothing."""

from __future__ import annotations

import html
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import feedparser

from ingest.addresses import canonical_url, outlet_of
from ingest.day_reading import given_day
from ingest.document import Document, Media, Metadata, Skipped, digest
from ingest.feed_xml import kind_of, plain_xml
from rag.errors import SourceError
from rag.text.clean import one_line
from rag.text.languages import code_of

MAX_FEED_BYTES = 20_000_000
MAX_KEY_LENGTH = 500  # characters of an entry's own id
TEASER_CHARACTERS = 1_500  # a shorter summary is a teaser for the linked page
TEXT_CHARACTERS = 300  # a shorter summary cannot stand for a page that yields nothing
AGGREGATORS = frozenset({"news.google.com", "bing.com"})  # they link other outlets' headlines, and hold no article

_TAG = re.compile(r"<[^<>]*>")
_TITLE_TAG = re.compile(
    r"(?i)</?(?:a|abbr|b|big|br|cite|code|del|em|font|h\d|i|img|ins|mark|nobr|p|q|s|small|span|strike|strong|sub|sup|u|wbr)"
    r"(?:\s[^<>]*)?/?>"
)
_BLOCK = re.compile(r"(?i)<(?:p|br|div|ul|ol|h\d|blockquote|figure|img)(?:\s[^<>]*)?/?>")


@dataclass(frozen=True)
class _Entry:
    """One feed entry; `names` are keys for it, each distinguishing more entries than the one before."""

    names: tuple[str, ...]
    digest: str
    linked: str | None
    document: Document  # still without a source


def read_feed(content: bytes, source: str, *, charset: str | None = None) -> Iterator[Document | Skipped]:
    """The entries of a feed in order, each as a document with source `source#id` (or its link).

    Different entries that share an id or a link stay separate; exact repeats are reported. `charset` is the server's.
    Raises `SourceError` if it is too large or not harmless XML.
    """
    if len(content) > MAX_FEED_BYTES:
        raise SourceError(f"The feed is larger than {MAX_FEED_BYTES // 1_000_000} MB, which none is; split it.")
    parsed = feedparser.parse(
        io.BytesIO(plain_xml(content, charset)),  # a stream, since text could be taken for an address
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # what is read here is extracted, never shown as HTML
        resolve_relative_uris=False,
    )
    # Plain dictionaries: feedparser's own return the publication date for a missing update.
    feed = dict(parsed.feed)
    base = urljoin(source, str(feed.get("link", "")))
    if not parsed.entries:
        yield Skipped(source, "The feed lists no articles at the moment.")
    yield from _told_apart([_entry(dict(found), feed, base) for found in parsed.entries], source)


def read_feed_file(content: bytes, source: str) -> Iterator[Document | Skipped]:
    """Like `read_feed`, for an XML file. Raises `SourceError` if it is something else."""
    if kind_of(content) != "feed":
        raise SourceError("This XML file is not an RSS or Atom feed.")
    return read_feed(content, source)


def _told_apart(entries: Sequence[_Entry], source: str) -> Iterator[Document | Skipped]:
    texts: defaultdict[str, set[str]] = defaultdict(set)  # how many texts share each name or link
    for entry in entries:
        for name in (*entry.names, f"link {entry.linked}"):
            texts[name].add(entry.digest)
    used: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        key = next((name for name in entry.names if len(texts[name]) == 1), entry.names[-1])
        known = entry.document.known
        if key in used:
            yield Skipped(f"{source}#{number}", f"The feed lists the entry {(known.title or key)[:100]!r} twice.")
            continue
        used.add(key)
        if entry.linked and len(texts[f"link {entry.linked}"]) > 1:
            known = replace(known, given_id=digest(source, key))  # a shared address identifies no article
        yield replace(entry.document, source=f"{source}#{key}", known=known)


def announced_page(entry: Document) -> str | None:
    """The address of the whole article, if the feed entry is only a teaser for it; otherwise None."""
    is_teaser = _length(entry) < TEASER_CHARACTERS
    return entry.known.url if is_teaser and entry.known.given_id is None else None


def has_text(entry: Document) -> bool:
    """Whether the entry tells enough to stand for its page."""
    return _length(entry) >= TEXT_CHARACTERS


def _length(entry: Document) -> int:
    """Characters of an entry's words, without markup."""
    return len(one_line(html.unescape(_TAG.sub(" ", entry.content.decode("utf-8", "replace")))))


def is_aggregator(url: str) -> bool:
    return outlet_of(url) in AGGREGATORS


def _entry(entry: dict[str, Any], feed: dict[str, Any], base: str) -> _Entry:
    url = _url(entry, base)
    known = _known(entry, feed, url)
    body, media = _body(entry)
    if url and is_aggregator(url):
        body = ""  # headlines of several outlets
    own = str(entry.get("id") or url or "").strip()
    title = str(entry.get("title"))
    narrow, content = digest(own, title, str(url)), digest(title, str(url), body)
    names = (own, f"{own}#{narrow}", f"{own}#{content}") if 0 < len(own) <= MAX_KEY_LENGTH else (narrow, content)
    document = Document("", _page(body, media, known.title), media, known)
    return _Entry(names if own else (content,), content, url and canonical_url(url), document)


def _url(entry: dict[str, Any], base: str) -> str | None:
    link = str(entry.get("link") or "").strip()
    if not link or (link == entry.get("id") and "://" not in link):  # an id not declared as a link is not an address
        return None
    try:
        url = urljoin(base, link)
    except ValueError:
        return None
    if is_aggregator(url) and (inside := parse_qs(urlsplit(url).query).get("url")):
        url = inside[0]  # Bing includes the target of a link
    return url if canonical_url(url) else None


def _body(entry: dict[str, Any]) -> tuple[str, Media]:
    """The longest text in the entry, and whether it is HTML."""
    parts = [*entry.get("content", ()), {"value": entry.get("summary"), **entry.get("summary_detail", {})}]
    best = max(parts, key=lambda part: len(part.get("value") or ""))
    text = best.get("value") or ""
    if best.get("type") == "text/plain":
        return text, "text"
    if not _TAG.search(text):  # most publishers put plain text where HTML is allowed; some escape it twice
        text = html.unescape(text)
        return (text, "html") if _BLOCK.search(text) else (text, "text")
    return text, "html"


def _known(entry: dict[str, Any], feed: dict[str, Any], url: str | None) -> Metadata:
    updated = given_day(entry.get("updated"))
    published = given_day(entry.get("published")) if entry.get("published") else updated  # Atom requires only this
    names = [author.get("name") for author in entry.get("authors", ())] or [entry.get("author")]
    origin = _plain(str(entry.get("source", {}).get("title") or entry.get("news_source") or ""))
    title = _plain(str(entry.get("title") or ""))
    # The `xml:lang` of its text, or else the language of the feed.
    bodies = (*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}, feed)
    languages = (code_of(body.get("language")) for body in bodies)
    if origin and url and is_aggregator(url):
        title = title.removesuffix(f" - {origin}")
    return Metadata(
        title=title or None,
        outlet=origin or _plain(str(feed.get("title") or "")) or (outlet_of(url) if url else None),
        authors=tuple(dict.fromkeys(_plain(str(name)) for name in names if name)),
        published=published,
        updated=updated,
        language=next(filter(None, languages), None),
        url=url,
    )


def _plain(text: str) -> str:
    """A title or name on one line, without tags and escapes, however often it was escaped."""
    for _ in range(3):
        text = html.unescape(_TITLE_TAG.sub(" ", text))
    return one_line(_TITLE_TAG.sub(" ", text))


def _page(body: str, media: Media, title: str | None) -> bytes:
    """A fragment wrapped as a whole HTML page, which article extraction expects."""
    if media == "html":
        head = f'<meta charset="utf-8"><title>{html.escape(title or "")}</title>'
        body = f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>"
    return body.encode("utf-8", "replace")
