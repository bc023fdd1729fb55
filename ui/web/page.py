"""The page: tabs for the chat, what is new, the library, and followed sources."""

from __future__ import annotations

import os

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.tab import ChatTab
from ui.web.components import SpokenBlocks, html, page_script
from ui.web.html.templates import part
from ui.web.library.tab import LibraryTab
from ui.web.news_tab import NewsTab
from ui.web.sources_tab import SourcesTab
from ui.web.texts import label, script_texts

# Gradio reads this each time before it sends anything to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


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
