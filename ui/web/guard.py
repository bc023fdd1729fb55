"""The gate for every request: access checks, few paths, small bodies, and headers that keep the page to itself."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.web.access import Access, Refusal
from ui.web.metrics import METRICS
from ui.web.service import RETRY_SECONDS
from ui.web.texts import spoken

log = logging.getLogger("dateline.guard")

UPLOAD = "/gradio_api/upload"
MCP = "/gradio_api/mcp"
PROBES = ("/healthz", "/readyz")  # For process managers, without a password, also of a full server; they tell nothing.
_READ, _SENT = ("GET", "HEAD"), ("POST",)
_PATHS = {  # Gradio serves many more: a proxy, files, monitoring, development.
    **dict.fromkeys("/ /config /theme.css /favicon.ico /robots.txt /manifest.json /articles.jsonl".split(), _READ),
    **dict.fromkeys([*PROBES, "/metrics", "/api/health", "/api/openapi.json"], _READ),
    **dict.fromkeys("/api/ask /api/ask/stream /api/search".split(), _SENT),
    "/api/conversations": ("GET", "HEAD", "POST"),
    MCP: ("GET", "POST", "DELETE"),
}
_FOLDERS = ("/assets/", "/static/", "/svelte/", "/story/", "/a/")
_CALLS = {
    **dict.fromkeys("app_id heartbeat info queue/data startup-events theme.css upload_progress".split(), _READ),
    **dict.fromkeys("cancel queue/join reset run/predict upload".split(), _SENT),
}
BODY_BYTES = 1_000_000  # Largest request body; a question with all filters set is a few kilobytes.
UPLOAD_FILES, UPLOAD_FILE_BYTES = 20, 10_000_000  # Most files per upload, and the largest size of one.
BODY_SECONDS, UPLOAD_SECONDS = 10.0, 300.0  # How long a body may take to arrive completely.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Plain ASGI rather than `BaseHTTPMiddleware`, which hides from the page's stream that its reader has left."""

    def __init__(self, app: ASGIApp, access: Access, body_seconds: float = BODY_SECONDS) -> None:
        self._app, self._access, self._body_seconds = app, access, body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses the request or passes it on; adds the headers in either case."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, UPLOAD_SECONDS if scope["path"] == UPLOAD else self._body_seconds)
        if refusal := self._refusal(scope):
            await visit.refuse(refusal)
            return
        try:
            with spoken(Headers(scope=scope).get("accept-language", "")):
                await self._app(scope, visit.receive, visit.send)
        except ClientDisconnect:
            await visit.refuse(visit.cut_off())
        except Exception:  # the only catch-all in this layer
            log.exception("request %s failed", visit.number)
            await visit.refuse(visit.fault())

    def _refusal(self, scope: Scope) -> Refusal | None:
        if scope["path"] in PROBES and scope["method"] in methods_of(scope["path"]):
            return None
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else ""
        return (
            self._access.wrong_name(headers)
            or self._access.wrong_password(headers, peer)
            or self._access.foreign(headers, scope["method"])
            or _unknown_path(scope)
            or (_unusable_body(scope["path"], headers) if scope["method"] == "POST" else None)
        )


class _Visit:
    """One request: its number in the log, its deadline, and what has been sent."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, body_seconds: float) -> None:
        self.number = secrets.token_hex(4)
        self._scope, self._receive, self._send = scope, receive, send
        self._started = self._replaced = self._late = False
        self._body_open = scope["method"] == "POST"
        self._deadline = time.monotonic() + body_seconds

    async def receive(self) -> Message:
        """The next part of the request; a sender that is too slow is treated as disconnected."""
        if not self._body_open:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(self._deadline - time.monotonic(), 0))
        except TimeoutError:
            self._late = True
            return {"type": "http.disconnect"}
        self._body_open = bool(message.get("more_body"))
        return message

    async def send(self, message: Message) -> None:
        """Passes a response on with our headers; the framework's own error page is replaced."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            bare_fault = message["status"] == 500 and not headers.get("content-type", "").startswith("application/json")
            if bare_fault or self._late:
                self._replaced = True
                await self.refuse(self.cut_off() if self._late else self.fault())
                return
        await self._send_ours(message)

    async def _send_ours(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            if message["status"] >= 400:
                METRICS.refused(message["status"])
            headers = MutableHeaders(scope=message)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]  # no other site's page may read ours
            headers.update(HEADERS)
            if self._scope["path"].startswith(("/api/", "/gradio_api/")):
                headers["Cache-Control"] = "no-store"
            if message["status"] == 503:
                headers.setdefault("Retry-After", str(RETRY_SECONDS))
        await self._send(message)

    def fault(self) -> Refusal:
        """The reply to an internal error, which reveals nothing about the machine."""
        return Refusal(500, f"Something went wrong; the log says why under request {self.number}.")

    def cut_off(self) -> Refusal:
        if self._late:
            return Refusal(408, "The request took too long to arrive.")
        return Refusal(400, "The request ended too early.")

    async def refuse(self, refusal: Refusal) -> None:
        """Replies with one sentence, unless a response has begun."""
        if not self._started:
            headers = {**dict(refusal.headers), "Connection": "close"}  # the rest of the body is not awaited
            response = JSONResponse({"error": refusal.sentence}, refusal.status, headers)
            await response(self._scope, self._receive, self._send_ours)


def _unknown_path(scope: Scope) -> Refusal | None:
    allowed = methods_of(scope["path"])
    if not allowed:
        return Refusal(404, "There is nothing here.")
    if scope["method"] not in allowed:
        return Refusal(405, f"This address takes {' and '.join(allowed)} only.", (("Allow", ", ".join(allowed)),))
    return None


def _unusable_body(path: str, headers: Headers) -> Refusal | None:
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or "transfer-encoding" in headers:  # it could be endless
        return Refusal(411, "Say the length of the body (Content-Length).")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = "multipart/form-data" if path == UPLOAD else "application/json"
    if kind != wanted:
        return Refusal(415, f"Send the body as Content-Type: {wanted}.")
    most = BODY_BYTES + (UPLOAD_FILES * UPLOAD_FILE_BYTES if path == UPLOAD else 0)
    return Refusal(413, f"The body is larger than {most:,} bytes.") if int(length[:15]) > most else None


def methods_of(path: str) -> tuple[str, ...]:
    if path.startswith(_FOLDERS):
        return _READ
    call = path.removeprefix("/gradio_api/")
    if call != path and not call.startswith("mcp"):
        return _CALLS.get("heartbeat" if call.startswith("heartbeat/") else call.rstrip("/"), ())
    return _PATHS.get(path.rstrip("/") or "/", ())
