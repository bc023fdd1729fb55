"""The one place of the page that catches errors, logs them, and says them in a sentence."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator

from rag import errors
from ui.web.texts import label, of_core, say

log = logging.getLogger("dateline.page")


@contextlib.contextmanager
def problems() -> Iterator[list[str]]:
    """Logs any error raised inside and adds it to the list: one sentence that reveals nothing about the machine."""
    told: list[str] = []
    try:
        yield told
    except errors.ConfigError as error:  # here it is always about the reader's input
        told.append(of_core(str(error)))
    except errors.ArticleNotFound:
        told.append(say(GONE))
    except Exception as error:
        number = secrets.token_hex(4)
        log.exception("request %s failed", number)
        what = next(sentence for kind, sentence in _SENTENCES if isinstance(error, kind))
        told.append(say("{what}; the log says why under request {number}.", what=say(what), number=number))


GONE = label("This article is no longer in the library.")
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (errors.LibraryLocked, label("Somebody else is changing the library just now; try again in a moment")),
    (errors.LibraryReadOnly, label("The library cannot be changed, it is read-only")),
    (errors.StorageFull, label("There is no space left to store this")),
    (errors.LibraryError, label("The library cannot be read just now")),
    (errors.ModelError, label("The model that reads questions cannot be loaded")),
    (Exception, label("Something went wrong")),
)
"""What a reader is shown; the first match counts."""
