"""The chat tab: a question, the answer as it comes, and the cited words in their article."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.answers import Answers
from ui.web.chat.conversation import Conversation
from ui.web.chat.filters import chips_of, follows, without
from ui.web.chat.keep import from_browser
from ui.web.chat.layout import AT_ONCE, QUIET, Layout, Update
from ui.web.chat.questions import Questions
from ui.web.chat.received import pressed
from ui.web.html.panel import render_no_article
from ui.web.html.progress import render_library, render_notice, render_offers, render_problem, render_welcome
from ui.web.problems import problems
from ui.web.texts import say

OFFERS_SECONDS, OFFERS_LOOK_SECONDS = 60.0, 0.25
"""How long a page that is loaded waits for questions that can be offered, and how often it looks."""


class ChatTab:
    """The chat; what it is made of is in `ui/web/chat/`."""

    def __init__(self, library: Library, assistant: Assistant) -> None:
        self._library, self._page = library, Layout(library)
        self._questions = Questions(self._page, library, assistant)
        self._answers = Answers(self._page, library)
        self.conversation = self._page.conversation
        self.answers = (self._page.past, self._page.live)
        """Where answers stand."""

    def connect(self, app: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Ties the components to what happens.

        Args:
            tabs, tab: all tabs, and the one in which the chat is.
        """
        self._questions.connect()
        self._answers.connect()
        fields, chips = self._page.filters.fields, self._page.filters.chips
        for one in fields:
            one.change(self.show_filters, [self._page.conversation, self._page.after, *fields], [chips], **AT_ONCE)
        chips.drop(
            self.drop_filter,
            [self._page.conversation, self._page.after, *fields],
            [self._page.after, *fields, chips],
            **AT_ONCE,
        )
        begins = [self._page.holds, self._page.filters.outlets, self._page.welcome, self._page.how, self._page.panel]
        loaded = app.load(self.refresh, [self._page.conversation], begins, **AT_ONCE)
        restored = [
            self._page.conversation,
            self._page.ratings,
            self._page.past,
            self._page.live,
            self._page.anew,
            self._page.export,
        ]
        from_browser = f"() => localStorage.getItem('{self._page.kept_as}') || ''"
        restoring = loaded.then(self.restore, [self._page.kept], restored, js=from_browser, **AT_ONCE)
        restoring.then(self.offer, [self._page.conversation], [self._page.offers], **QUIET, concurrency_limit=None)
        tab.select(self.refresh, [self._page.conversation], begins, **AT_ONCE)
        self._page.add.click(lambda: gr.Tabs(selected="library"), None, [tabs], **AT_ONCE)

    def show_filters(self, conversation: Conversation, after: int | None, *fields: Any) -> Update:
        """A filter was changed."""
        return {self._page.filters.chips: chips_of(follows(conversation, after), fields)}

    def drop_filter(self, conversation: Conversation, after: int | None, event: gr.EventData, *fields: Any) -> Update:
        """A chip was pressed."""
        button = pressed(event)
        name = str(button.get("drop", ""))
        after = None if name in ("all", "follows") else after
        left = without(fields, name, str(button.get("value", "")))
        return {
            self._page.after: after,
            **dict(zip(self._page.filters.fields, left, strict=True)),
            self._page.filters.chips: chips_of(follows(conversation, after), left),
        }

    def refresh(self, conversation: Conversation) -> Update:
        """The page was loaded, or the chat was come back to: says what the library holds now."""
        with problems() as told:
            stats = self._library.stats()
            opened = gr.skip() if conversation.answers else render_no_article()
            return {
                self._page.holds: render_library(stats),
                self._page.filters.outlets: gr.update(choices=sorted(stats.outlets)),
                self._page.welcome: gr.update(visible=not stats.articles),
                self._page.how: render_welcome(),
                self._page.panel: opened,
            }
        return {self._page.holds: render_problem("", told[0])}

    async def offer(self, conversation: Conversation) -> AsyncIterator[Update]:
        """The page has been loaded: what can be asked, as soon as it is known. It waits without a thread of its own."""
        if conversation.answers or conversation.pending:
            return
        offers = self._questions.offers
        with problems():
            await asyncio.to_thread(offers.look)
        for _ in range(int(OFFERS_SECONDS / OFFERS_LOOK_SECONDS)):
            if offers.questions or not offers.looking:
                break
            await asyncio.sleep(OFFERS_LOOK_SECONDS)
        yield {self._page.offers: render_offers(offers.questions)}

    def restore(self, kept: Any) -> Update:
        """The page was loaded: the conversation that the browser kept, if there is one."""
        restored = None
        with problems():
            restored = from_browser(kept)
        if restored is None:
            return {
                self._page.live: render_notice(say("The conversation that this browser kept cannot be read any more."))
            }
        conversation, ratings = restored
        if not conversation.answers:
            return {self._page.live: gr.skip()}
        return {
            self._page.conversation: conversation,
            self._page.ratings: ratings,
            self._page.past: conversation.html(ratings, len(conversation.answers) - 1),
            self._page.live: conversation.last_html(ratings),
            self._page.anew: gr.update(visible=True),
            self._page.export: gr.update(visible=True),
        }
