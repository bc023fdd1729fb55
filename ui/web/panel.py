"""An article as HTML for the panel beside the answer, with the passage that is cited marked in its text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Article, Citation, Passage
from ui.web.markup import also_in, anchor, day, inert, one_line, resolved_dates

ARTICLE_CHARACTERS = 60_000
"""So much of a very long article is shown around the passage."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_CLOSE = '<button type="button" class="dl-close" data-close aria-label="Close the article">✕</button>'


@dataclass(frozen=True)
class Span:
    """A part of an article's text."""

    start: int
    end: int


def render_article(
    article: Article, cited: Citation | Passage | None = None, others: Sequence[Citation | Passage] = ()
) -> str:
    """The article's text with marks in it.

    Args:
        cited: what is highlighted, as `<mark id="quote">`; None to open the article as a whole.
        others: further passages of the same answer, marked faintly where they are of this article.
    """
    main = _span(article, cited) if cited else None
    faint = [span for other in others if (span := _span(article, other))]
    number = f"[{cited.number}] " if isinstance(cited, Citation) else ""
    beside = resolved_dates(cited.dates) + also_in(cited.also_in) if isinstance(cited, Citation) else ""
    changed = ""
    if cited and main is None:
        changed = f'<p class="dl-notice">The article has changed since. It said: “{inert(_words(cited))}”</p>'
    language = f' lang="{article.language}"' if article.language and _LANGUAGE.fullmatch(article.language) else ""
    return (
        f'<article class="dl-article">{_CLOSE}'
        f'<h2 class="dl-article-title" tabindex="-1">{number}{one_line(article.title)}</h2>'
        f'<p class="dl-meta">{_byline(article)} {anchor(article.url)}</p>{beside}{changed}'
        f'<div class="dl-article-text" dir="auto"{language}>{_marked(article.text, main, faint)}</div></article>'
    )


def render_missing() -> str:
    """The panel when its article is gone."""
    return (
        f'<article class="dl-article">{_CLOSE}'
        '<h2 class="dl-article-title" tabindex="-1">This article is not in the library any more</h2></article>'
    )


def render_no_article() -> str:
    """The panel before anything is opened."""
    return '<p class="dl-hint">Sources open here: choose a number such as [1] in an answer.</p>'


def _byline(article: Article) -> str:
    parts = [one_line(article.outlet) if article.outlet else "unknown outlet", day(article.published)]
    if article.updated and article.updated != article.published:
        parts.append(f"updated {day(article.updated)}")
    if article.authors:
        parts.append("by " + ", ".join(one_line(author) for author in article.authors))
    return " · ".join(parts)


def _words(cited: Citation | Passage) -> str:
    return cited.quote if isinstance(cited, Citation) else cited.text


def _span(article: Article, cited: Citation | Passage) -> Span | None:
    """Where the words stand now: at their offsets, elsewhere when the article was changed, or nowhere."""
    if cited.article_id != article.article_id:
        return None
    words = _words(cited)
    if article.text[cited.start : cited.end] == words:
        return Span(cited.start, cited.end)
    start = article.text.find(words) if words else -1
    return Span(start, start + len(words)) if start >= 0 else None


def _marked(text: str, main: Span | None, faint: Sequence[Span]) -> str:
    """The text in pieces, each marked as the spans over it say; only a part of a very long one."""
    first = max(0, (main.start if main else 0) - ARTICLE_CHARACTERS // 2)
    last = min(len(text), first + ARTICLE_CHARACTERS)
    # A quote that reaches beyond what is shown is still shown whole.
    last = max(last, main.end) if main else last
    spans = [*faint, main] if main else list(faint)
    edges = {first, last} | {edge for span in spans for edge in (span.start, span.end) if first < edge < last}
    cuts = sorted(edges)
    parts = ["… " if first else ""]
    for start, end in itertools.pairwise(cuts):
        piece = inert(text[start:end])
        if main and main.start <= start and end <= main.end:
            name = ' id="quote"' if start == main.start else ""
            parts.append(f"<mark{name}>{piece}</mark>")
        elif any(span.start <= start and end <= span.end for span in faint):
            parts.append(f'<mark class="dl-faint">{piece}</mark>')
        else:
            parts.append(piece)
    return "".join(parts) + (" …" if last < len(text) else "")
