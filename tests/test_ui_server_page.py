"""The page's own protocol, used by an attacker; the server asks for a password."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from page_server import PageServer, page_server, wait_until
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from evals.load_readers import ask_call
from ui.web.access import WRONG_PASSWORDS, Access, WrongPasswords
from ui.web.guard import Guard
from ui.web.server import HEADER_BYTES, DeadlineProtocol
from ui.web.service import AT_ONCE, QUEUE_MOST

pytestmark = pytest.mark.timeout(180)
PASSWORD = "opens sesame: ünd zu"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    variables = {"DATELINE_PASSWORD": PASSWORD, "DATELINE_PROXIES": "127.0.0.1, 10.0.0.0/8"}
    with page_server("fake", tmp_path_factory.mktemp("page"), environment=variables) as found:
        yield found


@contextlib.contextmanager
def browser(server: PageServer) -> Iterator[httpx.Client]:
    """A browser that has loaded the page."""
    with httpx.Client(base_url=server.address, timeout=20, auth=("dateline", PASSWORD)) as client:
        assert client.get("/").status_code == 200
        yield client


@pytest.fixture
def mine(server: PageServer) -> Iterator[httpx.Client]:
    with browser(server) as client:
        yield client


@pytest.fixture
def theirs(server: PageServer) -> Iterator[httpx.Client]:
    with browser(server) as client:
        yield client


def join(
    client: httpx.Client, session: str, question: object = "Is there anything?", **changed: object
) -> httpx.Response:
    """Sends a question as the page does."""
    body = {**ask_call(client.get("/config").json(), "the question"), "session_hash": session}
    body["data"] = [question if value == "the question" else value for value in body["data"]]
    return client.post("/gradio_api/queue/join", json={**body, **changed})


def told(client: httpx.Client, session: str) -> Iterator[dict[str, Any]]:
    """The messages that the page gets about its questions."""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        assert stream.status_code == 200
        for line in stream.iter_lines():
            if line.startswith("data:"):
                yield json.loads(line.removeprefix("data:"))


def said(client: httpx.Client, session: str) -> str:
    """All of them, to the end."""
    return json.dumps(list(told(client, session)), ensure_ascii=False)


def test_a_password_is_asked_for_everywhere(server: PageServer) -> None:
    with httpx.Client(base_url=server.address, timeout=20) as client:
        for path in ("/", "/config", "/api/health", "/api/openapi.json", "/gradio_api/heartbeat/abc", "/nowhere"):
            reply = client.get(path)
            assert reply.status_code == 401
            assert reply.headers["www-authenticate"].startswith("Basic ")
            assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert client.post("/api/ask", json={"question": "x"}).status_code == 401
        assert client.post("/gradio_api/queue/join", json={"data": [], "fn_index": 0}).status_code == 401
        for wrong in (("dateline", "opens"), ("Dateline", PASSWORD), ("dateline", ""), ("", "")):
            assert client.get("/config", auth=wrong).status_code == 401
        for nonsense in ("Basic", "Basic !", "Bearer x", "Basic ZGF0ZWxpbmU="):
            assert client.get("/config", headers={"Authorization": nonsense}).status_code == 401
        assert client.get("/config", auth=("dateline", PASSWORD)).status_code == 200
        assert client.post("/api/ask", json={"question": "x"}, auth=("dateline", PASSWORD)).status_code == 200


def test_guessing_is_stopped() -> None:
    wrong = WrongPasswords()
    for _ in range(WRONG_PASSWORDS):
        assert wrong.locked_seconds("192.0.2.1") == 0
        wrong.add("192.0.2.1")
        wrong.add("2001:db8::1")
    assert 50 < wrong.locked_seconds("192.0.2.1") <= 60
    assert wrong.locked_seconds("2001:db8::2") > 0
    assert wrong.locked_seconds("192.0.2.2") == 0


def test_after_many_guesses_the_right_one_is_not_looked_at_either(tmp_path: Path) -> None:
    gate = Guard(Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"))]), Access("right"))
    with served(gate) as address, httpx.Client(base_url=address) as client:
        assert client.get("/", auth=("dateline", "right")).text == "in"
        # A forwarded address counts only if it comes from a configured proxy.
        guesses = [
            client.get("/", auth=("dateline", f"guess {n}"), headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
            for n in range(WRONG_PASSWORDS + 1)
        ]
        assert guesses == [401] * WRONG_PASSWORDS + [429]
        locked = client.get("/", auth=("dateline", "right"))
        assert locked.status_code == 429
        assert 50 < int(locked.headers["retry-after"]) <= 61


def test_who_comes_through_a_proxy_is_counted_alone(server: PageServer) -> None:
    def status(client: httpx.Client, password: str, *through: str) -> int:
        came = {"X-Forwarded-For": ", ".join(through)} if through else {}
        return client.get("/api/health", auth=("dateline", password), headers=came).status_code

    with httpx.Client(base_url=server.address, timeout=20) as client:
        # Whatever origin the guesser claims, the proxy appends the real one.
        guesses = [status(client, "guess", f"198.51.100.{n}", "192.0.2.1", "10.1.2.3") for n in range(WRONG_PASSWORDS)]
        assert guesses == [401] * WRONG_PASSWORDS
        assert status(client, PASSWORD, "192.0.2.1:4711") == 429
        assert status(client, PASSWORD, "192.0.2.2") == 200
        assert status(client, PASSWORD) == 200


def test_a_page_answers(mine: httpx.Client) -> None:
    assert join(mine, "session-1").status_code == 200
    assert "process_completed" in said(mine, "session-1")


def test_a_long_question_is_too_long_for_the_server_too(mine: httpx.Client) -> None:
    assert join(mine, "session-2", "x" * 100_000).status_code == 200
    answer = said(mine, "session-2")
    assert "too long" in answer
    assert "x" * 2002 not in answer


@pytest.mark.parametrize("question", [None, 5, ["a"], {"a": 1}, True, "\x00\u202e"])
def test_a_question_of_another_type_is_told(mine: httpx.Client, question: object) -> None:
    session = secrets.token_hex(6)
    assert join(mine, session, question).status_code == 200
    answer = said(mine, session)
    assert '"msg": "process_completed"' in answer
    assert not any(word in answer for word in ("Traceback", "Error:", "site-packages", "root:"))


@pytest.mark.parametrize(
    "changed",
    [
        {"fn_index": 999},
        {"fn_index": -1},
        {"fn_index": "0"},
        {"fn_index": True},
        {"fn_index": None},
        {"fn_index": 1.5},
        {"data": {}},
        {"data": "x"},
        {"data": [0] * 1000},
        {"batched": True},
        {"session_hash": "None!"},
        {"session_hash": ""},
        {"session_hash": "a b"},
        {"session_hash": "a" * 65},
        {"session_hash": {"a": 1}},
        {"session_hash": "../../x"},
    ],
)
def test_calls_that_no_page_makes_are_refused(mine: httpx.Client, changed: dict[str, object]) -> None:
    reply = join(mine, "session-4", **changed)
    assert reply.status_code == 422
    assert list(reply.json()) == ["error"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"data": 1e999}'])
def test_what_is_no_call_is_refused(mine: httpx.Client, content: bytes) -> None:
    for path in ("queue/join", "run/predict", "cancel", "reset"):
        reply = mine.post(f"/gradio_api/{path}", content=content, headers={"Content-Type": "application/json"})
        assert reply.status_code == 422


def test_no_cookie_no_page(server: PageServer) -> None:
    with httpx.Client(base_url=server.address, timeout=20, auth=("dateline", PASSWORD)) as client:
        assert join(client, "session-5").status_code == 403
        client.cookies.set("dateline_browser", "short")
        assert join(client, "session-5").status_code == 403
        cookie = client.get("/").headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_nobody_uses_another_readers_session(mine: httpx.Client, theirs: httpx.Client) -> None:
    event = join(theirs, "their-session", "Tell it slowly").json()["event_id"]
    heard = told(theirs, "their-session")
    assert next(message for message in heard if "piece 1" in str(message))
    predict = {"data": [None], "fn_index": 0, "session_hash": "their-session"}
    cancel = {"session_hash": "their-session", "event_id": event, "fn_index": 0}
    assert join(mine, "their-session").status_code == 403
    assert mine.post("/gradio_api/run/predict", json=predict).status_code == 403
    assert mine.post("/gradio_api/cancel", json=cancel).status_code == 403
    for path in (
        "queue/data?session_hash=their-session",
        "queue/data/?session_hash=their-session",
        "queue/data?session_hash=mine&session_hash=their-session",
        "heartbeat/their-session",
        "heartbeat//their-session",
    ):
        assert mine.get(f"/gradio_api/{path}").status_code in (403, 404, 422), path
    # Somebody else's event, under one's own session.
    assert join(mine, "my-session", "Tell it slowly").status_code == 200
    assert mine.post("/gradio_api/cancel", json={**cancel, "session_hash": "my-session"}).status_code == 403
    assert mine.get(f"/gradio_api/call/ask/{event}").status_code == 404
    assert next(message for message in heard if "piece 20" in str(message))
    assert theirs.post("/gradio_api/cancel", json=cancel).status_code == 200
    heard.close()  # type: ignore[attr-defined]
    leave(mine, "my-session")


def leave(client: httpx.Client, session: str) -> None:
    """Closes the page after it has received something."""
    heard = told(client, session)
    next(heard)
    heard.close()  # type: ignore[attr-defined]


def test_two_readers_at_once_hear_their_own(mine: httpx.Client, theirs: httpx.Client) -> None:
    for turn in range(3):
        assert join(mine, "session-a", f"What of apples {turn}?").status_code == 200
        assert join(theirs, "session-b", f"What of bears {turn}?").status_code == 200
        one, other = said(mine, "session-a"), said(theirs, "session-b")
        assert f"apples {turn}" in one
        assert "bears" not in one
        assert f"bears {turn}" in other
        assert "apples" not in other


def test_leaving_the_page_ends_the_work(server: PageServer, mine: httpx.Client) -> None:
    closed = server.folder / "closed"
    closed.unlink(missing_ok=True)
    join(mine, "session-6", "Tell it slowly")
    heard = told(mine, "session-6")
    assert next(message for message in heard if "piece 1" in str(message))
    assert not closed.exists()
    heard.close()  # type: ignore[attr-defined]
    wait_until("the work has ended", closed.exists)


def test_one_too_many_is_told_at_once(mine: httpx.Client) -> None:
    call = {**ask_call(mine.get("/config").json(), "Tell it slowly"), "session_hash": "session-7"}
    replies = [mine.post("/gradio_api/queue/join", json=call) for _ in range(AT_ONCE + QUEUE_MOST + 5)]
    refused = [reply for reply in replies if reply.status_code == 503]
    assert 1 <= len(refused) <= 9
    assert all(reply.headers["retry-after"] == "5" for reply in refused)
    leave(mine, "session-7")
    wait_until("there is room again", lambda: join(mine, "session-8").status_code == 200)
    assert "process_completed" in said(mine, "session-8")


def upload(client: httpx.Client, content: bytes, name: str = "a.txt", upload_id: str = "") -> httpx.Response:
    """Sends a file as the page does."""
    query = {"upload_id": upload_id or secrets.token_hex(6)}
    return client.post("/gradio_api/upload", params=query, files={"files": (name, content)})


def test_uploads_are_bounded_and_nobody_reads_them(
    server: PageServer, mine: httpx.Client, theirs: httpx.Client
) -> None:
    assert upload(mine, b"x" * 10_000_001).status_code == 413
    assert mine.post("/gradio_api/upload", json={}).status_code == 415
    (path,) = upload(theirs, b"their secret", "../../../../tmp/evil.txt", "their-upload").json()
    assert Path(path).name == "evil.txt"
    folder = Path(path).parents[1]
    assert folder.name.startswith("dateline-")
    assert folder.stat().st_mode & 0o077 == 0
    assert upload(mine, b"x", upload_id="their-upload").status_code == 403
    assert mine.get("/gradio_api/upload_progress?upload_id=their-upload").status_code == 403
    for client in (mine, theirs):
        for reading in (f"file={path}", f"file/{path}", "file=/etc/passwd", f"stream/{path}"):
            assert client.get(f"/gradio_api/{reading}").status_code == 404


def test_only_ones_own_files_can_be_named(mine: httpx.Client, theirs: httpx.Client) -> None:
    (path,) = upload(theirs, b"their other secret").json()
    own = join(theirs, secrets.token_hex(6), {"path": path})
    assert own.status_code == 200
    file = {"path": path, "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}}
    for named in (
        file,
        [file],
        {"a": [{"b": file}]},
        {"path": "/etc/passwd"},
        {"path": None},
        {"path": f"{path}/../x"},
    ):
        assert join(mine, secrets.token_hex(6), named).status_code == 403
        assert join(mine, secrets.token_hex(6), event_data=named).status_code == 403
        predict = {"data": [named], "fn_index": 0, "session_hash": secrets.token_hex(6)}
        assert mine.post("/gradio_api/run/predict", json=predict).status_code == 403
    assert Path(path).read_bytes() == b"their other secret"


@contextlib.contextmanager
def served(app: object) -> Iterator[str]:
    """An application on its own port, with deadlines short enough for a test."""

    class Quick(DeadlineProtocol):
        header_seconds = 0.4

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(
            app,
            http=Quick,
            h11_max_incomplete_event_size=HEADER_BYTES,
            timeout_keep_alive=1,
            proxy_headers=False,
            log_level="critical",
            lifespan="off",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    async def body_of(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    app = Starlette(routes=[Route("/api/ask", body_of, methods=["POST"]), Route("/", lambda _: PlainTextResponse("x"))])
    with served(Guard(app, Access(), body_seconds=0.4)) as address:
        yield address


def sent(address: str, *pieces: bytes, pause: float = 0.0) -> bytes:
    """The response to raw bytes, until the server closes the connection; at most ten seconds."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        reply = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                reply += piece
    return reply


POST = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def test_who_sends_nothing_or_half_a_request_is_not_waited_for(echo: str) -> None:
    for pieces in ([], [b"GET / HT"], [b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "]):
        started = time.monotonic()
        assert sent(echo, *pieces) == b""
        assert time.monotonic() - started < 5


def test_who_sends_a_second_request_by_halves_is_not_waited_for(echo: str) -> None:
    started = time.monotonic()
    reply = sent(echo, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HT", pause=0.1)
    assert reply.count(b"200 OK") == 1
    assert time.monotonic() - started < 5


def test_a_body_that_does_not_come_is_not_waited_for(echo: str) -> None:
    started = time.monotonic()
    assert b" 408 " in sent(echo, POST + b"Content-Length: 9\r\n\r\n{")
    assert time.monotonic() - started < 5


def test_twenty_large_files_are_the_most(echo: str) -> None:
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    assert b" 413 " in sent(echo, head + b"Content-Length: 201000001\r\n\r\n")


def test_a_body_longer_than_said_is_cut(echo: str) -> None:
    reply = sent(echo, POST + b"Content-Length: 2\r\n\r\n{}junk after the end\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200")
    assert b"\r\n\r\n2HTTP/1.1 400" in reply


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 2 * HEADER_BYTES,
        b"GET /" + b"x" * 2 * HEADER_BYTES,
        b"\x16\x03\x01\x02\x00 this is TLS",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(echo: str, request_bytes: bytes) -> None:
    assert sent(echo, request_bytes).startswith(b"HTTP/1.1 400")
