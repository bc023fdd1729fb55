"""What is told of adding and removing, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.report import Named, Report
from rag.store.set_aside import SetAside
from rag.types import Article
from ui.format import pace
from ui.web.html.buttons import opener
from ui.web.html.panel import render_article
from ui.web.markup import day, inert, one_line, plural
from ui.web.shelf.adding import Failures, Progress
from ui.web.story_page import story_link

NAMED_MOST = 50
"""Failures that are named; the rest is counted."""
UNDO_MOST = 5
"""Removals that can be undone one by one; all of them together in any case."""
HINT = '<p class="dl-hint">An article opens here: choose its title.</p>'
_STEPS = {"ingest": "Reading", "publish": "Making it searchable", "check": "Checking the index"}


def render_progress(progress: Progress, whose: str = "") -> str:
    """How far a job is; `whose` says who adds, where it is somebody else."""
    step = _STEPS.get(progress.step, "Working")
    far = pace(progress.done, progress.total, progress.seconds, "articles") if progress.done else "beginning"
    reading = progress.step == "ingest"
    value = f' value="{progress.done}"' if reading else ""
    bar = f'<progress max="{max(progress.total, 1)}"{value}></progress>'
    words = f"{step}: {far}" if reading else f"{step} …"
    return f'<div class="dl-said dl-adding" role="status">{f"<p>{inert(whose)}</p>" if whose else ""}{bar} {inert(words)}</div>'


def render_report(report: Report, stopped: bool = False) -> str:
    """What was added, and what was not, each with the reason."""
    added = report.stored + report.changed
    parts = [
        f"{report.stored} new" if report.stored and report.changed else "",
        f"{report.changed} changed" if report.changed else "",
    ]
    how = ", ".join(filter(None, parts))
    heading = f"{plural(added, 'article')} added{f' ({how})' if how else ''}." if added else "Nothing new was added."
    same = report.unchanged + report.duplicates
    lines = [
        f"<strong>{heading}</strong>{' You can ask about it now.' if added else ''}",
        f"{plural(same, 'article')} {'was' if same == 1 else 'were'} in the library already." if same else "",
        "Stopped: the rest was not read." if stopped else "",
        *(inert(notice) for notice in report.notices),
    ]
    told = "".join(f"<p>{line}</p>" for line in lines if line)
    return f'<div class="dl-said dl-report" role="status">{told}</div>'


def render_failures(failures: Failures) -> str:
    """What the last addition could not add, each with the reason, until its reader has seen enough of it."""
    bad = _named("Not added", failures.failed) + _named("Without an article", failures.skipped)
    dismiss = opener("Dismiss", name="dl-small-button", dismiss="failures")
    return f'<div class="dl-said dl-report" role="status">{bad}{dismiss}</div>' if bad else ""


def render_said(message: str, *, alarming: bool = True) -> str:
    """A sentence of ours, or nothing."""
    kind, role = ("dl-problem", "alert") if alarming else ("dl-notice", "status")
    return f'<p class="dl-said {kind}" role="{role}">{inert(message)}</p>' if message else ""


def render_waiting(waiting: Sequence[SetAside], problem: str = "") -> str:
    """What was removed and can be brought back, for everybody who looks at the list."""
    items = "".join(
        f"<li>Removed “{one_line(one.title)}” "
        f"{opener('Undo', name='dl-small-button', label=inert(f'Undo: bring back “{one.title[:200]}”'), undo=one.article_id)}</li>"
        for one in waiting[:UNDO_MOST]
    )
    if len(waiting) > UNDO_MOST:
        items += f"<li>and {len(waiting) - UNDO_MOST} more {opener('Undo all', name='dl-small-button', undo='*')}</li>"
    listed = f'<ul class="dl-said dl-waiting" role="status">{items}</ul>' if items else ""
    return render_said(problem) + listed


def render_opened(article: Article, removable: bool) -> str:
    """An article with its earlier texts, and where it was found."""
    versions = "".join(
        f"<details><summary>Text until {day(version.stored_at.astimezone().date())}: {one_line(version.title)}</summary>"
        f'<div class="dl-article-text" dir="auto">{inert(version.text)}</div></details>'
        for version in reversed(article.versions)
    )
    earlier = f"<h3>Earlier texts</h3>{versions}" if versions else ""
    remove = opener("Remove this article", name="dl-small-button", remove=article.article_id) if removable else ""
    story = (
        f'<a class="dl-small-button" href="{story_link(article.article_id)}">The whole story</a>'
        if article.related
        else ""
    )
    added = f'<p class="dl-meta">Added {day(article.added_at.astimezone().date())} {story} {remove}</p>'
    return f'{render_article(article)}<div class="dl-related dl-known">{earlier}{added}</div>'


def _named(heading: str, sources: Sequence[Named]) -> str:
    if not sources:
        return ""
    items = "".join(
        f"<li><strong>{one_line(one.source)}</strong>: {inert(one.reason)}</li>" for one in sources[:NAMED_MOST]
    )
    more = f"<li>and {len(sources) - NAMED_MOST:,} more</li>" if len(sources) > NAMED_MOST else ""
    return f'<p class="dl-label">{heading}</p><ul>{items}{more}</ul>'
