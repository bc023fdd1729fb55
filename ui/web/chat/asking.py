"""A question is sent, answered step by step, stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.browser_storage import Signer, to_browser
from ui.web.chat.conversation import Conversation, Ratings
from ui.web.chat.filters import chips_of, read_filters
from ui.web.chat.layout import Layout
from ui.web.chat.stream import at_once, steps
from ui.web.chat.suggestions import Suggestions
from ui.web.components import AT_ONCE, QUIET, Update, pressed, sendable
from ui.web.html.progress import render_problem, render_progress, render_stopped, render_suggestions
from ui.web.problems import problems
from ui.web.texts import say

AT_ONCE_SECONDS = 0.1
"""Passages that are found within this time come with the question, in one drawing of the page instead of two."""
IN_TURN: dict[str, Any] = {**QUIET, "concurrency_id": "follow", "concurrency_limit": 1}
"""For what nobody waits for."""


class Asking:
    """What happens when a question is sent."""

    def __init__(self, page: Layout, library: Library, assistant: Assistant, signer: Signer) -> None:
        self._page, self._library, self._assistant, self._signer = page, library, assistant, signer
        self._waiting = 0
        self.suggestions = Suggestions(library, assistant.in_quotes().ask, busy=lambda: self._waiting > 0)
        self.running: list[Any] = []
        """The events that answer, to be cancelled."""

    def connect(self) -> None:
        """Ties the components to what happens."""
        page = self._page
        shown = [page.conversation, page.after, page.past, page.live, page.draft, page.status, page.question]
        shown += [
            page.suggested,
            page.following,
            page.send,
            page.stop,
            page.anew,
            page.export,
            page.filters.chips,
            page.kept,
        ]
        given = [page.conversation, page.ratings, page.after, *page.filters.fields]

        def asks(listen: Callable[..., Any], ask: Callable[..., Any], inputs: Sequence[Any]) -> Any:
            return listen(ask, inputs, shown, concurrency_id="ask", **QUIET)

        self.running = running = [
            asks(listen, self.ask, [page.question, *given]) for listen in (page.question.submit, page.send.click)
        ]
        for suggested in (page.suggested, page.following):
            running.append(asks(suggested.suggestion, self.ask_suggested, given))
        running += [asks(answers.repeat, self.ask_again, given) for answers in (page.past, page.live)]
        for answered in running:
            answered.then(self.follow, [page.conversation, *page.filters.fields], [page.following], **IN_TURN)
        # In two steps: a piece of the answer that is on its way when the work is cancelled must not arrive after "Stopped".
        stopped = page.stop.click(None, cancels=running, **AT_ONCE)
        stopped.then(self.stop, [page.conversation, page.ratings], shown, **AT_ONCE)

    def ask(
        self, question: str, conversation: Conversation, ratings: Ratings, after: int | None, *fields: Any
    ) -> Iterator[Update]:
        """A question was sent: the page after each step of the answer."""
        begun = conversation.next  # all of it is sent each time: of two that come together a page sees the last
        # One character more than is allowed is enough for the assistant to see that it is too long.
        question = sendable(question)[: self._library.config.question_characters + 1]
        if not question.strip():
            return
        told = self._begun(question, conversation, ratings, fields)
        with self._in_work(), problems() as wrong:
            filters = read_filters(*fields)
            asked = steps(self._assistant, question, conversation.asking(question), ratings, after, filters)
            for step in at_once(asked, AT_ONCE_SECONDS):
                if step:
                    conversation = step.conversation.signed(self._signer.id_of)
                    told |= {
                        self._page.conversation: conversation,
                        self._page.draft: step.draft,
                        self._page.status: step.status,
                    }
                    if step.live is not None:
                        told[self._page.live] = step.live
                    if step.done:
                        told[self._page.kept] = to_browser(conversation, ratings, begun)
                yield told
                told = {}
        if wrong:
            yield told | self._failed(question, conversation, wrong[0])
        yield self._idle()

    def ask_suggested(
        self, conversation: Conversation, ratings: Ratings, after: int | None, event: gr.EventData, *fields: Any
    ) -> Iterator[Update]:
        """A suggested question is asked."""
        yield from self.ask(str(pressed(event).get("question", "")), conversation, ratings, after, *fields)

    def ask_again(
        self, conversation: Conversation, ratings: Ratings, _: int | None, event: gr.EventData, *fields: Any
    ) -> Iterator[Update]:
        """An earlier question is asked once more, after what it followed then."""
        question, after = conversation.question_again(pressed(event))
        yield from self.ask(question, conversation, ratings, after, *fields)

    def follow(self, conversation: Conversation, *fields: Any) -> Update:
        """Some time after an answer: questions that go on from it, each of which was asked beforehand."""
        with problems():
            if conversation.answers and not conversation.pending and not any(fields):
                found = self.suggestions.after(conversation.answers[-1])
                return {self._page.following: render_suggestions(found, following=True)}
        return {self._page.following: ""}

    @contextlib.contextmanager
    def _in_work(self) -> Iterator[None]:
        """Inside, no questions are tried out for suggestions."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _begun(self, question: str, conversation: Conversation, ratings: Ratings, fields: Any) -> Update:
        return {
            self._page.conversation: conversation.asking(question),
            self._page.after: None,
            self._page.past: conversation.html(ratings, self._shared(conversation)),
            self._page.live: render_progress(question),
            self._page.draft: "",
            self._page.status: say("Searching…"),
            self._page.question: "",
            self._page.suggested: "",
            self._page.following: "",
            self._page.send: gr.update(visible=False),
            self._page.stop: gr.update(visible=True),
            self._page.filters.chips: chips_of(None, fields),
        }

    def _shared(self, conversation: Conversation) -> Collection[str]:
        with problems():
            return self._library.shared.known(conversation.ids)
        return ()

    def _failed(self, question: str, conversation: Conversation, problem: str) -> Update:
        return {
            self._page.conversation: conversation.withdrawn(),
            self._page.live: render_problem(question, problem),
            self._page.draft: "",
            self._page.status: "",
            self._page.question: question,
        }

    def stop(self, conversation: Conversation, ratings: Ratings) -> Update:
        """The reader wants no more; the event that answers is cancelled. Quotes that are there stay as the answer."""
        if not conversation.pending:
            return self._idle()
        stopped = conversation.stopped().signed(self._signer.id_of)
        quotes = stopped.next > conversation.next
        return {
            self._page.conversation: stopped,
            self._page.live: stopped.last_html(ratings) if quotes else render_stopped(conversation.pending),
            self._page.draft: "",
            self._page.status: say("Stopped; the quotes stay.") if quotes else say("Stopped."),
            self._page.question: gr.update() if quotes else conversation.pending,
            self._page.kept: to_browser(stopped, ratings, conversation.next),
            **self._idle(),
        }

    def _idle(self) -> Update:
        return {
            self._page.send: gr.update(visible=True),
            self._page.stop: gr.update(visible=False),
            self._page.anew: gr.update(visible=True),
            self._page.export: gr.update(visible=True),
        }
