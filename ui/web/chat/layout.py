"""The components of the chat, where they stand, and the state of one reader's page."""

from __future__ import annotations

import hashlib
from typing import Any

import gradio as gr

from rag.library import Library
from ui.web.chat.conversation import Conversation
from ui.web.chat.filters import FilterRow
from ui.web.html.panel import render_no_article
from ui.web.html.progress import render_jump, render_welcome
from ui.web.labels import label
from ui.web.page import asset

Update = dict[Any, Any]
"""New values by component."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False}
"""For what costs next to nothing, and should not wait behind questions."""


def kept_as(library: Library) -> str:
    """The name under which a browser keeps what it keeps: one a library."""
    return f"dateline-{hashlib.sha256(str(library.path.resolve()).encode()).hexdigest()[:12]}"


class Layout:
    """All components; what happens to them is said elsewhere."""

    def __init__(self, library: Library, on_server: bool) -> None:
        self.conversation = gr.State(Conversation())
        self.ratings = gr.State({})
        self.after = gr.State(None)
        self.kept_as = kept_as(library)
        """The name under which the browser keeps the conversation: one a library."""
        self._on_server = on_server
        with gr.Row(elem_id="dl-page"):
            with gr.Column(scale=3, min_width=320, elem_id="dl-chat"):
                self._lay_out_head()
                self._lay_out_answers()
                self.following = self._offers("dl-following")
                with gr.Column(elem_id="dl-foot"):
                    # Right before the question: two steps from it to the sources of the answer.
                    gr.HTML(render_jump(), elem_id="dl-jump", js_on_load=asset("jump.js"), apply_default_css=False)
                    self._lay_out_question(library.config.question_characters)
                    self.filters = FilterRow()
                self._lay_out_beginning()
            with gr.Column(scale=2, min_width=320, elem_id="dl-panel"):
                self.panel = gr.HTML(render_no_article(), js_on_load=asset("panel.js"), apply_default_css=False)

    def _lay_out_head(self) -> None:
        with gr.Row(elem_id="dl-head"):
            self.holds = gr.HTML(elem_id="dl-holds", apply_default_css=False)
            self.export = gr.Button(label("Export"), size="sm", visible=False, elem_classes="dl-small")
            self.anew = gr.Button(label("New conversation"), size="sm", visible=False, elem_classes="dl-small")
            talks = asset("conversations.js").replace("KEPT_AS", self.kept_as)
            talks = talks.replace("'ON_SERVER'", "true" if self._on_server else "false")
            self.talks = gr.HTML(elem_id="dl-talks", elem_classes="dl-small", js_on_load=talks, apply_default_css=False)
            keeps = "watch('value', () => window.datelineTalks.keep(props.value));"
            self.kept = gr.HTML(html_template="", js_on_load=keeps, visible="hidden", apply_default_css=False)
            links = "watch('value', () => window.datelineLink(props.value));"
            self.link = gr.HTML(html_template="", js_on_load=links, visible="hidden", apply_default_css=False)
            self.file = gr.HTML(
                html_template="", js_on_load=asset("download.js"), visible="hidden", apply_default_css=False
            )

    def _lay_out_answers(self) -> None:
        on_answers = asset("answers.js") + asset("preview.js")
        self.past = gr.HTML(elem_id="dl-past", js_on_load=on_answers, apply_default_css=False)
        self.live = gr.HTML(elem_id="dl-live", js_on_load=on_answers + asset("live.js"), apply_default_css=False)
        grows = "watch('value', () => window.datelineFollow());"
        self.draft = gr.HTML(elem_id="dl-draft", js_on_load=grows, apply_default_css=False)
        spoken = "element.setAttribute('role', 'status');"
        self.status = gr.HTML(elem_id="dl-status", js_on_load=spoken, apply_default_css=False)

    def _lay_out_beginning(self) -> None:
        """What is there before the first question: questions that can be asked, or how to add articles."""
        self.offers = self._offers("dl-offers")
        with gr.Column(visible=False, elem_id="dl-welcome") as self.welcome:
            self.how = gr.HTML(render_welcome(), apply_default_css=False)
            self.add = gr.Button(label("Add articles"), variant="primary", size="sm")

    @staticmethod
    def _offers(name: str) -> gr.HTML:
        """Questions that are asked when they are pressed."""
        return gr.HTML(elem_id=name, js_on_load=asset("offers.js"), apply_default_css=False)

    def _lay_out_question(self, most: int) -> None:
        with gr.Row(elem_id="dl-ask", equal_height=True):
            self.question = gr.Textbox(
                label=label("Question"),
                show_label=False,
                container=False,
                placeholder=label("Ask about the news"),
                max_lines=6,
                max_length=most,
                autofocus=True,
                scale=5,
                elem_id="dl-question-box",
            )
            self.send = gr.Button(label("Ask"), variant="primary", scale=1, min_width=80, elem_id="dl-send")
            self.stop = gr.Button(label("Stop"), variant="stop", scale=1, min_width=80, visible=False)
