"""The chat tab: a question, the answer as it comes, and the cited words in their article."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.answer_actions import AnswerActions
from ui.web.chat.asking import Asking
from ui.web.chat.browser_storage import Signer, filters_from_browser, from_browser
from ui.web.chat.conversation import Conversation
from ui.web.chat.filters import chips_of, follows, without
from ui.web.chat.layout import Layout
from ui.web.components import AT_ONCE, QUIET, Update, pressed
from ui.web.html.article import render_no_article
from ui.web.html.progress import render_holdings, render_library, render_notice, render_suggestions
from ui.web.problems import problems
from ui.web.texts import say

SUGGESTIONS_SECONDS, LOOK_SECONDS = 60.0, 0.25
"""How long a page that is loaded waits for suggested questions, and how often it looks."""


class ChatTab:
    """The chat; what it is made of is in `ui/web/chat/`."""

    def __init__(self, library: Library, assistant: Assistant) -> None:
        self._library, self._page = library, Layout(library)
        signer = Signer(library)
        self._asking = Asking(self._page, library, assistant, signer)
        self._answers = AnswerActions(self._page, library, signer)
        self.conversation = self._page.conversation
        self.answers = (self._page.past, self._page.live)
        """Where answers stand."""

    def connect(self, app: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Ties the components to what happens.

        Args:
            tabs, tab: all tabs, and the one in which the chat is.
        """
        self._asking.connect()
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
        begins = [self._page.holds, self._page.filters.outlets, self._page.welcome]
        page = self._page
        restored = [page.conversation, page.ratings, page.after, page.past, page.live, page.draft, page.status]
        restored += [page.panel, page.anew, page.export, page.suggested, page.following, page.send, page.stop]
        chosen = "() => window.datelineConversations.chosen()"
        begins_with = "() => [...window.datelineConversations.chosen(), null]"
        known, begun = [page.kept, page.conversation], [page.holds, page.welcome, *restored, *fields, chips]
        loaded = app.load(self.begin, known, begun, js=begins_with, **AT_ONCE)
        loaded.then(None, None, None, js="() => window.datelineConversations.restored()")
        loaded.then(self.suggest, [page.conversation], [page.suggested], **QUIET, concurrency_limit=None)
        # In two steps, as with "Stop": what is still on its way for another conversation must not arrive in this one.
        left = page.conversations.open(None, cancels=self._asking.running, **AT_ONCE)
        left.then(self.restore, [page.kept], restored, js=chosen, **AT_ONCE)
        begin = "() => window.datelineConversations.begin()"
        left = page.anew.click(None, cancels=self._asking.running, js=begin, **AT_ONCE)
        left.then(lambda: self.restore(""), None, restored, **AT_ONCE)
        keep_filters = "(...values) => window.datelineConversations.keepFilters(values)"
        for one in fields[:4]:
            one.change(None, fields[:4], None, js=keep_filters, **AT_ONCE)
        tab.select(self.refresh, None, begins, **AT_ONCE)
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

    def refresh(self) -> Update:
        """The page was loaded, or the chat was come back to: says what the library holds now."""
        with problems():
            stats = self._library.stats()
            return {
                self._page.holds: render_library(stats),
                self._page.filters.outlets: gr.update(choices=sorted(stats.outlets)),
                self._page.welcome: gr.update(visible=not stats.articles),
            }
        return {self._page.holds: render_holdings(self._library)}

    async def suggest(self, conversation: Conversation) -> AsyncIterator[Update]:
        """The page has been loaded: what can be asked, as soon as it is known. It waits without a thread of its own."""
        if conversation.answers or conversation.pending:
            return
        suggestions = self._asking.suggestions
        with problems():
            await asyncio.to_thread(suggestions.look)
        for _ in range(int(SUGGESTIONS_SECONDS / LOOK_SECONDS)):
            if suggestions.questions or not suggestions.looking:
                break
            await asyncio.sleep(LOOK_SECONDS)
        yield {self._page.suggested: render_suggestions(suggestions.questions)}

    def begin(self, kept: Any, conversation: Conversation) -> Update:
        """The page was loaded: with the filters and the conversation that this page showed before, if any.

        Whoever has asked meanwhile keeps that instead.
        """
        begun, filters = self.refresh(), self._page.filters
        if conversation.pending or conversation.answers:
            return begun
        restored = from_browser(kept)
        if restored.conversation.answers or restored.unreadable:
            begun |= self.restore(kept)
        days, outlets = filters_from_browser(kept)
        if any(days) or outlets:
            held = begun.get(filters.outlets, gr.update(choices=[]))
            outlets = [one for one in outlets if one in held["choices"]]
            begun |= dict(zip(filters.fields, [*days, {**held, "value": outlets}, None], strict=True))
            begun[filters.chips] = chips_of(None, [*days, outlets, None])
        return begun

    def restore(self, kept: Any) -> Update:
        """A conversation that the browser kept comes back; none, for an empty page."""
        page = self._page
        conversation, ratings, unreadable = from_browser(kept)
        asked = bool(conversation.answers)
        notice = render_notice(say("A part of what this browser kept cannot be read any more.")) if unreadable else ""
        shared = frozenset[str]()
        with problems():
            shared = self._library.shared.known(conversation.ids)
        return {
            page.conversation: conversation,
            page.ratings: ratings,
            page.after: None,
            page.past: notice + conversation.html(ratings, shared, len(conversation.answers) - 1) if asked else "",
            page.live: conversation.last_html(ratings, shared) if asked else notice,
            page.draft: "",
            page.status: "",
            page.panel: render_no_article(),
            page.anew: gr.update(visible=asked),
            page.export: gr.update(visible=asked),
            page.suggested: "" if asked else render_suggestions(self._asking.suggestions.questions),
            page.following: "",
            page.send: gr.update(visible=True),
            page.stop: gr.update(visible=False),
        }
