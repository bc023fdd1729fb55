"""Removing articles from the page: out of sight at once, published a little later, so that it can be undone."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rag.errors import ArticleNotFound, LibraryLocked
from rag.library import Library
from rag.store.set_aside import SetAside
from ui.web.problems import problems
from ui.web.texts import say

UNDO_SECONDS = 30.0
"""So long after the last removal the index is made without them."""


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
