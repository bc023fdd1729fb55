"""The page: tabs for the chat, what is new, the library, and what it follows."""

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

# Gradio looks at it whenever it is about to tell its makers something.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def build_page(library: Library, assistant: Assistant, *, on_server: bool = False) -> gr.Blocks:
    """The page over one library; `on_server` keeps conversations there, too, which asks for a login."""
    page: gr.Blocks
    scripts = page_script(library, on_server)
    with SpokenBlocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        html(lambda: part("page_parts.html", "skip", script_texts()), "skip", inline=scripts, elem_id="dl-skip")
        # When the reader was here, as the browser remembers it; outside all tabs, which are only there once they are chosen.
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
