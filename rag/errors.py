"""Everything that Dateline raises on purpose.

    DatelineError
    ├── ConfigError            a setting is unknown or out of range
    ├── LibraryError
    │   ├── LibraryMissing     there is no library at that path
    │   ├── LibraryMismatch    built by another embedding model or another way of cutting passages
    │   ├── LibraryLocked      another process is writing
    │   ├── LibraryDamaged     the catalog cannot be read
    │   ├── LibraryUnreachable the database of the library does not answer
    │   └── LibraryReadOnly    the library cannot be written
    ├── StorageFull            no space left, or a file-size limit
    ├── IndexUnavailable       dense or lexical index missing or damaged (answers go on without it)
    ├── ArticleNotFound        no article with that id
    ├── ModelError             a model cannot be loaded, or is not the one that it should be
    │   └── WritingFailed      a language model did not write an answer; carries the typed problem
    ├── SourceError            one source cannot be ingested; carries the reason a person reads
    │   ├── FetchRefused       an address that may not be fetched
    │   └── FetchFailed        the server says no; carries its HTTP status
    └── BackupError            a backup cannot be written or restored

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
    """One of the two derived indexes is missing or damaged."""


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
