"""Reads one followed source once: what is new in it, and how it went."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
from dataclasses import dataclass, replace

from ingest.document import Document, Failure, Found
from ingest.feed_xml import kind_of
from ingest.feeds import has_text
from ingest.politeness import TOO_MANY, UNAVAILABLE, Clock, Politeness, retry_after
from ingest.sources import find
from ingest.web import announced_document, read_web
from rag.errors import FetchFailed, FetchRefused, SourceError
from rag.store.followed import FollowedPage, Source

PAGES_A_ROUND, ROUND_MOST = 30, dt.timedelta(minutes=1)
"""Pages fetched from one source, and how long they may take, before other sources of its host get their turn."""
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(days=1)
"""Wait after the first consecutive failure, doubled with each further one, and its maximum."""
BUSY_WAIT = dt.timedelta(minutes=5)  # Wait if a host is too busy for a page, and does not say how long.
PAUSED_AFTER = 10  # Consecutive failures: they take about eight hours.
WHOLE_AS_SELDOM = 6  # A source with neither ETag nor Last-Modified is asked this many times less often.
LOOK_AGAIN = dt.timedelta(hours=1)  # When a page is first checked again; after that, each time its age has doubled.
LOOKED_AT_FOR = dt.timedelta(days=3)  # How long a page is checked again; corrections come in the first days.


@dataclass(frozen=True)
class Read:
    """What a source returned, and what to record about it once that is stored."""

    source: Source
    pages: dict[str, FollowedPage]
    found: tuple[Found, ...] = ()
    later: dt.timedelta = dt.timedelta()  # when to continue with the remaining pages

    @property
    def size(self) -> int:
        return sum(len(one.content) for one in self.found if isinstance(one, Document))


def read_source(
    source: Source, pages: dict[str, FollowedPage], polite: Politeness, clock: Clock, every_seconds: float
) -> Read:
    """Asks a source. Never raises, whatever is wrong with it."""
    now = clock.now()
    try:
        read = _folder(source) if source.kind == "folder" else _web(source, pages, polite, clock)
    except SourceError as error:
        return Read(_failed(source, error, now, clock.random()), pages)
    seldom = WHOLE_AS_SELDOM if not (read.source.etag or read.source.last_modified) else 1
    # A tenth earlier or later, so that followers of a feed do not all ask in the same second.
    wait = dt.timedelta(seconds=every_seconds * seldom * (0.9 + 0.2 * clock.random()))
    told: dict[str, object] = {"failures": 0, "problem": _of_pages(read.pages), "paused": False}
    told |= {"tried_at": now, "last_success": now, "next_at": now + (read.later if read.source.left else wait)}
    return replace(read, source=read.source.model_copy(update=told))


def _web(source: Source, pages: dict[str, FollowedPage], polite: Politeness, clock: Clock) -> Read:
    """Raises `SourceError`."""
    now = clock.now()
    # Pages left over or to be checked again are known only from the announcement, which must be sent whole.
    whole = source.left > 0 or any(_looked_at_again(page, now) for page in pages.values())
    fetched = polite.fetch(source.address, "" if whole else source.etag, "" if whole else source.last_modified)
    if fetched.unchanged:
        return Read(source, pages)
    kind = kind_of(fetched.content)
    if source.kind and kind != source.kind:
        raise SourceError(f"{source.address} is no {source.kind} any more; follow its new address.")
    announced = _Announced(pages, polite, clock)
    found = tuple(read_web(fetched, source.source, announced.page, most=10**6))
    known: dict[str, object] = {"kind": kind, "etag": fetched.etag, "last_modified": fetched.last_modified}
    known |= {"left": announced.left, "address": fetched.final_url if fetched.moved else source.address}
    return Read(source.model_copy(update=known), announced.pages, found, announced.later)


class _Announced:
    """Fetches the pages announced by a source: new ones, and those to be checked again."""

    def __init__(self, known: dict[str, FollowedPage], polite: Politeness, clock: Clock) -> None:
        self._known, self._polite, self._clock = known, polite, clock
        self._began = clock.now()
        self._fetched = self.left = 0
        self.later = dt.timedelta()  # how long a host wants to be left alone with the remaining pages
        self.pages: dict[str, FollowedPage] = {}  # what is announced now; anything else is forgotten

    def page(self, entry: Document, address: str) -> Found | None:
        """The page of an entry; None if there is nothing new, or it is left for next time."""
        now, known = self._clock.now(), self._known.get(entry.source)
        digest = hashlib.sha256(entry.content + repr(entry.known).encode("utf-8", "replace")).hexdigest()[:16]
        same = known is not None and known.announced == digest
        if known and same and not _looked_at_again(known, now):
            self.pages[entry.source] = known
            return None
        if self._fetched == PAGES_A_ROUND or (self._fetched and now - self._began > ROUND_MOST):
            self._leave(entry, known)
            return None
        self._fetched += 1
        try:
            fetched = self._polite.fetch(address, *((known.etag, known.last_modified) if known and same else ()))
        except SourceError as error:
            if isinstance(error, FetchFailed) and error.status in (TOO_MANY, UNAVAILABLE):
                self.later = max(self.later, retry_after(error, now), BUSY_WAIT)
                self._leave(entry, known)
                return None
            self._remember(entry, digest, known, problem=str(error))
            # What is announced may be the whole text.
            return entry if not known and has_text(entry) else Failure(entry.source, str(error), entry.source)
        self._remember(entry, digest, known, etag=fetched.etag, last_modified=fetched.last_modified)
        return None if fetched.unchanged else announced_document(fetched, entry)

    def _leave(self, entry: Document, known: FollowedPage | None) -> None:
        self.left += 1
        if known:
            self.pages[entry.source] = known

    def _remember(self, entry: Document, digest: str, known: FollowedPage | None, **told: str) -> None:
        now = self._clock.now()
        first_at = known.first_at if known else now
        self.pages[entry.source] = FollowedPage(announced=digest, first_at=first_at, asked_at=now, **told)


def _looked_at_again(page: FollowedPage, now: dt.datetime) -> bool:
    """Whether a page is due to be checked again, readable or not."""
    known_for = page.asked_at - page.first_at
    return known_for < LOOKED_AT_FOR and now - page.asked_at >= max(LOOK_AGAIN, known_for)


def _of_pages(pages: dict[str, FollowedPage]) -> str:
    problems = [page.problem for page in pages.values() if page.problem]
    if not problems:
        return ""
    counted = "One of its pages" if len(problems) == 1 else f"{len(problems)} of its pages"
    return f"{counted} could not be read: {problems[0]}"


def _folder(source: Source) -> Read:
    """Raises `SourceError` if the folder is gone."""
    if not os.path.isdir(source.address):
        raise SourceError("The folder is not there; bring it back, or follow it no more.")
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(source.address):
        if "catalog.sqlite" in names:
            folders.clear()  # a library, perhaps this very one; `find` skips it, too
            continue
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            with contextlib.suppress(OSError):
                status = os.lstat(path)
                digest.update(os.fsencode(f"{path}\0{status.st_mtime_ns}\0{status.st_size}\n"))
    seen = digest.hexdigest()
    if seen == source.etag:
        return Read(source, {})
    return Read(source.model_copy(update={"etag": seen}), {}, tuple(find([source.address])))


def _failed(source: Source, error: SourceError, now: dt.datetime, random: float) -> Source:
    failures = source.failures + 1
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    # Half of the wait is random, so that sources that failed together do not return together.
    wait = max(wait * (0.5 + 0.5 * random), retry_after(error, now))
    for_good = isinstance(error, FetchRefused) or (isinstance(error, FetchFailed) and error.status == 410)
    paused = for_good or failures >= PAUSED_AFTER
    told = {"failures": failures, "problem": str(error), "paused": paused, "tried_at": now, "next_at": now + wait}
    return source.model_copy(update=told)
