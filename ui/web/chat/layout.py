"""The components of the chat, their layout, and the state of one reader's page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.library import Library
from ui.web.chat.conversation import Conversation
from ui.web.chat.filters import DAY_CHARACTERS, DAYS
from ui.web.components import html
from ui.web.html.turn import render_note
from ui.web.markup import part
from ui.web.problems import problems
from ui.web.texts import label


class Layout:
    """All components; their events are handled elsewhere."""

    def __init__(self, library: Library) -> None:
        self.conversation = gr.State(Conversation())
        self.ratings = gr.State({})
        self.after = gr.State(None)
        self._library = library
        with gr.Row(elem_id="dl-page"):
            with gr.Column(scale=3, min_width=320, elem_id="dl-chat"):
                self._lay_out_head()
                self.past = html("", "answers", "keep_focus", "preview", elem_id="dl-past")
                self.live = html("", "answers", "keep_focus", "preview", "live", elem_id="dl-live")
                self.draft = html(inline="watch('value', () => window.datelineFollow());", elem_id="dl-draft")
                self.status = html(inline="element.setAttribute('role', 'status');", elem_id="dl-status")
                self.following = html("", "suggestions", elem_id="dl-following")
                with gr.Column(elem_id="dl-foot"):
                    # Right before the question: two steps of the keyboard from it to the answer's sources.
                    html(lambda: part("page_parts.html", "jump"), "jump", elem_id="dl-jump")
                    self._lay_out_question(library.config.question_characters)
                    self._lay_out_filters()
                # Shown before the first question: suggested questions, or how to add articles.
                self.suggested = html("", "suggestions", elem_id="dl-suggested")
                with gr.Column(visible=False, elem_id="dl-welcome") as self.welcome:
                    html(lambda: part("page_parts.html", "welcome"))
                    self.add = gr.Button(label("Add articles"), variant="primary", size="sm")
            with gr.Column(scale=2, min_width=320, elem_id="dl-panel"):
                self.panel = html(lambda: part("page_parts.html", "no_article"), "panel")

    def _lay_out_head(self) -> None:
        with gr.Row(elem_id="dl-head"):
            self.holds = html(self._holdings, elem_id="dl-holds")
            self.export = gr.Button(label("Export"), size="sm", visible=False, elem_classes="dl-small")
            self.anew = gr.Button(label("New conversation"), size="sm", visible=False, elem_classes="dl-small")
            self.conversations = html("", "conversations", elem_id="dl-conversations")
            unseen = {"html_template": "", "visible": "hidden"}
            self.kept = html(inline="watch('value', () => window.datelineConversations.keep(props.value));", **unseen)
            self.link = html(inline="watch('value', () => window.datelineLink(props.value));", **unseen)
            self.file = html("", "download", **unseen)

    def _holdings(self) -> str:
        with problems() as wrong:
            return part("page_parts.html", "head", self._library.stats())
        return render_note("", wrong[0])

    def _lay_out_question(self, most: int) -> None:
        with gr.Row(elem_id="dl-ask", equal_height=True):
            self.question = gr.Textbox(
                label=label("Question"), show_label=False, container=False, placeholder=label("Ask about the news"),
                max_lines=6, max_length=most, autofocus=True, scale=5, elem_id="dl-question-box",
            )  # fmt: skip
            self.send = gr.Button(label("Ask"), variant="primary", scale=1, min_width=80, elem_id="dl-send")
            # Hidden, not left out: a component added while parts of an answer arrive can get lost.
            self.stop = gr.Button(label("Stop"), variant="stop", scale=1, min_width=80, visible="hidden")

    def _lay_out_filters(self) -> None:
        """The fields, folded away until wanted, and the chips; `fields` are the inputs of the asking events."""
        with gr.Accordion(label("Dates and outlets"), open=False, elem_id="dl-filters"):
            form: dict[str, Any] = {"placeholder": "2025-08-13", "max_lines": 1, "max_length": DAY_CHARACTERS}
            form |= {"min_width": 150, "elem_classes": "dl-day"}
            with gr.Row():
                days = [gr.Textbox(label=name, info=info, **form) for _, name, info in DAYS]
            all_of_them = label("All, unless you choose")
            self.outlets = gr.Dropdown([], multiselect=True, label=label("Outlets"), info=all_of_them)
        self.only = gr.JSON(visible="hidden")  # not a state: the browser stores it with the other fields
        self.fields: list[Any] = [*days, self.outlets, self.only]
        self.chips = html("", "chips", elem_id="dl-chips")
