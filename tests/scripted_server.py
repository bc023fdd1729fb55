"""Servers that speak OpenAI's protocol as badly as a test wants."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Reply"], None]


class Reply:
    """What a script can do with one request."""

    def __init__(self, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        self._handler = handler
        self.asked = asked
        self.headers = handler.headers

    def head(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        """The status line and the headers."""
        self._handler.send_response(status)
        for name, value in {"Content-Type": kind, **more}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def send(self, text: str) -> None:
        """Sends the text immediately."""
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def say(self, *words: str, finish: str | None = None) -> None:
        """One event for each word, and one with the reason to stop."""
        for word in words:
            self.send(event({"content": word}))
        if finish:
            self.send(event({}, finish) + "data: [DONE]\n\n")

    def whole(self, *words: str) -> None:
        """A complete, correct answer."""
        self.head()
        self.say(*words, finish="stop")


def event(delta: dict[str, str], finish: str | None = None) -> str:
    """One chunk of an answer."""
    chunk = {
        "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip
    return f"data: {json.dumps(chunk)}\n\n"


class ScriptedServer(ThreadingHTTPServer):
    """Does what `script` says for each request; `asked` and `keys` list them, `left` counts disconnected clients."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.pages: dict[str, str] = {}
        """Responses to GET requests, by path; 404 for others."""
        self.page_seconds = 0.0
        self.left = threading.Semaphore(0)
        self.gone = threading.Event()

    @property
    def address(self) -> str:
        """The address of the OpenAI protocol."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def setting(self) -> str:
        """The value for DATELINE_LLM."""
        return f"openai-like:{self.address}#m"

    def handle_error(self, request: object, client_address: object) -> None:
        """Prints nothing when a client has disconnected."""
        self.left.release()


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers.get("Authorization", ""))
        self.server.script(Reply(self, asked))

    def do_GET(self) -> None:
        self.server.gone.wait(self.server.page_seconds)
        page = self.server.pages.get(self.path)
        if page is None:
            self.send_error(404)
            return
        reply = Reply(self, {})
        reply.head(200, "application/json")
        reply.send(page)

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing."""


@contextlib.contextmanager
def scripted(script: Script) -> Iterator[ScriptedServer]:
    """A server for the duration of a test."""
    server = ScriptedServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()


def hang(reply: Reply) -> None:
    """Sends nothing more until the test is over."""
    server = reply._handler.server
    assert isinstance(server, ScriptedServer)
    server.gone.wait(30)
