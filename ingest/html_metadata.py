"""What a page says about its article in dedicated places: meta tags, JSON-LD, canonical link."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.clean import same_words
from ingest.day_reading import given_day
from ingest.document import Metadata
from ingest.masthead import NOT_NAMES, outlet_name, split_authors
from ingest.page_days import is_article, marked_days
from rag.text.languages import code_of

_MAX_JSON = 500_000  # Characters of JSON-LD that are read.
_DECODER = json.JSONDecoder(strict=False)
_BEFORE_JSON = re.compile(r"\s*(?:(?://|/\*)?\s*<!(?:\[CDATA\[|--)\s*(?:\*/)?\s*)?")  # as in XHTML
_UPDATED = "article:modified_time og:updated_time datemodified last-modified".split()
_AUTHORS = "author article:author byl dc.creator parsely-author sailthru.author".split()
_OUTLETS = "application-name dc.publisher twitter:site".split()
_BYLINE = re.compile(r"(?i)(?:^|[\s_-])(?:by-?line|authors?|author-?names?|writer)(?:$|[\s_-])")
_BY = re.compile(r"(?i)^(?:by|von|par|por|door)\s+")
_LONGEST_BYLINE = 200  # Characters; a longer one is a biography.
_TITLE_HEAD = re.compile(r"(?P<outlet>[^:|]{2,40})\s?[:|]\s+(?=\S)")
_TITLE_TAIL = re.compile(r"\s+[|»·–—-]\s+(?P<outlet>[^|»·–—]{2,40})$")


def read_metadata(tree: HtmlElement, url: str | None) -> Metadata:
    """Title, outlet, authors, days, language and address of a page. The days are all those in its tags."""
    meta = _meta_tags(tree)
    objects = _article_data(tree)
    linked = objects[0] if objects else {}
    title, tail = _title(tree, meta, linked)
    lang = next((tag.get("lang") for tag in tree.iter("html")), None)
    changed = [*map(meta.get, _UPDATED), _text(linked.get("dateModified"))]
    return Metadata(
        title=title,
        outlet=_outlet(meta, linked) or tail,
        authors=_authors(tree, meta, linked),
        days=tuple(marked_days(meta, objects)),
        updated=next((day for text in changed if (day := given_day(text))), None),
        language=code_of(lang or meta.get("og:locale") or meta.get("language")),
        url=_address(tree, meta, url),
    )


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        names = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").casefold().replace("dc:", "dc.")
        content = " ".join(html.unescape(tag.get("content") or "").split())  # some are escaped twice
        for name in names.split() if content else ():
            if name in _AUTHORS and name in found:
                found[name] += f"; {content}"
            else:
                found.setdefault(name, content)
    return found


def _article_data(tree: HtmlElement) -> list[dict[str, Any]]:
    """The JSON-LD objects that describe the article: those with another headline come last, after that of its page."""
    found = [entry for entry in _linked_objects(tree) if any(map(is_article, _listed(entry.get("@type"))))]
    titles = [" ".join(tag.text_content().split()) for tag in tree.iter("title", "h1")]

    def distance(entry: dict[str, Any]) -> tuple[bool, bool]:
        headline = _text(entry.get("headline"))
        other = headline is not None and not any(same_words(title, headline) for title in titles)
        return other, "WebPage" in "".join(map(str, _listed(entry.get("@type"))))

    return sorted(found, key=distance)


def _linked_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "") or not script.text:
            continue
        try:
            text = script.text[:_MAX_JSON]
            data, _ = _DECODER.raw_decode(text, _BEFORE_JSON.match(text).end())  # type: ignore[union-attr]
        except (ValueError, RecursionError):
            continue
        yield from _objects(data, 0)


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(data.get(key), depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, list):
        return _text(value[0]) if value else None
    return " ".join(html.unescape(html.unescape(value)).split()) or None if isinstance(value, str) else None


def _outlet(meta: dict[str, str], linked: dict[str, Any]) -> str | None:
    names = [meta.get("og:site_name"), _text(linked.get("publisher")), *map(meta.get, _OUTLETS)]
    stated = (name for name in names if name and not name.startswith(("http:", "https:", "/")))
    return next((name.lstrip("@")[:80] for name in stated), None)


def _title(tree: HtmlElement, meta: dict[str, str], linked: dict[str, Any]) -> tuple[str | None, str | None]:
    """The title, and the outlet that the page's own title names before or after it.

    If that contains the heading, the heading is the title: of 152 unseen pages this finds 120 titles; cutting off known
    outlets and sections found 113.
    """
    page = " ".join((tree.findtext(".//title") or "").split())
    said = _text(linked.get("headline")) or meta.get("og:title") or meta.get("twitter:title") or page
    head = _TITLE_HEAD.match(page)
    if head and said == page and outlet_name(head["outlet"]):
        return page[head.end() :], head["outlet"]
    headings = [text for tag in tree.iter("h1") if (text := " ".join(tag.text_content().split()))]
    part = next((text for text in headings if text.count(" ") >= 2 and _is_part(text, said)), None)
    title = part or (_TITLE_TAIL.sub("", said) if said == page else said) or next(iter(headings), None)
    tail = _TITLE_TAIL.fullmatch(page[len(title) :]) if title and page.startswith(title) else None
    return title, tail["outlet"] if tail else None


def _is_part(heading: str, title: str) -> bool:
    """Whether a heading is one whole part of a title between its separators: "News – Heading | Outlet"."""
    place = title.casefold().find(heading.casefold())
    before, behind = title[:place].rstrip()[-1:], title[place + len(heading) :].lstrip()[:1]
    return place >= 0 and all(not mark or mark in "|»·:–—ǀ-" for mark in (before, behind))


def _authors(tree: HtmlElement, meta: dict[str, str], linked: dict[str, Any]) -> tuple[str, ...]:
    """The first of these that has names: JSON-LD, meta tags, elements marked as author, those named byline."""
    if people := _people(tree, linked):
        return people
    texts = (*map(meta.get, _AUTHORS), *_bylines(tree))
    return next((names for text in texts if text and (names := _names(text))), ())


def _people(tree: HtmlElement, linked: dict[str, Any]) -> tuple[str, ...]:
    """The JSON-LD authors, described there or elsewhere in the page; a person's one-word pen name is accepted."""
    authors = _listed(linked.get("author"))
    if any(isinstance(person, dict) and "@id" in person and not person.get("name") for person in authors):
        known = {thing["@id"]: thing for thing in _linked_objects(tree) if isinstance(thing.get("@id"), str)}
        authors = [known.get(str(one.get("@id")), one) if isinstance(one, dict) else one for one in authors]
    found: list[str] = []
    for person in authors:
        name = _text(person) or ""
        found += _names(name)
        named = isinstance(person, dict) and "Person" in _listed(person.get("@type")) and 0 < len(name) <= 40
        if named and not _names(name) and not NOT_NAMES.search(name) and not outlet_name(name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _names(text: str) -> tuple[str, ...]:
    return split_authors(_BY.sub("", " ".join(text.split())))


def _bylines(tree: HtmlElement) -> list[str]:
    marked, named = [], []
    for tag in tree.iter("a", "span", "p", "div", "address", "li"):
        if "author" in tag.get("rel", "").split() or "author" in tag.get("itemprop", "").split():
            marked.append(tag.text_content()[:_LONGEST_BYLINE])
        elif _BYLINE.search(tag.get("class", "")) and len(text := tag.text_content()) <= _LONGEST_BYLINE:
            named.append(text)
    return [*marked[:10], *named[:10]]


def _address(tree: HtmlElement, meta: dict[str, str], url: str | None) -> str | None:
    links = [tag.get("href") for tag in tree.iter("link") if "canonical" in (tag.get("rel") or "").lower().split()]
    for address in (*links, meta.get("og:url"), meta.get("twitter:url")):
        try:
            full = urljoin(url or "", str(address or "").strip())
            if address and urlsplit(full).scheme in ("http", "https") and urlsplit(full).hostname:
                return full
        except ValueError:
            continue  # not an address
    return url
