"""The page's server: headers, limits, who may reach it, and how it stops."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from page_server import ROOT, PageServer, page_server

pytestmark = pytest.mark.timeout(180)
REFUSED = """
import sys
from fakes import WordEmbedder, config_for
from pathlib import Path
from rag.errors import ConfigError
from rag.library import Library
from ui.web.server import serve
folder = Path(sys.argv[1])
try:
    serve(Library.create(folder, config_for(folder), embedder=WordEmbedder()), host=sys.argv[2], port=int(sys.argv[3]))
except ConfigError as error:
    print(error)
"""


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


@pytest.mark.parametrize("path", ["/", "/api/health", "/theme.css", "/nowhere"])
def test_every_answer_has_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    """/monitoring /monitoring/summary /docs /redoc /openapi.json /gradio_api/openapi.json /gradio_api/upload
    /gradio_api/proxy=http://127.0.0.1/ /gradio_api/file=/etc/passwd /gradio_api/vibe-code /gradio_api/dev/reload
    /gradio_api/run/ask /gradio_api/call/ask /static/../config.py /assets/%2e%2e/%2e%2e/routes.py""".split(),
)
def test_what_the_page_does_not_need_is_shut(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (403, 404, 405)
    assert client.post(path, json={}).status_code in (403, 404, 405)


def test_only_names_of_this_machine_are_answered(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "attacker.example"}).status_code == 400
    for name in ("localhost", "127.0.0.1:7860", "[::1]:7860"):
        assert client.get("/api/health", headers={"Host": name}).status_code == 200


def test_large_and_endless_requests_are_refused(client: httpx.Client) -> None:
    assert client.post("/gradio_api/queue/join", content=b"x" * 1_000_001).status_code == 413
    assert client.post("/gradio_api/queue/join", content=iter([b"{}"])).status_code == 411


def test_the_page_asks_no_other_host(client: httpx.Client) -> None:
    assert "fonts.googleapis" not in client.get("/theme.css").text
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert not [sheet for sheet in config["stylesheets"] or [] if "//" in sheet]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_others_may_not_reach_it_without_a_password(tmp_path: Path, host: str) -> None:
    line = refused(tmp_path, host, 0)
    assert "DATELINE_PASSWORD" in line


def test_a_port_in_use_is_one_line(tmp_path: Path, server: PageServer) -> None:
    port = httpx.URL(server.address).port or 0
    assert refused(tmp_path, "127.0.0.1", port) == f"Port {port} is in use; choose another one with --port."


def test_a_password_is_asked_for(tmp_path: Path) -> None:
    with (
        page_server("fake", tmp_path, environment={"DATELINE_PASSWORD": "opens sesame"}) as server,
        httpx.Client(base_url=server.address, timeout=20) as client,
    ):
        assert client.get("/config").status_code == 401
        assert client.post("/gradio_api/queue/join", json={"data": [], "fn_index": 0}).status_code == 401
        wrong = client.post("/login", data={"username": "dateline", "password": "sesame"})
        assert wrong.status_code == 400
        right = client.post("/login", data={"username": "dateline", "password": "opens sesame"})
        assert right.json() == {"success": True}
        assert client.get("/config").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_with_a_reader_on_the_page(tmp_path: Path, number: signal.Signals) -> None:
    with page_server("fake", tmp_path) as server:
        with httpx.stream("GET", f"{server.address}/gradio_api/heartbeat/abc", timeout=20) as heartbeat:
            assert heartbeat.status_code == 200
            started = time.monotonic()
            server.process.send_signal(number)
            assert server.process.wait(10) == 0
        assert time.monotonic() - started < 2
        assert "Traceback" not in server.log.read_text()
        with socket.socket() as free:
            free.bind(("127.0.0.1", httpx.URL(server.address).port or 0))


def refused(folder: Path, host: str, port: int) -> str:
    """What `serve` says on its last line."""
    command = [sys.executable, "-c", REFUSED, str(folder / "library"), host, str(port)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]
