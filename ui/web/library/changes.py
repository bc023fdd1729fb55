"""Adding and removing articles from the page.

They are added in one job at a time, in a thread of its own, which goes on when its reader leaves; what is removed is out of
sight at once and published a little later, so that it can be undone.
"""

from __future__ import annotations

import contextvars
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.document import Failure, Found
from ingest.estimate import estimate
from ingest.report import Named, Report
from ingest.run import ingest
from ingest.web import find_web, usual_fetch
from rag.errors import ArticleNotFound, LibraryLocked
from rag.library import Library
from rag.store.catalog import SetAside
from ui.web.library.uploads import Arrived, read, take
from ui.web.problems import problems
from ui.web.texts import say

BATCH_PASSAGES = 64
"""Embedded and stored together: less than from a terminal, so that questions get their turn in between."""
BROWSERS_MOST = 1000
"""Browsers whose failures are remembered; the oldest are forgotten first."""
ARTICLES_MOST = 2000
"""Articles that are added at once; a small packed file could hold millions."""

UNDO_SECONDS = 30.0
"""So long after the last removal the index is made without them."""


@dataclass(frozen=True)
class Progress:
    """How far a job is: the step as `ingest` calls it, of how many articles (0: not known), for how long."""

    step: str
    done: int
    total: int
    seconds: float


@dataclass(frozen=True)
class Failures:
    """What could not be added, and what held no article."""

    failed: tuple[Named, ...] = ()
    skipped: tuple[Named, ...] = ()


class Job:
    """Files and addresses on their way into the library. Safe to look at from other threads."""

    def __init__(
        self,
        library: Library,
        folder: tempfile.TemporaryDirectory[str],
        addresses: Sequence[str],
        done: Callable[[Report], None],
    ) -> None:
        self._library, self._folder, self._addresses, self._ended = library, folder, addresses, done
        self._files: tuple[Arrived, ...] = ()
        self._stopped, self._over = threading.Event(), threading.Event()
        self._started = time.monotonic()
        self._step, self._done, self._total = "ingest", 0, 0
        self.report: Report | None = None
        """What was done; None while it is under way, and when nothing could be."""
        self.problem = ""
        """Why it broke off."""

    def begin(self, files: Sequence[Any]) -> None:
        """Takes the files over and starts."""
        self._files = take(files, Path(self._folder.name))
        self._total = estimate([str(one.path) for one in self._files]) + len(self._addresses)
        # In the language of whoever adds.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), name="adding", daemon=True).start()

    @property
    def stopped(self) -> bool:
        """Whether somebody wanted it to end."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Reads nothing more; what was read is stored."""
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, at the latest after so many seconds."""
        return self._over.wait(seconds)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._step, self._done, max(self._total, self._done), time.monotonic() - self._started)

    def _run(self) -> None:
        try:
            with self._folder, problems() as wrong:
                self.report = ingest(
                    self._library, (), found=self._found(), progress=self._at, batch_passages=BATCH_PASSAGES
                )
            self.problem = " ".join(wrong)
            if self.report:
                self._ended(self.report)
        finally:
            self._over.set()

    def _found(self) -> Iterator[Found]:
        for found in self._everything():
            if self._stopped.is_set():
                return
            if self._done == ARTICLES_MOST:
                reason = say(
                    "Only the first {most} articles were added; add the rest with 'dateline ingest'.",
                    most=f"{ARTICLES_MOST:,}",
                )
                yield Failure(found.source, reason, found.source)
                return
            yield found
            self._done += 1

    def _everything(self) -> Iterator[Found]:
        known = set(self._library.catalog.sources())
        for file in self._files:
            yield from read(file, known)
            known.add(file.name)
        fetch = usual_fetch(self._library.config.allow_private)
        for address in self._addresses:
            # Never `find`, to which anything without "://" is a file of this machine.
            yield from find_web(address, fetch)

    def _at(self, step: str, done: int, total: int) -> None:
        self._step = step


class Adding:
    """The one job of this server, if there is any."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._failures: OrderedDict[str, Failures] = OrderedDict()

    @property
    def current(self) -> Job | None:
        """The job that is under way."""
        job = self._job
        return job if job and not job.wait(0) else None

    def start(self, files: Sequence[Any], addresses: Sequence[str], whose: str = "") -> Job | None:
        """Begins a job; None when another one is under way, and the files stay where they are.

        Args:
            whose: the browser to which `failures` tells what could not be added.
        """

        def ended(report: Report) -> None:
            self._failures[whose] = Failures(tuple(report.failed), tuple(report.skipped))
            while len(self._failures) > BROWSERS_MOST:
                self._failures.popitem(last=False)

        with self._lock:
            if self.current:
                return None
            folder = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
            self._job = Job(self._library, folder, addresses, ended)
            self._job.begin(files)
            return self._job

    def failures(self, whose: str) -> Failures:
        """What the last addition of a browser could not add; nothing once it is dismissed."""
        return self._failures.get(whose, Failures())

    def dismiss(self, whose: str) -> None:
        """They have been seen."""
        self._failures.pop(whose, None)


class Removing:
    """Removals of this server that nobody has published yet.

    A removal is done once it is stored: a server that ends leaves it as it is, and the next one publishes it.
    """

    def __init__(self, library: Library, undo_seconds: float = UNDO_SECONDS) -> None:
        self._library, self._undo_seconds = library, undo_seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        if library.config.page_changes and self.waiting():
            self._publish_later()

    def waiting(self) -> tuple[SetAside, ...]:
        """What can be brought back, the last removed first; nothing while that cannot be read."""
        with problems():
            return self._library.waiting()
        return ()

    def remove(self, article_ids: Sequence[str]) -> str:
        """Takes articles out of sight. Returns why not, or nothing."""
        with problems() as wrong:
            self._library.set_aside(article_ids)
            self._publish_later()
        return " ".join(wrong)

    def undo(self, article_ids: Sequence[str]) -> str:
        """Brings articles back. Returns why not, or nothing."""
        with problems() as wrong:
            try:
                self._library.bring_back(article_ids)
            except ArticleNotFound:
                return say("It is too late: the removal is done. Add the article again.")
        return " ".join(wrong)

    def _publish_later(self) -> None:
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(self._undo_seconds, self._publish)
            self._timer.daemon = True
            self._timer.start()

    def _publish(self) -> None:
        with problems():
            try:
                with self._library.writing():
                    self._library.publish()
            except LibraryLocked:
                self._publish_later()  # whoever writes may publish it with their own
