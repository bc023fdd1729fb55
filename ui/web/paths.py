"""The paths that are answered. Gradio answers on many more: a proxy, files, monitoring, development."""

from __future__ import annotations

UPLOAD = "/gradio_api/upload"
MCP = "/gradio_api/mcp"
PROBES = ("/healthz", "/readyz")
"""Asked by whoever starts and stops servers, without a password and also when the server is full; they tell nothing."""
_READ, _SENT = ("GET", "HEAD"), ("POST",)
_PATHS = {
    **dict.fromkeys("/ /config /theme.css /favicon.ico /robots.txt /manifest.json /articles.jsonl".split(), _READ),
    **dict.fromkeys([*PROBES, "/metrics"], _READ),
    **dict.fromkeys("/api/health /api/openapi.json".split(), _READ),
    **dict.fromkeys("/api/ask /api/ask/stream /api/search".split(), _SENT),
    "/api/conversations": ("GET", "HEAD", "POST"),
    MCP: ("GET", "POST", "DELETE"),
}
_FOLDERS = ("/assets/", "/static/", "/svelte/", "/story/", "/a/")
_CALLS = {
    **dict.fromkeys("app_id heartbeat info queue/data startup-events theme.css upload_progress".split(), _READ),
    **dict.fromkeys("cancel queue/join reset run/predict upload".split(), _SENT),
}


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that a path takes; none where there is nothing."""
    if path.startswith(_FOLDERS):
        return _READ
    call = path.removeprefix("/gradio_api/")
    if call != path and not call.startswith("mcp"):
        name = "heartbeat" if call.startswith("heartbeat/") else call.rstrip("/")
        return _CALLS.get(name, ())
    return _PATHS.get(path.rstrip("/") or "/", ())
