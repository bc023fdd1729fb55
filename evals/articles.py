"""Articles in files and folders, read as `dateline ingest` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.document import Document, Extracted
from ingest.extract import extract
from ingest.sources import find
from rag.checking.reading import Premise


def articles_in(path: Path) -> Iterator[tuple[Document, Extracted]]:
    """The articles of a file or folder; unreadable ones are skipped."""
    for found in find([str(path)], allow_private=False):
        if isinstance(found, Document):
            yield found, extract(found)


def premise_of(read: Extracted) -> Premise:
    """The whole article as the premise against which a sentence is checked."""
    known = read.metadata
    return Premise(read.text, known.title or "", known.outlet or "", known.published)
