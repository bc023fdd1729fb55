"""Word documents (.docx) to the article's lines, through a child process that cannot take the program with it."""

from __future__ import annotations

from lxml import etree, html

from ingest.child import ask_child
from ingest.document import Metadata
from ingest.html_facts import label_facts
from ingest.html_tree import block_lines
from ingest.normalise import check_text
from rag.errors import SourceError

WALL_SECONDS = 30.0
_REASONS = {
    "encrypted": "the Word document is protected by a password; save a copy without one",
    "old": "this is a Word document of the old kind; save it as .docx",
    "damaged": "the Word document is damaged and cannot be read; open it in Word and save it again",
    "memory": "the Word document needs more memory to open than any article should",
    "too long": "the Word document is longer than any article; split it into single articles",
    "endless": "the Word document takes too long to read, which a sound one does not; save it again as text",
}


def read_docx(content: bytes, wall_seconds: float = WALL_SECONDS) -> tuple[list[str], Metadata]:
    """The lines of a document, one paragraph each; its first line is its title where it is a heading.

    What the file says of its author and days is about the file and not the article, so it is not asked. Raises
    SourceError when it is no document, encrypted, damaged, endless or too large.
    """
    answer = ask_child("ingest.docx_child", content, wall_seconds)
    if "error" in answer:
        raise SourceError(_REASONS.get(str(answer["error"]), _REASONS["damaged"]))
    text = check_text(str(answer["html"]))
    if not text.strip():
        return [], Metadata()
    try:
        tree = html.document_fromstring(text)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise SourceError(_REASONS["damaged"]) from error
    for mark in list(tree.iter("a")):
        if (mark.get("href") or "").startswith(("#footnote", "#endnote")):
            mark.drop_tree()  # "[1]" is no word of the text
    label_facts(tree)
    blocks = list(block_lines(tree))
    title = blocks[0][1][0] if blocks and blocks[0][0].tag == "h1" else None
    return [line for _, lines in blocks for line in lines], Metadata(title=title)
