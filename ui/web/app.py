"""The page: tabs for the chat, what is new, the library, and what it follows."""

from __future__ import annotations

import os

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat_tab import ChatTab
from ui.web.library_tab import LibraryTab
from ui.web.news_tab import NewsTab, visits
from ui.web.sources_tab import SourcesTab

# Gradio looks at it whenever it is about to tell its makers something.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def build_app(library: Library, assistant: Assistant) -> gr.Blocks:
    """The page over one library; it keeps nothing but what each reader's own session needs."""
    app: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as app:
        visit = visits(library)
        with gr.Tabs(elem_id="dl-tabs") as tabs:
            with gr.Tab("Chat", id="chat") as chat_tab:
                chat = ChatTab(library, assistant)
            with gr.Tab("New", id="new") as news_tab:
                news = NewsTab(library, assistant, visit)
            with gr.Tab("Library", id="library"):
                articles = LibraryTab(library)
            with gr.Tab("Sources", id="sources") as sources_tab:
                sources = SourcesTab(library)
        chat.connect(app, tabs, chat_tab)
        news.connect(news_tab, chat.answers, chat.conversation)
        articles.connect(app)
        sources.connect(sources_tab, tabs, articles)
    return app
