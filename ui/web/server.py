"""Serves the chat page: one FastAPI application with limits and headers, on this machine unless asked otherwise."""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib.metadata
import ipaddress
import logging
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from gradio.routes import App
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from rag.assistant import Assistant
from rag.errors import ConfigError, DatelineError
from rag.library import Library
from ui.web.app import build_app
from ui.web.gate import Gate
from ui.web.page import CSS

log = logging.getLogger("dateline.server")

USER = "dateline"
QUEUE_MOST = 32
"""Questions that wait; one more is told that the page is busy."""
AT_ONCE = 4
"""Questions answered at the same time."""
UPLOAD_BYTES = 1_000_000
STOP_SECONDS = 1
"""How long open pages keep a server that was asked to stop."""


def serve(
    library: Library,
    host: str | None = None,
    port: int | None = None,
    *,
    open_browser: bool = False,
    assistant: Assistant | None = None,
) -> None:
    """Serves the chat page until Ctrl-C or SIGTERM.

    Args:
        host, port: from the library's settings when not given; port 0 takes any free one.
        open_browser: also opens the page in the reader's browser.
        assistant: who answers; from the settings when not given.

    Raises:
        ConfigError: the port is taken, the host is not one of this machine, or it is open to others without a password.
        ModelError, LibraryError: the library cannot be searched.
    """
    host = library.config.host if host is None else host
    password = os.environ.get("DATELINE_PASSWORD", "")
    if not password and not _is_loopback(host):
        raise ConfigError(
            f"'{host}' can be reached by others: set a password in DATELINE_PASSWORD (the user name is '{USER}'), "
            "or leave out --host."
        )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    with contextlib.closing(_listening(host, library.config.port if port is None else port)) as listener:
        _warm_up(library)
        app = build_server(library, assistant or Assistant.from_config(library), host, password)
        address = _address(host, listener.getsockname()[1])
        server = _Server(app, address, open_browser)
        with _quiet_stop():
            server.run(sockets=[listener])


def build_server(library: Library, assistant: Assistant, host: str = "127.0.0.1", password: str = "") -> FastAPI:
    """The whole application: health, page, limits and headers."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/api/health")
    def health() -> JSONResponse:
        try:
            articles, version = library.stats().articles, library.version
        except DatelineError:
            log.exception("health")
            return JSONResponse({"status": "unavailable"}, status_code=503)
        program = importlib.metadata.version("dateline")
        return JSONResponse({"status": "ok", "articles": articles, "version": program, "library_version": version})

    page = build_app(library, assistant)
    page.queue(api_open=False, max_size=QUEUE_MOST, default_concurrency_limit=AT_ONCE)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        auth=(USER, password) if password else None,
        show_error=False,
        max_file_size=UPLOAD_BYTES,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        css=CSS,
        # The theme's own fonts lack half of their bold letters; those of the reader's system are all there.
        theme=gr.themes.Default(font=("ui-sans-serif", "system-ui", "sans-serif"), font_mono="monospace"),
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_allowed_hosts(host), www_redirect=False)
    app.add_middleware(Gate)
    return app


class _Server(uvicorn.Server):
    """A server that says where it is once it can be reached."""

    def __init__(self, app: FastAPI, address: str, open_browser: bool) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        # The mounted page keeps every reader's connection open until this is set.
        self._stop_events = [
            route.app.stop_event for route in app.routes if isinstance(route, Mount) and isinstance(route.app, App)
        ]
        self._address, self._open_browser = address, open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says so."""
        await super().startup(sockets)
        if self.started:
            print(f"Chat page: {self._address} (Ctrl-C stops it)", flush=True)
            if self._open_browser:
                threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets open pages go. An answer that is under way is cut off after a second, which is no error to log."""
        for stop_event in self._stop_events:
            stop_event.set()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _warm_up(library: Library) -> None:
    """The first question should not wait for models and index."""
    print("Loading the embedding model and opening the index …", flush=True)
    library.embedder  # noqa: B018 -- loaded when it is first looked at
    library.search("first question")
    # What is loaded now stays to the end: going through it again would cost seconds when the server stops.
    gc.collect()
    gc.freeze()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _allowed_hosts(host: str) -> list[str]:
    """Names under which the page answers, so that no foreign name can be pointed at it (DNS rebinding)."""
    try:
        if ipaddress.ip_address(host).is_unspecified:
            # Reachable under every name of this machine; the password, asked under each name, protects it.
            return ["*"]
    except ValueError:
        pass
    return ["localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host]


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there: whether it can is known before a model is loaded."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"'{host}' is not an address of this machine; give another one with --host.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(f"Port {port} is in use; choose another one with --port.") from error
        raise ConfigError(f"Cannot listen on {host}, port {port}; choose others with --host and --port.") from error
    return listener


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def _quiet_stop() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the server and are done with: uvicorn raises them once more when it has stopped."""
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: None) if in_main else None
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        if in_main:
            signal.signal(signal.SIGTERM, before)
