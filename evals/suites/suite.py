"""What a suite is, and what an adapter says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from evals.cases import Case
from rag.types import Status


class Suite(NamedTuple):
    """What to ingest and what to ask.

    `articles` is a file or folder that `dateline ingest` reads as it is, or rows of JSONL articles (`id`, `text`, and
    `title`, `outlet`, `published`, `authors` where the set has them); empty where nothing is searched.
    """

    name: str
    articles: Path | tuple[dict[str, Any], ...]
    cases: tuple[Case, ...]


class Adapter(NamedTuple):
    """How one public set is read.

    Attributes:
        read: makes the suite of a folder; raises `CaseError`, naming the file (and line) that is missing or bad.
        published: where the set is published, with its paper.
        licence: of the data.
        expects: files of the folder.
        measures: what the set is good for, in a few words.
    """

    read: Callable[[Path], Suite]
    published: str
    licence: str
    expects: str
    measures: str


def due(answerable: object) -> Status:
    return Status.ANSWERED if answerable else Status.ABSTAINED
