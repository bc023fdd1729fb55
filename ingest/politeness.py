"""Considerate requests: respects robots.txt, sends one request at a time per host, and backs off when asked to."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ingest.fetch import Fetched
from rag.errors import FetchFailed, FetchRefused, SourceError
from rag.store.followed import Robots
from rag.text.days import day_text

AGENT = "Dateline"  # Our name in a robots.txt; the first word of the User-Agent.
PAUSE_SECONDS, PAUSE_MOST_SECONDS = 1.0, 30.0
"""Pause between two requests to a host, unless its robots.txt asks for a longer one; and the longest pause honoured."""
ROBOTS_KEPT = dt.timedelta(days=1)  # As in RFC 9309 (2.4).
ROBOTS_BYTES = 512_000  # RFC 9309 requires at least 500 kibibytes (2.5).
RETRY_MOST = dt.timedelta(days=1)  # The longest back-off a server may ask for.
TOO_MANY, UNAVAILABLE = 429, 503


class Clock:
    """Time, waiting for it, and chance, so that tests can replace all three."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def random(self) -> float:
        """Uniform between 0 and 1."""
        return random.random()  # noqa: S311 -- it spreads requests, and protects no secret


class Asks(Protocol):
    """`ingest.fetch.fetch`, as far as it is used here."""

    def __call__(
        self, url: str, *, etag: str = "", last_modified: str = "", before: Callable[[str], None] | None = None
    ) -> Fetched: ...


@dataclass
class _Host:
    """What is remembered about a host, including scheme and port."""

    free_at: dt.datetime
    problem: FetchFailed | None = None  # why it is not asked before `free_at`


class Politeness:
    """Fetches while respecting the wishes of every host involved. Safe to share between threads. `robots` is what is
    known about hosts from earlier; new findings are added."""

    def __init__(self, ask: Asks, clock: Clock, robots: dict[str, Robots]) -> None:
        self._ask, self._clock, self.robots = ask, clock, robots
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._reading: dict[str, threading.Lock] = {}

    def fetch(self, url: str, etag: str = "", last_modified: str = "") -> Fetched:
        """What is at an address, or that it is unchanged.

        Raises:
            FetchRefused: the host's robots.txt, among others, does not allow it.
            FetchFailed: the server refuses, or has just asked to be left alone.
            SourceError: it cannot be read.
        """
        asked: list[str] = []

        def before(address: str) -> None:
            asked.append(address)
            self._enter(address)

        try:
            return self._ask(url, etag=etag, last_modified=last_modified, before=before)
        except FetchFailed as error:
            if error.status == TOO_MANY or (error.status == UNAVAILABLE and error.retry_after):
                raise self._left_alone(asked[-1] if asked else url, error) from error
            raise

    def _enter(self, url: str) -> None:
        """Waits for a turn at a host. Raises what `fetch` raises."""
        origin = _origin(url)
        rules = self._rules(origin)
        if not rules.can_fetch(AGENT, url):
            raise FetchRefused(f"{url} may not be read by programs: the robots.txt of its host says so.")
        asked_for = float(str(rules.crawl_delay(AGENT) or 0))
        self._wait_for_turn(origin, min(max(asked_for, PAUSE_SECONDS), PAUSE_MOST_SECONDS))

    def _wait_for_turn(self, origin: str, pause: float = PAUSE_SECONDS) -> None:
        with self._lock:
            now = self._clock.now()
            host = self._hosts.setdefault(origin, _Host(now))
            if host.problem and host.free_at > now:
                raise host.problem
            turn = max(host.free_at, now)
            host.free_at, host.problem = turn + dt.timedelta(seconds=pause), None
        if turn > now:
            self._clock.wait((turn - now).total_seconds())

    def _left_alone(self, url: str, error: FetchFailed) -> FetchFailed:
        """Leaves a host alone for a while; returns why, for all of its addresses."""
        with self._lock:
            now = self._clock.now()
            host = self._hosts.setdefault(_origin(url), _Host(now))
            host.free_at = now + (retry_after(error, now) or dt.timedelta(minutes=1))
            if error.status == TOO_MANY or error.retry_after:
                here = host.free_at.astimezone()
                time = f"{day_text(here.date())} {here:%H:%M}"
                name = urlsplit(url).netloc
                told = f"{name} asked to be left alone until {time} (HTTP {error.status}); try again then."
                error = FetchFailed(told, error.status, error.retry_after)
            host.problem = error
            return error

    def _rules(self, origin: str) -> RobotFileParser:
        with self._lock:
            reading = self._reading.setdefault(origin, threading.Lock())
        with reading:
            known = self.robots.get(origin)
            if known is None or self._clock.now() - known.read_at > ROBOTS_KEPT:
                known = self.robots[origin] = Robots(text=self._robots_text(origin), read_at=self._clock.now())
        rules = RobotFileParser()
        rules.parse(known.text.splitlines())
        return rules

    def _robots_text(self, origin: str) -> str:
        """The robots.txt of a host; "" if it has none. RFC 9309: if it is unavailable for now, the host is closed."""
        self._wait_for_turn(origin)
        try:
            fetched = self._ask(f"{origin}/robots.txt")
        except FetchFailed as error:
            if error.status == TOO_MANY or error.status >= 500:
                raise self._left_alone(origin, error) from error
            return ""
        return fetched.content[:ROBOTS_BYTES].decode("utf-8", "replace")


def retry_after(error: SourceError, now: dt.datetime) -> dt.timedelta:
    """How long a server wants to be left alone: seconds, or until a date (RFC 9110, 10.2.3); zero if not stated."""
    said = error.retry_after.strip() if isinstance(error, FetchFailed) else ""
    if said.isascii() and said.isdigit() and len(said) < 10:
        return min(dt.timedelta(seconds=int(said)), RETRY_MOST)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return dt.timedelta()
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return min(max(until - now, dt.timedelta()), RETRY_MOST)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
