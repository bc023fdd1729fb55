"""Which browser each session of the page belongs to, so that no browser can read, cancel or continue another's.

The page makes up the name of its session, and anybody who knows it could use it: a session belongs to the first browser
that does. Browsers are told apart by a cookie.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.access import Latest, Refusal
from ui.web.guard import MCP, UPLOAD
from ui.web.service import WAIT_SECONDS, Busy, Slots

COOKIE = "dateline_browser"
SESSIONS_MOST = 20_000  # Sessions whose browser is remembered; the oldest, forgotten first, can be taken up again.
CALLS_AT_ONCE, CALLS_WAITING, UPLOADS_AT_ONCE = 8, 64, 2
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BROWSER = re.compile(r"[A-Za-z0-9_-]{32,64}")
_BUSY = Refusal(503, "The page is busy; try again in a few seconds.")
_UNREADABLE = Refusal(422, "This is not a call that the page makes.")


def waiting_on(page: gr.Blocks) -> int:
    return sum(len(line.queue) for line in page._queue.event_queue_per_concurrency_id.values())


class Sessions:
    """ASGI: checks each call of the page before Gradio sees it. The only place that looks into Gradio's own queue."""

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self._app, self._page = app, page
        self._browsers = Latest[str, str](SESSIONS_MOST)
        self._files = Latest[tuple[str, str], None](SESSIONS_MOST)  # Browser and path of each upload.
        self._calls, self._uploads = Slots(CALLS_AT_ONCE, CALLS_WAITING), Slots(UPLOADS_AT_ONCE, CALLS_WAITING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if not path.startswith("/gradio_api/") or path.startswith(MCP):
            await self._app(scope, receive, _with_cookie(scope, send) if path == "/" else send)
            return
        body: object = None
        if scope["method"] == "POST" and path != UPLOAD:
            content = await Request(scope, receive).body()
            receive = _again(content, receive)
            with contextlib.suppress(ValueError, RecursionError):
                body = json.loads(content)
        call = path.removeprefix("/gradio_api/").rstrip("/")
        refusal = self._refusal(scope, call, body if isinstance(body, dict) else {})
        slots = {"/gradio_api/run/predict": self._calls, UPLOAD: self._uploads}.get(path.rstrip("/"))
        if slots and not refusal:
            try:
                await slots.enter()
            except Busy:
                refusal = _BUSY
        if refusal:
            await JSONResponse({"error": refusal.sentence}, refusal.status)(scope, receive, send)
            return
        try:
            if path == UPLOAD:
                scope, send = self._noting_files(scope, send)
            await self._app(scope, receive, send)
        finally:
            if slots:
                slots.leave()

    def _refusal(self, scope: Scope, call: str, body: dict[str, Any]) -> Refusal | None:
        if call in ("queue/join", "run/predict", "cancel", "reset") and not self._is_sane(call, body):
            return _UNREADABLE
        session = _session(scope, call, body)
        if session is None:
            return None
        if not _SESSION.fullmatch(session):
            return _UNREADABLE
        browser = _browser(scope)
        if browser is None:
            return Refusal(403, "Load the page first, and let it set its cookie.")
        event_id = body.get("event_id")
        event = self._page._queue.event_ids_to_events.get(event_id) if isinstance(event_id, str) else None
        key = f"upload {session}" if call.startswith("upload") else session
        keeper = self._browsers[key] = self._browsers.get(key, browser)
        is_own = keeper == browser and (event is None or event.session_hash == session)
        # Gradio reads, moves and shows the file that a "path" names; only uploads of this browser may be named.
        is_own &= all((browser, path) in self._files for path in _paths([body.get("data"), body.get("event_data")]))
        if not is_own:
            return Refusal(403, "This page belongs to another browser or is too old; load it again.")
        return _BUSY if call == "queue/join" and self._waited_seconds(body["fn_index"]) > WAIT_SECONDS else None

    def _waited_seconds(self, number: int) -> float:
        line = self._page._queue.event_queue_per_concurrency_id.get(self._page.fns[number].concurrency_id)
        return time.monotonic() - line.queue[0].enqueue_time if line and line.queue else 0.0

    def _noting_files(self, scope: Scope, send: Send) -> tuple[Scope, Send]:
        """Remembers who uploaded which file, from the response, which is therefore not compressed."""
        browser, answer = _browser(scope), b""
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]

        async def send_and_note(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.body":
                answer += message.get("body", b"")
                if not message.get("more_body"):
                    self._note(browser or "", answer)
            await send(message)

        return {**scope, "headers": headers}, send_and_note

    def _note(self, browser: str, answer: bytes) -> None:
        with contextlib.suppress(ValueError):
            paths = json.loads(answer)
            for path in paths if isinstance(paths, list) else []:
                self._files[browser, str(path)] = None

    def _is_sane(self, call: str, body: dict[str, Any]) -> bool:
        number, data = body.get("fn_index"), body.get("data")
        function = self._page.fns.get(number) if type(number) is int else None
        if call == "reset" or (call == "cancel" and function):
            return isinstance(body.get("event_id"), str)
        fits = function is not None and isinstance(data, list) and len(data) <= len(function.inputs)
        return fits and body.get("batched") in (None, False)


def _session(scope: Scope, call: str, body: dict[str, Any]) -> str | None:
    """The session or upload that a call names; None for a call that belongs to nobody."""
    if call in ("queue/join", "run/predict", "cancel"):
        return str(body.get("session_hash", ""))
    if call.startswith("heartbeat"):
        return call.removeprefix("heartbeat").strip("/")
    query = parse_qs(scope["query_string"].decode("latin-1"))
    if call == "queue/data":
        return " ".join(query.get("session_hash", []))  # of two, one would be checked and the other read
    if call in ("upload", "upload_progress"):
        return " ".join(query.get("upload_id", []))
    return None


def _paths(value: object) -> Iterator[object]:
    """Every value named "path", at any depth."""
    open_values = [value]
    while open_values:
        one = open_values.pop()
        if isinstance(one, dict):
            if "path" in one:
                yield one["path"] if isinstance(one["path"], str) else None
            open_values += one.values()
        elif isinstance(one, list):
            open_values += one


def _again(content: bytes, receive: Receive) -> Receive:
    """`receive` for a body that has already been read."""
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again


def _browser(scope: Scope) -> str | None:
    cookie = Request(scope).cookies.get(COOKIE, "")
    return cookie if _BROWSER.fullmatch(cookie) else None


def _with_cookie(scope: Scope, send: Send) -> Send:
    """Gives a browser without a cookie one."""
    if _browser(scope):
        return send

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Lax: links from other sites also send the cookie, so that this browser's open pages keep working.
            cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Lax"
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return send_with_cookie
