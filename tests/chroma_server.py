"""A real Chroma server for tests: started, killed and started again on one port; and a gate in front with limits."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

START_SECONDS = 60


class RunningChroma:
    """`chroma run` over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/api/v2/heartbeat", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the Chroma server did not start")

    def kill(self) -> None:
        """As the power goes."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections and says nothing more."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def lose_everything(self) -> None:
        """Killed, and its disk is gone."""
        self.kill()
        shutil.rmtree(self.folder)


class Doorkeeper:
    """Stands before a Chroma server and refuses as a hosted one does."""

    def __init__(self, server: str, records_most: int, results_most: int, key: str) -> None:
        self.refused: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._pass_on()

            do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                wanted = json.loads(body) if body else {}
                if self.headers.get("x-chroma-token") != key:
                    self._answer(401, {"error": "AuthError", "message": "who are you?"})
                elif len(wanted.get("embeddings") or wanted.get("ids") or ()) > records_most:
                    outer.refused.append("records")
                    self._answer(422, {"error": "QuotaError", "message": "too many records"})
                elif wanted.get("n_results", 0) > results_most:
                    outer.refused.append("results")
                    self._answer(422, {"error": "QuotaError", "message": "too many results"})
                else:
                    request = urllib.request.Request(
                        server + self.path, body or None, {"Content-Type": "application/json"}, method=self.command
                    )
                    try:
                        with urllib.request.urlopen(request, timeout=30) as given:
                            self._send(given.status, given.read())
                    except urllib.error.HTTPError as error:
                        with error:
                            self._send(error.code, error.read())

            def _answer(self, status: int, told: object) -> None:
                self._send(status, json.dumps(told).encode())

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Goes home."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[RunningChroma]:
    """A Chroma server that runs, with nothing in it."""
    server = RunningChroma(tmp_path / "chroma-server")
    server.start()
    yield server
    server.kill()
