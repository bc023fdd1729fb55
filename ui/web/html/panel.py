"""An article as HTML for the panel beside the answer, with the passage that is cited marked in its text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rag.text.languages import name_of
from rag.types import Agreement, Article, Citation, Passage, RelatedArticle, Relation, Span
from ui.web.html.buttons import opener
from ui.web.html.whole_words import whole_words
from ui.web.markup import also_in, anchor, day, inert, one_line, resolved_dates, source_line
from ui.web.texts import say

ARTICLE_CHARACTERS = 60_000
"""So much of a very long article is shown around the passage."""
RELATED_MOST = 12
Cited = Citation | Agreement | Passage
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_RELATIONS = {
    Relation.SUPERSEDED_BY: "A later text replaces this one",
    Relation.SUPERSEDES: "It replaces",
    Relation.COPY: "Also carried by",
    Relation.SAME_EVENT: "Other reports of the same event",
}


def _close() -> str:
    return f'<button type="button" class="dl-close" data-close aria-label="{say("Close the article")}">✕</button>'


def render_article(
    article: Article, cited: Cited | None = None, others: Sequence[Cited] = (), why: str = "", *, asks: bool = False
) -> str:
    """The article's text with marks in it.

    Args:
        cited: what is highlighted, as `<mark id="quote">`; None to open the article as a whole.
        others: further passages of the same answer, marked faintly where they are of this article.
        why: why the passage was chosen, in words.
        asks: with a button for questions about this article alone.
    """
    main = _span(article, cited) if cited else None
    faint = [span for other in others if (span := _span(article, other))]
    number = f"[{cited.number}] " if isinstance(cited, Citation) else ""
    beside = resolved_dates(cited.dates) + also_in(cited.also_in) if isinstance(cited, Citation) else ""
    language = f' lang="{article.language}"' if article.language and _LANGUAGE.fullmatch(article.language) else ""
    only = (
        opener("Ask about this article only", name="dl-again", again="only", article=article.article_id) if asks else ""
    )
    answering = _answering(article, cited, main)
    return (
        f'<article class="dl-article" aria-label="{say("Source")}">{_close()}'
        f'<h2 class="dl-article-title" tabindex="-1">{number}{one_line(article.title)}</h2>'
        f'<p class="dl-meta">{_byline(article)} {anchor(article.url)}</p>{only}{beside}'
        f"{_why(article, why, answering)}{_replaced(article)}{_changed(cited, main)}"
        f'<div class="dl-article-text" dir="auto"{language}>{_marked(article.text, main, faint, answering)}</div>'
        f"{_related(article)}</article>"
    )


def render_missing() -> str:
    """The panel when its article is gone."""
    return (
        f'<article class="dl-article">{_close()}'
        f'<h2 class="dl-article-title" tabindex="-1">{say("This article is not in the library any more")}</h2></article>'
    )


def render_no_article() -> str:
    """The panel before anything is opened."""
    return f'<p class="dl-hint">{say("Sources open here: choose a number such as [1] in an answer.")}</p>'


def _byline(article: Article) -> str:
    parts = [
        one_line(article.outlet) if article.outlet else say("unknown outlet"),
        day(article.published, article.published_guessed),
    ]
    if article.updated and article.updated != article.published:
        parts.append(say("updated {day}", day=day(article.updated)))
    if article.authors:
        parts.append(say("by {names}", names=", ".join(one_line(author) for author in article.authors)))
    if article.language:
        parts.append(one_line(name_of(article.language)))
    if article.agency:
        parts.append(say("from {agency}", agency=one_line(article.agency)))
    return " · ".join(parts)


def _why(article: Article, why: str, answering: Span | None) -> str:
    pointed = inert(article.text[answering.start : answering.end]) if answering else ""
    words = say("The words that answer: “{words}”.", words=pointed) if pointed else ""
    told = " ".join(filter(None, [inert(why), words]))
    return (
        f'<p class="dl-why"><strong>{say("Why this passage:")}</strong> <span dir="auto">{told}</span></p>'
        if told
        else ""
    )


def _replaced(article: Article) -> str:
    """That a later text replaces this one comes before the text."""
    later = [one for one in article.related if one.relation is Relation.SUPERSEDED_BY]
    items = "".join(f"<li>{_related_button(one)}</li>" for one in later[:RELATED_MOST])
    heading = say(_RELATIONS[Relation.SUPERSEDED_BY])
    return f'<div class="dl-notice"><p>{heading}:</p><ul class="dl-sources">{items}</ul></div>' if items else ""


def _related(article: Article) -> str:
    parts = []
    for relation in (Relation.SUPERSEDES, Relation.COPY, Relation.SAME_EVENT):
        related = [one for one in article.related if one.relation is relation]
        items = "".join(f"<li>{_related_button(one)}</li>" for one in related[:RELATED_MOST])
        more = (
            f"<li>{say('and {count} more', count=len(related) - RELATED_MOST)}</li>"
            if len(related) > RELATED_MOST
            else ""
        )
        if items:
            parts.append(f'<h3>{say(_RELATIONS[relation])}</h3><ul class="dl-sources">{items}{more}</ul>')
    return f'<div class="dl-related">{"".join(parts)}</div>' if parts else ""


def _related_button(one: RelatedArticle) -> str:
    inner = f"<strong>{source_line(one.outlet, one.published, one.published_guessed)}</strong> {one_line(one.title)}"
    return opener(inner, article=one.article_id)


def _changed(cited: Cited | None, main: Span | None) -> str:
    if cited is None or main is not None:
        return ""
    told = say("The article has changed since. It said: “{words}”", words=inert(_words(cited)))
    return f'<p class="dl-notice">{told}</p>'


def _words(cited: Cited) -> str:
    return cited.text if isinstance(cited, Passage) else cited.quote


def _span(article: Article, cited: Cited) -> Span | None:
    """Where the words stand now: at their offsets, elsewhere when the article was changed, or nowhere."""
    if cited.article_id != article.article_id:
        return None
    words = _words(cited)
    # A passage that the browser kept has only its first words.
    if words and article.text.startswith(words, cited.start):
        return Span(start=cited.start, end=max(cited.end, cited.start + len(words)))
    start = article.text.find(words) if words else -1
    return Span(start=start, end=start + len(words)) if start >= 0 else None


def _answering(article: Article, cited: Cited | None, main: Span | None) -> Span | None:
    """The words of the quote that answer, while the article is as it was."""
    if not isinstance(cited, Citation) or cited.answer is None or main is None or main.start != cited.start:
        return None
    inside = main.start <= cited.answer.start < cited.answer.end <= main.end
    return whole_words(article.text, cited.answer, main.start, main.end) if inside else None


def _marked(text: str, main: Span | None, faint: Sequence[Span], answering: Span | None) -> str:
    """The text in pieces, each marked as the spans over it say; only a part of a very long one."""
    first = max(0, (main.start if main else 0) - ARTICLE_CHARACTERS // 2)
    last = min(len(text), first + ARTICLE_CHARACTERS)
    # A quote that reaches beyond what is shown is still shown whole.
    last = max(last, min(main.end, len(text))) if main else last
    spans = [*faint, *([main] if main else []), *([answering] if answering else [])]
    edges = {first, last} | {edge for span in spans for edge in (span.start, span.end) if first < edge < last}
    parts = ["… " if first else ""]
    for start, end in itertools.pairwise(sorted(edges)):
        piece = inert(text[start:end])
        if main and _covers(main, start, end):
            name = ' id="quote"' if start == main.start else ""
            inner = f"<strong>{piece}</strong>" if answering and _covers(answering, start, end) else piece
            parts.append(f"<mark{name}>{inner}</mark>")
        elif any(_covers(span, start, end) for span in faint):
            parts.append(f'<mark class="dl-faint">{piece}</mark>')
        else:
            parts.append(piece)
    return "".join(parts) + (" …" if last < len(text) else "")


def _covers(span: Span, start: int, end: int) -> bool:
    return span.start <= start and end <= span.end
