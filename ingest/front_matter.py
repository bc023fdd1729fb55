"""The `key: value` lines at the head of a Markdown file: a small, safe part of YAML."""

from __future__ import annotations

import datetime as dt
import re

from ingest.day_reading import given_day
from ingest.document import Metadata
from ingest.masthead import split_authors
from rag.types import DateSource

_BLOCK = re.compile(r"\A\s*---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_READER_HEAD = re.compile(r"\A\s*((?:(?:Title|URL Source|Published Time|Warning): .*\n\s*)+)Markdown Content:[ \t]*\n")
_PAIR = re.compile(r"([A-Za-z][\w -]{0,40}?)[ \t]*:(?:[ \t]+(.*)|)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.+)$")


def take_front_matter(text: str) -> tuple[str, Metadata]:
    """The text without its front matter, and what that said. Text without one comes back as it is."""
    if match := _BLOCK.match(text):
        return text[match.end() :], _metadata(_fields(match[1]))
    if match := _READER_HEAD.match(text):
        return text[match.end() :], _metadata(_fields(match[1]))
    return text, Metadata()


def _fields(block: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    key = ""
    for line in block.split("\n"):
        if match := _PAIR.match(line.rstrip()):
            key = match[1].casefold().strip()
            fields[key] = _values(match[2] or "")
        elif (match := _ITEM.match(line)) and key:
            fields[key].append(_plain(match[1]))
    return fields


def _values(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [text for part in value[1:-1].split(",") if (text := _plain(part))]
    text = _plain(value)
    return [text] if text else []


def _plain(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].replace('\\"', '"').replace("''", "'")
    elif " #" in value:
        value = value.split(" #")[0].rstrip()
    return "" if value in ("null", "~", ">", "|", ">-", "|-") else value


def _metadata(fields: dict[str, list[str]]) -> Metadata:
    def first(*keys: str) -> str | None:
        return next((fields[key][0] for key in keys if fields.get(key)), None)

    published = _day(first("published", "date", "published_at", "published time", "pubdate", "datepublished"))
    written = [name for key in ("authors", "author", "byline", "by") for name in fields.get(key, [])]
    authors = [name for entry in written for name in (split_authors(entry) or (entry,))]
    return Metadata(
        title=first("title", "headline"),
        outlet=first("outlet", "source", "publisher", "site", "sitename"),
        authors=tuple(dict.fromkeys(authors)),
        agency=first("agency"),
        published=published,
        published_source=DateSource.METADATA if published else DateSource.UNKNOWN,
        updated=_day(first("updated", "updated_at", "modified", "lastmod", "datemodified")),
        language=first("language", "lang"),
        url=first("url", "link", "canonical", "url source", "canonical_url"),
    )


def _day(text: str | None) -> dt.date | None:
    return given_day(text)
