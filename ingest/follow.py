"""Keeps a library fresh: the sources it follows, and fetching what is new in them."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from ingest.addresses import canonical_url, read_address
from ingest.feed_xml import kind_of, read_opml
from ingest.fetch import Fetched, fetch
from ingest.politeness import Asks, Clock, Politeness
from ingest.read_source import Read, read_source
from ingest.report import Named, Report
from ingest.run import BATCH_PASSAGES, ingest
from ingest.web import MEDIA_OF_TYPE
from rag.errors import ConfigError, SourceError
from rag.library import Library
from rag.store.followed import Source
from rag.store.index import Progress, no_progress

AT_ONCE = 16  # Hosts asked at the same time; a thread mostly waits for its server.
HELD_BYTES = 50_000_000  # Documents held before they are stored.
HELD_SECONDS = 5.0  # How long fetched documents wait for more, and how often due sources are looked for meanwhile.
ROUND = dt.timedelta(minutes=5)
"""While a round waits for a slow host, it keeps asking due and resumed sources for this long, then no more."""
_NO_FILE = "There is no file or folder of that name that can be read; a web address begins with https://."
_FEEDS = "//link[@rel='alternate'][@type='application/rss+xml' or @type='application/atom+xml']/@href"


@dataclass
class Fetching:
    """The result of a fetch: the sources asked, in their new state, and what was stored."""

    sources: list[Source] = field(default_factory=list)
    report: Report = field(default_factory=Report)

    @property
    def brought(self) -> bool:
        return bool(self.report.stored or self.report.changed)


def follow(
    library: Library,
    arguments: Sequence[str],
    *,
    allow_private: bool = False,
    ask: Asks | None = None,
    clock: Clock | None = None,
) -> tuple[tuple[Source, ...], tuple[Named, ...]]:
    """Follows feeds, news sitemaps, pages, folders, and the feeds in an OPML file or named by a page.

    Returns the newly followed sources, and what cannot be followed, with the reason. Raises `LibraryLocked`,
    `LibraryReadOnly`, `StorageFull`: nothing was stored.
    """
    clock = clock or Clock()
    polite = Politeness(ask or partial(fetch, allow_private=allow_private), clock, library.sources.robots())
    sources: list[Source] = []
    problems: list[Named] = []
    for argument in arguments:
        try:
            named = _named_by(argument.strip(), polite)
        except (SourceError, OSError, ValueError) as error:
            problems.append(Named(argument, str(error) if isinstance(error, SourceError) else _NO_FILE))
            continue
        for source, kind in named:
            try:
                # What a list or a page names is never a local file.
                name, now = source if kind == "folder" else read_address(source).url, clock.now()
                sources.append(Source(source=name, address=name, kind=kind, added_at=now, next_at=now))
            except SourceError as error:
                problems.append(Named(source, str(error)))
    added = library.sources.follow(tuple(sources)) if sources else ()
    if sources:
        library.sources.save_robots(polite.robots)
    return added, tuple(problems)


def fetch_due(
    library: Library,
    named: Sequence[str] = (),
    *,
    allow_private: bool = False,
    ask: Asks | None = None,
    clock: Clock | None = None,
    progress: Progress = no_progress,
    batch_passages: int = BATCH_PASSAGES,
) -> Fetching:
    """Asks every due source for what is new, and stores it. The library is locked only for storing.

    `named` are asked immediately, even if paused.

    Raises:
        ConfigError: one of `named` is not followed.
        LibraryLocked, LibraryReadOnly, StorageFull: what is not stored is fetched again next time.
    """
    clock = clock or Clock()
    polite = Politeness(ask or partial(fetch, allow_private=allow_private), clock, library.sources.robots())
    asking = _Asking(library, named, polite, clock)
    done = Fetching()
    for reads in asking.portions():
        found = [one for each in reads for one in each.found]
        if found:
            done.report.add(ingest(library, (), found=found, progress=progress, batch_passages=batch_passages))
        # Only now that what was read is stored is it remembered as read.
        for each in reads:
            asking.save(each)
        done.sources += [each.source for each in reads]
    if done.sources:
        library.sources.save_robots(polite.robots)
    return done


class _Asking:
    """Asks the due sources, each once: many hosts at a time, sources of one host one by one. A slow or failing host
    delays nobody: results from others are stored, and newly due sources are asked."""

    def __init__(self, library: Library, named: Sequence[str], polite: Politeness, clock: Clock) -> None:
        self._store, self._every_seconds = library.sources, library.config.follow_every_seconds
        self._named, self._polite, self._clock = named, polite, clock
        self._answers: queue.SimpleQueue[Read | BaseException] = queue.SimpleQueue()
        self._under_way: dict[str, str] = {}  # source to host
        self._asked: dict[str, Source] = {}  # their previous state, until their results are stored
        self._no_more_at = clock.now() + ROUND

    def portions(self) -> Iterator[list[Read]]:
        """The sources' results as they arrive, in portions that fit into memory. Raises `ConfigError`."""
        held: list[Read] = []
        self._ask_due()
        while self._under_way:
            answer: Read | BaseException | None = None
            with contextlib.suppress(queue.Empty):
                answer = self._answers.get(timeout=HELD_SECONDS)
            if isinstance(answer, BaseException):
                raise answer
            if answer:
                del self._under_way[answer.source.source]
                held.append(answer)
            self._ask_due()
            if held and (not answer or not self._under_way or sum(one.size for one in held) > HELD_BYTES):
                yield held
                held = []

    def save(self, read: Read) -> None:
        """Records what was read from a source; unless it was named, it may then be asked again when due."""
        self._store.save(self._asked[read.source.source], read.source, read.pages)
        if not self._named:
            del self._asked[read.source.source]

    def _ask_due(self) -> None:
        now = self._clock.now()
        if now >= self._no_more_at:
            return
        groups: dict[str, list[Source]] = {}
        for one in _due(self._store.all(), self._named, now):
            if one.source not in self._asked:
                groups.setdefault(urlsplit(one.address).netloc, []).append(one)
        busy = set(self._under_way.values())
        free = [host for host in groups if host not in busy]
        for host in free[: AT_ONCE - len(busy)]:
            self._asked |= {one.source: one for one in groups[host]}
            self._under_way |= {one.source: host for one in groups[host]}
            # Abandoned when the process ends.
            threading.Thread(target=self._ask, args=(groups[host],), name="fetching", daemon=True).start()

    def _ask(self, sources: Sequence[Source]) -> None:
        try:
            for source in sources:
                pages = self._store.pages(source.source)
                self._answers.put(read_source(source, pages, self._polite, self._clock, self._every_seconds))
        except BaseException as error:  # noqa: BLE001 -- raised again in the waiting thread
            self._answers.put(error)


def name_of(argument: str) -> str:
    """The name under which a user's source is followed. Raises `SourceError` if the address is wrong or missing."""
    if not argument.strip():
        raise SourceError("An empty name was given; name a file, a folder or an address.")
    return read_address(argument.strip()).url if "://" in argument else os.path.abspath(argument)


def _named_by(argument: str, polite: Politeness) -> list[tuple[str, str]]:
    """The feeds it lists or names as its own, or the source itself; each with its kind if known."""
    name = name_of(argument)
    if "://" not in argument and os.path.isdir(name):
        return [(name, "folder")]
    fetched = polite.fetch(name) if "://" in argument else None
    content = fetched.content if fetched else Path(name).read_bytes()
    kind = kind_of(content)
    if kind == "opml":
        return [(feed, "") for feed in read_opml(content)]
    if fetched is None:
        raise SourceError("Only addresses, folders and OPML files can be followed; ingest a single file.")
    if kind == "page":
        if feed := _feed_of(fetched):
            return [(feed, "")]
        if MEDIA_OF_TYPE.get(fetched.media_type) != "html" and b"<html" not in content[:8192].lower():
            raise SourceError("This is neither a feed nor a web page; ingest a single document, or check the address.")
    return [(name, kind)]


def _feed_of(page: Fetched) -> str | None:
    try:
        found = html.fromstring(page.content).xpath(_FEEDS)
    except (etree.ParserError, ValueError):
        return None
    addresses = (urljoin(page.final_url, str(href).strip()) for href in found)
    return next((address for address in addresses if canonical_url(address)), None)


def _due(sources: Iterable[Source], named: Sequence[str], now: dt.datetime) -> list[Source]:
    by_name = {one.source: one for one in sources}
    if not named:
        return [one for one in by_name.values() if not one.paused and one.next_at <= now]
    wanted = [name_of(name) for name in named]
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise ConfigError(f"'{unknown[0][:200]}' is not followed; 'dateline sources' shows what is.")
    return [by_name[name] for name in dict.fromkeys(wanted)]
