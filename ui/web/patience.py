"""HTTP connections that do not wait for ever: for a request to arrive, or for a thousand of them."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.web.gate import HEADERS

HEADER_SECONDS = 10.0
"""How long a request may take until its headers are there; uvicorn itself would wait for good."""
HEADER_BYTES = 32_768
CONNECTIONS_MOST = 600
"""Open connections; one more is closed at once. Each is an open file, of which a process often has 1024."""


class PatientProtocol(H11Protocol):
    """uvicorn's protocol with a deadline for headers, and with our headers on what it answers by itself."""

    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MOST:
            transport.abort()
        else:
            self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Something has arrived: perhaps a whole request, perhaps the beginning of one."""
        super().handle_events()
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering:
            self._stop_waiting()
        elif self._deadline is None and self.timeout_keep_alive_task is None:
            self._wait_for_headers()

    def send_400_response(self, msg: str) -> None:
        """Tells a client that it does not speak HTTP."""
        headers: list[tuple[bytes, bytes]] = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait_for_headers(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
