"""What every request passes: few paths, small bodies, and headers that keep the page from reaching anybody else."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 1_000_000
"""Largest request; a question with all filters set is a few kilobytes."""
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_PAGES = frozenset({"/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/login", "/logout"})
_FOLDERS = ("/assets/", "/static/", "/svelte/", "/api/")
_CALLS = "app_id cancel heartbeat info login_check queue/data queue/join reset run/predict startup-events theme.css token user".split()


class Gate:
    """Plain ASGI rather than `BaseHTTPMiddleware`, which hides from the page's stream that its reader has left."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or lets pass and adds the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refused = _refused(scope)
        if refused:
            await refused(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _refused(scope: Scope) -> PlainTextResponse | None:
    if not _is_ours(scope["path"]):
        return PlainTextResponse("Not found", status_code=404)
    if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        length = Headers(scope=scope).get("content-length", "")
        # Without a length the body could be endless.
        if not length.isdigit():
            return PlainTextResponse("Length required", status_code=411)
        if int(length) > BODY_BYTES:
            return PlainTextResponse("Too large", status_code=413)
    return None


def _is_ours(path: str) -> bool:
    """Gradio answers on many more paths (a proxy, uploads, monitoring, development); the page needs only these."""
    if path in _PAGES or path.startswith(_FOLDERS):
        return True
    call = path.removeprefix("/gradio_api/")
    return call != path and any(call == name or call.startswith(f"{name}/") for name in _CALLS)
