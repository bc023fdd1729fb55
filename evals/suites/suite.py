"""What a suite is, and what its adapter provides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from evals.cases import Case
from rag.types import Status


class Suite(NamedTuple):
    """What to ingest and what to ask.

    `articles` is a file or folder that `dateline ingest` reads directly, or rows of JSONL articles (`id`, `text`, and
    `title`, `outlet`, `published`, `authors` if the set has them); empty if nothing is searched.
    """

    name: str
    articles: Path | tuple[dict[str, Any], ...]
    cases: tuple[Case, ...]


class Adapter(NamedTuple):
    """How a public set is read.

    Attributes:
            read: makes the suite from a folder; raises `CaseError`, naming the missing or bad file (and line).
            published: where the set is published, with its paper.
            licence: of the data.
            expects: files of the folder.
            measures: what the set measures, in a few words.
    """

    read: Callable[[Path], Suite]
    published: str
    licence: str
    expects: str
    measures: str


def due(answerable: object) -> Status:
    return Status.ANSWERED if answerable else Status.ABSTAINED
