"""Fetching from a real server on this machine; hosts get their addresses from a table, never from outside."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpcore
import pytest
from web_server import Answer, Server

from ingest.fetch import USER_AGENT, Fetched, ask_system, fetch
from rag.errors import FetchRefused, SourceError

PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.stopping.set()
        server.shutdown()
        thread.join()


class Table:
    """Resolves from a table; each name has a list of answers, one per lookup; the last one repeats for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(lists) for name, lists in answers.items()}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror("no such host")
        lists = self.answers[host]
        return lists.pop(0) if len(lists) > 1 else lists[0]


class Internet(httpcore.SyncBackend):
    """Stands in for the network: every address leads to this machine; records which were requested."""

    def __init__(self, unreachable: Sequence[str] = ()) -> None:
        self.connected: list[str] = []
        self.unreachable = unreachable

    def connect_tcp(self, host: str, port: int, *arguments: object, **options: object) -> httpcore.NetworkStream:
        self.connected.append(host)
        if host in self.unreachable:
            raise httpcore.ConnectError("unreachable")
        return super().connect_tcp("127.0.0.1", port, timeout=5)


def test_page(server: Server) -> None:
    server.page("/a?b=c", b"<p>Hi</p>", Content_Type="Text/HTML; Charset=ISO-8859-1")
    assert fetch(server.url("/a?b=c#part"), allow_private=True) == Fetched(
        final_url=server.url("/a?b=c"), content=b"<p>Hi</p>", media_type="text/html", charset="iso-8859-1"
    )
    (_, headers) = server.asked[0]
    assert headers["user-agent"] == USER_AGENT
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert "cookie" not in headers


def test_page_without_type(server: Server) -> None:
    server.page("/", Content_Type="")
    assert fetch(server.url(), allow_private=True).media_type == ""


def test_private_address_is_refused_and_never_asked(server: Server) -> None:
    server.page("/")
    with pytest.raises(FetchRefused, match=r"not on the public internet.*--allow-private.*DATELINE_ALLOW_PRIVATE=true"):
        fetch(server.url())
    assert server.asked == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://user@127.0.0.1/", "http://0x7f.1/", "http://2130706433/"]
)
def test_own_network_does_not_lift_the_other_rules(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url, allow_private=True)


def test_public_name_is_read_at_its_checked_address(server: Server) -> None:
    server.page("/a")
    internet = Internet()
    url = server.url("/a", "news.example")
    fetched = fetch(url, resolve=Table(news_example=[[PUBLIC]]).resolve, network=internet)
    assert fetched.final_url == url
    assert internet.connected == [PUBLIC]
    assert server.asked[0][1]["host"] == f"news.example:{server.port}"


def test_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.page("/")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(server.url(), allow_private=True).content == b"<p>Hello</p>"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1"], ["fec0::1"], ["64:ff9b::7f00:1"], ["100.64.0.1"]]
)
def test_one_private_address_refuses_the_name(server: Server, addresses: list[str]) -> None:
    internet = Internet()
    with pytest.raises(FetchRefused):
        fetch(server.url("/", "news.example"), resolve=Table(news_example=[addresses]).resolve, network=internet)
    assert internet.connected == []


def test_rebinding_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    server.page("/")
    internet = Internet()
    table = Table(news_example=[[PUBLIC], ["127.0.0.1"]])
    fetch(server.url("/", "news.example"), resolve=table.resolve, network=internet)
    assert table.asked == ["news.example"]
    assert internet.connected == [PUBLIC]


def test_rebinding_between_redirects_is_refused(server: Server) -> None:
    server.redirect("/", "/b")
    server.page("/b")
    internet = Internet()
    table = Table(news_example=[[PUBLIC], ["127.0.0.1"]])
    with pytest.raises(FetchRefused):
        fetch(server.url("/", "news.example"), resolve=table.resolve, network=internet)
    assert internet.connected == [PUBLIC]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "location",
    ["http://inside.example/", "//inside.example/", "http://127.0.0.1/", "http://[::ffff:127.0.0.1]/",
     "http://169.254.169.254/latest/meta-data/", "http://2130706433/", "file:///etc/passwd", "gopher://x/",
     "http://news.example@127.0.0.1/", "http://１２７.０.０.１/", "http://localhost./"],
)  # fmt: skip
def test_redirect_to_a_private_address_is_refused(server: Server, location: str) -> None:
    server.redirect("/", location.encode().decode("latin-1"))
    internet = Internet()
    table = Table(news_example=[[PUBLIC]], inside_example=[["10.0.0.1"]], localhost=[["127.0.0.1"]])
    for number in ("127.0.0.1", "169.254.169.254", "::ffff:7f00:1"):
        table.answers[number] = [[number]]
    with pytest.raises(FetchRefused):
        fetch(server.url("/", "news.example"), resolve=table.resolve, network=internet)
    assert internet.connected == [PUBLIC]


def test_redirects_are_followed_without_cookies(server: Server) -> None:
    for status, location in ((301, "/1"), (302, server.url("/2")), (303, "3"), (307, "./4"), (308, "../5#part")):
        server.redirect(f"/{len(server.answers)}", location, status)
    server.page("/5")
    assert fetch(server.url("/0"), allow_private=True).final_url == server.url("/5")
    assert [path for path, _ in server.asked] == ["/0", "/1", "/2", "/3", "/4", "/5"]
    assert all("cookie" not in headers for _, headers in server.asked)


def test_six_redirects_are_too_many(server: Server) -> None:
    server.redirect("/", "/")
    with pytest.raises(SourceError, match="without end"):
        fetch(server.url(), allow_private=True)
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("status", "message"),
    [(404, "does not exist .HTTP 404.; check"), (410, "does not exist"), (403, "save the page"), (401, "save the page"),
     (429, "try again later"), (500, "try again later"), (503, "try again later"), (204, "did not answer with a page"),
     (304, "did not answer with a page"), (418, "did not answer with a page"), (302, "did not answer with a page")],
)  # fmt: skip
def test_status(server: Server, status: int, message: str) -> None:
    server.page("/", b"", status)
    with pytest.raises(SourceError, match=message):
        fetch(server.url(), allow_private=True)


@pytest.mark.parametrize("media_type", ["image/png", "video/mp4", "application/zip", "application/json"])
def test_what_is_no_article_is_refused(server: Server, media_type: str) -> None:
    server.page("/", Content_Type=media_type)
    with pytest.raises(SourceError, match=f"not an article but {media_type}"):
        fetch(server.url(), allow_private=True)


def test_unknown_host() -> None:
    with pytest.raises(SourceError, match=r"no host named nowhere.example"):
        fetch("http://nowhere.example/", resolve=Table().resolve)


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/", allow_private=True)


def test_second_address_is_tried_when_the_first_is_down(server: Server) -> None:
    server.page("/")
    internet = Internet(unreachable=["2606:4700::1"])
    fetch(
        server.url("/", "news.example"),
        resolve=Table(news_example=[["2606:4700::1", PUBLIC]]).resolve,
        network=internet,
    )
    assert internet.connected == ["2606:4700::1", PUBLIC]


def test_system_resolver_knows_this_machine() -> None:
    assert "127.0.0.1" in ask_system("127.0.0.1", 80)


# Time: one deadline for everything.


def server_of(request: BaseHTTPRequestHandler) -> Server:
    assert isinstance(request.server, Server)
    return request.server


def slow_redirect(request: BaseHTTPRequestHandler) -> None:
    time.sleep(0.15)
    server_of(request).answers["redirect"](request)


def drip(piece: bytes, start: bytes = b"") -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(start)
        while not server_of(request).stopping.wait(0.02):
            request.wfile.write(piece)

    return answer


SLOW = {
    "nothing": drip(b""),
    "headers": drip(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"),
    "one_header": drip(b"x", b"HTTP/1.1 200 OK\r\nX: "),
    "hundred_continues": drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10000\r\n\r\n"),
    "body_without_length": drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
    "chunks": drip(b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "redirects": slow_redirect,
}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW.keys())
def test_deadline_is_for_the_whole_fetch(server: Server, answer: Answer) -> None:
    server.answers["/"] = answer
    server.redirect("redirect", "/")
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"took longer than 0.4 seconds"):
        fetch(server.url(), allow_private=True, timeout_seconds=0.4)
    assert 0.3 < time.monotonic() - started < 10


def test_deadline_holds_for_resolving() -> None:
    class Slow:
        def resolve(self, host: str, port: int) -> Sequence[str]:
            time.sleep(3)
            return ["127.0.0.1"]

    started = time.monotonic()
    with pytest.raises(SourceError, match=r"took longer than 0.2 seconds"):
        fetch("http://news.example/", resolve=Slow().resolve, timeout_seconds=0.2)
    assert time.monotonic() - started < 2.5


def test_deadline_holds_for_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceError, match="took longer"):
        fetch(f"https://127.0.0.1:{silent.getsockname()[1]}/", allow_private=True, timeout_seconds=0.3)


# Size: decompressed bytes count.


def test_gzip(server: Server) -> None:
    content = b"<p>Hello</p>" * 20_000
    for number, packed in enumerate((gzip.compress(content), gzip.compress(content[:7]) + gzip.compress(content[7:]))):
        server.page(f"/{number}", packed, Content_Encoding="GZip")
        assert fetch(server.url(f"/{number}"), allow_private=True).content == content
    assert server.asked[0][1]["accept-encoding"] == "gzip"


def test_bomb_is_stopped_at_the_limit(server: Server) -> None:
    server.page("/", gzip.compress(bytes(200_000_000), 9), Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(SourceError, match="larger than 1 MB"):
        fetch(server.url(), allow_private=True, limit_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("packing", ["br", "deflate", "zstd", "gzip, gzip", "compress"])
def test_other_packing_is_refused_unopened(server: Server, packing: str) -> None:
    server.page("/", zlib.compress(b"x"), Content_Encoding=packing)
    with pytest.raises(SourceError, match="not asked for"):
        fetch(server.url(), allow_private=True)


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"x" * 999)[:-12], b""], ids=["other", "cut", "empty"])
def test_damaged_gzip(server: Server, content: bytes) -> None:
    server.page("/", content, Content_Encoding="gzip")
    with pytest.raises(SourceError, match=r"damaged data|in the middle"):
        fetch(server.url(), allow_private=True)


def test_limit_is_exact(server: Server) -> None:
    server.page("/", b"x" * 1_000)
    assert len(fetch(server.url(), allow_private=True, limit_bytes=1_000).content) == 1_000
    with pytest.raises(SourceError, match=r"larger than 0.000999 MB"):
        fetch(server.url(), allow_private=True, limit_bytes=999)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "broke off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, "broke off"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\nshort", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "broke off"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[/\r\n\r\n", "leads to an address|not a web address"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: \x00\r\n\r\n", "broke off"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "broke off"),
    ],
    ids=["hangs_up", "not_http", "endless_header", "endless_headers", "cut", "length", "location", "nul", "upgrade"],
)
def test_broken_answers(server: Server, raw: bytes, message: str) -> None:
    server.answers["/"] = lambda request: (request.wfile.write(raw), None)[1]
    with pytest.raises(SourceError, match=message):
        fetch(server.url(), allow_private=True, timeout_seconds=5)


# TLS: the host name counts, not the address of the connection.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "news.example.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=news.example"]
    names = ["-addext", "subjectAltName=DNS:news.example", "-keyout", str(path), "-out", str(path) + ".crt"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def secure(server: Server, certificate: Path) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda socket, name, context: server.names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.page("/")
    return server


def test_tls_asks_for_the_host_at_the_checked_address(secure: Server, certificate: Path) -> None:
    internet = Internet()
    url = secure.url("/", "news.example").replace("http:", "https:")
    trusting = ssl.create_default_context(cafile=str(certificate))
    fetched = fetch(url, resolve=Table(news_example=[[PUBLIC]]).resolve, network=internet, tls=trusting)
    assert fetched.content == b"<p>Hello</p>"
    assert internet.connected == [PUBLIC]
    assert secure.names == ["news.example"]


def test_certificate_that_nobody_vouches_for(secure: Server) -> None:
    url = secure.url("/", "news.example").replace("http:", "https:")
    with pytest.raises(SourceError, match="no certificate that can be trusted"):
        fetch(url, resolve=Table(news_example=[[PUBLIC]]).resolve, network=Internet())


def test_certificate_of_another_host(secure: Server, certificate: Path) -> None:
    url = secure.url("/", "other.example").replace("http:", "https:")
    trusting = ssl.create_default_context(cafile=str(certificate))
    with pytest.raises(SourceError, match="no certificate that can be trusted"):
        fetch(url, resolve=Table(other_example=[[PUBLIC]]).resolve, network=Internet(), tls=trusting)
