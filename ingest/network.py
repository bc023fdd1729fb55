"""Connections that end in time, and go only to checked addresses."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from typing import Any

import httpcore


class Deadline:
    """The moment by which the whole fetch must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, always positive. Raises `httpcore.ReadTimeout` if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left


class PinnedNetwork(httpcore.NetworkBackend):
    """Connects only to the checked addresses, whatever host is requested; TLS still sees the host."""

    def __init__(self, network: httpcore.NetworkBackend, checked: Sequence[str], deadline: Deadline) -> None:
        self._network, self._checked, self._deadline = network, checked, deadline

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """A connection to the first checked address that accepts one; each gets its share of the time left."""
        for tried, checked in enumerate(self._checked):
            share = self._deadline.left() / (len(self._checked) - tried)
            try:
                return _TimedStream(self._network.connect_tcp(checked, port, timeout=share), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if tried == len(self._checked) - 1:
                    raise
        raise httpcore.ConnectError("no address")


class _TimedStream(httpcore.NetworkStream):
    """Limits every read and write to the time left, so that a drip of bytes cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
