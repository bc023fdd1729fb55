"""The library tab: all articles, to be searched, sorted and opened; adding and removing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from rag.library import Library
from rag.store.listing import choices
from ui.format import sendable
from ui.web.components import AT_ONCE, QUIET, Update, html, pressed
from ui.web.guard import UPLOAD_FILE_BYTES, UPLOAD_FILES
from ui.web.library import shown as shown_as
from ui.web.library.changes import Adding, Job, Removing, throw_away
from ui.web.library.shown import ROWS, View, render_said, render_table, sought_of
from ui.web.markup import part
from ui.web.problems import problems
from ui.web.sessions import COOKIE
from ui.web.texts import label, say

ADDRESSES_MOST = 20
LOOK_SECONDS = 0.3  # How often the page checks the progress of an addition.
OTHERS_LOOK_SECONDS = 2  # How often it checks what others add and what can still be undone, while there is any of it.
BUSY = label("Somebody is adding articles just now; try again when that is done.")
EVERYBODY: dict[str, Any] = {**QUIET, "concurrency_limit": None}  # For events that only watch a job.


class LibraryTab:
    """The articles of the library. Everything shown is shared; only the view is a reader's own."""

    def __init__(self, library: Library) -> None:
        self._library, self._changes = library, library.config.page_changes
        self._adding, self._removing = Adding(library), Removing(library)
        self._view = gr.State(View())
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self._lay_out_adding()
                self._undo = html("", "library", elem_id="dl-undo")
                self._find = html("", "find", elem_id="dl-find")
                self._table = html("", "library", elem_id="dl-articles")
            with gr.Column(scale=2, min_width=320, elem_id="dl-shelf-panel", elem_classes="dl-side"):
                self._panel = html("", "library_panel")
        self.shows = [self._view, self._table, self._find]  # The components that `show` updates.
        self._timer = gr.Timer(OTHERS_LOOK_SECONDS, active=False)

    def _lay_out_adding(self) -> None:
        closed = gr.Accordion(label("Add articles"), open=False, visible=self._changes, elem_id="dl-add")
        with closed as self._add, gr.Row():
            with gr.Column(min_width=280):
                self._files = gr.File(label=label("Files"), file_count="multiple", height=132, elem_id="dl-files")
                html(lambda: part("library_parts.html", "kinds", UPLOAD_FILES, UPLOAD_FILE_BYTES // 1_000_000))
            with gr.Column(min_width=280):
                self._addresses = gr.Textbox(
                    label=label("Web addresses of articles or feeds, one a line"), placeholder="https://",
                    lines=2, max_lines=ADDRESSES_MOST, max_length=8000,
                )  # fmt: skip
                self._fetch = gr.Button(label("Add from the web"), size="sm")
        self._others = html(elem_id="dl-others")
        self._told = html(elem_id="dl-told")
        self._failures = html("", "library", elem_id="dl-failures")
        self._stop = gr.Button(label("Stop adding"), size="sm", variant="stop", visible=False)

    def connect(self, tab: gr.Tab) -> None:
        shown = [self._table, self._undo, self._others, self._failures, self._timer]
        tab.select(self.refresh, [self._view], [*shown, self._find, self._add], **AT_ONCE)
        self._find.find(self.find, [self._view], self.shows, trigger_mode="always_last", **AT_ONCE)
        for one in (self._table, self._panel, self._undo, self._failures):
            one.choose(self.choose, [self._view], [self._view, self._panel, *shown], **AT_ONCE)
        self._timer.tick(self.look, [self._view], shown, **AT_ONCE)
        if not self._changes:
            return
        working = [self._view, self._told, self._stop, self._files, self._addresses, self._add, *shown]
        # Gradio's preprocessing would leave an empty file beside each for ever.
        self._files.upload(self.add_files, [self._files, self._view], working, preprocess=False, **EVERYBODY)
        for given in (self._fetch.click, self._addresses.submit):
            given(self.add_addresses, [self._addresses, self._view], working, **EVERYBODY)
        self._stop.click(self.stop, None, [self._stop], **AT_ONCE)

    def show(self, view: View) -> Update:
        """Shows the list, filtered from another tab."""
        return {self._view: view, self._table: self._table_html(view), self._find: self._find_html(view)}

    def refresh(self, view: View, request: gr.Request | None = None) -> Update:
        update = {**self._shown(view, whose=_browser(request)), self._find: self._find_html(view)}
        with problems():
            if not self._library.stats().articles:
                update[self._add] = gr.update(open=True)
        return update

    def find(self, view: View, event: gr.EventData) -> Update:
        given = pressed(event)
        view = replace(view, sought=sought_of(given), first=0)
        # The form is only redrawn when it is cleared, so that typing in it is not disturbed.
        return self.show(view) if "clear" in given else {self._view: view, self._table: self._table_html(view)}

    def choose(self, view: View, event: gr.EventData, request: gr.Request | None = None) -> Update:
        button = pressed(event)
        if "sort" in button or "row" in button:
            view = view.sorted_by(str(button["sort"])) if "sort" in button else view.from_row(str(button["row"]))
            return {self._view: view, self._table: self._table_html(view)}
        if "article" in button:
            with problems() as wrong:
                article = self._library.article(str(button["article"]))
                return {self._panel: shown_as.render_opened(article, self._changes)}
            return {self._panel: render_said(wrong[0])}
        if "dismiss" in button:
            self._adding.last.pop(_browser(request), None)
            return {self._failures: ""}
        if not self._changes:
            return {self._table: self._table_html(view)}
        if "remove" in button:
            problem = say(BUSY) if self._adding.current else self._removing.remove(_chosen(button))
            return {**self._shown(view, problem), self._panel: gr.skip() if problem else ""}
        if "undo" in button:
            waiting = [one.article_id for one in self._removing.waiting()]
            problem = self._removing.undo(waiting if button["undo"] == "*" else [str(button["undo"])])
            return self._shown(view, problem)
        return {self._view: view}

    def look(self, view: View) -> Update:
        """Called every few seconds; the list is sent again only once nothing is going on."""
        beside = self._beside(view)
        return {**self._shown(view), **beside} if not self._going_on(view) else beside

    def add_files(self, files: Sequence[Any] | None, view: View, request: gr.Request | None = None) -> Iterator[Update]:
        files = files or []
        if len(files) <= UPLOAD_FILES:
            yield from self._run(files, (), view, _browser(request))
            return
        throw_away(files)
        told = label("At most {most} files at once, and these are {count}; choose fewer.")
        yield self._refused(say(told, most=UPLOAD_FILES, count=len(files)))

    def add_addresses(self, text: str, view: View, request: gr.Request | None = None) -> Iterator[Update]:
        addresses = list(dict.fromkeys(line.strip() for line in sendable(text or "").splitlines() if line.strip()))
        if not addresses:
            yield self._refused(say("Give the web address of an article or a feed, one a line."))
        elif len(addresses) > ADDRESSES_MOST:
            told = label("At most {most} addresses at once, and these are {count}.")
            yield self._refused(say(told, most=ADDRESSES_MOST, count=len(addresses)))
        else:
            yield from self._run((), addresses, view, _browser(request))

    def stop(self) -> Update:
        if job := self._adding.current:
            job.stopped.set()
        return {self._stop: gr.update(visible=False)}

    def _run(self, files: Sequence[Any], addresses: Sequence[str], view: View, whose: str) -> Iterator[Update]:
        job = None
        with problems() as wrong:
            job = self._adding.start(files, addresses, whose)
        if job is None:
            throw_away(files)
            yield self._refused(" ".join(wrong) or say(BUSY))
            return
        yield {
            self._view: replace(view, adding=True),
            self._told: shown_as.render_progress(job.progress),
            self._others: "",
            self._failures: "",
            self._stop: gr.update(visible=True),
            self._files: None,
        }
        while not job.wait(LOOK_SECONDS):
            yield {self._told: shown_as.render_progress(job.progress)}
        yield self._done(job, addresses, view, whose)

    def _done(self, job: Job, addresses: Sequence[str], view: View, whose: str) -> Update:
        view = View() if job.report and job.report.stored else replace(view, adding=False)
        told = shown_as.render_report(job.report, job.stopped.is_set()) if job.report else ""
        failed = bool(job.problem) or bool(job.report and job.report.failed)
        return {
            **self._shown(view, whose=whose),
            self._view: view,
            self._told: told + render_said(job.problem),
            self._stop: gr.update(visible=False),
            self._addresses: "" if addresses and not failed else gr.skip(),
        }

    def _refused(self, message: str) -> Update:
        return {self._told: render_said(message), self._files: None}

    def _shown(self, view: View, problem: str = "", whose: str | None = None) -> Update:
        known = {} if whose is None else {self._failures: shown_as.render_failures(self._adding.last.get(whose))}
        return {self._table: self._table_html(view), **self._beside(view, problem), **known}

    def _beside(self, view: View, problem: str = "") -> Update:
        """What can be undone, and what others are adding."""
        waiting = self._removing.waiting() if self._changes else ()
        job = None if view.adding else self._adding.current
        return {
            self._undo: shown_as.render_waiting(waiting, problem),
            self._others: shown_as.render_progress(job.progress, say("Somebody is adding articles.")) if job else "",
            self._timer: gr.Timer(active=self._going_on(view)),
        }

    def _going_on(self, view: View) -> bool:
        return self._changes and bool(self._removing.waiting() or (self._adding.current and not view.adding))

    def _table_html(self, view: View) -> str:
        with problems() as wrong:
            listing = self._library.listing(
                view.sought, view.order, descending=view.descending, first=view.first, most=ROWS
            )
            return render_table(listing, view, self._changes)
        return render_said(wrong[0])

    def _find_html(self, view: View) -> str:
        with problems() as wrong:
            followed = [one.source for one in self._library.sources.all() if one.kind != "folder"]
            return shown_as.render_find(view, choices(self._library.catalog), followed)
        return render_said(wrong[0])


def _browser(request: gr.Request | None) -> str:
    return str(request.cookies.get(COOKIE, "")) if request else ""


def _chosen(button: dict[str, Any]) -> list[str]:
    """The article of a button, or the ticked ones."""
    ticked = button.get("selected")
    return [str(one) for one in ticked[:ROWS]] if isinstance(ticked, list) and ticked else [str(button["remove"])]
