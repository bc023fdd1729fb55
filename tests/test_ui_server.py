"""The page's server: headers, limits, who may reach it, and how it stops."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from page_server import PageServer, page_server, wait_until
from starlette.datastructures import Headers

from rag.errors import ConfigError
from rag.library import Library
from ui.web.access import Access
from ui.web.server import serve
from ui.web.service import HTTP_AT_ONCE, QUEUE_MOST

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with page_server("fake", tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def client(server: PageServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=20) as found:
        yield found


def test_health(client: httpx.Client) -> None:
    health = client.get("/api/health").json()
    assert (health["status"], health["articles"]) == ("ok", 0)
    assert health["version"]


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/ask", "/theme.css", "/nowhere", "/gradio_api/queue/data"])
def test_every_answer_has_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    """/monitoring /monitoring/summary /docs /redoc /openapi.json /gradio_api/openapi.json
    /gradio_api/proxy=http://127.0.0.1/ /gradio_api/file=/etc/passwd /gradio_api/vibe-code /gradio_api/dev/reload
    /gradio_api/run/ask /gradio_api/call/ask /gradio_api/component_server /gradio_api/deep_link
    /gradio_api/queue/status /gradio_api/stream/a /gradio_api/file/etc/passwd /gradio_api/mcp/sse /login /custom/x /static/../config.py /assets/%2e%2e/%2e%2e/routes.py""".split(),
)
def test_what_the_page_does_not_need_is_shut(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (403, 404, 405)
    assert client.post(path, json={}).status_code in (403, 404, 405)
    assert client.post(f"{path}/", json={}).status_code in (403, 404, 405)


def test_only_names_of_this_machine_are_answered(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "attacker.example"}).status_code == 400
    for name in ("localhost", "127.0.0.1:7860", "[::1]:7860"):
        assert client.get("/api/health", headers={"Host": name}).status_code == 200


def test_names_that_were_told_are_answered_too() -> None:
    access = Access(host="0.0.0.0", names=["news.example", ""])
    for name in ("news.example", "NEWS.example:443", "192.168.1.5:7860", "[fe80::1]:7860", socket.gethostname()):
        assert access.wrong_name(Headers({"host": name})) is None
    for name in ("attacker.example", "news.example.attacker.example", "127.0.0.1.attacker.example", "127.1", ""):
        refusal = access.wrong_name(Headers({"host": name}))
        assert refusal
        assert "DATELINE_HOSTS" in refusal.sentence


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict", "/api/ask"])
def test_large_and_endless_requests_are_refused(client: httpx.Client, path: str) -> None:
    kind = {"Content-Type": "application/json"}
    assert client.post(path, content=b"x" * 1_000_001, headers=kind).status_code == 413
    assert client.post(path, content=iter([b"{}"]), headers=kind).status_code == 411
    assert client.post(path, content=b"{}", headers={**kind, "Transfer-Encoding": "chunked"}).status_code in (400, 411)
    assert client.post(path, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},  # another program on this machine
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/upload"])
def test_other_sites_cannot_use_a_readers_browser(client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    reply = client.post(path, json={"question": "x"}, headers=headers)
    assert reply.status_code == 403
    assert not [name for name in reply.headers if name.startswith("access-control-")]
    reading = client.get("/api/health", headers={**headers, "Sec-Fetch-Mode": "cors"})
    assert reading.status_code == 403


def test_a_link_from_another_site_opens_the_page(client: httpx.Client, server: PageServer) -> None:
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=linked).status_code == 200
    own = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/ask", json={"question": "x"}, headers=own).status_code == 200
    assert client.options("/api/ask", headers={"Access-Control-Request-Method": "POST"}).status_code == 405


def test_the_page_asks_no_other_host(client: httpx.Client) -> None:
    assert "fonts.googleapis" not in client.get("/theme.css").text
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert not [sheet for sheet in config["stylesheets"] or [] if "//" in sheet]


def test_who_may_not_be_reached_says_why(library: Library, server: PageServer) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.7"):
        with pytest.raises(ConfigError, match="DATELINE_PASSWORD"):
            serve(library, host=host, port=0)
    port = httpx.URL(server.address).port or 0
    with pytest.raises(ConfigError) as taken:
        serve(library, host="127.0.0.1", port=port)
    assert str(taken.value) == f"Port {port} is in use; choose another one with --port."


def test_leaving_a_stream_ends_the_work(server: PageServer, client: httpx.Client) -> None:
    closed = server.folder / "closed"
    closed.unlink(missing_ok=True)
    with client.stream("POST", "/api/ask/stream", json={"question": "Tell it slowly"}) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if "piece 1" in line)
        assert not closed.exists()
    wait_until("the work has ended", closed.exists)


def test_leaving_before_the_answer_ends_the_work(server: PageServer, client: httpx.Client) -> None:
    closed = server.folder / "closed"
    closed.unlink(missing_ok=True)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/api/ask", json={"question": "Tell it slowly"}, timeout=1.0)
    wait_until("the work has ended", closed.exists)


def test_one_too_many_is_told_at_once_and_later_all_is_well(client: httpx.Client, server: PageServer) -> None:
    with contextlib.ExitStack() as waiting:
        for _ in range(HTTP_AT_ONCE + QUEUE_MOST):
            slow = client.build_request("POST", "/api/ask/stream", json={"question": "Tell it slowly"})
            waiting.callback(client.send(slow, stream=True).close)
        wait_until("all places are taken", lambda: client.post("/api/ask", json={"question": "x"}).status_code == 503)
        started = time.monotonic()
        for path in ("/api/ask", "/api/ask/stream", "/api/search"):
            reply = client.post(path, json={"question": "x"})
            assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
            assert "try again" in reply.json()["error"]
        assert time.monotonic() - started < 5
        assert client.get("/api/health").status_code == 200
    wait_until("there is room again", lambda: client.post("/api/ask", json={"question": "x"}).status_code == 200)


def test_a_fault_says_a_number_that_the_log_has(client: httpx.Client, server: PageServer) -> None:
    said = client.post("/api/ask", json={"question": "Now break"}).json()["error"]
    number = re.search(r"request ([0-9a-f]{8})\.", said)
    assert number
    assert f"request {number[1]} failed" in server.log.read_text()
    assert not re.search("secret|hunter2|RuntimeError", said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_with_readers_on_it_and_keeps_no_upload(tmp_path: Path, number: signal.Signals) -> None:
    with (
        page_server("fake", tmp_path) as server,
        httpx.Client(base_url=server.address, timeout=20) as client,
    ):
        client.get("/")
        sent = {"params": {"upload_id": "an-upload"}, "files": {"files": ("a.txt", b"x")}}
        (uploaded,) = client.post("/gradio_api/upload", **sent).json()
        assert Path(uploaded).exists()
        question = {"question": "Tell it slowly"}
        with (
            client.stream("GET", "/gradio_api/heartbeat/abc") as heartbeat,
            client.stream("POST", "/api/ask/stream", json=question) as answer,
        ):
            assert (heartbeat.status_code, answer.status_code) == (200, 200)
            started = time.monotonic()
            server.process.send_signal(number)
            assert server.process.wait(10) == 0
        assert time.monotonic() - started < 5
        assert not Path(uploaded).parents[1].exists()
        assert "Traceback" not in server.log.read_text()
        with socket.socket() as free:
            free.bind(("127.0.0.1", httpx.URL(server.address).port or 0))
