"""HTML to the article's lines and metadata: trafilatura for the text, without using the network.

Its default mode finds the article on more pages than its other modes, its precise mode leaves out more of the rest; so
a line that only the default finds stays if it reads like a sentence. `python -m evals.extraction` measures each step.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Container
from dataclasses import replace
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from ingest.clean import is_sentence, left_enough
from ingest.document import Metadata
from ingest.html_metadata import read_metadata
from ingest.html_tree import label_facts, parse, remove_unseen, unwrap_layout_tables
from ingest.normalise import normalise
from ingest.page_days import guessed_day, shown_days
from rag.errors import SourceError

STEPS = ("unseen", "facts", "vote", "layout")  # cleaning steps, each of which can be left out to measure its benefit
_OFF: dict[str, Any] = dict.fromkeys("include_comments include_links include_images with_metadata".split(), False)
_CELL_EDGES = re.compile(r"^\|[| ]*|[| ]*\|$")
_TABLE_RULE = re.compile(r"[|: -]*")  # between the head and the body of a table
_SAVED = re.compile(rb"<!--[\s\w]{0,40} (?:from url=\(\d{1,6}\)|with SingleFile\s+url: ?)(https?://[!-;=?-~]{1,2000})")
"""The comment in which a browser, or the extension SingleFile, notes the address of a page that it saves."""
_NO_LETTER = re.compile(r"\W+")
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without an article is not worth a warning


def read_html(content: bytes, url: str | None = None, leave_out: Container[str] = ()) -> tuple[list[str], Metadata]:
    """The article's lines, one per paragraph, if it has one, and what the page says about it. `leave_out`: names of
    `STEPS` to skip. Raises SourceError if it is not a page, or too large or deep to be one."""
    tree = parse(content)
    if tree is None:
        return [], Metadata()
    saved = _SAVED.search(content[:4096])
    metadata = read_metadata(tree, url or (saved[1].decode("ascii") if saved else None))
    if "unseen" not in leave_out:
        remove_unseen(tree)
    days = (*metadata.days, *shown_days(tree, metadata.title))
    metadata = replace(metadata, days=days or tuple(guessed_day(tree)))
    spare = copy.deepcopy(tree)
    labelled = "facts" not in leave_out and label_facts(tree)
    lines = _article(tree, leave_out)
    if labelled and not left_enough(lines, _body_lines(spare, precise=False)):
        lines = _article(spare, leave_out)
    cells = [line for line in lines if line.startswith("|") or line.endswith("|")]
    if "layout" not in leave_out and 2 * _length(cells) > _length(lines):  # an old page uses a table for layout
        unwrap_layout_tables(tree)
        unwrapped = _article(tree, leave_out)
        lines = unwrapped if 2 * _length(unwrapped) > _length(lines) else lines
    plain = (_CELL_EDGES.sub("", line).replace("\\|", "|") for line in lines)
    return [line for line in plain if line and not _TABLE_RULE.fullmatch(line)], metadata


def _article(tree: HtmlElement, leave_out: Container[str]) -> list[str]:
    found = _body_lines(tree, precise=False)
    if "vote" in leave_out or not found:
        return found
    precise = _body_lines(tree, precise=True)
    agreed = _NO_LETTER.sub("", "".join(precise))
    voted = [line for line in found if _NO_LETTER.sub("", line) in agreed or is_sentence(line)]
    return voted if left_enough(precise, found) else found


def _body_lines(tree: HtmlElement, precise: bool) -> list[str]:
    try:
        found = bare_extraction(copy.deepcopy(tree), favor_precision=precise, **_OFF)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise SourceError("the article cannot be told from the rest of the page") from error
    text = getattr(found, "text", None) or ""
    return [line for line in normalise(text).split("\n\n") if line]


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))
