"""What looking for articles gives, one thing after the other: a document, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.document import Document

if TYPE_CHECKING:
    from ingest.fetch import Fetched


@dataclass(frozen=True)
class Failure:
    """Something that could not be read. `reason` is one sentence for a person.

    `origin` is what could not be seen: the one article where it is known which, otherwise the file, folder or
    address around it. What was stored from under it before should stay.
    """

    source: str
    reason: str
    origin: str


@dataclass(frozen=True)
class Skipped:
    """A file of a folder that holds no article, which is nobody's fault. `reason` is one sentence."""

    source: str
    reason: str


Found = Document | Failure | Skipped
Fetch = Callable[[str], "Fetched"]
