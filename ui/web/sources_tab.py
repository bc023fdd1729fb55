"""The tab of followed sources: the state of each, and adding, pausing, resuming and removing them."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from ingest.follow import follow
from rag.library import Library
from rag.store.followed import Followed, Source
from ui.format import STATES, sendable, state
from ui.web.components import AT_ONCE, QUIET, Update, html, pressed
from ui.web.library.shown import View, render_said, sought_of
from ui.web.library.tab import ADDRESSES_MOST, LibraryTab
from ui.web.markup import render
from ui.web.problems import problems
from ui.web.texts import counted, label, say

_OPML = "OPML"
UNDO_MOST = 5  # Removals that a reader can undo.
Forgotten = tuple[Followed, ...]


class SourcesTab:
    """The followed sources, which are shared; only what can be undone is a reader's own."""

    def __init__(self, library: Library) -> None:
        self._library, self._changes = library, library.config.page_changes
        self._forgotten = gr.State(())
        self._form = html(render_follow, "sources", visible=self._changes)
        self._list = html("", "sources", "keep_focus", elem_id="dl-sources")

    def connect(self, tab: gr.Tab, tabs: gr.Tabs, articles: LibraryTab) -> None:
        tab.select(self.look, [self._forgotten], [self._list], **AT_ONCE)
        self._list.look(self.look, [self._forgotten], [self._list], **AT_ONCE)
        self._list.choose(self.choose, [self._forgotten], [self._forgotten, self._list], **AT_ONCE)

        def show(event: gr.EventData) -> Update:
            source = str(pressed(event).get("articles", ""))
            return {tabs: gr.Tabs(selected="library"), **articles.show(View(sought_of({"source": source})))}

        self._list.articles(show, None, [tabs, *articles.shows], **AT_ONCE)
        if self._changes:
            shown = [self._form, self._list]
            self._form.follow(self.follow, [self._forgotten], shown, concurrency_id="follow", **QUIET)

    def look(self, forgotten: Forgotten) -> Update:
        return {self._list: self._listed(forgotten)}

    def choose(self, forgotten: Forgotten, event: gr.EventData) -> Update:
        if not self._changes:
            return self.look(forgotten)
        store, button = self._library.sources, {name: str(value) for name, value in pressed(event).items()}
        with problems() as wrong:
            if "pause" in button:
                store.pause(button["pause"])
            elif "resume" in button:
                store.resume(button["resume"], dt.datetime.now(dt.UTC))
            elif "forget" in button:
                forgotten = (store.unfollow(button["forget"]), *forgotten)[:UNDO_MOST]
            for one in [one for one in forgotten if one.state.source == button.get("undo")]:
                store.follow_again(one)
                forgotten = tuple(other for other in forgotten if other is not one)
        return {self._forgotten: forgotten, self._list: render_said(" ".join(wrong)) + self._listed(forgotten)}

    def follow(self, forgotten: Forgotten, event: gr.EventData) -> Iterator[Update]:
        """Addresses, each of which is tried at once, or an OPML file, whose feeds are read later."""
        given = pressed(event)
        text, opml = sendable(str(given.get("addresses", "")))[:8000], sendable(str(given.get("opml", "")))
        # Always with "://": an address without it would be taken for a file on this machine.
        lines = filter(None, map(str.strip, text.splitlines()))
        addresses = list(dict.fromkeys(line if "://" in line else f"https://{line}" for line in lines))
        if len(addresses) > ADDRESSES_MOST or not (addresses or opml):
            told = label("Give up to {most} web addresses, one a line, or an OPML file; these are {count} addresses.")
            nothing = label("Give the web address of a feed or site, or an OPML file.")
            said = say(told if addresses else nothing, most=ADDRESSES_MOST, count=len(addresses))
            yield {self._form: render_follow(text, said=said)}
            return
        yield {self._form: render_follow(text, asking=True)}
        private = self._library.config.allow_private
        with problems() as wrong, tempfile.NamedTemporaryFile(suffix=".opml") as file:
            file.write(opml.encode())
            file.flush()
            files = [file.name] if opml else []
            added, failed = follow(self._library, [*addresses, *files], allow_private=private)
            failed = tuple(replace(one, source=_OPML) if one.source in files else one for one in failed)
            said = "" if added or failed else say("All of them are followed already.")
            left = "\n".join(one.source for one in failed if one.source != _OPML)
            form = render_follow(left, added=[named(one) for one in added], failed=failed, said=said)
            yield {self._form: form, self._list: self._listed(forgotten)}
        if wrong:
            yield {self._form: render_follow(text, said=wrong[0])}

    def _listed(self, forgotten: Forgotten) -> str:
        with problems() as wrong:
            sources = self._library.sources.all()
            states, order = Counter(map(state, sources)), sorted(sources, key=lambda one: STATES.index(state(one)))
            given: dict[str, Any] = {"sources": order, "paused": states["Paused"], "failing": states["Failing"]}
            given |= {"forgotten": forgotten, "changes": self._changes}
            return render("sources.html", **given, state=state, named=named, soon=soon)
        return render_said(wrong[0])


def render_follow(text: str = "", **told: Any) -> str:
    return render("follow.html", **{"text": text, "asking": False, "added": (), "failed": (), "said": "", **told})


def soon(source: Source) -> str:
    minutes = (source.next_at - dt.datetime.now(dt.UTC)).total_seconds() / 60
    if minutes < 1:
        return say("next within a minute")
    time = counted(round(minutes), "minute") if minutes < 90 else counted(round(minutes / 60), "hour")
    return say("next in {time}", time=time)


def named(source: Source) -> str:
    """The name shown to a reader: a folder of this machine only by its last part."""
    if source.kind == "folder":
        return say("folder {name}", name=source.source.rstrip("/").rpartition("/")[2])
    return source.source.partition("://")[2] or source.source
