"""A live blog of several days is one article a day, so that "yesterday" in an entry is the day before the entry."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml import html
from lxml.html import HtmlElement

from ingest.day_reading import parse_day
from ingest.document import Document
from ingest.html_tree import parse
from rag.errors import SourceError

_MARK = b"LiveBlogPosting"
_ENTRY = 60  # Characters; with fewer beside its time, an element is no entry.


def by_day(document: Document) -> Iterator[Document]:
    """The document itself, or the parts of a live blog, the earliest first, which keeps the source.

    Later parts have the source `source#day` and the day as that of publication.
    """
    entries = _entries(document) if document.media == "html" and _MARK in document.content else {}
    days = sorted(set(entries.values()))
    if len(days) < 2:
        yield document
        return
    key = hashlib.sha256(document.source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    for day in days:
        content = _only(document, day)
        if day == days[0]:
            yield replace(document, content=content)
        else:
            known = replace(document.known, given_id=f"{key}-{day}", published=day)
            yield replace(document, source=f"{document.source}#{day}", content=content, known=known)


def _entries(document: Document) -> dict[HtmlElement, dt.date]:
    try:
        tree = parse(document.content)
    except SourceError:
        return {}  # whoever reads the page says so
    return _entries_of(tree) if tree is not None else {}


def _entries_of(tree: HtmlElement) -> dict[HtmlElement, dt.date]:
    """The elements that hold one time and text beside it, as large as they can be, with the days of their times."""
    found = {}
    for time in tree.iter("time"):
        entry, day = time, parse_day(time.get("datetime") or "")
        while (parent := entry.getparent()) is not None and len(list(islice(parent.iter("time"), 2))) == 1:
            entry = parent
        if day and len(" ".join(entry.text_content().split())) >= _ENTRY and entry.tag not in ("body", "html", "main"):
            found[entry] = day
    return found


def _only(document: Document, day: dt.date) -> bytes:
    """The page without the entries of other days."""
    tree = parse(document.content)
    assert tree is not None  # it was read a moment ago
    for entry, its_day in _entries_of(tree).items():
        if its_day != day:
            entry.drop_tree()
    content: bytes = html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
    return content
