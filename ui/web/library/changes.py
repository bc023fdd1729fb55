"""Adding and removing articles from the page.

Additions run one job at a time, in a thread of its own that continues when its reader leaves. Removed articles
disappear at once, but the removal is published a little later, so that it can be undone.
"""

from __future__ import annotations

import contextlib
import contextvars
import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ingest.document import Failure, Found
from ingest.report import Report
from ingest.run import ingest
from ingest.sources import estimate, find, kind_of_file
from ingest.web import find_web, usual_fetch
from rag.errors import ArticleNotFound, LibraryLocked
from rag.library import Library
from rag.store.catalog import SetAside
from ui.format import sendable
from ui.web.access import Latest
from ui.web.guard import UPLOAD_FILE_BYTES
from ui.web.problems import problems
from ui.web.texts import label, say

NAME_CHARACTERS = 150  # Longest file name that is kept whole; a longer one keeps its end, as the suffix gives the type.
BATCH_PASSAGES = 64  # Stored together: fewer than from a terminal, so that questions get their turn in between.
BROWSERS_MOST = 1000  # Browsers whose failures are remembered; the oldest are forgotten first.
ARTICLES_MOST = 2000  # Most articles added at once; a small compressed file could hold millions.
UNDO_SECONDS = 30.0  # This long after the last removal, the index is made without the removed articles.


class Progress(NamedTuple):
    """The progress of a job: its step as `ingest` names it, done, of how many articles (0: unknown), for how long."""

    step: str
    done: int
    total: int
    seconds: float


class Job:
    """Files and addresses being added to the library. Safe to read from other threads."""

    def __init__(
        self, library: Library, files: Sequence[Any], addresses: Sequence[str], done: Callable[[Report], None]
    ) -> None:
        self._library, self._addresses, self._ended = library, addresses, done
        self._folder = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
        self._files = take(files, Path(self._folder.name))
        self.stopped = threading.Event()
        self._started = time.monotonic()
        self._step, self._done = "ingest", 0
        self._total = estimate([str(path) for path, _ in self._files]) + len(addresses)
        self.report: Report | None = None  # The result; None while under way, and if the job failed.
        self.problem = ""  # Why the job failed.
        run = contextvars.copy_context().run  # in the language of the reader who adds
        self._thread = threading.Thread(target=run, args=(self._run,), name="adding", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it is over within that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def progress(self) -> Progress:
        return Progress(self._step, self._done, max(self._total, self._done), time.monotonic() - self._started)

    def _run(self) -> None:
        found = self._found()
        with self._folder, problems() as wrong:
            self.report = ingest(self._library, (), found=found, progress=self._at, batch_passages=BATCH_PASSAGES)
        self.problem = " ".join(wrong)
        if self.report:
            self._ended(self.report)

    def _found(self) -> Iterator[Found]:
        for found in self._everything():
            if self.stopped.is_set():
                return
            if self._done == ARTICLES_MOST:
                told = label("Only the first {most} articles were added; add the rest with 'dateline ingest'.")
                yield Failure(found.source, say(told, most=f"{ARTICLES_MOST:,}"), found.source)
                return
            yield found
            self._done += 1

    def _everything(self) -> Iterator[Found]:
        known = set(self._library.catalog.sources())
        for path, name in self._files:
            yield from read(path, name, known)
            known.add(name)
        fetch = usual_fetch(self._library.config.allow_private)
        for address in self._addresses:
            # Never `find`, which takes anything without "://" for a file on this machine.
            yield from find_web(address, fetch)

    def _at(self, step: str, done: int, total: int) -> None:
        self._step = step


class Adding:
    """This server's one job, if there is one."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._job: Job | None = None
        self.last = Latest[str, Report](BROWSERS_MOST)  # Of each browser's last addition, until it is dismissed.

    @property
    def current(self) -> Job | None:
        job = self._job
        return job if job and not job.wait(0) else None

    def start(self, files: Sequence[Any], addresses: Sequence[str], whose: str = "") -> Job | None:
        """Starts a job for the browser `whose`; None if another one is running, and the files are left in place."""
        with self._lock:
            if self.current:
                return None
            self._job = Job(self._library, files, addresses, lambda report: self.last.update({whose: report}))
            return self._job


class Removing:
    """Removals that are not published yet; if this server stops, they stay, and the next one publishes them."""

    def __init__(self, library: Library, undo_seconds: float = UNDO_SECONDS) -> None:
        self._library, self._undo_seconds = library, undo_seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        if library.config.page_changes and self.waiting():
            self._publish_later()

    def waiting(self) -> tuple[SetAside, ...]:
        """What can be brought back, latest removal first; empty while that cannot be read."""
        with problems():
            return self._library.waiting()
        return ()

    def remove(self, article_ids: Sequence[str]) -> str:
        """Hides articles; returns the problem, if any."""
        with problems() as wrong:
            self._library.set_aside(article_ids)
            self._publish_later()
        return " ".join(wrong)

    def undo(self, article_ids: Sequence[str]) -> str:
        """Brings articles back; returns the problem, if any."""
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
                self._publish_later()  # the other writer may publish it with its own changes


def take(files: Sequence[Any], folder: Path) -> list[tuple[Path, str]]:
    """Moves uploads, of which Gradio gives `path` and `orig_name`, into `folder`: their new paths and old names."""
    taken = []
    for number, file in enumerate(files):
        name = _name(file)
        path = folder / f"{number}{kind_of_file(name) or ''}"  # reading needs only the suffix of the name
        with contextlib.suppress(OSError):  # one that has since disappeared is reported when it is read
            shutil.move(file["path"], path)
        taken.append((path, name))
    throw_away(files)
    return taken


def throw_away(files: Sequence[Any]) -> None:
    """Removes uploaded files that will not be read; Gradio gives each a folder of its own."""
    for path in (Path(file["path"]) for file in files):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def read(path: Path, source: str, known: Collection[str]) -> Iterator[Found]:
    """The articles in a file, with its original name as the source.

    It replaces no other file added under that name: its name then gets some digits of its content hash.
    """
    if not path.is_file():
        yield Failure(source, "It did not arrive whole; choose it again.", source)
        return
    if path.stat().st_size > UPLOAD_FILE_BYTES:
        reason = f"It is larger than {UPLOAD_FILE_BYTES // 1_000_000} MB; split it, or use 'dateline ingest'."
        yield Failure(source, reason, source)
        return
    if any(other == source or other.startswith(f"{source}#") for other in known):
        source = f"{source} ({hashlib.sha256(path.read_bytes()).hexdigest()[:6]})"
    for found in find([str(path)]):
        yield _named(found, str(path), source)


def _named(found: Found, path: str, source: str) -> Found:
    """The same with its original name in place of its path on this machine."""
    texts = [name for name in ("source", "reason", "origin") if hasattr(found, name)]
    return replace(found, **{name: getattr(found, name).replace(path, source) for name in texts})


def _name(file: Any) -> str:
    last = sendable(str(file.get("orig_name") or Path(file["path"]).name)).replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable()).strip()[-NAME_CHARACTERS:] or "file"
