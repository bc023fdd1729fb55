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
    """How a public set is read; `read` raises `CaseError`, naming the missing or bad file (and line)."""

    read: Callable[[Path], Suite]
    published: str  # Where, with its paper.
    licence: str
    expects: str  # Files of the folder.
    measures: str


def due(answerable: object) -> Status:
    return Status.ANSWERED if answerable else Status.ABSTAINED
