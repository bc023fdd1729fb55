"""HTML bytes to a tree of bounded size, without anything that the page's reader does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html
from lxml.html import HtmlElement, builder

from ingest.normalise import decode, normalise
from ingest.visibility import Unseen, find_unseen
from rag.errors import SourceError

MAX_DEPTH = 1_000  # Nested tags; real pages stay below 100.
MAX_TAGS = 60_000  # Opening and closing; articles stay below 20,000, and time is quadratic.
MAX_ATTRIBUTES = 1_000  # In one tag; the time to read them is quadratic.
MAX_CHARACTERS = 20_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
# Void tags, and tags whose end may be omitted, do not nest.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr thead tbody tfoot"
    " option optgroup colgroup html head body rp rt".split()
)
_RAW = re.compile(r"(?is)<(script|style|textarea)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")  # what holds no tags

_UNSEEN_TAGS = (
    "script style template noscript svg iframe object embed canvas math audio video button select textarea input datalist map"
).split()
_NULS_MOST = 0.005  # Share of a page's bytes; programs that truncate it leave them, and browsers drop them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LAYOUT_CELL = 400  # Characters in one cell from which a table is layout.
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "tr", "dt", "dd")
_PARAGRAPH = 60  # Characters of its own at which an element holds running text.
_ARTICLE = 120  # Least characters of running text for an article.
_WORD = re.compile(r"\w{4,}")
CELL_CHARACTERS_MOST = 160  # A longer cell is running text, so its table is layout.
ROWS_MOST = 200


def parse(content: bytes) -> HtmlElement | None:
    """The tree of a page, or None if it holds no tags. Raises SourceError if it is not a page, or is a bomb."""
    if 0 < content.count(0) <= _NULS_MOST * len(content) and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.replace(b"\0", b"")
    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii") if declared else None)
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"the page is longer than {MAX_CHARACTERS:,} characters, which no article is")
    text = _CONTROL.sub("", text)  # characters invalid in XML make trafilatura give up on the whole page
    _check_shape(text)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except etree.ParserError:
        return None  # nothing but white space and comments
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise SourceError("the page cannot be read as HTML; save it again from the browser") from error


def _check_shape(text: str) -> None:
    text = _RAW.sub(" ", text)
    if any(len(_VALUE.sub("", match[0]).split()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(text)):
        raise SourceError(f"the page has a tag with more than {MAX_ATTRIBUTES:,} attributes, which no article has")
    depth = 0
    for tags, match in enumerate(_TAG.finditer(text), start=1):
        if match[2].lower() not in _FLAT:
            depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAX_DEPTH:
            raise SourceError(f"the page nests tags more than {MAX_DEPTH:,} levels deep, which no article does")
        if tags > MAX_TAGS:
            raise SourceError(f"the page has more than {MAX_TAGS:,} tags, which no article has")


def remove_unseen(tree: HtmlElement) -> None:
    """Removes from the tree what is not shown: scripts, and what a style, an attribute or a class hides. Hidden words
    stay only if they are the page's one article, shown by a script once the page is loaded."""
    unseen = find_unseen(tree)
    waiting = list(tree.iter("noscript"))
    if shown := _only_article(tree, Unseen([*unseen.gone, *waiting], unseen.unreadable)):
        for element in set(shown).intersection(waiting):
            element.tag = "div"
        unseen = find_unseen(tree, shown)
    for element in [*tree.iter(*_UNSEEN_TAGS), *unseen.gone]:
        if element.getparent() is not None:
            element.drop_tree()
    for element in unseen.unreadable:
        element.text = None
        for child in element:
            child.tail = None


def _only_article(tree: HtmlElement, unseen: Unseen) -> frozenset[HtmlElement]:
    """The hidden elements that hold the page's article, if none of it is visible; otherwise empty. They must hold four
    times the visible running text, and the visible text must not be what the title is about."""
    groups: dict[object, list[HtmlElement]] = {None: unseen.unreadable}
    for element in unseen.gone:
        groups.setdefault((element.getparent(), element.get("class")), []).append(element)
    hidden = {part for element in (*unseen.gone, *tree.iter(*_UNSEEN_TAGS)) for part in element.iter()}
    seen = [_running(part) for part in set(tree.iter(etree.Element)) - hidden - set(unseen.unreadable)]
    length = max(_ARTICLE, 4 * sum(map(len, seen)))
    for group in groups.values():
        parts = group if group is unseen.unreadable else [part for element in group for part in element.iter()]
        if sum(len(_running(part)) for part in parts) >= length and not _speaks_of_title(tree, " ".join(seen)):
            return frozenset(group)
    return frozenset()


def _running(element: HtmlElement) -> str:
    """An element's own words, unless they are a mere label or a headline."""
    if element.tag in ("script", "style", "title", "h1", "h2"):
        return ""
    text = " ".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    return text if len(text) >= _PARAGRAPH else ""


def _speaks_of_title(tree: HtmlElement, text: str) -> bool:
    """Whether it has half of the words of a title that the page gives; `<title>` alone may name the outlet."""
    titles = tree.xpath("//title/text() | //h1//text() | //meta[@property='og:title']/@content")
    words = set(_WORD.findall(text.casefold()))
    told = (set(_WORD.findall(title.casefold())) for title in titles)
    return any(one and 2 * len(one & words) >= len(one) for one in told)


def block_lines(tree: HtmlElement) -> Iterator[tuple[HtmlElement, list[str]]]:
    """The blocks of a simple page that contain words, each with its normalised lines; a table row is one line."""
    for block in tree.iter(*_BLOCKS):
        parts = [block.text or ""]
        for child in block:
            if next(child.iter(*_BLOCKS, "ul", "ol", "table"), None) is None:  # which come by themselves
                parts.append("\n" if child.tag == "br" else child.text_content())
            parts.append(child.tail or "")
        text = " | ".join(filter(None, map(str.strip, parts))) if block.tag == "tr" else "".join(parts)
        if lines := [line for line in normalise(text).split("\n\n") if line]:
            yield block, lines


def unwrap_layout_tables(tree: HtmlElement) -> None:
    """Turns layout tables, as in old pages, into plain blocks; tables of figures stay."""
    layout = [
        table
        for table in tree.iter("table")
        if next(table.iterdescendants("table", "p", "h1", "h2"), None) is not None
        or any(len(cell.text_content()) > _LAYOUT_CELL for cell in table.iter("td"))
    ]
    for table in layout:
        for element in [table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")]:
            element.tag = "div"


def label_facts(tree: HtmlElement) -> bool:
    """Turns fact boxes, tables of figures and introduced lists into labelled paragraphs: "Length: 7.4 km". Returns
    whether there were any. Without a marked article, trafilatura keeps a page's paragraphs and drops its lists."""
    boxes = [(box, list(_of_definitions(box))) for box in tree.iter("dl")]
    boxes += [(table, list(_of_table(table))) for table in tree.iter("table")]
    boxes += [(listed, list(_of_introduced(listed))) for listed in tree.iter("ul", "ol")]
    labelled = False
    for element, items in boxes:
        if items and element.getparent() is not None:
            made = builder.DIV(*map(builder.P, items))
            made.tail = element.tail
            element.getparent().replace(element, made)
            labelled = True
    return labelled


def _of_definitions(box: HtmlElement) -> Iterator[str]:
    if any(len(_words(part)) > CELL_CHARACTERS_MOST or part.find(".//dl") is not None for part in box.iter("dt", "dd")):
        return  # it is layout
    label = ""
    for part in box.iter("dt", "dd"):
        words = _words(part)
        if part.tag == "dt":
            label = words.rstrip(" :")
        elif words:
            yield f"{label}: {words}" if label else words


def _of_table(table: HtmlElement) -> Iterator[str]:
    """One item per row; none for a layout table, or one whose columns cannot be identified."""
    if next(table.iterdescendants("table", "h1", "h2", "article"), None) is not None:
        return
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    texts = [[_words(cell) for cell in row] for row in rows]
    if not 2 <= len(rows) <= ROWS_MOST or any(len(words) > CELL_CHARACTERS_MOST for row in texts for words in row):
        return
    headed = len(rows[0]) > 1 and all(cell.tag == "th" for cell in rows[0])
    columns = texts[0] if headed else []
    body = texts[1:] if headed else texts
    items = [_of_row(row, columns) for row in body]
    if any(items):
        yield from filter(None, map(_words, table.iter("caption")))
        # A row of another shape, such as a note below the figures, stays as it is.
        yield from filter(None, (item or "; ".join(filter(None, row)) for item, row in zip(items, body, strict=True)))


def _of_introduced(listed: HtmlElement) -> Iterator[str]:
    """The items of a list after a paragraph that ends with a colon; none if they are links or hold blocks."""
    before = listed.getprevious()
    if before is None or before.tag != "p" or not _words(before).endswith((":", "：")):
        return
    if next(listed.iterdescendants("a", "ul", "ol", "p", "div"), None) is None:
        yield from (f"- {words}" for words in map(_words, listed.iter("li")) if words)


def _of_row(row: list[str], columns: list[str]) -> str:
    """A row with its column headings, or a label with its value; empty if it is neither."""
    if len(row) < 2 or not row[0]:
        return ""
    if columns and len(row) == len(columns):
        pairs = zip(columns[1:], row[1:], strict=True)
        return f"{row[0]}: " + "; ".join(f"{column} {words}".strip() for column, words in pairs if words)
    return f"{row[0].rstrip(' :')}: {row[1]}" if not columns and len(row) == 2 else ""


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
