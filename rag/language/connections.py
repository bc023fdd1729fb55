"""How language models are spoken to over HTTP."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import ModelError

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
"""A server that does not even accept a connection for so long cannot be reached."""
_PAGES = ("text/html", "text/plain", "image/", "application/xml", "application/xhtml")


@dataclass(frozen=True)
class Options:
    """What `httpx.Client` and `httpx.AsyncClient` for the same server are made with."""

    waiting: dict[str, Any]
    asynchronous: dict[str, Any]


class NotAnAnswer(ValueError):
    """A page came where a model's words should."""


def options(address: str, seconds: float, prepare: Callable[[httpx.Request], None] | None = None) -> Options:
    """Options for one server. No redirect is followed (the question and the key go nowhere else), no connection is kept
    open after an answer, and a server on this machine is never asked through a proxy.

    Args:
        prepare: is called with each request before it is sent.
    """
    import httpx

    def check(response: httpx.Response) -> None:
        if response.is_success and response.headers.get("content-type", "").startswith(_PAGES):
            raise NotAnAnswer

    async def check_async(response: httpx.Response) -> None:
        check(response)

    async def prepare_async(request: httpx.Request) -> None:
        if prepare:
            prepare(request)

    both = {
        "timeout": httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        "limits": httpx.Limits(max_keepalive_connections=0),
        "trust_env": not is_this_machine(address),
        "follow_redirects": False,
    }
    before = [prepare] if prepare else []
    return Options(
        {**both, "event_hooks": {"request": before, "response": [check]}},
        {**both, "event_hooks": {"request": [prepare_async], "response": [check_async]}},
    )


def checked_address(address: str) -> str:
    """The address of a server, without a slash at its end.

    Raises:
        ModelError: it is none, or may hold a secret. The sentence does not repeat it, because it might.
    """
    if "@" in address:
        raise ModelError(
            "The address of a language model may not have a user name or password in it; "
            "give the key in the environment, as OPENAI_LIKE_API_KEY."
        )
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or any(sign.isspace() for sign in address):
        raise ModelError("The address of a language model must look like http://127.0.0.1:8080/v1, without a '?'.")
    return address.rstrip("/")


def is_this_machine(address: str) -> bool:
    """Whether the address is one of this machine's own."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
