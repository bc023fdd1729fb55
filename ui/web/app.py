"""The chat page: a question, the answer as it comes, and the cited words in their article."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.errors import ConfigError, LibraryError, ModelError
from rag.library import Library
from rag.types import Answer, Retrieved, Text
from ui.web.conversation import Conversation
from ui.web.page import ON_ANSWER, ON_CITATIONS, ON_PANEL, SAMPLE_OUTLETS, SAMPLE_QUESTIONS
from ui.web.panel import render_no_article
from ui.web.render import render_library, render_problem, render_progress, render_stopped

log = logging.getLogger("dateline.page")
# Gradio looks at it whenever it is about to tell its makers something.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

Update = dict[Any, Any]
"""New values by component."""


def build_app(library: Library, assistant: Assistant) -> gr.Blocks:
    """The page over one library; it keeps nothing but what each reader's own session needs."""
    app: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as app:
        page = _Page(library, assistant)
        page.connect(app)
    return app


class _Page:
    """The components of the page, and what happens on each event."""

    def __init__(self, library: Library, assistant: Assistant) -> None:
        self._library, self._assistant = library, assistant
        self._conversation = gr.State(Conversation())
        with gr.Row(elem_id="dl-page"):
            with gr.Column(scale=3, min_width=320):
                with gr.Row(elem_id="dl-head"):
                    self._holds = gr.HTML(elem_id="dl-holds", apply_default_css=False)
                    self._anew = gr.Button("New conversation", size="sm", visible=False, elem_id="dl-anew")
                self._past = gr.HTML(elem_id="dl-past", js_on_load=ON_CITATIONS, apply_default_css=False)
                self._live = gr.HTML(elem_id="dl-live", js_on_load=ON_ANSWER, apply_default_css=False)
                with gr.Row(visible=False, elem_id="dl-examples") as self._examples:
                    self._example_buttons = [gr.Button(words, size="sm", min_width=280) for words in SAMPLE_QUESTIONS]
                self._lay_out_filters()
                self._lay_out_question()
            with gr.Column(scale=2, min_width=320, elem_id="dl-panel"):
                self._panel = gr.HTML(render_no_article(), js_on_load=ON_PANEL, apply_default_css=False)

    def _lay_out_filters(self) -> None:
        with gr.Accordion("Dates and outlets", open=False, elem_id="dl-filters"):
            with gr.Row():
                self._as_of, self._since, self._until = (
                    gr.Textbox(label=label, info=info, placeholder="2025-08-13", max_length=10, min_width=150)
                    for label, info in (
                        ("As of", "Nothing published later is seen"),
                        ("Since", "First day of publication"),
                        ("Until", "Last day of publication"),
                    )
                )
            self._outlets = gr.Dropdown([], multiselect=True, label="Outlets", info="All, if none is chosen")

    def _lay_out_question(self) -> None:
        with gr.Row(elem_id="dl-ask", equal_height=True):
            self._question = gr.Textbox(
                label="Question",
                show_label=False,
                container=False,
                placeholder="Ask about the articles",
                max_length=self._library.config.question_characters,
                autofocus=True,
                scale=5,
                elem_id="dl-question-box",
            )
            self._send = gr.Button("Ask", variant="primary", scale=1, min_width=80)
            self._stop = gr.Button("Stop", variant="stop", scale=1, min_width=80, visible=False)

    def connect(self, app: gr.Blocks) -> None:
        """Ties the components to what happens."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        filters = [self._as_of, self._since, self._until, self._outlets]
        shown = [self._conversation, self._past, self._live, self._question, self._examples]
        shown += [self._send, self._stop, self._anew]

        def asks(listen: Callable[..., Any], words: gr.Textbox | gr.Button) -> Any:
            return listen(self.ask, [words, self._conversation, *filters], shown, concurrency_id="ask", **quiet)

        running = [asks(self._question.submit, self._question), asks(self._send.click, self._question)]
        running += [asks(button.click, button) for button in self._example_buttons]
        # In two steps: a piece of the answer that is on its way when the work is cancelled must not arrive after "Stopped".
        cancelled = self._stop.click(None, cancels=running, queue=False, **quiet)
        cancelled.then(self.stop, [self._conversation], shown, queue=False, **quiet)
        self._anew.click(self.start_anew, None, [*shown, self._panel], cancels=running, queue=False, **quiet)
        for answers in (self._past, self._live):
            answers.cite(self.open, [self._conversation], [self._panel], queue=False, **quiet)
        app.load(self.refresh, None, [self._holds, self._outlets, self._examples], queue=False, **quiet)

    def ask(
        self,
        question: str,
        conversation: Conversation,
        as_of: str | None,
        since: str | None,
        until: str | None,
        outlets: Sequence[str],
    ) -> Iterator[Update]:
        """A question was sent: the page after each step of the answer."""
        # One character more than is allowed is enough for the assistant to see that it is too long.
        question = _sendable(question)[: self._library.config.question_characters + 1]
        if not question.strip():
            return
        yield {
            self._conversation: conversation.asking(question),
            self._past: conversation.html(),
            self._live: render_progress(question),
            self._question: "",
            self._examples: gr.update(visible=False),
            self._send: gr.update(visible=False),
            self._stop: gr.update(visible=True),
        }
        filters = {"as_of": as_of, "since": since, "until": until, "outlets": outlets}
        with _problems() as problems:
            yield from self._answer(question, conversation, filters)
        for problem in problems:
            yield {
                self._conversation: conversation.stopped(),
                self._live: render_problem(question, problem),
                self._question: question,
            }
        yield self._idle()

    def _answer(self, question: str, conversation: Conversation, filters: dict[str, Any]) -> Iterator[Update]:
        retrieved: Retrieved | None = None
        text = ""
        # Closed when the reader stops or leaves: a model that still writes is told so.
        stream: Any = self._assistant.stream(question, conversation.turns, **filters)
        with contextlib.closing(stream) as events:
            for event in events:
                if isinstance(event, Answer):
                    conversation = conversation.answered(event)
                    yield {self._conversation: conversation, self._live: conversation.last_html()}
                elif isinstance(event, Text):
                    text += event.text
                    yield {self._live: render_progress(question, retrieved, text)}
                else:
                    retrieved = event
                    yield {self._live: render_progress(question, retrieved)}

    def stop(self, conversation: Conversation) -> Update:
        """The reader takes the question back; the event that answers it is cancelled."""
        if not conversation.pending:
            return self._idle()
        return {
            self._conversation: conversation.stopped(),
            self._live: render_stopped(conversation.pending),
            self._question: conversation.pending,
            **self._idle(),
        }

    def start_anew(self) -> Update:
        """An empty page; what was asked before is forgotten."""
        return {
            self._conversation: Conversation(),
            self._past: "",
            self._live: "",
            self._panel: render_no_article(),
            **self._idle(),
            self._anew: gr.update(visible=False),
        }

    def open(self, conversation: Conversation, event: gr.EventData) -> Update:
        """A citation, a passage or a near article was clicked."""
        button = event._data if isinstance(event._data, dict) else {}
        panel = ""
        with _problems() as problems:
            panel = conversation.panel_html(self._library, button)
        return {self._panel: panel or render_problem("", problems[0])}

    def refresh(self) -> Update:
        """The page was loaded: says what the library holds now."""
        with _problems() as problems:
            stats = self._library.stats()
        if problems:
            return {self._holds: render_problem("", problems[0])}
        return {
            self._holds: render_library(stats),
            self._outlets: gr.update(choices=sorted(stats.outlets)),
            self._examples: gr.update(visible=set(stats.outlets) >= SAMPLE_OUTLETS),
        }

    def _idle(self) -> Update:
        return {
            self._send: gr.update(visible=True),
            self._stop: gr.update(visible=False),
            self._anew: gr.update(visible=True),
        }


def _sendable(question: str) -> str:
    """The question without lone surrogates, which no tokenizer, database or browser takes."""
    return question.encode("utf-8", "replace").decode()


@contextlib.contextmanager
def _problems() -> Iterator[list[str]]:
    """What goes wrong inside is logged, and told in the list: one sentence without anything of the machine."""
    told: list[str] = []
    try:
        yield told
    except ConfigError as error:  # here it is only ever about a day that the reader typed
        told.append(str(error))
    except Exception as error:
        number = secrets.token_hex(4)
        log.exception("request %s failed", number)
        told.append(_sentence(error, number))


def _sentence(error: Exception, number: str) -> str:
    if isinstance(error, LibraryError):
        what = "The library cannot be read just now"
    elif isinstance(error, ModelError):
        what = "The model that reads questions cannot be loaded"
    else:
        what = "Something went wrong"
    return f"{what}; the log says why under request {number}."
