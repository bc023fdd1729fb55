"""Markdown to plain lines: markup off, and out of reader-mode pages their menus."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.clutter import is_clutter, is_page_end, is_sentence, is_tail_heading
from ingest.document import Metadata
from ingest.extract_text import unwrap
from ingest.findings import same_words
from ingest.front_matter import take_front_matter
from ingest.masthead import read_masthead, split_authors
from ingest.normalise import normalise

_MENU_LINES = 12  # So many lines of links show that a whole page was saved, not an article written.
_FEW_LINKS = 3  # So many links show that a text is Markdown.
_TITLES = 5  # Headings that repeat the title, from the last one, that may stand over the article.
_LINKED = 0.6  # Share of a line's letters inside links from which it is a menu and not a sentence.

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|template|head|svg|iframe)\b[^<>]{0,2000}>.*?(?:</\1>|\Z)"
    r"|<(\w{1,20})\b[^<>]{0,500}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|\shidden\b)[^<>]{0,500}>.*?(?:</\2>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_IMAGE = re.compile(r"!\[[^\[\]]{0,2000}\](?:\([^()]{0,4000}(?:\([^()]{0,500}\)[^()]{0,4000})?\)|\[[^\[\]]{0,100}\])")
_LINK = re.compile(
    r"\[(?P<text>[^\[\]]{0,2000})\](?:\((?P<url>[^()]{0,4000}(?:\([^()]{0,500}\)[^()]{0,4000})*)\)|\[[^\[\]]{0,100}\])"
)
_LINK_LIKE = re.compile(r"\]\((?:https?:|/|#|javascript:|mailto:)")
_DEFINITION = re.compile(r"[ \t]*\[[^\[\]]{1,200}\]:[ \t]*\S+.*")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^<>\s]{1,2000}>")
_HEADING = re.compile(r"[ \t]{0,3}(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"[ \t]{0,3}(?:={3,}|-{3,})[ \t]*$")
_RULE = re.compile(r"[ \t]{0,3}(?:[-*_][ \t]*){3,}$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{3,}[ \t:|-]*$")
_BULLET = re.compile(r"[ \t]*(?:[*+-]|\d{1,3}[.)])(?:[ \t]+(?P<task>\[[ xX]\])?|$)")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[\w+-]*[ \t]*$")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~|`+)(?=\S)(.{1,600}?)(?<=\S)\1|(\*{1,3})(?=\w)(.{1,600}?)(?<=\w)\3")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}
_AUTHOR_PAGE = re.compile(r"(?i)/(?:authors?|people|profiles?|staff|contributors?|reporters?|by)/")


@dataclass(frozen=True)
class _Line:
    """One line without markup: its text, whether it is a heading, how much of it is links."""

    text: str
    heading: int = 0
    linked: float = 0.0
    bullet: bool = False
    authors: tuple[str, ...] = ()


def looks_like_markdown(text: str) -> bool:
    """Whether a plain text is Markdown in truth: it has several inline links."""
    return sum(1 for _, _ in zip(_LINK_LIKE.finditer(text), range(_FEW_LINKS), strict=False)) >= _FEW_LINKS


def read_markdown(text: str) -> tuple[list[str], Metadata]:
    """The article's lines, and what front matter, first heading and links to authors say about it."""
    text, found = take_front_matter(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    text = _UNSEEN.sub(" ", _COMMENT.sub(" ", text))
    lines = _lines(text)
    title = found.title or next((line.text for line in lines if line.heading == 1), None)
    found = replace(found, title=title, authors=found.authors or _linked_authors(lines))
    menu = sum(1 for line in lines if _is_menu(line))
    kept = [line for line in lines if not _is_menu(line)]
    if menu >= _MENU_LINES:
        kept = _page_article(kept, title)
    return [line for part in kept for line in normalise(part.text).split("\n\n") if line], found


def _linked_authors(lines: list[_Line]) -> tuple[str, ...]:
    """Names that link to an author's page just above the text; further ones are of other articles."""
    first = next((i for i, line in enumerate(lines) if _is_running(line)), 0)
    return tuple(dict.fromkeys(name for line in lines[max(0, first - 8) : first + 1] for name in line.authors))[:4]


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    for raw in _joined(text).split("\n"):
        if _UNDERLINE.match(raw) and lines and lines[-1].text and not lines[-1].bullet:
            lines[-1] = replace(lines[-1], heading=1 if "=" in raw else 2)
        elif not (_RULE.match(raw) or _TABLE_RULE.match(raw) or _FENCE.match(raw) or _DEFINITION.match(raw)):
            lines.append(_line(raw))
    return [line for line in lines if line.text]


def _joined(text: str) -> str:
    """Paragraphs on one line each, when the text is wrapped; a line that opens with a mark stays a line."""
    return text if re.search(r"(?m)^[ \t]*(?:[*+>|`~-]|\d+[.)])", text) else unwrap(text)


def _line(raw: str) -> _Line:
    authors: list[str] = []
    raw = _QUOTE.sub("", raw, count=1)
    level = 0
    if match := _HEADING.match(raw):
        level, raw = len(match["level"]), match["text"]
    bullet = _BULLET.match(raw)
    if bullet:
        raw = "" if bullet["task"] else raw[bullet.end() :]
    text, linked = _without_links(raw, authors)
    text = _TAG.sub(" ", _AUTOLINK.sub("", text))
    if "|" in text:
        text = re.sub(r"^[ \t]*\||\|[ \t]*$", "", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2\4", text)
    text = _ESCAPE.sub(r"\1", text)
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    text = " ".join(text.split())
    letters = sum(map(str.isalnum, text))
    return _Line(text, level, linked / letters if letters else 1.0, bool(bullet), tuple(authors))


def _without_links(raw: str, authors: list[str]) -> tuple[str, int]:
    """The line with each link as its text, and how many letters were in links."""
    linked = 0

    def text_of(match: re.Match[str]) -> str:
        nonlocal linked
        text = match["text"]
        linked += sum(map(str.isalnum, text))
        if match["url"] and _AUTHOR_PAGE.search(match["url"]):
            authors.extend(split_authors(text))
        return text

    raw = _IMAGE.sub("", raw)
    raw = _LINK.sub(text_of, raw)
    return _LINK.sub(text_of, raw) if "](" in raw else raw, linked


def _is_menu(line: _Line) -> bool:
    if line.linked < _LINKED or not line.text:
        return False
    # A first heading that links to its own page is the title; a wholly linked sentence is a teaser.
    return line.heading != 1 and (line.linked >= 0.9 or not is_sentence(line.text))


def _page_article(lines: list[_Line], title: str | None) -> list[_Line]:
    """The article's lines in a saved page: from the title that stands over most text to the next list of pages."""
    starts = [i for i, line in enumerate(lines) if line.heading and title and same_words(line.text, title)]
    articles = [_from(lines, start) for start in [0, *starts[-_TITLES:]]]
    sizes = [sum(len(line.text) for line in article if _is_running(line)) for article in articles]
    article = next(found for found, size in zip(articles[::-1], sizes[::-1], strict=True) if size >= 0.8 * max(sizes))
    return _without_repeats(article)


def _without_repeats(lines: list[_Line]) -> list[_Line]:
    """Long lines once each: a teaser is repeated, a sentence of the article is not."""
    first = {line.text: i for i, line in reversed(list(enumerate(lines)))}
    return [line for i, line in enumerate(lines) if len(line.text) < 60 or first[line.text] == i]


def _from(lines: list[_Line], start: int) -> list[_Line]:
    """The lines of an article that begins at `start`: what stands over it, its text, and no other headlines."""
    first = next((i for i in range(start, len(lines)) if _is_running(lines[i])), len(lines))
    kept = [line for line in lines[start:first] if read_masthead(line.text) is not None or len(line.text) > 40]
    after = sum(len(line.text) for line in lines[first:] if _is_running(line))
    before = 0
    skipping = False
    for line in lines[first:]:
        running = len(line.text) if _is_running(line) else 0
        if is_tail_heading(line.text) and not line.bullet:
            if before > (0.3 if is_page_end(line.text) else 6.0) * after:
                break
            skipping = True
        before, after = before + running, after - running
        skipping = skipping and not running
        if not skipping and (line.heading or line.bullet or is_sentence(line.text) or line.text.count(" ") >= 6):
            kept.append(line)
    return kept


def _is_running(line: _Line) -> bool:
    return not line.heading and is_sentence(line.text) and len(line.text) > 60 and not is_clutter(line.text)
