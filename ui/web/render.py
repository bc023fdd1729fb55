"""Answers as HTML for the page, while they are made and when they are done.

Pure functions, no Gradio. Their HTML is safe as it is: all that comes from articles or readers is made inert in
`markup.py`. Buttons carry numbers in `data-*` attributes; the page's script turns a click into an event of those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.dates.window import shown_words
from rag.types import (
    Answer,
    Citation,
    Conflict,
    LibraryStats,
    NearestArticle,
    Passage,
    Reason,
    Retrieved,
    Status,
    Window,
)
from ui.web.markup import also_in, anchor, day, days, inert, one_line, plural, resolved_dates, source_line

OUTLETS_MOST = 8
_MARKER = re.compile(r"\[([0-9]{1,4})\]")
_LABELS = {Status.PARTIAL: "Partly answered", Status.CONFLICT: "Sources disagree"}


def render_turn(answer: Answer, turn: int) -> str:
    """A question with its whole answer; `turn` tells its buttons from those of other answers."""
    if answer.reason:
        body = _abstention(answer.reason)
    else:
        body = _text(answer, turn) + _conflicts(answer, turn) + _sources(answer.citations, turn)
    parts = [
        _asked(answer.question),
        _searched(answer.question, answer.standalone_question),
        f'<div class="dl-answer dl-{answer.status.value}">{body}</div>',
        _taken_out(answer),
        *(f'<p class="dl-notice">{inert(notice)}</p>' for notice in answer.notices),
        _about(answer),
        _passages(answer.passages, turn),
    ]
    return _turn("".join(parts))


def render_progress(question: str, retrieved: Retrieved | None = None, text: str = "") -> str:
    """A question whose answer is on its way: what is being read, and the text so far."""
    if retrieved is None:
        return _turn(_asked(question) + '<p class="dl-working" role="status">Searching…</p>')
    outlets = list(dict.fromkeys(passage.outlet for passage in retrieved.passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    reading = f"Reading {plural(len(retrieved.passages), 'passage')}{' from ' if names else ''}{names}…"
    return _turn(
        _asked(question)
        + _searched(question, retrieved.standalone_question)
        + (f'<div class="dl-answer"><p dir="auto">{inert(text)}</p></div>' if text else "")
        + f'<p class="dl-working" role="status">{reading}</p>'
    )


def render_stopped(question: str) -> str:
    """A question that the reader took back."""
    return _turn(_asked(question) + '<p class="dl-working" role="status">Stopped.</p>')


def render_problem(question: str, message: str) -> str:
    """A question that went wrong; the message is ours."""
    return _turn(_asked(question) + f'<p class="dl-problem" role="alert">{inert(message)}</p>')


def render_library(stats: LibraryStats) -> str:
    """The head of the page: what the library holds, in one line; how to fill it when it is empty."""
    title = '<h1 class="dl-title">Dateline</h1>'
    if not stats.articles:
        return title + (
            '<p class="dl-empty">The library is empty. Add articles in a terminal with '
            "<code>dateline ingest PATH</code> (files, folders or web addresses), then reload this page.</p>"
        )
    span = f" from {days(stats.earliest, stats.latest)}" if stats.earliest and stats.latest else ""
    outlets = f", {plural(len(stats.outlets), 'outlet')}" if stats.outlets else ""
    return f'{title}<p class="dl-library">{plural(stats.articles, "article")}{span}{outlets}</p>'


def _turn(inner: str) -> str:
    return f'<section class="dl-turn">{inner}</section>'


def _asked(question: str) -> str:
    return f'<h2 class="dl-question" dir="auto">{inert(question)}</h2>' if question else ""


def _searched(question: str, standalone: str) -> str:
    if standalone.strip() == question.strip():
        return ""
    return f'<p class="dl-searched">Searched for: <bdi>{inert(standalone)}</bdi></p>'


def _text(answer: Answer, turn: int) -> str:
    label = f'<p class="dl-label">{_LABELS[answer.status]}</p>' if answer.status in _LABELS else ""
    by_number = {citation.number: citation for citation in answer.citations}

    def button(match: re.Match[str]) -> str:
        citation = by_number.get(int(match[1]))
        return _marker(citation, turn) if citation else match[0]

    # Brackets and digits come through `inert` as they are, so markers can be found after it.
    return f'{label}<p class="dl-text" dir="auto">{_MARKER.sub(button, _marked(answer))}</p>'


def _marked(answer: Answer) -> str:
    """The text with the words that answer in a `<mark>`."""
    pieces, place = [], 0
    for words in (sentence.answer for sentence in answer.sentences if sentence.answer):
        pieces += [
            inert(answer.text[place : words.start]),
            f"<mark>{inert(answer.text[words.start : words.end])}</mark>",
        ]
        place = words.end
    return "".join([*pieces, inert(answer.text[place:])])


def _marker(citation: Citation, turn: int) -> str:
    return (
        f'<button type="button" class="dl-marker" data-turn="{turn}" data-citation="{citation.number}" '
        f'aria-label="Source {citation.number}, {_plain_source(citation)}: open the passage">[{citation.number}]</button>'
    )


def _plain_source(citation: Citation) -> str:
    return inert(" ".join((citation.outlet or "unknown outlet").split())[:100]) + ", " + day(citation.published)


def _sources(citations: Sequence[Citation], turn: int) -> str:
    items = [
        f'<li><button type="button" class="dl-open" data-turn="{turn}" data-citation="{citation.number}">'
        f'<span class="dl-number">[{citation.number}]</span> '
        f"<strong>{source_line(citation.outlet, citation.published)}</strong> {one_line(citation.title)}</button>"
        f'<blockquote dir="auto">{inert(citation.quote)}</blockquote>{resolved_dates(citation.dates)}'
        f"{also_in(citation.also_in)}{_agreed(citation)}{anchor(citation.url)}</li>"
        for citation in citations
    ]
    return f'<ol class="dl-sources" aria-label="Sources">{"".join(items)}</ol>' if items else ""


def _agreed(citation: Citation) -> str:
    """Other sources that give the same answer, each with its words."""
    items = "".join(
        f'<li><button type="button" class="dl-open" data-article="{inert(one.article_id)}">'
        f"<strong>{source_line(one.outlet, one.published)}</strong> {one_line(one.title)}</button>"
        f'<blockquote dir="auto">{inert(one.quote)}</blockquote></li>'
        for one in citation.agreed_by
    )
    if not items:
        return ""
    count = plural(len(citation.agreed_by), "other source")
    return f'<details class="dl-more"><summary>Same answer in {count}</summary><ul class="dl-sources">{items}</ul></details>'


def _conflicts(answer: Answer, turn: int) -> str:
    by_number = {citation.number: citation for citation in answer.citations}
    return "".join(_conflict(conflict, by_number, turn) for conflict in answer.conflicts)


def _conflict(conflict: Conflict, by_number: Mapping[int, Citation], turn: int) -> str:
    """Both sides of a disagreement, or only what is outdated."""
    sides = "".join(
        f"<li><strong>{source_line(side.outlet, side.published)}</strong> {_marker(side, turn)} "
        f"“<bdi>{inert(side.quote)}</bdi>”</li>"
        for number in conflict.outdated or conflict.citations
        if (side := by_number.get(number))
    )
    about = f"about <bdi>{inert(conflict.subject)}</bdi>:"
    heading = f"An earlier report, now outdated, {about}" if conflict.outdated else f"The sources disagree {about}"
    return f'<div class="dl-disagree"><p>{heading}</p><ul>{sides}</ul></div>'


def _abstention(reason: Reason) -> str:
    holds = ""
    if reason.articles:
        span = f" from {days(reason.earliest, reason.latest)}" if reason.earliest and reason.latest else ""
        names = ", ".join(one_line(outlet) for outlet in reason.outlets[:OUTLETS_MOST])
        more = " and others" if len(reason.outlets) > OUTLETS_MOST else ""
        outlets = f" Outlets: {names}{more}." if names else ""
        holds = f"<p>The library holds {plural(reason.articles, 'article')}{span}.{outlets}</p>"
    nearest = "".join(f"<li>{_nearest(article)}</li>" for article in reason.nearest)
    near = f'<p>Nearest articles:</p><ul class="dl-sources">{nearest}</ul>' if nearest else ""
    return f'<p class="dl-label">No answer</p><p class="dl-text">{inert(reason.message)}</p>{holds}{near}'


def _nearest(article: NearestArticle) -> str:
    return (
        f'<button type="button" class="dl-open" data-article="{inert(article.article_id)}">'
        f"<strong>{source_line(article.outlet, article.published)}</strong> {one_line(article.title)}</button>"
    )


def _taken_out(answer: Answer) -> str:
    if not answer.unsupported:
        return ""
    items = "".join(
        f'<li><span dir="auto">{inert(one.text)}</span> — {inert(one.why)}</li>' for one in answer.unsupported
    )
    count = len(answer.unsupported)
    return (
        f'<details class="dl-more"><summary>{plural(count, "sentence")} taken out: not in the sources</summary>'
        f"<ul>{items}</ul></details>"
    )


def _about(answer: Answer) -> str:
    """Freshness and the dates that were looked at, in one line."""
    parts = []
    newest, oldest = answer.freshness.newest, answer.freshness.oldest
    if newest:
        older = f", oldest: {day(oldest)}" if oldest and oldest != newest else ""
        parts.append(f"Newest source: {day(newest)}{older}")
    if answer.independent_sources > 1:
        parts.append(f"Independent outlets that say so: {answer.independent_sources}")
    window = _window(answer.window)
    if window:
        parts.append(window)
    return f'<p class="dl-about">{" · ".join(parts)}</p>' if parts else ""


def _window(window: Window) -> str:
    if window.since and window.until:
        span = days(window.since, window.until)
    else:
        span = f"from {day(window.since)}" if window.since else f"until {day(window.until)}" if window.until else ""
    read = f" (from “{inert(shown_words(window))}”)" if window.words and span else ""
    parts = [f"Dates looked at: {span}{read}"] if span else []
    parts += [f"as of {day(window.as_of)}"] if window.as_of else []
    parts += ["newest preferred"] if window.prefers_newest else []
    return " · ".join(parts)


def _passages(passages: Sequence[Passage], turn: int) -> str:
    """What was read for the answer, the best first, behind a fold."""
    if not passages:
        return ""
    items = "".join(
        f'<li><button type="button" class="dl-open" data-turn="{turn}" data-passage="{number}">'
        f"<strong>{source_line(passage.outlet, passage.published)}</strong> {one_line(passage.title)}</button>"
        f"{also_in(passage.also_in)}</li>"
        for number, passage in enumerate(passages)
    )
    return (
        f'<details class="dl-more"><summary>{plural(len(passages), "passage")} read</summary>'
        f'<ol class="dl-sources">{items}</ol></details>'
    )
