"""Fetches followed sources while the page is open, in one low-priority thread that waits for other writers."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import threading
from collections.abc import Callable, Iterator

from ingest.follow import Fetching, fetch_due
from rag.assistant import Assistant
from rag.errors import DatelineError, LibraryLocked
from rag.keeping import ask_again
from rag.library import Library
from rag.store.disk import writers_lock
from ui.web.library.changes import BATCH_PASSAGES

log = logging.getLogger("dateline.fetching")

LOOK_SECONDS = 5.0  # How often sources are checked for being due.
NICE = 15


@contextlib.contextmanager
def fetching(library: Library, assistant: Assistant) -> Iterator[None]:
    """Within this context, followed sources are fetched and kept questions asked again."""
    stopped = threading.Event()
    threading.Thread(target=_run, args=(library, assistant, stopped), name="fresh", daemon=True).start()
    try:
        yield
    finally:
        stopped.set()


def step_back() -> None:
    """Lowers the priority of this thread, and of embedding in it: threads it starts inherit the priority."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _run(library: Library, assistant: Assistant, stopped: threading.Event) -> None:
    step_back()
    told = ""
    while not stopped.wait(LOOK_SECONDS):
        problem = fetch_once(library, assistant)
        if problem and problem != told:
            log.warning("what is followed was not fetched: %s", problem)
        told = problem


def fetch_once(library: Library, assistant: Assistant, fetch: Callable[..., Fetching] = fetch_due) -> str:
    """Fetches what is due, unless another process is writing; returns what went wrong, in words."""
    try:
        if library.sources.all():
            with writers_lock(library.path, wait_seconds=0):
                pass  # another writer's lock would make the fetch useless
            done = fetch(library, allow_private=library.config.allow_private, batch_passages=BATCH_PASSAGES)
            if done.brought:
                ask_again(assistant, dt.datetime.now(dt.UTC))
    except LibraryLocked:
        pass  # tried again at the next look
    except DatelineError as error:
        return str(error)
    return ""
