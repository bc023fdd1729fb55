"""Markdown to plain lines: markdown-it-py makes HTML of it, whose blocks are the lines; menus of saved pages go."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml.html import HtmlElement
from markdown_it import MarkdownIt

from ingest.clean import is_sentence
from ingest.document import Metadata
from ingest.extract_text import unwrap
from ingest.front_matter import take_front_matter
from ingest.html_facts import label_facts
from ingest.html_tree import block_lines, parse, remove_unseen
from ingest.masthead import split_authors

_LINKED = 0.6  # Share of a block's letters inside links from which it is a menu and not a sentence.
_NEAR = 8  # Lines above the text within which a link to an author's page is its byline.
_MARKED = re.compile(r"(?m)^[ \t]*(?:[*+>|`~-]|\d+[.)])")
_AUTHOR_PAGE = re.compile(r"(?i)/(?:authors?|people|profiles?|staff|contributors?|reporters?|by)/")


@dataclass(frozen=True)
class _Block:
    """One block of text; `lines` of it, how much of it is links, and the authors to whose pages it links."""

    tag: str
    lines: list[str]
    linked: float
    authors: tuple[str, ...]


def read_markdown(text: str) -> tuple[list[str], Metadata]:
    """The article's lines, and what front matter, first heading and links to authors say about it."""
    text, found = take_front_matter(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    # Paragraphs that are wrapped stand on one line each then; a line that opens with a mark stays a line.
    text = text if _MARKED.search(text) else unwrap(text)
    tree = parse(MarkdownIt("commonmark", {"breaks": True}).enable("table").render(text).encode("utf-8", "replace"))
    if tree is None:
        return [], found
    remove_unseen(tree)
    label_facts(tree)
    blocks = [_block(element, lines) for element, lines in block_lines(tree)]
    title = found.title or next((block.lines[0] for block in blocks if block.tag == "h1"), None)
    found = replace(found, title=title, authors=found.authors or _linked_authors(blocks))
    return [line for block in blocks if not _is_menu(block) for line in block.lines], found


def _block(element: HtmlElement, lines: list[str]) -> _Block:
    links = [(link.get("href") or "", link.text_content()) for link in element.iter("a")]
    letters, linked = (sum(map(str.isalnum, "".join(texts))) for texts in (lines, [text for _, text in links]))
    authors = [name for href, text in links if _AUTHOR_PAGE.search(href) for name in split_authors(text)]
    return _Block(element.tag, lines, linked / letters if letters else 1.0, tuple(authors))


def _linked_authors(blocks: list[_Block]) -> tuple[str, ...]:
    """Names that link to an author's page just above the text; further ones are of other articles."""
    running = (i for i, block in enumerate(blocks) if len(block.lines[0]) > 60 and is_sentence(block.lines[0]))
    first = next(running, 0)
    return tuple(dict.fromkeys(name for block in blocks[max(0, first - _NEAR) : first + 1] for name in block.authors))[
        :4
    ]


def _is_menu(block: _Block) -> bool:
    """A first heading that links to its own page is the title; a wholly linked sentence is a teaser."""
    if block.tag == "h1" or block.linked < _LINKED:
        return False
    return block.linked >= 0.9 or not is_sentence(block.lines[-1])
