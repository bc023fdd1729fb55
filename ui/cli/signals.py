"""SIGTERM as an exception, so that an open transaction is rolled back and half-made files are removed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

STOPPED_BY_SIGTERM = 128 + signal.SIGTERM


class Terminated(BaseException):
    """The process was asked to end; like `KeyboardInterrupt` it passes every `except Exception`."""


@contextlib.contextmanager
def termination_raised() -> Iterator[None]:
    """Inside, SIGTERM raises `Terminated`; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
