"""The chat tab: a question, the answer as it comes, and the cited words in their article."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.answers import Answers
from ui.web.chat.conversation import Conversation
from ui.web.chat.examples import is_sample
from ui.web.chat.filters import chips_of, follows, without
from ui.web.chat.keep import filters_from_browser, from_browser
from ui.web.chat.layout import AT_ONCE, Layout, Update
from ui.web.chat.questions import Questions
from ui.web.chat.received import pressed
from ui.web.chat.seals import Seals
from ui.web.html.panel import render_no_article
from ui.web.html.progress import render_library, render_notice, render_problem
from ui.web.page import asset
from ui.web.problems import problems


class ChatTab:
    """The chat; what it is made of is in `ui/web/chat/`."""

    def __init__(self, library: Library, assistant: Assistant, on_server: bool = False) -> None:
        self._library, self._page = library, Layout(library, on_server)
        seals = Seals(library)
        self._questions = Questions(self._page, library, assistant, seals)
        self._answers = Answers(self._page, library, seals)

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
        begins = [self._page.holds, self._page.filters.outlets, self._page.examples, self._page.welcome]
        loaded = app.load(self.refresh, [self._page.conversation], begins, **AT_ONCE)
        page = self._page
        restored = [page.conversation, page.ratings, page.after, page.past, page.live, page.draft, page.status]
        restored += [page.panel, page.anew, page.export, page.examples, page.send, page.stop]
        chosen = asset("chosen.js").replace("KEPT_AS", page.kept_as)
        loaded.then(self.begin, [page.kept], [*restored, *fields, chips], js=chosen, **AT_ONCE)
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
            fresh = not conversation.answers and not conversation.pending
            return {
                self._page.holds: render_library(stats),
                self._page.filters.outlets: gr.update(choices=sorted(stats.outlets)),
                self._page.examples: gr.update(visible=fresh and is_sample(stats.outlets)),
                self._page.welcome: gr.update(visible=not stats.articles),
            }
        return {self._page.holds: render_problem("", told[0])}

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
        told = render_notice("A part of what this browser kept cannot be read any more.") if unreadable else ""
        is_new = False
        with problems():
            is_new = not asked and is_sample(self._library.stats().outlets)
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
            page.examples: gr.update(visible=is_new),
            page.send: gr.update(visible=True),
            page.stop: gr.update(visible=False),
        }
