"""A real Chroma server for tests, and a gateway with limits in front of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evals import cluster_engines


class RunningChroma(cluster_engines.RunningChroma):
    """A server that can also be made to fail."""

    @property
    def is_running(self) -> bool:
        """Whether it was started and not killed."""
        return self._process is not None

    def freeze(self) -> None:
        """Accepts connections but no longer answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def lose_everything(self) -> None:
        """Kills it and deletes its disk."""
        self.kill()
        shutil.rmtree(self.folder)


class Doorkeeper:
    """Stands before a Chroma server and refuses requests as a hosted one does."""

    def __init__(self, server: str, records_most: int, results_most: int, key: str) -> None:
        self.refused: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._pass_on()

            do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Prints nothing."""

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
        """Stops the gateway."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="session")
def _one_chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    server = RunningChroma(tmp_path_factory.mktemp("chroma") / "server")
    yield server
    server.kill()


@pytest.fixture
def chroma(_one_chroma: RunningChroma) -> RunningChroma:
    """A running Chroma server. It keeps what other tests left: each library has collections of its own."""
    if not _one_chroma.is_running:
        _one_chroma.start()
    return _one_chroma
