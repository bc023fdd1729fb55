"""What is done with an answer: its sources opened, the question asked again, a thumb given, all of it exported."""

from __future__ import annotations

import json
import secrets
from typing import Any

import gradio as gr

from rag.errors import ConfigError
from rag.library import Library
from ui.web.chat.browser_storage import Signer, slim, to_browser
from ui.web.chat.conversation import Conversation, Given, Ratings, as_number
from ui.web.chat.filters import Only, chips_of, follows
from ui.web.chat.layout import Layout
from ui.web.components import AT_ONCE, QUIET, Update, pressed, sendable, toast
from ui.web.html.progress import render_problem
from ui.web.problems import problems
from ui.web.texts import say
from ui.web.transcript import transcript

FOCUS = "() => document.querySelector('#dl-question-box textarea').focus()"
NOTE_CHARACTERS = 2000


class AnswerActions:
    """What happens when something in an answer is pressed."""

    def __init__(self, page: Layout, library: Library, signer: Signer) -> None:
        self._page, self._library, self._signer = page, library, signer

    def connect(self) -> None:
        """Ties the components to what happens."""
        for place in (self._page.past, self._page.live, self._page.panel):
            place.cite(self.open, [self._page.conversation], [self._page.panel], **AT_ONCE)
        again = [self._page.question, self._page.after, self._page.filters.chips]
        rated = [self._page.ratings, self._page.kept]
        for answers in (self._page.past, self._page.live):
            asked = answers.again(
                self.ask_again, [self._page.conversation, *self._page.filters.fields], again, **AT_ONCE
            )
            asked.then(None, None, None, js=FOCUS)
            answers.rate(
                self.rate, [self._page.conversation, self._page.ratings], rated, trigger_mode="multiple", **QUIET
            )
            answers.link(self.link, [self._page.conversation], [self._page.link], **QUIET)
        fields = self._page.filters.fields
        asked = self._page.panel.only(
            self.ask_only,
            [self._page.conversation, self._page.after, *fields],
            [self._page.filters.only, self._page.filters.chips],
            **QUIET,  # a warning shows only of what goes through the queue
        )
        asked.then(None, None, None, js=FOCUS)
        self._page.export.click(self.export, [self._page.conversation], [self._page.file], **QUIET)

    def ask_again(self, conversation: Conversation, event: gr.EventData, *fields: Any) -> Update:
        """The question of an earlier answer goes into the box, to be changed or sent again."""
        question, after = conversation.question_again(pressed(event))
        return {
            self._page.question: question,
            self._page.after: after,
            self._page.filters.chips: chips_of(follows(conversation, after), fields),
        }

    def open(self, conversation: Conversation, event: gr.EventData) -> Update:
        """A citation, a passage, a point in time or a near article was pressed."""
        panel = ""
        with problems() as wrong:
            panel = conversation.panel_html(self._library, pressed(event))
        return {self._page.panel: panel or render_problem("", wrong[0])}

    def rate(self, conversation: Conversation, ratings: Ratings, event: gr.EventData) -> Update:
        """A thumb or a note: stored with the answer, or taken back when the thumb was pressed once more."""
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
                feedback_id = before.feedback_id if before else None
                stored = self._library.feedback.give(answer, thumbs, note, feedback_id=feedback_id)
                ratings[number] = Given(thumbs, stored)
                kept = say("Kept with the answer, with your note.") if note else say("Kept with the answer.")
                toast(say("Thank you"), kept)
            elif before:
                self._library.feedback.take_back(before.feedback_id)
                toast(say("Taken back"), say("What you said of the answer is forgotten."))
        if wrong:
            toast(say("Not kept"), wrong[0], wrong=True)
            return {self._page.ratings: gr.skip()}
        return {self._page.ratings: ratings, self._page.kept: to_browser(conversation, ratings, number)}

    def link(self, conversation: Conversation, event: gr.EventData) -> Update:
        """A link to one answer, which stays as it was given, is made or withdrawn.

        Only who was given the answer can do either: the signature over all of it is not on the page of the link.
        """
        button = pressed(event)
        turn, withdraws = as_number(button.get("turn")), button.get("again") == "withdraw"
        answer, answer_id = conversation.answer(turn), conversation.id_of(turn)
        with problems() as wrong:
            if answer is None or not self._signer.vouches(answer_id, answer):
                raise ConfigError(say("This answer is not known here any more; ask its question again to get a link."))
            if withdraws:
                self._library.shared.remove(answer_id)
                toast(say("Link withdrawn"), say("Whoever opens it finds no answer there any more."))
            else:
                self._library.shared.put(answer_id, slim(answer))
            # New each time, so that the page notices when the same answer is shared again.
            told = {"turn": turn, "path": "" if withdraws else f"/a/{answer_id}", "new": secrets.token_hex(4)}
            return {self._page.link: json.dumps(told)}
        toast(say("Not withdrawn") if withdraws else say("No link"), wrong[0], wrong=True)
        return {self._page.link: gr.skip()}

    def ask_only(self, conversation: Conversation, after: int | None, event: gr.EventData, *fields: Any) -> Update:
        """The next questions are about the open article alone."""
        with problems() as wrong:
            article = self._library.article(str(pressed(event).get("article", "")))
            only = Only(article.article_id, article.title)
            chips = chips_of(follows(conversation, after), [*fields[:-1], only])
            return {self._page.filters.only: only, self._page.filters.chips: chips}
        toast(say("Not chosen"), wrong[0], wrong=True)
        return {self._page.filters.only: gr.skip()}

    def export(self, conversation: Conversation) -> Update:
        """The conversation as a file, which is made in the browser."""
        with problems() as wrong:
            # The first line is new each time, so that the page notices the same conversation, too.
            return {self._page.file: f"{secrets.token_hex(4)}\n{transcript(conversation.answers)}"}
        toast(say("Not exported"), wrong[0], wrong=True)
        return {self._page.file: gr.skip()}
