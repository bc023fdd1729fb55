"""Fetches one page from the web: from a checked address, within one deadline and one size limit.

httpcore, the engine of httpx, does nothing on its own: no redirects, cookies, proxies or passwords from the
environment, and no unbounded decompression.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import Message
from urllib.parse import urljoin

import httpcore

from ingest.addresses import WebAddress, is_public, read_address
from ingest.network import Deadline, PinnedNetwork
from rag.errors import FetchFailed, FetchRefused, SourceError

MAX_REDIRECTS = 5
USER_AGENT = "Dateline/0.1 (news library; reads feeds and articles for one reader)"
ACCEPTED = (
    "text/html application/xhtml+xml text/plain text/markdown application/pdf application/rss+xml application/atom+xml"
    " application/rdf+xml application/xml text/xml text/x-opml"
).split()
UNSAID = ("", "application/octet-stream", "binary/octet-stream")  # the server does not say what it is
_PIECE_BYTES = 65_536


@dataclass(frozen=True)
class Fetched:
    """The answer from an address. `content` is decompressed; `media_type` is lower case, "" if not given.

    `etag` and `last_modified` are for asking again. `unchanged`: it has not changed since, and there is no content.
    `moved`: the requested address leads permanently to `final_url`.
    """

    final_url: str
    content: bytes
    media_type: str
    charset: str | None
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    moved: bool = False


Resolve = Callable[[str, int], Sequence[str]]
"""Turns a host name and a port into IP addresses, in the order to try them. Raises `OSError` if there are none."""


def ask_system(host: str, port: int) -> Sequence[str]:
    return [str(found[0]) for *_, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    timeout_seconds: float = 30,
    limit_bytes: int = 20_000_000,
    etag: str = "",
    last_modified: str = "",
    before: Callable[[str], None] | None = None,
    resolve: Resolve = ask_system,
    network: httpcore.NetworkBackend | None = None,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """The page, file or feed at an http(s) address.

    Every host on the way is resolved once, all its addresses must be public unless `allow_private`, and the connection
    goes to one of these and nowhere else. `timeout_seconds` covers everything together, `limit_bytes` the decompressed
    content. `etag` and `last_modified` are those of an earlier answer: unchanged content is not sent again. `before` is
    called with each address before it is requested, and may wait or raise. Raises `FetchRefused` for an address that
    may not be read, `FetchFailed` if the server refuses, `SourceError` for anything else.
    """
    address, moved = read_address(url), True
    stamps: dict[bytes | str, str] = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    asked_before = {name: value for name, value in stamps.items() if value.isascii() and value.isprintable() and value}
    deadline: Deadline | None = None
    for hop in range(MAX_REDIRECTS + 1):
        if before:
            before(address.url)
        deadline = deadline or Deadline(timeout_seconds)  # the first wait does not count
        try:
            checked = _checked_addresses(address, resolve, deadline, allow_private)
            pinned = PinnedNetwork(network or httpcore.SyncBackend(), checked, deadline)
            with httpcore.ConnectionPool(ssl_context=tls, network_backend=pinned) as pool:
                answer = _get(pool, address, limit_bytes, asked_before)
        except httpcore.TimeoutException as late:
            raise SourceError(f"{address.url} took longer than {timeout_seconds:g} seconds; try again later.") from late
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise SourceError(_explain(error, address)) from error
        if isinstance(answer, Fetched):
            return replace(answer, moved=moved and hop > 0)
        address, for_good = answer
        moved = moved and for_good
    raise SourceError(f"{address.url} leads from address to address without end; give the article's own one.")


def _checked_addresses(address: WebAddress, resolve: Resolve, deadline: Deadline, allow_private: bool) -> Sequence[str]:
    """The IP addresses of a host, all public; a single private one refuses the host."""
    answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def ask() -> None:  # in a thread, abandoned when time is up, because resolving has no timeout of its own
        try:
            answers.put(tuple(dict.fromkeys(resolve(address.host, address.port))))
        except (OSError, UnicodeError):  # a name that the resolver cannot even look up
            answers.put(())

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise httpcore.ConnectTimeout("resolve") from None
    if not found:
        raise SourceError(f"There is no host named {address.host}; check the address, and the connection.")
    if not allow_private and not all(is_public(ip) for ip in found):
        raise FetchRefused(
            f"{address.url} is not on the public internet; addresses of one's own network are read only with "
            "the option --allow-private of the command line, or where Dateline is started with DATELINE_ALLOW_PRIVATE=true."
        )
    return found


def _get(
    pool: httpcore.ConnectionPool, address: WebAddress, limit_bytes: int, asked_before: Mapping[bytes | str, str]
) -> Fetched | tuple[WebAddress, bool]:
    """The answer, or where the address redirects to, and whether for good."""
    url = httpcore.URL(
        scheme=address.scheme.encode(), host=address.host.encode(), port=address.port, target=address.target.encode()
    )
    headers: dict[bytes | str, bytes | str] = {
        "Host": address.authority,
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(ACCEPTED) + ", */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **asked_before,
    }
    with pool.stream("GET", url, headers=headers) as response:
        sent = {name.lower(): value for name, value in response.headers}
        if response.status in (301, 302, 303, 307, 308) and sent.get(b"location"):
            try:
                elsewhere = read_address(urljoin(address.url, sent[b"location"].decode("utf-8", "replace")))
            except ValueError:
                raise SourceError(f"{address.url} leads to an address that cannot be read.") from None
            return elsewhere, response.status in (301, 308)
        told = {name: sent.get(name.encode(), b"").decode("latin-1") for name in ("etag", "last-modified")}
        if response.status == 304 and asked_before:
            return Fetched(address.url, b"", "", None, told["etag"], told["last-modified"], unchanged=True)
        if response.status != 200:
            retry_after = sent.get(b"retry-after", b"").decode("latin-1")
            raise FetchFailed(_explain_status(response.status, address), response.status, retry_after)
        media_type, charset = content_type(sent.get(b"content-type", b""))
        if media_type not in (*ACCEPTED, *UNSAID):
            raise SourceError(f"{address.url} is not an article but {media_type}; give a page, a PDF or a feed.")
        body = decompressed(response.iter_stream(), sent.get(b"content-encoding", b""), limit_bytes, address)
        return Fetched(address.url, body, media_type, charset, told["etag"], told["last-modified"])


def content_type(header: bytes) -> tuple[str, str | None]:
    if not header.strip():
        return "", None
    message = Message()
    message["Content-Type"] = header.decode("latin-1").replace("\r", "").replace("\n", "")
    return message.get_content_type(), message.get_content_charset()


def decompressed(pieces: Iterable[bytes], encoding: bytes, limit_bytes: int, address: WebAddress) -> bytes:
    """The content, never holding more than the limit. Raises `SourceError` if it is larger or damaged."""
    packing = encoding.decode("latin-1").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise SourceError(
            f"{address.url} is packed as {packing[:40]!r}, which was not asked for; try its other address."
        )
    content = bytearray()
    for piece in _unzipped(pieces, address) if "gzip" in packing else pieces:
        content += piece
        if len(content) > limit_bytes:
            raise SourceError(
                f"{address.url} is larger than {limit_bytes / 1_000_000:g} MB, which no article is; "
                "save the part that you want and ingest the file."
            )
    return bytes(content)


def _unzipped(pieces: Iterable[bytes], address: WebAddress) -> Iterator[bytes]:
    """Decompresses gzip in bounded pieces: 64 kB of it can hold 64 MB."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflate.eof:  # there may be several gzip members in a row
                    inflate = zlib.decompressobj(wbits=31)
                yield inflate.decompress(rest, _PIECE_BYTES)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    except zlib.error as error:
        raise SourceError(f"{address.url} sent damaged data; try again later.") from error
    if not inflate.eof:
        raise SourceError(f"{address.url} stopped in the middle of its data; try again later.")


def _explain(error: Exception, address: WebAddress) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"{address.host} has no certificate that can be trusted; save the page and ingest the file."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError):
        return f"{address.host} cannot be reached; check the address, and the connection."
    return f"{address.url} broke off or did not answer as a web server does; try again later."


def _explain_status(status: int, address: WebAddress) -> str:
    if status in (401, 402, 403, 451):
        return f"{address.url} is not open to programs (HTTP {status}); save the page and ingest the file."
    if status in (404, 410):
        return f"{address.url} does not exist (HTTP {status}); check the address."
    if status == 429 or status >= 500:
        return f"{address.url} cannot be served now (HTTP {status}); try again later."
    return f"{address.url} did not answer with a page (HTTP {status}); check the address."
