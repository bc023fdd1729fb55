"""The page: tabs for the chat, what is new, the library, and what it follows."""

from __future__ import annotations

import os
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat_tab import ChatTab
from ui.web.html.progress import render_skip
from ui.web.labels import label
from ui.web.library_tab import LibraryTab
from ui.web.news_tab import NewsTab, visits
from ui.web.page import asset
from ui.web.sources_tab import SourcesTab
from ui.web.texts import spoken

# Gradio looks at it whenever it is about to tell its makers something.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


class SpokenBlocks(gr.Blocks):
    """Speaks the language that the browser of each event asks for."""

    async def call_function(self, block_fn: Any, processed_input: list[Any], *more: Any, **named: Any) -> Any:
        """As Gradio calls what happens on an event, once for each of its steps."""
        request = named.get("requests") or (more[1] if len(more) > 1 else None)
        one = request[0] if isinstance(request, list) and request else request
        headers = getattr(one, "headers", None) or {}
        with spoken(str(headers.get("accept-language") or "")):
            return await super().call_function(block_fn, processed_input, *more, **named)


def build_app(library: Library, assistant: Assistant, *, on_server: bool = False) -> gr.Blocks:
    """The page over one library.

    Args:
        on_server: conversations are kept on the server, too, which asks for a login.
    """
    app: gr.Blocks
    with SpokenBlocks(title="Dateline", analytics_enabled=False, fill_width=True) as app:
        gr.HTML(render_skip(), elem_id="dl-skip", js_on_load=asset("skip.js"), apply_default_css=False)
        visit = visits(library)
        with gr.Tabs(elem_id="dl-tabs") as tabs:
            with gr.Tab(label("Chat"), id="chat") as chat_tab:
                chat = ChatTab(library, assistant, on_server)
            with gr.Tab(label("New"), id="new") as news_tab:
                news = NewsTab(library, assistant, visit)
            with gr.Tab(label("Library"), id="library"):
                articles = LibraryTab(library)
            with gr.Tab(label("Sources"), id="sources") as sources_tab:
                sources = SourcesTab(library)
        chat.connect(app, tabs, chat_tab)
        news.connect(news_tab, chat.answers, chat.conversation)
        articles.connect(app)
        sources.connect(sources_tab, tabs, articles)
    return app
