"""The tab of what is followed: how each source goes, and adding, pausing, resuming and removing it."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from ingest.follow import follow
from rag.library import Library
from rag.store.followed import Followed, Source
from ui.web.components import AT_ONCE, QUIET, Update, html, pressed, sendable
from ui.web.html.templates import render
from ui.web.library.messages import render_said
from ui.web.library.tab import ADDRESSES_MOST, LibraryTab
from ui.web.library.table import View, sought_of
from ui.web.markup import moment
from ui.web.problems import problems
from ui.web.texts import counted, label, say

_OPML = "OPML"
UNDO_MOST = 5
"""Removals that a reader can undo."""
Forgotten = tuple[Followed, ...]


class SourcesTab:
    """The followed sources, which are everybody's; a reader's own is only what they can undo."""

    def __init__(self, library: Library) -> None:
        self._library, self._changes = library, library.config.page_changes
        self._forgotten = gr.State(())
        self._form = html(render_follow, "sources", visible=self._changes)
        self._list = html("", "sources", "keep_focus", elem_id="dl-sources")

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
        with problems() as wrong:
            for name in actions.keys() & button.keys():
                left = actions[name](button[name])
                forgotten = forgotten if left is None else left
        return {self._forgotten: forgotten, self._list: render_said(" ".join(wrong)) + self._listed(forgotten)}

    def follow(self, forgotten: Forgotten, event: gr.EventData) -> Iterator[Update]:
        """Addresses were given, each of which is asked once to be sure, or an OPML file, whose feeds are asked later."""
        given = pressed(event)
        text, opml = (sendable(str(given.get(name, ""))) for name in ("addresses", "opml"))
        text = text[:8000]
        addresses = list(dict.fromkeys(_address(line) for line in text.split()))
        if len(addresses) > ADDRESSES_MOST or not (addresses or opml):
            told = label("Give up to {most} web addresses, one a line, or an OPML file; these are {count} addresses.")
            said = say(told, most=ADDRESSES_MOST, count=len(addresses))
            yield {self._form: render_follow(text, said=said)}
            return
        yield {self._form: render_follow(text, asking=True)}
        with problems() as wrong, _as_file(opml) as files:
            added, failed = follow(
                self._library, [*addresses, *files], allow_private=self._library.config.allow_private
            )
            failed = tuple(replace(one, source=_OPML) if one.source in files else one for one in failed)
            said = "" if added or failed else say("All of them are followed already.")
            left = "\n".join(one.source for one in failed if one.source != _OPML)
            form = render_follow(left, added=[named(one) for one in added], failed=failed, said=said)
            yield {self._form: form, self._list: self._listed(forgotten)}
        if wrong:
            yield {self._form: render_follow(text, said=wrong[0])}

    def _listed(self, forgotten: Forgotten) -> str:
        with problems() as wrong:
            return render_sources(self._library.sources.all(), forgotten, self._changes)
        return render_said(wrong[0])


@contextlib.contextmanager
def _as_file(opml: str) -> Iterator[list[str]]:
    """An OPML file that a reader chose, as a file of ours: its name alone; none where none was chosen."""
    if not opml:
        yield []
        return
    with tempfile.NamedTemporaryFile(suffix=".opml") as file:
        file.write(opml.encode())
        file.flush()
        yield [file.name]


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
        return say("next within a minute")
    return say(
        "next in {time}",
        time=counted(round(minutes), "minute") if minutes < 90 else counted(round(minutes / 60), "hour"),
    )


def state(source: Source) -> str:
    """In one word."""
    if source.paused:
        return label("Paused")
    if source.failures:
        return label("Failing")
    return label("Working") if source.last_success else label("New")


def named(source: Source) -> str:
    """As a reader knows it: a folder of this machine by its last name alone."""
    if source.kind == "folder":
        return say("folder {name}", name=source.source.rstrip("/").rpartition("/")[2])
    return source.source.partition("://")[2] or source.source


def _address(line: str) -> str:
    """Never without "://": what has none is a file of this machine to those who follow it."""
    return line if "://" in line else f"https://{line}"
