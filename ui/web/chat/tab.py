"""The chat tab: a question, the answer as it arrives, and the cited words in their article."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.errors import ConfigError
from rag.library import Library
from ui.format import sendable
from ui.web.chat.asking import Asking
from ui.web.chat.conversation import Conversation, Given, Ratings, Signer, from_browser, slim, to_browser
from ui.web.chat.filters import chips_of, filters_from_browser, follows, without
from ui.web.chat.layout import Layout
from ui.web.chat.suggestions import render_suggestions
from ui.web.components import AT_ONCE, QUIET, Update, as_number, pressed, toast
from ui.web.html.turn import render_note
from ui.web.markup import part
from ui.web.problems import problems
from ui.web.texts import say
from ui.web.transcript import transcript

SUGGESTIONS_SECONDS, LOOK_SECONDS = 60.0, 0.25  # How long a loaded page waits for suggestions; how often it looks.
NOTE_CHARACTERS = 2000
FOCUS = "() => document.querySelector('#dl-question-box textarea').focus()"


class ChatTab:
    def __init__(self, library: Library, assistant: Assistant) -> None:
        self._library, self._page = library, Layout(library)
        self._signer = Signer(library)
        self._asking = Asking(self._page, library, assistant, self._signer)
        self.conversation = self._page.conversation
        self.answers = (self._page.past, self._page.live)

    def connect(self, app: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        self._asking.connect()
        self._connect_answers()
        page, fields, chips = self._page, self._page.fields, self._page.chips
        given = [page.conversation, page.after, *fields]
        keep_filters = "(...values) => window.datelineConversations.keepFilters(values)"
        for one in fields:
            one.change(self.show_filters, given, [chips], **AT_ONCE)
            one.change(None, fields, None, js=keep_filters, **AT_ONCE)
        chips.drop(self.drop_filter, given, [page.after, *fields, chips], **AT_ONCE)
        restored = [page.conversation, page.ratings, page.after, page.past, page.live, page.draft, page.status]
        restored += [page.panel, page.anew, page.export, page.suggested, page.following, page.send, page.stop]
        chosen = "() => window.datelineConversations.chosen()"
        begins_with = "() => [...window.datelineConversations.chosen(), null]"
        known, begun = [page.kept, page.conversation], [page.holds, page.welcome, *restored, *fields, chips]
        loaded = app.load(self.begin, known, begun, js=begins_with, **AT_ONCE)
        loaded.then(None, None, None, js="() => window.datelineConversations.restored()")
        loaded.then(self.suggest, [page.conversation], [page.suggested], **QUIET, concurrency_limit=None)
        # In two steps, as with "Stop": updates still on their way for another conversation must not arrive in this one.
        left = page.conversations.open(None, cancels=self._asking.running, **AT_ONCE)
        left.then(self.restore, [page.kept], restored, js=chosen, **AT_ONCE)
        begin = "() => window.datelineConversations.begin()"
        left = page.anew.click(None, cancels=self._asking.running, js=begin, **AT_ONCE)
        left.then(lambda: self.restore(""), None, restored, **AT_ONCE)
        tab.select(self.refresh, None, [page.holds, page.outlets, page.welcome], **AT_ONCE)
        page.add.click(lambda: gr.Tabs(selected="library"), None, [tabs], **AT_ONCE)

    def _connect_answers(self) -> None:
        page = self._page
        for place in (page.past, page.live, page.panel):
            place.cite(self.open, [page.conversation], [page.panel], **AT_ONCE)
        again, rated = [page.question, page.after, page.chips], [page.ratings, page.kept]
        for answers in (page.past, page.live):
            asked = answers.again(self.ask_again, [page.conversation, *page.fields], again, **AT_ONCE)
            asked.then(None, None, None, js=FOCUS)
            answers.rate(self.rate, [page.conversation, page.ratings], rated, trigger_mode="multiple", **QUIET)
            answers.link(self.link, [page.conversation], [page.link], **QUIET)
        # Queued, like every event that may warn: Gradio shows warnings only for queued events.
        given = [page.conversation, page.after, *page.fields]
        asked = page.panel.only(self.ask_only, given, [page.only, page.chips], **QUIET)
        asked.then(None, None, None, js=FOCUS)
        page.export.click(self.export, [page.conversation], [page.file], **QUIET)

    def show_filters(self, conversation: Conversation, after: int | None, *fields: Any) -> Update:
        return {self._page.chips: chips_of(follows(conversation, after), fields)}

    def drop_filter(self, conversation: Conversation, after: int | None, event: gr.EventData, *fields: Any) -> Update:
        button = pressed(event)
        name = str(button.get("drop", ""))
        after = None if name in ("all", "follows") else after
        left = without(fields, name, str(button.get("value", "")))
        fields_left = dict(zip(self._page.fields, left, strict=True))
        return {self._page.after: after, **fields_left, **self.show_filters(conversation, after, *left)}

    def refresh(self) -> Update:
        """The page was loaded or the chat opened again: shows what the library holds now."""
        with problems() as wrong:
            stats = self._library.stats()
            return {
                self._page.holds: part("page_parts.html", "head", stats),
                self._page.outlets: gr.update(choices=sorted(stats.outlets)),
                self._page.welcome: gr.update(visible=not stats.articles),
            }
        return {self._page.holds: render_note("", wrong[0])}

    async def suggest(self, conversation: Conversation) -> AsyncIterator[Update]:
        """The page was loaded: shows suggested questions once they are known. Waits without a thread of its own."""
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
        """The page was loaded: restores its filters and conversation, unless the reader has already asked something."""
        begun, page = self.refresh(), self._page
        if conversation.pending or conversation.answers:
            return begun
        restored = from_browser(kept)
        if restored.conversation.answers or restored.unreadable:
            begun |= self.restore(kept)
        days, outlets, only = filters_from_browser(kept)
        if only:
            with problems() as gone:
                self._library.article(only[0])
            only = None if gone else only
        if any(days) or outlets or only:
            held = begun.get(page.outlets, gr.update(choices=[]))
            outlets = [one for one in outlets if one in held["choices"]]
            begun |= dict(zip(page.fields, [*days, {**held, "value": outlets}, [*only] if only else None], strict=True))
            begun[page.chips] = chips_of(None, [*days, outlets, only])
        return begun

    def restore(self, kept: Any) -> Update:
        """Restores a conversation that the browser stored; an empty page if there is none."""
        page = self._page
        conversation, ratings, unreadable = from_browser(kept)
        asked = bool(conversation.answers)
        lost = say("Some of what this browser saved can no longer be read.")
        notice = render_note("", lost, "dl-notice") if unreadable else ""
        shared = frozenset[str]()
        with problems():
            shared = self._library.shared.known(conversation.ids)
        return {
            page.conversation: conversation,
            page.ratings: ratings,
            page.after: None,
            page.past: notice + conversation.html(ratings, shared, slice(-1)) if asked else "",
            page.live: conversation.html(ratings, shared, slice(-1, None)) if asked else notice,
            page.panel: part("page_parts.html", "no_article"),
            **dict.fromkeys((page.draft, page.status, page.following), ""),
            page.anew: gr.update(visible=asked),
            page.export: gr.update(visible=asked),
            page.suggested: "" if asked else render_suggestions(self._asking.suggestions.questions),
            page.send: gr.update(visible=True),
            page.stop: gr.update(visible="hidden"),
        }

    def ask_again(self, conversation: Conversation, event: gr.EventData, *fields: Any) -> Update:
        """Puts the question of an earlier answer into the box, to be changed or sent again."""
        question, after = conversation.question_again(pressed(event))
        chips = self.show_filters(conversation, after, *fields)
        return {self._page.question: question, self._page.after: after, **chips}

    def open(self, conversation: Conversation, event: gr.EventData) -> Update:
        """A citation, a passage, a point of the timeline or a related article was pressed."""
        with problems() as wrong:
            return {self._page.panel: conversation.panel_html(self._library, pressed(event))}
        return {self._page.panel: render_note("", wrong[0])}

    def rate(self, conversation: Conversation, ratings: Ratings, event: gr.EventData) -> Update:
        """A rating or note: stored with the answer, or deleted when the same thumb is pressed again."""
        button = pressed(event)
        number = as_number(button.get("turn"))
        answer = conversation.answer(number) if number < conversation.next else None
        if answer is None:
            return {self._page.ratings: gr.skip()}
        before, thumbs = ratings.get(number), str(button.get("thumb", ""))
        ratings = {other: given for other, given in ratings.items() if other != number}
        with problems() as wrong:
            if thumbs:
                note = sendable(str(button.get("note", "")))[:NOTE_CHARACTERS]
                stored = self._library.feedback.give(answer, thumbs, note, feedback_id=before and before.feedback_id)
                ratings[number] = Given(thumbs, stored)
                toast(say("Thank you"), say("Rating and note saved.") if note else say("Rating saved."))
            elif before:
                self._library.feedback.take_back(before.feedback_id)
                toast(say("Taken back"), say("Rating deleted."))
        if wrong:
            toast(say("Not kept"), wrong[0], wrong=True)
            return {self._page.ratings: gr.skip()}
        return {self._page.ratings: ratings, self._page.kept: to_browser(conversation, ratings, number)}

    def link(self, conversation: Conversation, event: gr.EventData) -> Update:
        """Makes or withdraws a link to an answer as it was given.

        Only the reader who got the answer can: the signature covers more than the link's page shows.
        """
        button = pressed(event)
        turn, withdraws = as_number(button.get("turn")), button.get("again") == "withdraw"
        answer, answer_id = conversation.answer(turn), conversation.id_of(turn)
        with problems() as wrong:
            if answer is None or not self._signer.vouches(answer_id, answer):
                raise ConfigError(say("This answer is no longer known here; ask the question again to get a link."))
            if withdraws:
                self._library.shared.remove(answer_id)
                toast(say("Link withdrawn"), say("It no longer opens the answer."))
            else:
                self._library.shared.put(answer_id, slim(answer))
            # Different each time, so that the page notices when the same answer is shared again.
            told = {"turn": turn, "path": "" if withdraws else f"/a/{answer_id}", "new": secrets.token_hex(4)}
            return {self._page.link: json.dumps(told)}
        toast(say("Not withdrawn") if withdraws else say("No link"), wrong[0], wrong=True)
        return {self._page.link: gr.skip()}

    def ask_only(self, conversation: Conversation, after: int | None, event: gr.EventData, *fields: Any) -> Update:
        with problems() as wrong:
            article = self._library.article(str(pressed(event).get("article", "")))
            only = [article.article_id, article.title]
            return {self._page.only: only, **self.show_filters(conversation, after, *fields[:-1], only)}
        toast(say("Not chosen"), wrong[0], wrong=True)
        return {self._page.only: gr.skip()}

    def export(self, conversation: Conversation) -> Update:
        with problems() as wrong:
            # The first line differs each time, so that the page notices the same conversation, too.
            return {self._page.file: f"{secrets.token_hex(4)}\n{transcript(conversation.answers)}"}
        toast(say("Not exported"), wrong[0], wrong=True)
        return {self._page.file: gr.skip()}
