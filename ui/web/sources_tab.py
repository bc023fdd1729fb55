"""The tab of what is followed: how each source goes, and adding, pausing, resuming and removing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from ingest.follow import follow
from rag.errors import LibraryError
from rag.library import Library
from rag.store.followed import Followed, Source
from ui.format import moment
from ui.web.chat.layout import AT_ONCE, QUIET, Update
from ui.web.chat.received import pressed, sendable
from ui.web.html.templates import render
from ui.web.library_tab import ADDRESSES_MOST, LibraryTab
from ui.web.markup import plural
from ui.web.page import asset
from ui.web.problems import problems
from ui.web.shelf.told import render_said
from ui.web.shelf.view import View, sought_of

UNDO_MOST = 5
"""Removals that a reader can undo."""
Forgotten = tuple[Followed, ...]


class SourcesTab:
    """The followed sources, which are everybody's; a reader's own is only what they can undo."""

    def __init__(self, library: Library) -> None:
        self._library, self._changes = library, library.config.page_changes
        self._forgotten = gr.State(())
        self._form = gr.HTML(
            render_follow(), js_on_load=asset("sources.js"), visible=self._changes, apply_default_css=False
        )
        self._list = gr.HTML(elem_id="dl-sources", js_on_load=asset("sources.js"), apply_default_css=False)

    def connect(self, tab: gr.Tab, tabs: gr.Tabs, articles: LibraryTab) -> None:
        """Ties the components to what happens.

        Args:
            tab, tabs: the one in which this is, and all of them.
            articles: where the articles of a source are shown.
        """
        tab.select(self.look, [self._forgotten], [self._list], **AT_ONCE)
        self._list.look(self.look, [self._forgotten], [self._list], **AT_ONCE)
        self._list.choose(self.choose, [self._forgotten], [self._forgotten, self._list], **AT_ONCE)

        def show(event: gr.EventData) -> Update:
            source = str(pressed(event).get("articles", ""))
            return {tabs: gr.Tabs(selected="library"), **articles.show(View(sought_of({"source": source})))}

        self._list.articles(show, None, [tabs, *articles.shows], **AT_ONCE)
        if self._changes:
            self._form.follow(
                self.follow, [self._forgotten], [self._form, self._list], concurrency_id="follow", **QUIET
            )

    def look(self, forgotten: Forgotten) -> Update:
        """How it goes now."""
        return {self._list: self._listed(forgotten)}

    def choose(self, forgotten: Forgotten, event: gr.EventData) -> Update:
        """A source is paused, resumed, removed, or brought back."""
        if not self._changes:
            return self.look(forgotten)
        store, now = self._library.sources, dt.datetime.now(dt.UTC)
        button = {name: str(value) for name, value in pressed(event).items()}

        def forget(source: str) -> Forgotten:
            return (store.unfollow(source), *forgotten)[:UNDO_MOST]

        def undo(source: str) -> Forgotten:
            for one in (one for one in forgotten if one.state.source == source):
                store.follow_again(one)
            return tuple(one for one in forgotten if one.state.source != source)

        actions: dict[str, Callable[[str], Forgotten | None]] = {
            "pause": store.pause,
            "resume": lambda source: store.resume(source, now),
            "forget": forget,
            "undo": undo,
        }
        problem = ""
        with problems() as told:
            try:
                for name in actions.keys() & button.keys():
                    left = actions[name](button[name])
                    forgotten = forgotten if left is None else left
            except LibraryError as error:
                problem = str(error)
        problem = problem or " ".join(told)
        return {self._forgotten: forgotten, self._list: render_said(problem) + self._listed(forgotten)}

    def follow(self, forgotten: Forgotten, event: gr.EventData) -> Iterator[Update]:
        """Addresses were given; each is asked once to be sure."""
        text = sendable(str(pressed(event).get("addresses", "")))[:8000]
        addresses = list(dict.fromkeys(_address(line) for line in text.split()))
        if not addresses or len(addresses) > ADDRESSES_MOST:
            said = f"Give up to {ADDRESSES_MOST} web addresses, one a line; these are {len(addresses)}."
            yield {self._form: render_follow(text, said=said)}
            return
        yield {self._form: render_follow(text, asking=True)}
        with problems() as told:
            added, failed = follow(self._library, addresses, allow_private=self._library.config.allow_private)
            said = "" if added or failed else "All of them are followed already."
            left = "\n".join(one.source for one in failed)
            form = render_follow(left, added=[named(one) for one in added], failed=failed, said=said)
            yield {self._form: form, self._list: self._listed(forgotten)}
        if told:
            yield {self._form: render_follow(text, said=told[0])}

    def _listed(self, forgotten: Forgotten) -> str:
        with problems() as told:
            return render_sources(self._library.sources.all(), forgotten, self._changes)
        return render_said(told[0])


def render_follow(text: str = "", **told: Any) -> str:
    """The form, with what came of the last addresses."""
    return render("follow.html", **{"text": text, "asking": False, "added": (), "failed": (), "said": "", **told})


def render_sources(sources: tuple[Source, ...], forgotten: Forgotten, changes: bool) -> str:
    """Every source: those that need somebody first."""
    order = {"Paused": 0, "Failing": 1, "New": 2, "Working": 3}
    return render(
        "sources.html",
        sources=sorted(sources, key=lambda one: order[state(one)]),
        forgotten=forgotten,
        changes=changes,
        paused=sum(one.paused for one in sources),
        failing=sum(state(one) == "Failing" for one in sources),
        state=state,
        named=named,
        moment=moment,
        soon=soon,
    )


def soon(source: Source) -> str:
    """When it is read next, as far from now."""
    minutes = (source.next_at - dt.datetime.now(dt.UTC)).total_seconds() / 60
    if minutes < 1:
        return "next within a minute"
    return f"next in {plural(round(minutes), 'minute') if minutes < 90 else plural(round(minutes / 60), 'hour')}"


def state(source: Source) -> str:
    """In one word."""
    if source.paused:
        return "Paused"
    if source.failures:
        return "Failing"
    return "Working" if source.last_success else "New"


def named(source: Source) -> str:
    """As a reader knows it: a folder of this machine by its last name alone."""
    if source.kind == "folder":
        return "folder " + source.source.rstrip("/").rpartition("/")[2]
    return source.source.partition("://")[2] or source.source


def _address(line: str) -> str:
    """Never without "://": what has none is a file of this machine to those who follow it."""
    return line if "://" in line else f"https://{line}"
