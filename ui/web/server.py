"""The chat page and its server: one FastAPI application with limits and headers, on this machine only unless told otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import importlib.metadata
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from rag.assistant import Assistant
from rag.errors import ConfigError
from rag.library import Library
from ui.web.access import USER, Access, ip_of
from ui.web.background_fetch import fetching
from ui.web.chat.tab import ChatTab
from ui.web.components import CSS, SpokenBlocks, html, page_script, theme
from ui.web.guard import UPLOAD_FILE_BYTES, Guard
from ui.web.http_api import add_conversations, add_http_api, add_mcp_tools
from ui.web.library.tab import LibraryTab
from ui.web.markup import part
from ui.web.metrics import add_metrics
from ui.web.news_tab import NewsTab
from ui.web.service import AT_ONCE, HTTP_AT_ONCE, QUEUE_MOST, AnswerService, Slots
from ui.web.sessions import Sessions, waiting_on
from ui.web.sources_tab import SourcesTab
from ui.web.standalone import add_standalone
from ui.web.texts import label, script_texts

log = logging.getLogger("dateline.server")

HEADER_SECONDS, HEADER_BYTES = 10.0, 32_768  # For a request's headers to arrive (uvicorn waits for ever); their length.
# Further ones are refused as busy. An open page holds one, and one more while it is being answered; each is an open
# file, of which a process may often have only 1024.
CONNECTIONS_MOST = 600
STOP_SECONDS = 1  # How long open pages may delay a server that was asked to stop.
SESSIONS_KEPT = 1000  # Pages whose conversation is in memory, about 0.2 MB each; the least recently used goes first.
UPLOADS_KEPT_SECONDS = 3600
READY = "Chat page: %s (Ctrl-C stops it)"
# Gradio reads this each time before it sends anything to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# After each event Gradio would tabulate its last 10,000 events, for a page that is blocked here.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"], os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1", "1000000000"


def serve(
    library: Library, host: str = "127.0.0.1", port: int = 0, assistant: Assistant | None = None, ready: str = READY
) -> None:
    """Serves the chat page until Ctrl-C or SIGTERM; port 0 takes any free one; `ready` is printed with the address.

    Raises:
        ConfigError: the port is taken, the host is not one of this machine, or it is open to others without a password.
        ModelError, LibraryError: the library cannot be searched.
    """
    password = os.environ.get("DATELINE_PASSWORD", "")
    if not (password or host == "localhost" or ((ip := ip_of(host)) and ip.is_loopback)):
        raise ConfigError(
            f"'{host}' can be reached by others: set a password in DATELINE_PASSWORD (the user name is '{USER}'), "
            "or leave out --host."
        )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    with (
        contextlib.closing(_listening(host, port)) as listener,
        # Uploaded files: nobody else on this machine can read them, and they are deleted with the server.
        tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as os.environ["GRADIO_TEMP_DIR"],
    ):
        print("Loading the embedding model and opening the index …", file=sys.stderr, flush=True)
        assistant = assistant or Assistant(library)
        # Loaded now, so that the first question need not wait for models and index.
        _ = library.embedder, library.search("first question"), assistant.reader
        # What is loaded now stays until the end: scanning it again would cost seconds when the server stops.
        gc.collect()
        gc.freeze()
        app = build_server(library, assistant, host, password)
        place = f"[{host}]" if ":" in host else host
        server = _Server(app, ready % f"http://{place}:{listener.getsockname()[1]}")
        with _quiet_stop(), fetching(library, assistant):
            server.run(sockets=[listener])


def build_server(library: Library, assistant: Assistant, host: str = "127.0.0.1", password: str = "") -> FastAPI:
    """Page, HTTP interface, limits and headers."""
    version = importlib.metadata.version("dateline")
    app = FastAPI(title="Dateline", version=version, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    service = AnswerService(assistant, Slots(HTTP_AT_ONCE))
    add_http_api(app, library, service)
    add_standalone(app, library)
    if password:
        add_conversations(app, library)
    page = build_page(library, assistant, on_server=bool(password))
    add_metrics(app, library, lambda: service.slots.waiting + waiting_on(page))
    if library.config.mcp:
        add_mcp_tools(page, service)
    page.queue(api_open=False, max_size=QUEUE_MOST, default_concurrency_limit=AT_ONCE)
    page.state_session_capacity = SESSIONS_KEPT
    page.delete_cache = (UPLOADS_KEPT_SECONDS // 4, UPLOADS_KEPT_SECONDS)
    gr.mount_gradio_app(
        app, page, path="/", css=CSS, theme=theme(), mcp_server=library.config.mcp, max_file_size=UPLOAD_FILE_BYTES,
        footer_links=[], run_history=False, show_error=False, ssr_mode=False, enable_monitoring=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    # Middleware added last sees a request first.
    app.add_middleware(Sessions, page=page)
    app.add_middleware(Guard, access=Access(password, host, library.config.hosts.split(",")))
    if library.config.proxies:
        # Outermost, so that the gate sees the client and not the proxy; uvicorn takes the last address that it does not trust.
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=library.config.proxies)
    return app


def build_page(library: Library, assistant: Assistant, *, on_server: bool = False) -> gr.Blocks:
    """The page of one library; `on_server` also stores conversations on the server, which requires a login."""
    page: gr.Blocks
    scripts = page_script(library, on_server)
    with SpokenBlocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        html(lambda: part("page_parts.html", "skip", script_texts()), "skip", inline=scripts, elem_id="dl-skip")
        # The reader's last visit, as the browser remembers it; outside all tabs, which exist only once they are chosen.
        visit = html("", "visit", html_template="", visible="hidden")
        with gr.Tabs(elem_id="dl-tabs") as tabs:
            with gr.Tab(label("Chat"), id="chat") as chat_tab:
                chat = ChatTab(library, assistant)
            with gr.Tab(label("New"), id="new") as news_tab:
                news = NewsTab(library, assistant, visit)
            with gr.Tab(label("Library"), id="library") as library_tab:
                articles = LibraryTab(library)
            with gr.Tab(label("Sources"), id="sources") as sources_tab:
                sources = SourcesTab(library)
        chat.connect(page, tabs, chat_tab)
        news.connect(news_tab, chat.answers, chat.conversation)
        articles.connect(library_tab)
        sources.connect(sources_tab, tabs, articles)
    return page


class DeadlineProtocol(H11Protocol):
    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Perhaps a whole request has arrived, perhaps the beginning of one."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None and self.timeout_keep_alive_task is None:
            self._wait_for_headers()

    def _wait_for_headers(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Server(uvicorn.Server):
    """Prints its address once it can be reached."""

    def __init__(self, app: FastAPI, ready: str) -> None:
        config = uvicorn.Config(
            app, http=DeadlineProtocol, ws="none", limit_concurrency=CONNECTIONS_MOST,
            h11_max_incomplete_event_size=HEADER_BYTES, timeout_graceful_shutdown=STOP_SECONDS,
            log_level="error", access_log=False, server_header=False, proxy_headers=False,
        )  # fmt: skip
        super().__init__(config)
        mounted = (route.app for route in app.routes if isinstance(route, Mount))
        # The page keeps every reader's connection open until this is set.
        self._stop_events = [page.stop_event for page in mounted if isinstance(page, App)]
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes open pages. An answer under way is cut off after a second, which is not logged as an error."""
        for stop_event in self._stop_events:
            stop_event.set()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _listening(host: str, port: int) -> socket.socket:
    """A socket, opened before a model is loaded, so that a failure shows at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise ConfigError(f"'{host}' is not an address of this machine; give another one with --host.") from error
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=family == socket.AF_INET6, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(f"Port {port} is in use; choose another one with --port.") from error
        raise ConfigError(f"Cannot listen on {host}, port {port}; choose others with --host and --port.") from error


@contextlib.contextmanager
def _quiet_stop() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the server without an error: uvicorn raises them once more after it has stopped."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
