"""Adding and removing articles from the page.

They are added in one job at a time, in a thread of its own, which goes on when its reader leaves; what is removed is out of
sight at once and published a little later, so that it can be undone. Files that a browser sent are taken out of the page's
upload folder at once, under names of our own.
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

from ingest.document import Document, Failure, Found
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

NAME_CHARACTERS = 150
"""Longest name of a file that is kept whole; the beginning goes first, the suffix says what it is."""
BATCH_PASSAGES = 64
"""Embedded and stored together: less than from a terminal, so that questions get their turn in between."""
BROWSERS_MOST = 1000
"""Browsers whose failures are remembered; the oldest are forgotten first."""
ARTICLES_MOST = 2000
"""Articles that are added at once; a small packed file could hold millions."""

UNDO_SECONDS = 30.0
"""So long after the last removal the index is made without them."""


class Progress(NamedTuple):
    """How far a job is: the step as `ingest` calls it, of how many articles (0: not known), for how long."""

    step: str
    done: int
    total: int
    seconds: float


class Job:
    """Files and addresses on their way into the library. Safe to look at from other threads."""

    def __init__(
        self, library: Library, files: Sequence[Any], addresses: Sequence[str], done: Callable[[Report], None]
    ) -> None:
        self._library, self._addresses, self._ended = library, addresses, done
        self._folder = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
        self._files = take(files, Path(self._folder.name))
        self._stopped, self._over = threading.Event(), threading.Event()
        self._started = time.monotonic()
        self._step, self._done = "ingest", 0
        self._total = estimate([str(one.path) for one in self._files]) + len(addresses)
        self.report: Report | None = None
        """What was done; None while it is under way, and when nothing could be."""
        self.problem = ""
        """Why it broke off."""
        # In the language of whoever adds.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), name="adding", daemon=True).start()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        return self._over.wait(seconds)

    @property
    def progress(self) -> Progress:
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
                told = label("Only the first {most} articles were added; add the rest with 'dateline ingest'.")
                yield Failure(found.source, say(told, most=f"{ARTICLES_MOST:,}"), found.source)
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
        self.last = Latest[str, Report](BROWSERS_MOST)
        """What came of the last addition of a browser, until it is dismissed."""

    @property
    def current(self) -> Job | None:
        job = self._job
        return job if job and not job.wait(0) else None

    def start(self, files: Sequence[Any], addresses: Sequence[str], whose: str = "") -> Job | None:
        """Begins a job for the browser `whose`; None when another one is under way, and the files stay where they are."""
        with self._lock:
            if self.current:
                return None
            self._job = Job(self._library, files, addresses, lambda report: self.last.update({whose: report}))
            return self._job


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


class Arrived(NamedTuple):
    """An uploaded file: where it lies now, and its own name."""

    path: Path
    name: str


def take(files: Sequence[Any], folder: Path) -> tuple[Arrived, ...]:
    """Moves uploaded files into `folder`, numbered. One that is gone meanwhile is told of when it is read.

    Args:
        files: what Gradio says of each: `path` in its upload folder, `orig_name` as the reader's machine called it.
    """
    taken = []
    for number, file in enumerate(files):
        path, name = Path(file["path"]), _name(file)
        # Its suffix is all that reading needs of a name.
        taken.append(Arrived(folder / f"{number}{kind_of_file(name) or ''}", name))
        with contextlib.suppress(OSError):
            shutil.move(path, taken[-1].path)
    throw_away(files)
    return tuple(taken)


def throw_away(files: Sequence[Any]) -> None:
    """Removes uploaded files that nobody will read; Gradio gives each a folder of its own."""
    for path in (Path(file["path"]) for file in files):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def read(arrived: Arrived, known: Collection[str]) -> Iterator[Found]:
    """What is in a file, with its own name as the source.

    Another file of that name may have been added before, by somebody else: neither replaces the other, so the second
    one's name is followed by some digits of its content.
    """
    path, source = arrived
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
    """The same with the file's own name wherever its place on this machine stood."""
    own = found.source.replace(path, source, 1)
    if isinstance(found, Document):
        return replace(found, source=own)
    if isinstance(found, Failure):
        return Failure(own, found.reason.replace(path, source), found.origin.replace(path, source, 1))
    return replace(found, source=own, reason=found.reason.replace(path, source))


def _name(file: Any) -> str:
    """The last part of the name, printable, not too long."""
    last = sendable(str(file.get("orig_name") or Path(file["path"]).name)).replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return printable[-NAME_CHARACTERS:] or "file"
