"""Splits a live blog of several days into one article per day, so that "yesterday" refers to the entry's day."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml import html
from lxml.html import HtmlElement

from ingest.day_reading import parse_day
from ingest.document import Document, digest
from ingest.html_tree import parse
from rag.errors import SourceError

_MARK = b"LiveBlogPosting"
_ENTRY = 60  # Characters; with fewer beside its time, an element is not an entry.


def by_day(document: Document) -> Iterator[Document]:
    """The document itself, or the parts of a live blog, the earliest first, which keeps the source; later parts have
    the source `source#day`."""
    tree = None
    if document.media == "html" and _MARK in document.content:
        with contextlib.suppress(SourceError):  # reported when the page is read
            tree = parse(document.content)
    days = sorted(set(_entries(tree).values())) if tree is not None else []
    if tree is None or len(days) < 2:
        yield document
        return
    key = digest(document.source)
    for day in days:
        page = copy.deepcopy(tree)
        for entry, its_day in _entries(page).items():
            if its_day != day:
                entry.drop_tree()
        part = replace(document, content=html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>"))
        known = replace(document.known, given_id=f"{key}-{day}", published=day)
        yield part if day == days[0] else replace(part, source=f"{document.source}#{day}", known=known)


def _entries(tree: HtmlElement) -> dict[HtmlElement, dt.date]:
    """The largest elements that hold one time and text beside it, with the days of their times."""
    found = {}
    for time in tree.iter("time"):
        entry, day = time, parse_day(time.get("datetime") or "")
        while (parent := entry.getparent()) is not None and len(list(islice(parent.iter("time"), 2))) == 1:
            entry = parent
        if day and len(" ".join(entry.text_content().split())) >= _ENTRY and entry.tag not in ("body", "html", "main"):
            found[entry] = day
    return found
