"""A question whose answer is on its way, was stopped, or went wrong; and what the library holds."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Answer, Checked, LibraryStats, Passage, Status, Verdict
from ui.web.html.turn import asked, passage_list, searched, whole
from ui.web.markup import days, inert, one_line, plural

OUTLETS_MOST = 8


def render_progress(
    question: str,
    standalone: str = "",
    passages: Sequence[Passage] | None = None,
    text: str = "",
    turn: int = 0,
    carried: Sequence[str] = (),
) -> str:
    """A question whose answer is on its way: the passages that were found, and the text so far."""
    parts = [asked(question), searched(question, standalone or question, carried)]
    if text:
        parts.append(f'<div class="dl-answer"><p class="dl-text" dir="auto">{inert(text)}</p></div>')
    if passages:
        parts.append(passage_list(passages, turn))
    return whole("".join(parts))


def render_draft(model: str, text: str, checks: Sequence[Checked]) -> str:
    """The words of a language model as they come; what was checked is marked, what is taken out is struck through."""
    pieces, place = [], 0
    # A later verdict on the same words takes the place of an earlier one.
    for check in sorted({check.start: check for check in checks}.values(), key=lambda check: check.start):
        start, end = max(check.start, place), max(check.end, place)
        pieces += [_unchecked(text[place:start]), _checked(text[start:end], check)]
        place = end
    pieces.append(_unchecked(text[place:]))
    who = one_line(model) if model else "A language model"
    return (
        '<section class="dl-draft" aria-label="Being written"><p class="dl-label">Being written, not checked yet</p>'
        f'<p class="dl-text" dir="auto">{"".join(pieces)}</p>'
        f'<p class="dl-hint">{who} writes. Grey words have not been checked; what no source supports is struck out.</p>'
        "</section>"
    )


def _unchecked(text: str) -> str:
    return f'<span class="dl-unchecked">{inert(text)}</span>' if text else ""


def _checked(text: str, check: Checked) -> str:
    if check.verdict is not Verdict.UNSUPPORTED:
        return f"<span>{inert(text)}</span>"
    return f'<s>{inert(text)}</s> <span class="dl-doubt">{inert(check.why)}</span> '


def render_stopped(question: str) -> str:
    """A question that the reader took back."""
    return whole(asked(question) + '<p class="dl-stopped">Stopped.</p>')


def render_problem(question: str, message: str) -> str:
    """A question that went wrong; the message is ours."""
    return whole(asked(question) + f'<p class="dl-problem" role="alert">{inert(message)}</p>')


def render_notice(message: str) -> str:
    """A word of ours where a turn would stand."""
    return whole(f'<p class="dl-notice">{inert(message)}</p>')


def reading(passages: Sequence[Passage]) -> str:
    """What is going on once there are passages."""
    outlets = list(dict.fromkeys(passage.outlet for passage in passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    return f"Reading {plural(len(passages), 'passage')}{' from ' if names else ''}{names}…"


def outcome(answer: Answer) -> str:
    """How it came out, for those who hear the page."""
    told = f"Answered from {plural(len(answer.citations), 'source')}." if answer.citations else "Answered."
    if answer.reason is not None:
        told = "No answer."
    elif answer.status is Status.CLOSEST:
        told = f"No certain answer, but {plural(len(answer.citations), 'passage')} near it."
    return f'<span class="dl-spoken">{told}</span>'


def render_library(stats: LibraryStats) -> str:
    """The head of the page: what the library holds, in one line."""
    title = '<h1 class="dl-title">Dateline</h1>'
    if not stats.articles:
        return title + '<p class="dl-library">The library is empty</p>'
    span = f" from {days(stats.earliest, stats.latest)}" if stats.earliest and stats.latest else ""
    outlets = f", {plural(len(stats.outlets), 'outlet')}" if stats.outlets else ""
    return f'{title}<p class="dl-library">{plural(stats.articles, "article")}{span}{outlets}</p>'


def render_welcome() -> str:
    """How to begin with an empty library."""
    return (
        '<div class="dl-empty"><p><strong>There are no articles to ask about yet.</strong></p>'
        "<p>Add files or web addresses on the Library tab, or in a terminal with "
        "<code>dateline ingest PATH</code> (files, folders, feeds or web addresses). "
        "Questions can be asked a few seconds later; this page need not be loaded again.</p></div>"
    )
