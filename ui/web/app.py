"""The page: a tab for the chat, a tab for the library."""

from __future__ import annotations

import os

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat_tab import ChatTab
from ui.web.library_tab import LibraryTab

# Gradio looks at it whenever it is about to tell its makers something.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def build_app(library: Library, assistant: Assistant, *, on_server: bool = False) -> gr.Blocks:
    """The page over one library.

    Args:
        on_server: conversations are kept on the server, too, which asks for a login.
    """
    app: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as app:
        with gr.Tabs(elem_id="dl-tabs") as tabs:
            with gr.Tab("Chat", id="chat") as chat_tab:
                chat = ChatTab(library, assistant, on_server)
            with gr.Tab("Library", id="library"):
                articles = LibraryTab(library)
        chat.connect(app, tabs, chat_tab)
        articles.connect(app)
    return app
