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
from ui.web.chat.keep import filters_from_browser, from_browser
from ui.web.chat.layout import AT_ONCE, QUIET, Layout, Update
from ui.web.chat.questions import Questions
from ui.web.chat.received import pressed
from ui.web.chat.seals import Seals
from ui.web.html.panel import render_no_article
from ui.web.html.progress import render_library, render_notice, render_offers, render_problem, render_welcome
from ui.web.page import asset
from ui.web.problems import problems
from ui.web.texts import say

OFFERS_SECONDS, OFFERS_LOOK_SECONDS = 60.0, 0.25
"""How long a page that is loaded waits for questions that can be offered, and how often it looks."""


class ChatTab:
    """The chat; what it is made of is in `ui/web/chat/`."""

    def __init__(self, library: Library, assistant: Assistant, on_server: bool = False) -> None:
        self._library, self._page = library, Layout(library, on_server)
        seals = Seals(library)
        self._questions = Questions(self._page, library, assistant, seals)
        self._answers = Answers(self._page, library, seals)
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
        page = self._page
        restored = [page.conversation, page.ratings, page.after, page.past, page.live, page.draft, page.status]
        restored += [page.panel, page.anew, page.export, page.offers, page.following, page.send, page.stop]
        chosen = asset("chosen.js").replace("KEPT_AS", page.kept_as)
        begun = loaded.then(self.begin, [page.kept], [*restored, *fields, chips], js=chosen, **AT_ONCE)
        begun.then(self.offer, [page.conversation], [page.offers], **QUIET, concurrency_limit=None)
        # In two steps, as with "Stop": what is still on its way for another conversation must not arrive in this one.
        left = page.talks.open(None, cancels=self._questions.running, **AT_ONCE)
        left.then(self.restore, [page.kept], restored, js=chosen, **AT_ONCE)
        keep_filters = "(...values) => window.datelineTalks.keepFilters(values)"
        for one in fields[:4]:
            one.change(None, fields[:4], None, js=keep_filters, **AT_ONCE)
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

    def begin(self, kept: Any) -> Update:
        """The page was loaded: with the filters and the conversation that this page showed before."""
        days, outlets = filters_from_browser(kept)
        with problems():
            known = self._library.stats().outlets
            outlets = [one for one in outlets if one in known]
        values = [*days, outlets, None]
        filters = self._page.filters
        return {
            **self.restore(kept),
            **dict(zip(filters.fields, values, strict=True)),
            filters.chips: chips_of(None, values),
        }

    def restore(self, kept: Any) -> Update:
        """A conversation that the browser kept comes back; none, for an empty page."""
        page = self._page
        conversation, ratings, unreadable = from_browser(kept)
        asked = bool(conversation.answers)
        told = render_notice(say("A part of what this browser kept cannot be read any more.")) if unreadable else ""
        return {
            page.conversation: conversation,
            page.ratings: ratings,
            page.after: None,
            page.past: told + conversation.html(ratings, len(conversation.answers) - 1) if asked else "",
            page.live: conversation.last_html(ratings) if asked else told,
            page.draft: "",
            page.status: "",
            page.panel: render_no_article(),
            page.anew: gr.update(visible=asked),
            page.export: gr.update(visible=asked),
            page.offers: "" if asked else render_offers(self._questions.offers.questions),
            page.following: "",
            page.send: gr.update(visible=True),
            page.stop: gr.update(visible=False),
        }
