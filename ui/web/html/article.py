"""An article as HTML for the panel beside the answer: its text with marks, and why its passage was chosen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from rag.types import Agreement, Answer, Article, Citation, Passage, Relation, Span, Window
from ui.web.html.turn import dates_of, whole_words
from ui.web.markup import day, render
from ui.web.texts import label, say

ARTICLE_CHARACTERS = 60_000  # How much of a very long article is shown around the passage.
RELATED_MOST = 12
Cited = Citation | Agreement | Passage
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_RELATIONS = {
    Relation.SUPERSEDES: label("Replaces"),
    Relation.COPY: label("Also carried by"),
    Relation.SAME_EVENT: label("Other reports of the same event"),
}
_NEAR_DAYS = 7
_MEANS_THE_SAME = 0.5  # Cosine similarity from which a passage is said to be about the question.


def render_article(
    article: Article | None, cited: Cited | None = None, others: Sequence[Cited] = (), why: str = "", asks: bool = False
) -> str:
    """The article's text, or a note that it is gone; `cited` is highlighted in it, `others` are marked faintly.

    `why` says why the passage was chosen; `asks` shows a button for asking about this article alone.
    """
    if article is None:
        return render("article.html", article=None)
    main = _span(article, cited) if cited else None
    answering = _answering(article, cited, main)
    related = {kind: [one for one in article.related if one.relation is kind] for kind in Relation}
    return render(
        "article.html",
        article=article,
        cited=cited,
        number=f"[{cited.number}] " if isinstance(cited, Citation) else "",
        dates=dates_of([cited], set()) if isinstance(cited, Citation) else [],
        asks=asks,
        why=why,
        answering=article.text[answering.start : answering.end] if answering else "",
        later=related[Relation.SUPERSEDED_BY],
        changed=_words(cited) if cited and main is None else "",
        language=article.language if article.language and _LANGUAGE.fullmatch(article.language) else "",
        pieces=_pieces(article.text, main, [span for other in others if (span := _span(article, other))], answering),
        groups=[(say(words), related[kind]) for kind, words in _RELATIONS.items() if related[kind]],
        most=RELATED_MOST,
    )


def _words(cited: Cited) -> str:
    return cited.text if isinstance(cited, Passage) else cited.quote


def _span(article: Article, cited: Cited) -> Span | None:
    """Where the words are now: at their offsets, elsewhere if the article has changed, or nowhere."""
    if cited.article_id != article.article_id:
        return None
    words = _words(cited)
    if words and article.text.startswith(words, cited.start):  # of a passage, a browser stores only the first words
        return Span(start=cited.start, end=max(cited.end, cited.start + len(words)))
    start = article.text.find(words) if words else -1
    return Span(start=start, end=start + len(words)) if start >= 0 else None


def _answering(article: Article, cited: Cited | None, main: Span | None) -> Span | None:
    """The answering words of the quote, if the article is unchanged."""
    if not isinstance(cited, Citation) or cited.answer is None or main is None or main.start != cited.start:
        return None
    inside = main.start <= cited.answer.start < cited.answer.end <= main.end
    return whole_words(article.text, cited.answer, main.start, main.end) if inside else None


def _pieces(
    text: str, main: Span | None, faint: Sequence[Span], answering: Span | None
) -> Iterator[tuple[str, str, bool, bool]]:
    """The text, or a part of a very long one, in pieces: words, mark (`main`, `faint`, none), first of it?, answers?"""
    first = max(0, (main.start if main else 0) - ARTICLE_CHARACTERS // 2)
    last = min(len(text), first + ARTICLE_CHARACTERS)
    last = max(last, min(main.end, len(text))) if main else last  # a quote is shown whole
    spans = [*faint, *([main] if main else []), *([answering] if answering else [])]
    edges = {first, last} | {edge for span in spans for edge in (span.start, span.end) if first < edge < last}
    if first:
        yield "… ", "", False, False
    for start, end in itertools.pairwise(sorted(edges)):
        if main and _covers(main, start, end):
            yield text[start:end], "main", start == main.start, bool(answering and _covers(answering, start, end))
        else:
            yield text[start:end], "faint" if any(_covers(span, start, end) for span in faint) else "", False, False
    if last < len(text):
        yield " …", "", False, False


def _covers(span: Span, start: int, end: int) -> bool:
    return span.start <= start and end <= span.end


def why_chosen(answer: Answer, passage_id: str) -> str:
    """Whether it matched by words or by meaning, came first, and how its date mattered; empty when unknown."""
    passage = next((one for one in answer.passages if one.id == passage_id), None)
    if passage is None:
        return ""
    first = say("Nothing in the library comes closer.") if passage is answer.passages[0] else ""
    return " ".join(filter(None, [_found(passage), first, _dated(passage, answer.passages, answer.window)]))


def _found(passage: Passage) -> str:
    words, near = passage.bm25 is not None, (passage.similarity or 0.0) >= _MEANS_THE_SAME
    if words and near:
        return say("It uses words from your question and is about the same thing.")
    if words:
        return say("It uses words from your question.")
    return say("It is about what you asked, in other words.") if passage.similarity is not None else ""


def _dated(passage: Passage, all_passages: Sequence[Passage], window: Window) -> str:
    if passage.published is None:
        return say("It has no date.")
    if window.since or window.until:
        early = (window.since - passage.published).days if window.since else 0
        late = (passage.published - window.until).days if window.until else 0
        if max(early, late) <= 0:
            return say("It is from the days you asked about.")
        return say("It is from around the days you asked about.") if max(early, late) <= _NEAR_DAYS else ""
    if window.prefers_newest and passage.published == max(one.published for one in all_passages if one.published):
        return say("It is the newest one found, and you asked for the latest.")
    return say("It was published on or before {day}, as you asked.", day=day(window.as_of)) if window.as_of else ""
