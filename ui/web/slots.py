"""How much is done at once: slots for work, and a line in front of them that has an end."""

from __future__ import annotations

import asyncio
import time

AT_ONCE = 4
"""Questions answered at the same time."""
HTTP_AT_ONCE = 2
"""Of programs, besides: a few of them would otherwise take most of the machine from the readers of the page."""
QUEUE_MOST = 32
"""Questions that wait; one more is told that the server is busy."""
WAIT_SECONDS = 10.0
"""When the next in line has waited for so long, one more is told the same: the line is too slow for it."""
RETRY_SECONDS = 5
"""When to come back, as a busy server tells it."""


class Busy(Exception):
    """Every place is taken, and the line is full."""


class Slots:
    """`at_once` slots and a line of `waiting`. For one event loop; `leave` is called for each `enter` that came back."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = QUEUE_MOST) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = waiting
        self._waiting: dict[object, float] = {}
        """Since when, the first in line first."""

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether one more would be refused."""
        now = time.monotonic()
        waited = now - next(iter(self._waiting.values()), now)
        return self._free.locked() and (len(self._waiting) >= self._most or waited > WAIT_SECONDS)

    async def enter(self) -> None:
        """Waits for a place.

        Raises:
            Busy: at once, when the line is full.
        """
        if self.full:
            raise Busy
        ticket = object()
        self._waiting[ticket] = time.monotonic()
        try:
            await self._free.acquire()
        finally:
            del self._waiting[ticket]

    def leave(self) -> None:
        """Gives the place to the next one."""
        self._free.release()
