"""Fact boxes and tables of figures become lines that say what they are of: "Length: 7.4 kilometres".

They become paragraphs, as do the items of a list that a paragraph introduces: where a page does not mark its article,
trafilatura takes its paragraphs and leaves its lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement, builder

CELL_CHARACTERS_MOST = 160
"""A longer cell is running text, so that its table lays out a page."""
ROWS_MOST = 200


def label_facts(tree: HtmlElement) -> bool:
    """Turns definition lists, tables of figures and introduced lists into lines, with their label or column headings.

    Whether there were any.
    """
    boxes = [(box, list(_of_definitions(box))) for box in tree.iter("dl")]
    boxes += [(table, list(_of_table(table))) for table in tree.iter("table")]
    boxes += [(listed, list(_of_introduced(listed))) for listed in tree.iter("ul", "ol")]
    return sum(_replace(element, items) for element, items in boxes) > 0


def _replace(element: HtmlElement, items: list[str]) -> bool:
    if not items or element.getparent() is None:
        return False
    made = builder.DIV(*(builder.P(item) for item in items))
    made.tail = element.tail
    element.getparent().replace(element, made)
    return True


def _of_definitions(box: HtmlElement) -> Iterator[str]:
    if any(len(_words(part)) > CELL_CHARACTERS_MOST or part.find(".//dl") is not None for part in box.iter("dt", "dd")):
        return  # it lays out a page
    label = ""
    for part in box.iter("dt", "dd"):
        words = _words(part)
        if part.tag == "dt":
            label = words.rstrip(" :")
        elif words:
            yield f"{label}: {words}" if label else words


def _of_table(table: HtmlElement) -> Iterator[str]:
    """One item a row; none for a table that lays out a page, or whose columns cannot be told."""
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
        # A row of another form, such as a note below the figures, stays as it is.
        yield from filter(None, (item or "; ".join(filter(None, row)) for item, row in zip(items, body, strict=True)))


def _of_introduced(listed: HtmlElement) -> Iterator[str]:
    """The items of a list below a paragraph that ends with a colon; none where they are links or hold blocks."""
    before = listed.getprevious()
    if before is None or before.tag != "p" or not _words(before).endswith((":", "：")):
        return
    if next(listed.iterdescendants("a", "ul", "ol", "p", "div"), None) is None:
        yield from (f"- {words}" for words in map(_words, listed.iter("li")) if words)


def _of_row(row: list[str], columns: list[str]) -> str:
    """A row with its column headings, or a label with its value; empty where it is neither."""
    if len(row) < 2 or not row[0]:
        return ""
    if columns and len(row) == len(columns):
        pairs = zip(columns[1:], row[1:], strict=True)
        return f"{row[0]}: " + "; ".join(f"{column} {words}".strip() for column, words in pairs if words)
    return f"{row[0].rstrip(' :')}: {row[1]}" if not columns and len(row) == 2 else ""


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
