"""Markdown to plain lines: markdown-it-py makes HTML of it, whose blocks are the lines; menus of saved pages go."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml.html import HtmlElement
from markdown_it import MarkdownIt

from ingest.clean import is_sentence
from ingest.day_reading import given_day
from ingest.document import Metadata
from ingest.html_tree import block_lines, label_facts, parse, remove_unseen
from ingest.masthead import split_authors
from ingest.normalise import unwrap

_LINKED = 0.6  # Share of a block's letters inside links at which it is a menu and not a sentence.
_NEAR = 8  # Lines above the text within which a link to an author's page is its byline.
_MARKED = re.compile(r"(?m)^[ \t]*(?:[*+>|`~-]|\d+[.)])")
_AUTHOR_PAGE = re.compile(r"(?i)/(?:authors?|people|profiles?|staff|contributors?|reporters?|by)/")
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_READER_HEAD = re.compile(r"\A\s*((?:(?:Title|URL Source|Published Time|Warning): .*\n\s*)+)Markdown Content:[ \t]*\n")
_PAIR = re.compile(r"([A-Za-z][\w -]{0,40}?)[ \t]*:(?:[ \t]+(.*)|)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.+)$")


def read_markdown(text: str) -> tuple[list[str], Metadata]:
    """The article's lines, and what front matter, first heading and author links say about it."""
    text, found = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), Metadata()
    if match := _FRONT_MATTER.match(text) or _READER_HEAD.match(text):
        text, found = text[match.end() :], _metadata(_fields(match[1]))
    # Unwraps paragraphs to one line each; a line that opens with a mark stays a line.
    text = text if _MARKED.search(text) else unwrap(text)
    tree = parse(MarkdownIt("commonmark", {"breaks": True}).enable("table").render(text).encode("utf-8", "replace"))
    if tree is None:
        return [], found
    remove_unseen(tree)
    label_facts(tree)
    blocks = list(block_lines(tree))
    title = found.title or next((lines[0] for element, lines in blocks if element.tag == "h1"), None)
    found = replace(found, title=title, authors=found.authors or _linked_authors(blocks))
    return [line for element, lines in blocks if not _is_menu(element, lines) for line in lines], found


def _linked_authors(blocks: list[tuple[HtmlElement, list[str]]]) -> tuple[str, ...]:
    """Names linking to an author's page just above the text; those further away belong to other articles."""
    first = next((i for i, (_, lines) in enumerate(blocks) if len(lines[0]) > 60 and is_sentence(lines[0])), 0)
    links = [link for element, _ in blocks[max(0, first - _NEAR) : first + 1] for link in element.iter("a")]
    pages = [link.text_content() for link in links if _AUTHOR_PAGE.search(link.get("href") or "")]
    return tuple(dict.fromkeys(name for text in pages for name in split_authors(text)))[:4]


def _is_menu(element: HtmlElement, lines: list[str]) -> bool:
    """A first heading that links to its own page is the title; a fully linked sentence is a teaser."""
    texts = ("".join(lines), "".join(link.text_content() for link in element.iter("a")))
    letters, linked = (sum(map(str.isalnum, text)) for text in texts)
    share = linked / letters if letters else 1.0
    return element.tag != "h1" and share >= _LINKED and (share >= 0.9 or not is_sentence(lines[-1]))


def _fields(block: str) -> dict[str, list[str]]:
    """The values of leading `key: value` lines, a small, safe subset of YAML."""
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
    parts = value[1:-1].split(",") if value.startswith("[") and value.endswith("]") else [value]
    return [text for part in parts if (text := _plain(part))]


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

    written = [name for key in ("authors", "author", "byline", "by") for name in fields.get(key, [])]
    authors = [name for entry in written for name in (split_authors(entry) or (entry,))]
    return Metadata(
        title=first("title", "headline"),
        outlet=first("outlet", "source", "publisher", "site", "sitename"),
        authors=tuple(dict.fromkeys(authors)),
        agency=first("agency"),
        published=given_day(first("published", "date", "published_at", "published time", "pubdate", "datepublished")),
        updated=given_day(first("updated", "updated_at", "modified", "lastmod", "datemodified")),
        language=first("language", "lang"),
        url=first("url", "link", "canonical", "url source", "canonical_url"),
    )
