"""Sends a question, shows its answer step by step, and stops it."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from rag.types import Answer, Checked, Filters, Quoted, Retrieved
from ui.format import sendable
from ui.web.chat.conversation import Conversation, Ratings, Signer, to_browser
from ui.web.chat.filters import chips_of, read_filters
from ui.web.chat.layout import Layout
from ui.web.chat.suggestions import Suggestions, render_suggestions
from ui.web.components import AT_ONCE, QUIET, Update, pressed
from ui.web.html.turn import outcome, reading, render_draft, render_note, render_progress, render_turn
from ui.web.metrics import METRICS
from ui.web.problems import problems
from ui.web.texts import label, say

AT_ONCE_SECONDS = 0.1  # Passages found within this time are sent with the question: the page is drawn once, not twice.
IN_TURN: dict[str, Any] = {**QUIET, "concurrency_id": "follow", "concurrency_limit": 1}  # Nobody waits for these.
_WRITING = label("These are quotes. An answer in other words is being written and checked…")


class Step(NamedTuple):
    conversation: Conversation
    live: str | None = None  # The newest turn; None when unchanged.
    draft: str = ""  # The text of a language model so far.
    status: str = ""


def steps(
    assistant: Assistant, conversation: Conversation, ratings: Ratings, after: int | None, filters: Filters
) -> Generator[Step, None, None]:
    """Asks the pending question, perhaps before answer number `after`: shows passages, then words, then the answer."""
    text, model, draft, checks = "", "", "", list[Checked]()
    # Closed when the reader stops or leaves, which also stops a model that is still writing.
    stream: Any = assistant.stream(conversation.pending, conversation.history(after), **filters.model_dump())
    with contextlib.closing(stream) as events:
        for event in events:
            if isinstance(event, Answer):
                METRICS.answered(event)
                conversation = conversation.answered(event)
                yield Step(conversation, conversation.html(ratings, (), slice(-1, None)), "", outcome(event))
            elif isinstance(event, Retrieved):
                conversation = conversation.found(event)
                live = render_progress(conversation.pending, conversation.shown, "", conversation.next)
                yield Step(conversation, live, "", reading(event.passages))
            elif isinstance(event, Quoted):
                conversation, model = replace(conversation, shown=event.answer), event.model
                live = render_turn(event.answer, conversation.next, whole=False)
                yield Step(conversation, live, render_draft(model, draft, checks), say(_WRITING))
            elif not isinstance(event, Checked) and event.checked:
                text += event.text
                live = render_progress(conversation.pending, conversation.shown, text, conversation.next)
                yield Step(conversation, live, "", say("Answering…"))
            else:
                if isinstance(event, Checked):
                    checks.append(event)
                else:
                    draft += event.text
                yield Step(conversation, None, render_draft(model, draft, checks), say(_WRITING))


def at_once(told: Generator[Step, None, None], seconds: float) -> Iterator[Step | None]:
    """The same steps, preceded by None if the first takes longer than `seconds`."""
    with contextlib.closing(told), ThreadPoolExecutor(1) as aside:
        within = contextvars.copy_context()
        first = aside.submit(lambda: within.run(next, told, None))
        if not wait([first], seconds).done:
            yield None
        if step := first.result():
            yield step
        yield from told


class Asking:
    def __init__(self, page: Layout, library: Library, assistant: Assistant, signer: Signer) -> None:
        self._page, self._library, self._assistant, self._signer = page, library, assistant, signer
        self._waiting = 0
        self.suggestions = Suggestions(library, assistant.in_quotes().ask, busy=lambda: self._waiting > 0)
        self.running: list[Any] = []  # The answering events, which can be cancelled.

    def connect(self) -> None:
        page = self._page
        shown = [page.conversation, page.after, page.past, page.live, page.draft, page.status, page.question, page.kept]
        shown += [page.suggested, page.following, page.send, page.stop, page.anew, page.export, page.chips]
        given = [page.conversation, page.ratings, page.after, *page.fields]

        def asks(listen: Callable[..., Any], ask: Callable[..., Any], inputs: Sequence[Any] = given) -> Any:
            answered = listen(ask, inputs, shown, concurrency_id="ask", **QUIET)
            answered.then(self.follow, [page.conversation, *page.fields], [page.following], **IN_TURN)
            return answered

        typed = (page.question.submit, page.send.click)
        self.running = [asks(listen, self.ask, [page.question, *given]) for listen in typed]
        buttons = (page.suggested.suggestion, page.following.suggestion, page.past.repeat, page.live.repeat)
        self.running += [asks(listen, self.ask_pressed) for listen in buttons]
        # In two steps: part of an answer already on its way when the work is cancelled must not arrive after "Stopped".
        stopped = page.stop.click(None, cancels=self.running, **AT_ONCE)
        stopped.then(self.stop, [page.conversation, page.ratings], shown, **AT_ONCE)

    def ask(
        self, question: str, conversation: Conversation, ratings: Ratings, after: int | None, *fields: Any
    ) -> Iterator[Update]:
        """A question was sent: updates the page after each step of the answer."""
        page, begun = self._page, conversation.next
        # One character over the limit is enough for the assistant to see that it is too long.
        question = sendable(question)[: self._library.config.question_characters + 1]
        if not question.strip():
            yield {page.question: gr.skip()}  # a generator that yields nothing would empty every component
            return
        told = self._begun(question, conversation, ratings, fields)
        # In each update: of two that arrive together, the page sees the last, and "Stop" was sometimes missing.
        in_work = {one: told[one] for one in (page.send, page.stop, page.suggested, page.following)}
        with self._in_work(), problems() as wrong:
            filters, _ = read_filters(*fields)
            asked = steps(self._assistant, conversation.asking(question), ratings, after, filters)
            for step in at_once(asked, AT_ONCE_SECONDS):
                if step:
                    conversation = step.conversation.signed(self._signer.id_of)
                    told |= {page.conversation: conversation, page.draft: step.draft, page.status: step.status}
                    if step.live is not None:
                        told[page.live] = step.live
                    if not conversation.pending:
                        told[page.kept] = to_browser(conversation, ratings, begun)  # whole, for the same reason
                yield told
                told = dict(in_work)
        if wrong:
            live = {page.conversation: conversation.withdrawn(), page.live: render_note(question, wrong[0])}
            yield told | live | {page.draft: "", page.status: "", page.question: question}
        yield self._idle()

    def ask_pressed(
        self, conversation: Conversation, ratings: Ratings, after: int | None, event: gr.EventData, *fields: Any
    ) -> Iterator[Update]:
        """A suggestion was pressed, or an earlier question is asked again, after the same turns as before."""
        button = pressed(event)
        question = str(button.get("question", ""))
        if "turn" in button:
            question, after = conversation.question_again(button)
        yield from self.ask(question, conversation, ratings, after, *fields)

    def follow(self, conversation: Conversation, *fields: Any) -> Update:
        """Some time after an answer: suggests follow-up questions, each of which was tried beforehand."""
        with problems():
            if conversation.answers and not conversation.pending:
                found = self.suggestions.after(conversation.answers[-1], read_filters(*fields)[0])
                return {self._page.following: render_suggestions(found, following=True)}
        return {self._page.following: ""}

    @contextlib.contextmanager
    def _in_work(self) -> Iterator[None]:
        """Within this context, no suggestions are tried out."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _begun(self, question: str, conversation: Conversation, ratings: Ratings, fields: Any) -> Update:
        page, shared = self._page, frozenset[str]()
        with problems():
            shared = self._library.shared.known(conversation.ids)
        return {
            page.conversation: conversation.asking(question),
            page.after: None,
            page.past: conversation.html(ratings, shared),
            page.live: render_progress(question),
            page.status: say("Searching…"),
            **dict.fromkeys((page.draft, page.question, page.suggested, page.following), ""),
            page.send: gr.update(visible="hidden"),
            page.stop: gr.update(visible=True),
            page.chips: chips_of(None, fields),
        }

    def stop(self, conversation: Conversation, ratings: Ratings) -> Update:
        """The reader stopped; the answering event is cancelled. Quotes already shown stay as the answer."""
        if not conversation.pending:
            return self._idle()
        page = self._page
        stopped = conversation.stopped().signed(self._signer.id_of)
        quotes = stopped.next > conversation.next
        note = render_note(conversation.pending, say("Stopped."), "dl-stopped")
        return {
            page.conversation: stopped,
            page.live: stopped.html(ratings, (), slice(-1, None)) if quotes else note,
            page.draft: "",
            page.status: say("Stopped; the quotes stay.") if quotes else say("Stopped."),
            page.question: gr.update() if quotes else conversation.pending,
            page.kept: to_browser(stopped, ratings, conversation.next),
            **self._idle(),
        }

    def _idle(self) -> Update:
        shown = {one: gr.update(visible=True) for one in (self._page.send, self._page.anew, self._page.export)}
        return {**shown, self._page.stop: gr.update(visible="hidden")}
