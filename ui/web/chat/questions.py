"""A question is sent, answered step by step, stopped; a conversation begins anew."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.asking import steps
from ui.web.chat.conversation import Conversation, Ratings
from ui.web.chat.filters import chips_of, read_filters
from ui.web.chat.keep import to_browser
from ui.web.chat.layout import AT_ONCE, QUIET, Layout, Update
from ui.web.chat.offers import Offers
from ui.web.chat.received import pressed, sendable
from ui.web.chat.seals import Seals
from ui.web.html.panel import render_no_article
from ui.web.html.progress import render_offers, render_problem, render_progress, render_stopped
from ui.web.problems import problems
from ui.web.texts import say

IN_TURN: dict[str, Any] = {**QUIET, "concurrency_id": "follow", "concurrency_limit": 1}
"""For what nobody waits for."""


class Questions:
    """What happens when a question is sent."""

    def __init__(self, page: Layout, library: Library, assistant: Assistant, seals: Seals) -> None:
        self._page, self._library, self._assistant, self._seals = page, library, assistant, seals
        self._waiting = 0
        self.offers = Offers(library, assistant.in_quotes().ask, busy=lambda: self._waiting > 0)
        self.running: list[Any] = []
        """The events that answer, to be cancelled."""

    def connect(self) -> None:
        """Ties the components to what happens."""
        page = self._page
        shown = [page.conversation, page.after, page.past, page.live, page.draft, page.status, page.question]
        shown += [
            page.offers,
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
        for offers in (page.offers, page.following):
            running.append(asks(offers.offer, self.ask_offered, given))
        running += [asks(answers.repeat, self.ask_again, given) for answers in (page.past, page.live)]
        for answered in running:
            answered.then(self.follow, [page.conversation, *page.filters.fields], [page.following], **IN_TURN)
        # In two steps: a piece of the answer that is on its way when the work is cancelled must not arrive after "Stopped".
        stopped = page.stop.click(None, cancels=running, **AT_ONCE)
        stopped.then(self.stop, [page.conversation, page.ratings], shown, **AT_ONCE)
        left = page.anew.click(None, cancels=running, js="() => window.datelineTalks.begin()", **AT_ONCE)
        left.then(self.start_anew, None, [*shown, page.ratings, page.panel], **AT_ONCE)

    def ask(
        self, question: str, conversation: Conversation, ratings: Ratings, after: int | None, *fields: Any
    ) -> Iterator[Update]:
        """A question was sent: the page after each step of the answer."""
        yield from self._ask_all((question,), conversation, ratings, after, fields)

    def ask_offered(
        self, conversation: Conversation, ratings: Ratings, after: int | None, event: gr.EventData, *fields: Any
    ) -> Iterator[Update]:
        """A question that was offered is asked."""
        yield from self._ask_all((str(pressed(event).get("question", "")),), conversation, ratings, after, fields)

    def follow(self, conversation: Conversation, *fields: Any) -> Update:
        """Some time after an answer: questions that go on from it, each of which was asked beforehand."""
        with problems():
            if conversation.answers and not conversation.pending and not any(fields):
                return {
                    self._page.following: render_offers(self.offers.after(conversation.answers[-1]), following=True)
                }
        return {self._page.following: ""}

    def ask_again(
        self, conversation: Conversation, ratings: Ratings, _: int | None, event: gr.EventData, *fields: Any
    ) -> Iterator[Update]:
        """An earlier question is asked once more, after what it followed then."""
        question, after = conversation.question_again(pressed(event))
        yield from self._ask_all((question,), conversation, ratings, after, fields)

    def _ask_all(
        self, questions: Sequence[str], conversation: Conversation, ratings: Ratings, after: int | None, fields: Any
    ) -> Iterator[Update]:
        begun = conversation.next  # all of these are sent each time: of two that come together a page sees the last
        for typed in questions:
            # One character more than is allowed is enough for the assistant to see that it is too long.
            question = sendable(typed)[: self._library.config.question_characters + 1]
            if not question.strip():
                return
            yield self._begun(question, conversation, ratings, fields)
            with self._in_work(), problems() as told:
                filters = read_filters(*fields)
                asking = conversation.asking(question)
                for step in steps(self._assistant, question, asking, ratings, after, filters):
                    conversation, after = step.conversation.sealed(self._seals.id_of), None
                    yield {
                        self._page.conversation: conversation,
                        self._page.draft: step.draft,
                        self._page.status: step.status,
                        **({} if step.live is None else {self._page.live: step.live}),
                        **({self._page.kept: to_browser(conversation, ratings, begun)} if step.done else {}),
                    }
            if told:
                yield self._failed(question, conversation, told[0])
                break
        yield self._idle()

    @contextlib.contextmanager
    def _in_work(self) -> Iterator[None]:
        """Inside, nobody asks questions that are only offered."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _begun(self, question: str, conversation: Conversation, ratings: Ratings, fields: Any) -> Update:
        return {
            self._page.conversation: conversation.asking(question),
            self._page.after: None,
            self._page.past: conversation.html(ratings),
            self._page.live: render_progress(question),
            self._page.draft: "",
            self._page.status: say("Searching…"),
            self._page.question: "",
            self._page.offers: "",
            self._page.following: "",
            self._page.send: gr.update(visible=False),
            self._page.stop: gr.update(visible=True),
            self._page.filters.chips: chips_of(None, fields),
        }

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
        stopped = conversation.stopped().sealed(self._seals.id_of)
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

    def start_anew(self) -> Update:
        """An empty page; what was asked before stays in the list of conversations."""
        emptied = [self._page.past, self._page.live, self._page.draft, self._page.status, self._page.following]
        empty: Update = dict.fromkeys(emptied, "")
        empty[self._page.offers] = render_offers(self.offers.questions)
        return {
            **empty,
            self._page.conversation: Conversation(),
            self._page.ratings: {},
            self._page.after: None,
            self._page.panel: render_no_article(),
            **self._idle(),
            self._page.anew: gr.update(visible=False),
            self._page.export: gr.update(visible=False),
        }

    def _idle(self) -> Update:
        return {
            self._page.send: gr.update(visible=True),
            self._page.stop: gr.update(visible=False),
            self._page.anew: gr.update(visible=True),
            self._page.export: gr.update(visible=True),
        }
