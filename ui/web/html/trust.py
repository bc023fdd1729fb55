"""How far an answer can be trusted: where there is none, where sources differ, what was taken out, who wrote it."""

from __future__ import annotations

from collections.abc import Mapping

from rag.types import Answer, Citation, Conflict, Doubt, NearestArticle, Reason, Unsupported
from ui.checked import how_checked
from ui.web.html.buttons import marker, opener, quote_unless_said
from ui.web.markup import days, inert, one_line, plural, source_line

OUTLETS_MOST = 8
_DOUBTS = {
    Doubt.NUMBER: "number",
    Doubt.DATE: "date",
    Doubt.NAME: "name",
    Doubt.QUOTE: "quotation",
    Doubt.MARKER: "wrong source",
    Doubt.UNCITED: "no source",
    Doubt.MEANING: "meaning",
    Doubt.FORM: "not a sentence",
}


def abstention(reason: Reason) -> str:
    """Why there is no answer, and what the library does hold."""
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
    inner = f"<strong>{source_line(article.outlet, article.published, article.published_guessed)}</strong> {one_line(article.title)}"
    return opener(inner, article=article.article_id)


def conflicts(answer: Answer, turn: int) -> str:
    """Both sides of each disagreement, dated; of an overtaken report only that it is."""
    by_number = {citation.number: citation for citation in answer.citations}
    return "".join(_conflict(conflict, by_number, answer.text, turn) for conflict in answer.conflicts)


def _conflict(conflict: Conflict, by_number: Mapping[int, Citation], text: str, turn: int) -> str:
    sides = "".join(
        f'<li><p class="dl-value"><bdi>{inert(value)}</bdi> {marker(side, turn)}</p>'
        f"<p><strong>{source_line(side.outlet, side.published, side.published_guessed)}</strong></p>"
        f"{quote_unless_said(side.quote, text)}</li>"
        for number, value in zip(conflict.citations, conflict.values, strict=False)
        if (side := by_number.get(number)) and (not conflict.outdated or number in conflict.outdated)
    )
    about = f"about <bdi>{inert(conflict.subject)}</bdi>:"
    heading = f"An earlier report, now outdated, {about}" if conflict.outdated else f"The sources disagree {about}"
    return f'<div class="dl-disagree"><p>{heading}</p><ul class="dl-sides">{sides}</ul></div>'


def taken_out(answer: Answer) -> str:
    """What a language model wrote and no source supports, behind a fold, with the reason."""
    if not answer.unsupported:
        return ""
    items = "".join(f"<li>{_removed(one)}</li>" for one in answer.unsupported)
    count = plural(len(answer.unsupported), "sentence")
    return (
        f'<details class="dl-more dl-removed"><summary>{count} taken out: not in the sources</summary>'
        f"<ul>{items}</ul></details>"
    )


def _removed(one: Unsupported) -> str:
    doubt = _DOUBTS.get(one.doubt, one.doubt.value)
    return f'<s dir="auto">{inert(one.text)}</s> <span class="dl-doubt">{doubt}</span> <span dir="auto">{inert(one.why)}</span>'


def written(answer: Answer) -> str:
    """Who wrote the answer; nothing where no language model was asked, or where the notices say what it did."""
    if answer.writing is None:
        return ""
    model = one_line(answer.writing.model)
    if answer.writing.problem is None:
        return f'<p class="dl-written">Written by {model}, {how_checked(answer)}.</p>'
    if answer.notices:
        return ""
    return f'<p class="dl-notice">The language model {model} wrote no answer, so here are quotes.</p>'
