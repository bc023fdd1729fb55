"""The story of an article: who reported it when, copies apart from independent reports, and how its figures differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from rag.affairs import around
from rag.checking.quantities import PERSONS, Quantity, quantities, word_behind
from rag.checking.values import differ
from rag.library import Library
from rag.store.listing import Sought, matching
from rag.stories.copies import independent
from rag.stories.near_duplicates import CLOSE, COPY_DAYS
from rag.text.days import YEAR
from rag.text.sentences import sentence_spans
from rag.text.stems import stems
from rag.text.words import content_words
from rag.types import Article, Filters, Passage, Relation
from rag.types.tellings import Figure, Said, Story, Telling, Told

ARTICLES_MOST = 60
"""Articles of an event, the earliest first."""
BEGINS_CHARACTERS = 300
WORDS_ALIKE = 4
"""Fewest words in common of two sentences whose figures are compared: more than "people" and "killed"."""

Key = tuple[str, frozenset[str]]


def story_of(library: Library, article_id: str) -> Story:
    """The story that an article belongs to. Raises `ArticleNotFound`."""
    asked = library.article(article_id)
    ids = [article_id, *(one.article_id for one in asked.related)]
    event = library.catalog.beginnings(ids, Filters())
    passages = {one.article_id: one for one in [*event, *_affair(library, event)]}
    by_day = sorted(map(library.article, passages), key=lambda one: (one.published or dt.date.max, one.article_id))
    articles = by_day[:ARTICLES_MOST]
    groups: dict[str, list[Article]] = {}
    for one in articles:
        groups.setdefault(passages[one.article_id].story or one.article_id, []).append(one)
    tellings = []
    for own in groups.values():
        told = (_told(one, passages[one.article_id]) for one in own)
        first, *others = sorted(told, key=lambda one: (one.replaced, not one.replaces))  # what stands comes first
        tellings.append(Telling(report=first, copies=tuple(others)))
    return Story(
        tellings=tuple(tellings),
        independent_sources=independent([passages[one.article_id] for one in articles]),
        figures=tuple(_figures(articles)),
    )


def _affair(library: Library, event: Sequence[Passage]) -> list[Passage]:
    """The first passages of articles that tell more of the same over some weeks."""
    days = [one.published for one in event if one.published]
    if not days:
        return []
    apart = dt.timedelta(COPY_DAYS)
    leads = library.catalog.leads(matching(library.catalog, Sought(since=min(days) - apart, until=max(days) + apart)))
    own = {one.article_id for one in event}
    close = [
        key
        for key, lead in leads.items()
        if key not in own and any(lead @ leads[one] >= CLOSE for one in own & leads.keys())
    ]
    found = around(event, library.catalog.beginnings(close, Filters()), leads)
    related = (other.article_id for one in found for other in library.article(one.article_id).related)
    return [*found, *library.catalog.beginnings([one for one in dict.fromkeys(related) if one not in own], Filters())]


def _told(article: Article, passage: Passage) -> Told:
    relations = [one.relation for one in article.related]
    return Told.like(
        article,
        published_guessed=article.published_guessed,
        begins=_beginning(passage.text),
        replaces=Relation.SUPERSEDES in relations,
        replaced=Relation.SUPERSEDED_BY in relations,
    )


def _beginning(text: str) -> str:
    """As many whole sentences as fit, at least one."""
    ends = [one.end for one in sentence_spans(text)] or [len(text)]
    fitting = [end for end in ends if end <= BEGINS_CHARACTERS] or ends[:1]
    return text[: fitting[-1]].strip()


def _figures(articles: Sequence[Article]) -> Iterator[Figure]:
    """How many people suffered what: a count is followed only if nearby words say what happened to those counted."""
    found: dict[Key, list[tuple[Said, Quantity]]] = {}
    for article in articles:
        if article.published is None or article.published_guessed:
            continue
        own: dict[Key, tuple[Said, Quantity]] = {}
        for said, value in _counts(article):
            own.setdefault((value.counts, value.happened), (said, value))  # what comes first is the news
        for key, one in own.items():
            found.setdefault(key, []).append(one)
    for (counted, happened), said_of in found.items():
        moved = _moved(said_of)
        if len(moved) > 1:
            quote, number = moved[0].quote, moved[0].words.rpartition(" ")[2]
            word = word_behind(quote, quote.find(number) + len(number))
            thing = word if "".join(stems(word)) == counted else "people"
            yield Figure(counted=" ".join([thing, *sorted(happened)]), said=tuple(moved))


def _counts(article: Article) -> Iterator[tuple[Said, Quantity]]:
    for span in sentence_spans(article.text, article.language):
        sentence = article.text[span.start : span.end]
        if any(article.published and int(year) != article.published.year for year in YEAR.findall(sentence)):
            continue  # an earlier flood
        for start, end, value in quantities(sentence):
            if value.counts in PERSONS and value.happened and not value.measures:
                words = f"{'at least ' * value.least}{'about ' * value.about}{sentence[start:end]}"
                yield Said.like(article, words=words, start=span.start, end=span.end, quote=sentence), value


def _moved(said_of: Iterable[tuple[Said, Quantity]]) -> list[Said]:
    """Drops those that repeat the one before, and those of something else, as far as the words around them say."""
    kept: list[tuple[Said, Quantity]] = []
    for said, value in said_of:
        words = set(content_words(said.quote))
        alike = any(len(words & set(content_words(one.quote))) >= WORDS_ALIKE for one, _ in kept)
        if not kept or (alike and differ(kept[-1][1], value)):
            kept.append((said, value))
    return [said for said, _ in kept]
