"""The tab of what is new: stories since the reader's last visit, and kept questions with changes in their answers."""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.keeping import NO_ANSWER, briefly, keep
from rag.library import Library
from rag.store.readers import KeptQuestion
from rag.types import Answer, Article, Digest, Passage
from ui.digests import heading, stories_of
from ui.web.chat.conversation import Conversation
from ui.web.components import AT_ONCE, QUIET, Update, as_number, html, pressed, toast
from ui.web.html.article import render_article
from ui.web.library.shown import render_said
from ui.web.markup import render
from ui.web.problems import problems
from ui.web.texts import label, say

DAYS_MOST = 30  # After a longer absence, only the last days are shown.
DIGESTS_KEPT = 24
BEFORE = "(visit, dropped) => [window.datelineBefore?.() ?? '', dropped]"
_WHAT = {
    "figure": label("Another figure"),
    "answer": label("Another answer"),
    "state": label("Answered otherwise"),
    "news": label("A new report"),
}


class NewsTab:
    """What is new; the digests of the last days are cached, so that many readers cost one reading."""

    def __init__(self, library: Library, assistant: Assistant, visit: gr.HTML) -> None:
        self._library, self._assistant = library, assistant
        self._changes = library.config.page_changes
        self._digest_of = functools.lru_cache(DIGESTS_KEPT)(lambda version, *days: assistant.digest(*days))
        self._reading = threading.Lock()
        self._before = gr.State("")
        self._dropped = gr.State(None)
        self._visit = visit
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self._kept = html("", "sources", "keep_focus", elem_id="dl-kept")
                self._news = html("", "library", elem_id="dl-news")
            with gr.Column(scale=2, min_width=320, elem_classes="dl-side"):
                self._panel = html("", "library_panel")

    def connect(self, tab: gr.Tab, answers: Sequence[Any], conversation: gr.State) -> None:
        shown = [self._before, self._kept, self._news]
        tab.select(self.show, [self._visit, self._dropped], shown, js=BEFORE, concurrency_id="news", **QUIET)
        self._news.choose(self.open, None, [self._panel], **AT_ONCE)
        self._panel.choose(self.open, None, [self._panel], **AT_ONCE)
        listed = [self._dropped, self._kept]
        self._kept.choose(self.choose, [self._before, self._dropped], [*listed, self._panel], **AT_ONCE)
        self._kept.look(self.look, [self._before, self._dropped], [self._kept], **AT_ONCE)
        for place in answers if self._changes else ():
            place.keep(self.keep, [conversation], None, concurrency_id="news", **QUIET)

    def show(self, before: Any, dropped: KeptQuestion | None) -> Iterator[Update]:
        """Shows first what costs nothing."""
        last = _moment(before)
        yield {
            self._before: last.isoformat(),
            self._kept: self._kept_html(last, dropped),
            self._news: render_said(say("Reading what is new …"), alarming=False),
        }
        with problems() as wrong:
            value = self._digest(last)
            yield {self._news: render("news.html", heading=heading(value), stories=stories_of(value))}
        if wrong:
            yield {self._news: render_said(wrong[0])}

    def look(self, before: str, dropped: KeptQuestion | None) -> Update:
        return {self._kept: self._kept_html(_moment(before), dropped)}

    def choose(self, before: str, dropped: KeptQuestion | None, event: gr.EventData) -> Update:
        button, store = pressed(event), self._library.kept
        if "article" in button:
            return self.open(event)
        with problems() as wrong:
            if "drop" in button and self._changes:
                for one in [one for one in store.all() if str(one.number) == str(button["drop"])]:
                    store.drop(one.number)
                    dropped = one
            elif "undo" in button and dropped and self._changes:
                store.put(dropped)
                dropped = None
        return {self._dropped: dropped, self._kept: self._kept_html(_moment(before), dropped, " ".join(wrong))}

    def keep(self, conversation: Conversation, event: gr.EventData) -> None:
        """Keeps a question of the chat, to be asked as it was searched."""
        answer = conversation.answer(pressed(event).get("keep"))
        if answer is None:
            return
        with problems() as wrong:
            keep(self._assistant, answer.standalone_question, dt.datetime.now(dt.UTC), answer.question)
            toast(say("Kept"), say("It is asked again after each fetch; “New” shows when its answer changes."))
        if wrong:
            toast(say("Not kept"), wrong[0], wrong=True)

    def open(self, event: gr.EventData) -> Update:
        """A source was pressed: shows its article, with the quoted words marked."""
        button = pressed(event)
        with problems() as wrong:
            article = self._library.article(str(button.get("article", "")))
            return {self._panel: render_article(article, _quoted(article, button))}
        return {self._panel: render_said(wrong[0])}

    def _digest(self, since: dt.datetime) -> Digest:
        now = dt.datetime.now().astimezone()
        since = max(min(since, now), now - dt.timedelta(days=DAYS_MOST)).astimezone()
        since = since.replace(minute=0, second=0, microsecond=0)  # so that readers of one hour share a reading
        with self._reading:
            return self._digest_of(self._library.version, since, now.date())

    def _kept_html(self, before: dt.datetime, dropped: KeptQuestion | None, said: str = "") -> str:
        with problems() as wrong:
            found = self._library.kept.all()
            changed_first = sorted(found, key=lambda one: -one.changes[0].at.timestamp() if one.changes else 0.0)
            given = {"questions": changed_first, "dropped": dropped, "said": said, "before": before, "what": _WHAT}
            return render("kept.html", **given, changes=self._changes, told=briefly, sides=_sides)
        return render_said(wrong[0])


def _moment(text: object) -> dt.datetime:
    """The time of the reader's last visit, as the browser says; a day ago if that is unreadable."""
    try:
        read = dt.datetime.fromisoformat(str(text))
    except ValueError:
        read = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def _sides(answer: Answer) -> int:
    """How many sources of a kept answer are shown."""
    if briefly(answer) == NO_ANSWER:
        return 0
    return 2 if answer.conflicts else 1


def _quoted(article: Article, button: dict[str, Any]) -> Passage | None:
    """The passage to mark, if a browser names a part of the text."""
    start, end = as_number(button.get("start")), as_number(button.get("end"))
    if not 0 <= start < end <= len(article.text):
        return None
    text, article_id = article.text[start:end], article.article_id
    return Passage(id=article_id, article_id=article_id, title=article.title, text=text, start=start, end=end)
