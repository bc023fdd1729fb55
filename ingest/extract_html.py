"""HTML to the article's lines and metadata: trafilatura for the text, nothing from the network."""

from __future__ import annotations

import copy
import logging
import re
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from ingest.document import Metadata
from ingest.html_facts import label_facts
from ingest.html_metadata import read_metadata
from ingest.html_tree import parse, remove_beside, remove_unseen, unwrap_layout_tables
from ingest.normalise import normalise
from ingest.page_days import guessed_day, shown_days
from rag.errors import SourceError

_CELL_EDGES = re.compile(r"^\|[| ]*|[| ]*\|$")
_TABLE_RULE = re.compile(r"[|: -]*")  # between the head and the body of a table
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without an article is no news to a person


def read_html(content: bytes, url: str | None = None) -> tuple[list[str], Metadata]:
    """The article's lines, one paragraph each, and what the page says about it; no lines when it has no article.

    Raises SourceError for what is not a page, or is too large or too deep to be one.
    """
    tree = parse(content)
    if tree is None:
        return [], Metadata()
    metadata = read_metadata(tree, url)
    remove_unseen(tree)
    days = (*metadata.days, *shown_days(tree, metadata.title))
    metadata = replace(metadata, days=days or tuple(guessed_day(tree)))
    remove_beside(tree)
    label_facts(tree)
    spare = copy.deepcopy(tree) if next(tree.iter("table"), None) is not None else None
    lines = _body_lines(tree)
    if spare is not None and _is_table(lines):
        unwrap_layout_tables(spare)
        unwrapped = _body_lines(spare)
        lines = unwrapped if 2 * sum(map(len, unwrapped)) > sum(map(len, lines)) else lines
    return _without_cell_marks(lines), metadata


def _is_table(lines: list[str]) -> bool:
    """Whether the article came out as cells of a table, because an old page lays itself out with one."""
    cells = sum(len(line) for line in lines if line.startswith("|") or line.endswith("|"))
    return 2 * cells > sum(map(len, lines))


def _body_lines(tree: HtmlElement) -> list[str]:
    from trafilatura import bare_extraction

    try:
        # "recall" found more of the article and no more of the rest, once the rest had been taken out above.
        found = bare_extraction(
            tree, favor_recall=True, include_comments=False, include_links=False, include_images=False
        )
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise SourceError("the article cannot be told from the rest of the page") from error
    text = getattr(found, "text", None) or ""
    return [line for line in normalise(text).split("\n\n") if line]


def _without_cell_marks(lines: list[str]) -> list[str]:
    plain = (_CELL_EDGES.sub("", line).replace("\\|", "|") for line in lines)
    return [line for line in plain if line and not _TABLE_RULE.fullmatch(line)]
