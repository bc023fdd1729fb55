"""Dateline: answers questions about a library of news articles, each sentence tied to a checked passage.

import rag

library = rag.Library.open("library")
answer = rag.Assistant(library).ask("Who announced the visit?")
print(answer.text, [citation.title for citation in answer.citations])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config
    from rag.errors import *
    from rag.library import Library
    from rag.types import *

__all__ = [
    "AbstentionReason", "Answer", "Article", "ArticleNotFound", "ArticleSummary", "ArticleVersion", "Assistant",
    "BackupError", "Checked", "CheckedBy", "Citation", "Config", "ConfigError", "Conflict", "DateSource",
    "DatelineError", "Digest", "DigestStory", "Doubt", "Event", "FetchFailed", "FetchRefused", "Filters",
    "Freshness", "IndexUnavailable", "Kind", "Library", "LibraryDamaged", "LibraryError", "LibraryLocked",
    "LibraryMismatch", "LibraryMissing", "LibraryReadOnly", "LibraryStats", "LibraryUnreachable", "ModelError",
    "NearestArticle", "Passage", "Quoted", "Reason", "ResolvedDate", "Retrieved", "Sentence", "SourceError", "Status",
    "StorageFull", "Text", "Turn", "Unsupported", "Verdict", "Window", "Writing", "WritingFailed", "WritingProblem",
]  # fmt: skip

_HOMES = ("rag.types", "rag.errors", "rag.config", "rag.library", "rag.assistant")


def __getattr__(name: str) -> object:
    """Imports each name when it is first used, so that `import rag` alone costs nothing."""
    if name in __all__:
        for home in map(importlib.import_module, _HOMES):
            if hasattr(home, name):
                return getattr(home, name)
    raise AttributeError(f"module 'rag' has no attribute '{name}'")
