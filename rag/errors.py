"""Everything that Dateline raises on purpose.

    DatelineError
    ├── ConfigError, StorageFull, IndexUnavailable, ArticleNotFound, BackupError
    ├── LibraryError: LibraryMissing, -Mismatch, -Locked, -Damaged, -Unreachable, -ReadOnly
    ├── ModelError: WritingFailed
    └── SourceError: FetchRefused, FetchFailed

Each message is one sentence for a person, and names the next command where there is one.
"""

from __future__ import annotations

from rag.types.answers import WritingProblem


class DatelineError(Exception):
    """Base of all expected errors; `str(error)` is meant to be shown."""


class ConfigError(DatelineError):
    """A setting is unknown or out of range."""


class LibraryError(DatelineError):
    """Something is wrong with a library as a whole."""


class LibraryMissing(LibraryError):
    """There is no library at that path."""


class LibraryMismatch(LibraryError):
    """The library was built by another embedding model, dimension or way of cutting passages."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """The catalog cannot be read."""


class LibraryUnreachable(LibraryError):
    """The database of the library does not answer; it may again in a moment."""


class LibraryReadOnly(LibraryError):
    """The library cannot be written."""


class StorageFull(DatelineError):
    """The disk is full, or a file-size limit was reached; what was stored before is safe."""


class IndexUnavailable(DatelineError):
    """The dense or the lexical index is missing or damaged; answers go on without it."""


class ArticleNotFound(DatelineError):
    """No article has that id."""


class ModelError(DatelineError):
    """A model cannot be loaded, or is not the one that it should be."""


class WritingFailed(ModelError):
    """A language model did not write an answer; the reader gets quotes instead."""

    def __init__(self, problem: WritingProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class SourceError(DatelineError):
    """One source cannot be ingested; the others go on."""


class FetchRefused(SourceError):
    """An address that may not be fetched: not http(s), not a public host, or closed to programs by its robots.txt."""


class FetchFailed(SourceError):
    """A server did not give what was asked for.

    Attributes:
        status: its HTTP status.
        retry_after: when it wants to be asked again, as it says it (seconds or a date); empty when it does not.
    """

    def __init__(self, message: str, status: int, retry_after: str = "") -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class BackupError(DatelineError):
    """A backup cannot be written or restored."""
