"""Who may connect: under which host name, with which password, and never from another site's page.

Starlette's `TrustedHostMiddleware` knows only names, but a server can be reached at any address of its machine; Gradio's
`auth` guards only Gradio's own paths.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Collection
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from starlette.datastructures import Headers

Key = TypeVar("Key")
Kept = TypeVar("Kept")
USER = "dateline"
WRONG_PASSWORDS = 10  # From one address within `FORGET_SECONDS`; after that, passwords from there are not checked.
FORGET_SECONDS = 60.0
ADDRESSES_MOST = 10_000


class Latest(OrderedDict[Key, Kept]):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Kept) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self._most:
            self.popitem(last=False)


class Refusal(NamedTuple):
    status: int
    sentence: str
    headers: tuple[tuple[str, str], ...] = ()


class Access:
    """The checks that every request must pass.

    `password` is required by HTTP Basic, which browsers and programs both support; empty means none. `names` are those
    under which the server may be reached besides its `host`, such as that of a proxy in front.
    """

    def __init__(self, password: str = "", host: str = "127.0.0.1", names: Collection[str] = ()) -> None:
        self._login = _digest(base64.b64encode(f"{USER}:{password}".encode())) if password else b""
        self._further = frozenset(name.strip().lower() for name in names if name.strip())
        machine = socket.gethostname().lower()
        short = machine.partition(".")[0]
        self._names = {"localhost", host.lower(), machine, short, f"{short}.local", *self._further}
        self._wrong = WrongPasswords()

    def wrong_name(self, headers: Headers) -> Refusal | None:
        """Only known names are served, against DNS rebinding; any IP address is fine."""
        host = headers.get("host", "").lower()
        # Without its port: 'localhost:7860' → 'localhost', '[::1]:7860' → '::1'.
        name = (host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]).removesuffix(".")
        if name in self._names or ip_of(name):
            return None
        told = f"This server does not answer to the name '{name[:100]}'; it can be told to with DATELINE_HOSTS."
        return Refusal(400, told)

    def wrong_password(self, headers: Headers, peer: str) -> Refusal | None:
        """HTTP Basic. Digests are compared, in constant time."""
        if not self._login:
            return None
        scheme, _, login = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            if locked := self._wrong.locked_seconds(peer):
                wait = (("Retry-After", str(int(locked) + 1)),)
                return Refusal(429, "Too many wrong passwords from this address; try again in a minute.", wait)
            if hmac.compare_digest(_digest(login.strip().encode()), self._login):
                return None
            self._wrong.add(peer)
        ask = (("WWW-Authenticate", 'Basic realm="Dateline", charset="UTF-8"'),)
        return Refusal(401, f"Say the password; the user name is '{USER}'.", ask)

    def foreign(self, headers: Headers, method: str) -> Refusal | None:
        """Pages of other sites may only link here; they can neither send nor read through a reader's browser."""
        site = headers.get("sec-fetch-site", "none")
        linked = headers.get("sec-fetch-mode") == "navigate" and method in ("GET", "HEAD")
        if (site in ("same-origin", "none") or linked) and self._is_own(headers.get("origin"), headers["host"]):
            return None
        return Refusal(403, "Pages of other sites may not use this server.")

    def _is_own(self, origin: str | None, host: str) -> bool:
        if origin is None:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        # A proxy may have changed `Host`; its public name is then among the configured ones.
        return bool(parts.netloc) and (parts.netloc.lower() == host.lower() or parts.hostname in self._further)


def ip_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _digest(login: bytes) -> bytes:
    return hashlib.sha256(login).digest()


class WrongPasswords:
    """After too many from one address, none from there is checked for a while: the right one would give itself away."""

    def __init__(self) -> None:
        self._failures = Latest[str, list[float]](ADDRESSES_MOST)

    def locked_seconds(self, address: str) -> float:
        failures = self._failures.get(_network(address), [])
        if len(failures) < WRONG_PASSWORDS:
            return 0.0
        return max(failures[-WRONG_PASSWORDS] + FORGET_SECONDS - time.monotonic(), 0.0)

    def add(self, address: str) -> None:
        network = _network(address)
        self._failures[network] = [*self._failures.get(network, []), time.monotonic()][-WRONG_PASSWORDS:]


def _network(address: str) -> str:
    """The address; for IPv6, only the network half, since a single customer has all addresses of the other half."""
    parsed = ip_of(address)
    return parsed.exploded[:19] if parsed and parsed.version == 6 else address
