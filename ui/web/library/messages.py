"""What is told of adding and removing, and an article of the library, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ingest.report import Report
from rag.store.catalog import SetAside
from rag.types import Article
from ui.format import duration
from ui.web.guard import UPLOAD_FILE_BYTES, UPLOAD_FILES
from ui.web.html.article import render_article
from ui.web.html.templates import macro
from ui.web.library.changes import Failures, Progress
from ui.web.standalone import story_link
from ui.web.texts import counted, label, of_core, say

NAMED_MOST = 50
"""Failures that are named; the rest is counted."""
UNDO_MOST = 5
"""Removals that can be undone one by one; all of them together in any case."""
_STEPS = {"ingest": label("Reading"), "publish": label("Making it searchable"), "check": label("Checking the index")}


def render_kinds() -> str:
    """What can be added."""
    return macro("library.html", "kinds")(UPLOAD_FILES, UPLOAD_FILE_BYTES // 1_000_000)


def render_progress(progress: Progress, whose: str = "") -> str:
    """How far a job is; `whose` says who adds, where it is somebody else."""
    step, reading = say(_STEPS.get(progress.step, "Working")), progress.step == "ingest"
    far = f"{step}: {_far(progress)}" if reading else f"{step} …"
    return macro("library.html", "progress")(far, reading, progress.total, progress.done, whose)


def _far(progress: Progress) -> str:
    if not progress.done:
        return say("beginning")
    far = say("{done} of {articles}", done=f"{progress.done:,}", articles=counted(progress.total, "article"))
    left = (progress.total - progress.done) * progress.seconds / progress.done
    return f"{far}, {say('{time} left', time=duration(left))}" if left >= 1 else far


def render_report(report: Report, stopped: bool = False) -> str:
    """What was added, and what was not, each with the reason."""
    added, same = report.stored + report.changed, report.unchanged + report.duplicates
    heading = say("{articles} added", articles=counted(added, "article")) if added else say("Nothing new was added")
    if report.stored and report.changed:
        heading += f" ({say('{new} new, {changed} changed', new=report.stored, changed=report.changed)})"
    elif report.changed:
        heading += f" ({say('{changed} changed', changed=report.changed)})"
    lines = [
        f"{heading}.",
        say("Already in the library: {articles}.", articles=counted(same, "article")) if same else "",
        say("Stopped: the rest was not read.") if stopped else "",
        *map(of_core, report.notices),
    ]
    return macro("library.html", "report")([line for line in lines if line])


def render_failures(failures: Failures) -> str:
    """What the last addition could not add, each with the reason, until its reader has seen enough of it."""
    lists = [(say("Not added"), failures.failed), (say("Without an article"), failures.skipped)]
    return macro("library.html", "failures")(lists, NAMED_MOST) if failures.failed or failures.skipped else ""


def render_said(message: str, *, alarming: bool = True) -> str:
    """A sentence of ours, or nothing."""
    return macro("library.html", "said")(message, alarming)


def render_waiting(waiting: Sequence[SetAside], problem: str = "") -> str:
    """What was removed and can be brought back, for everybody who looks at the list."""
    return render_said(problem) + (macro("library.html", "removed")(waiting, UNDO_MOST) if waiting else "")


def render_opened(article: Article, removable: bool) -> str:
    """An article with its earlier texts, and where it was found."""
    shown = Markup(render_article(article))  # noqa: S704
    return macro("library.html", "opened")(article, shown, removable, story_link(article.article_id))
