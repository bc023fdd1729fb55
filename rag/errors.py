"""All that Dateline raises on purpose. Each message is one sentence for the user, with the next command if any."""

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
    """The library was built with another embedding model, dimension or way of cutting passages."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """The catalog cannot be read."""


class LibraryUnreachable(LibraryError):
    """The library's database does not answer; it may be back in a moment."""


class LibraryReadOnly(LibraryError):
    """The library cannot be written to."""


class StorageFull(DatelineError):
    """The disk is full, or a file-size limit was reached; everything stored before is safe."""


class IndexUnavailable(DatelineError):
    """The dense or the lexical index is missing or damaged; answers continue without it."""


class ArticleNotFound(DatelineError):
    """No article has that id."""


class ModelError(DatelineError):
    """A model cannot be loaded, or is not the expected one."""


class WritingFailed(ModelError):
    """A language model did not write an answer; the reader gets quotes instead."""

    def __init__(self, problem: WritingProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class SourceError(DatelineError):
    """One source cannot be ingested; the others continue."""


class FetchRefused(SourceError):
    """An address that may not be fetched: not http(s), not a public host, or disallowed by its robots.txt."""


class FetchFailed(SourceError):
    """A server did not return what was requested; `retry_after` (seconds or a date) is empty if not given."""

    def __init__(self, message: str, status: int, retry_after: str = "") -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class BackupError(DatelineError):
    """A backup cannot be written or restored."""
