"""What is new: the articles of some days grouped by event, each event in one or two quoted sentences.

Sentences are chosen as for a question about the latest on a headline, by the same reading model in the same way.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.affairs import joined
from rag.answering.agreement import compared
from rag.answering.answers import Page
from rag.answering.catalogued import LISTED, articles_about
from rag.answering.choose import NEWEST_WEIGHT, SAID_SHARE, chosen, scored
from rag.answering.evidence import Evidence, evidence_of
from rag.answering.quote import Quote, whole_quote
from rag.checking.quantities import CURRENCIES, quantities
from rag.library import Library
from rag.reader import Reader
from rag.search.retrieve import Ranking
from rag.store.listing import recent
from rag.stories.copies import independent, without_copies
from rag.text.clean import unmarked
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import Conflict, Digest, DigestStory, Filters, Kind, Passage, Question, RelatedArticle, Relation, Window

READ_MOST = 4
"""Articles of a story that are read for quotes."""
COMPARED_MOST = 8
"""Articles of a story that are read for differing figures."""
SENTENCES = 2
ALIKE = 0.66
"""Least cosine of two articles' sentences that say the same; within one article, the second of them is kept."""
FEWEST_WORDS = 6
"""Of a quoted sentence: a shorter one is a byline or a caption."""
QUESTIONS_MOST = 4
"""Figures compared per story."""
_PRICED = re.compile(
    r"\b(?:(?:the|an?|its|their) |(?=\w+ of (?:[a-z]+ ){0,2}$))((?:[\w’'-]+ ){1,12}?)(?:at|of|to|is|was) (?:[a-z]+ ){0,2}$"
)
_COUNTED = re.compile(r"[\s-]?([^\W\d_][\w’'-]*(?: [\w’'-]+){0,8})")
_NAMED = re.compile(r"\b(?:\d[\d.,]*|[A-Z]\w+)")


ReaderOf = Callable[[str], Reader | None]
"""Gives the reading model for a language; without one, the beginning of a story is quoted."""


def digest(
    library: Library, reader: ReaderOf, days: Filters, *, after: dt.datetime | None, topic: str, most: int
) -> Digest:
    """The digest of the days from `days.since` to `days.until`; see `rag.Assistant.digest`."""
    if days.since is None or days.until is None:
        raise ValueError("a digest has a first and a last day")
    ids, changed = recent(library.catalog, days.since, days.until, after)
    if topic:
        about = _about(library, topic, days)
        ids = [one for one in ids if one in about]
    beginnings = library.catalog.beginnings(ids, Filters())
    telling = _Telling(library, reader, changed)
    told = joined(_by_event(library.retriever.with_copies(tuple(beginnings), Filters())), library.catalog.leads(ids))
    events = _widest_first([sorted(one, key=_day, reverse=True) for one in told])
    for passages in events:
        if len(telling.stories) == most:
            break
        telling.add(passages)
    return Digest(
        since=days.since,
        until=days.until,
        topic=topic,
        articles=len(beginnings),
        stories=tuple(telling.stories),
        further=len(events) - len(telling.stories),
        citations=tuple(telling.page.citations),
        library_version=library.version,
    )


def _about(library: Library, topic: str, days: Filters) -> set[str]:
    # Not only within the days: articles without a sure date are new, too.
    asked = Question(text=topic, searched=topic, day=days.until or dt.date.max)
    within = asked.model_copy(update={"filters": days, "window": Window(since=days.since, until=days.until)})
    return {
        one.article_id
        for question in (within, asked)
        for one in articles_about(library, question, library.retriever.retrieve(question, LISTED))
    }


def _by_event(passages: Iterable[Passage]) -> list[list[Passage]]:
    """The passages of each event, newest first; the most widely reported event first."""
    events: dict[str, list[Passage]] = {}
    for one in passages:
        events.setdefault(one.event or one.article_id, []).append(one)
    return _widest_first(list(events.values()))


def _widest_first(events: Sequence[list[Passage]]) -> list[list[Passage]]:
    """The most widely reported event first, then the newest."""
    return sorted(events, key=lambda own: (independent(own), len(own), max(map(_day, own))), reverse=True)


def _day(one: Passage) -> dt.date:
    return one.published or dt.date.min


class _Telling:
    """Builds the stories of a digest one by one."""

    def __init__(self, library: Library, reader: ReaderOf, changed: frozenset[str]) -> None:
        self._library, self._reader, self._changed = library, reader, changed
        self._said: list[frozenset[str]] = []
        self.page = Page((), dated=False)
        self.stories: list[DigestStory] = []

    def add(self, passages: Sequence[Passage]) -> None:
        """Adds an event, without sentences another story already has; nothing if none can be quoted or its first is a repeat."""
        picked = self._picked(passages)
        quotes = self._shown(picked)
        if not quotes or self._repeats(quotes[0]):
            return
        quotes = [quotes[0], *(one for one in quotes[1:] if not self._repeats(one))]
        self._said += [quote.evidence.stems for quote in quotes]
        before, start = len(self.page.citations), len(self.page.text)
        for quote in quotes:
            self.page.add(quote)
        text = self.page.text[start:].strip()
        conflicts = tuple(self._conflicts(passages, picked))
        articles = tuple(one.article_id for one in passages)
        self.stories.append(
            DigestStory(
                title=unmarked(quotes[0].evidence.passage.title),
                day=max((one.published for one in passages if one.published), default=None),
                text=text,
                citations=tuple(one.number for one in self.page.citations[before:]),
                independent_sources=independent(passages),
                outlets=tuple(dict.fromkeys(one for each in passages for one in (each.outlet, *each.also_in) if one)),
                articles=articles,
                replaces=self._replaced(articles),
                changed=tuple(one for one in articles if one in self._changed),
                conflicts=conflicts,
            )
        )

    def _picked(self, passages: Sequence[Passage]) -> list[Quote]:
        read = without_copies(passages)[:READ_MOST]
        evidence = self._evidence(f"What is the latest on {read[0].title}?", read)
        ranked = scored(Kind.LATEST, evidence, NEWEST_WEIGHT)
        return [one for one in chosen(Kind.LATEST, ranked, frozenset()) if one.words >= FEWEST_WORDS]

    def _shown(self, picked: Sequence[Quote]) -> list[Quote]:
        shown = [dataclasses.replace(quote, answer=None) for quote in self._unlike(picked)[:SENTENCES]]
        if len({one.evidence.passage.article_id for one in shown}) == 1:
            shown.sort(key=lambda quote: quote.start)  # as its article tells it
        return shown

    def _unlike(self, quotes: Sequence[Quote]) -> list[Quote]:
        """The quotes without those that repeat the first in another article's words."""
        if len(quotes) < 2:
            return list(quotes)
        vectors = self._library.embedder.encode([one.text for one in quotes])
        source = quotes[0].evidence.source
        return [
            one
            for one, vector in zip(quotes, vectors, strict=True)
            if one is quotes[0] or one.evidence.source == source or float(vector @ vectors[0]) < ALIKE
        ]

    def _evidence(self, asked: str, read: Sequence[Passage]) -> tuple[Evidence, ...]:
        return evidence_of(asked, read, Ranking(), self._reader(read[0].language or ENGLISH))

    def _repeats(self, quote: Quote) -> bool:
        """Whether a story already told says most of it, and all of its names and numbers."""
        own = {stem for stem in quote.evidence.stems if len(stem) > 2}
        language = quote.evidence.passage.language or ENGLISH
        named = set(stems(" ".join(_NAMED.findall(quote.evidence.text)), language))
        return any(len(own & said) >= SAID_SHARE * len(own) and named <= said for said in self._said)

    def _conflicts(self, passages: Sequence[Passage], quotes: Sequence[Quote]) -> Iterator[Conflict]:
        """Two outlets' counts of one thing that cannot both be right, or one of which the other has overtaken."""
        if independent(passages) < 2:
            return
        told = set[tuple[str, ...]]()
        read = without_copies(passages)[:COMPARED_MOST]
        for asked in _questions(quotes):
            found = compared(asked, Kind.FACT, scored(Kind.FACT, self._evidence(asked, read), 0.0))
            sides = [quote for one in found.sides if (quote := whole_quote(one))]
            if found.conflict and len(sides) == len(found.sides) and found.conflict.values not in told:
                told.add(found.conflict.values)
                yield self._numbered(found.conflict, sides)

    def _numbered(self, conflict: Conflict, sides: Sequence[Quote]) -> Conflict:
        """A conflict that cites by the digest's own numbers."""
        numbers = []
        for quote in sides:
            places = [(one.article_id, one.start, one.end) for one in self.page.citations]
            place = (quote.evidence.passage.article_id, quote.start, quote.end)
            if place not in places:
                self.page.add(quote)
                places.append(place)
            numbers.append(places.index(place) + 1)
        outdated = tuple(numbers[number - 1] for number in conflict.outdated)
        return conflict.model_copy(update={"citations": tuple(numbers), "outdated": outdated})

    def _replaced(self, articles: Sequence[str]) -> tuple[RelatedArticle, ...]:
        catalog = self._library.catalog
        related = (other for one in sorted(catalog.corrections(articles)) for other in catalog.article(one).related)
        return tuple({one.article_id: one for one in related if one.relation is Relation.SUPERSEDES}.values())


def _questions(quotes: Sequence[Quote]) -> list[str]:
    """Questions answered by the quotes' numbers, in the quotes' words: "231 people had become ill" → "How many people had become ill?",
    "put the damage from the fire at 24 million" → "How much was the damage from the fire?".

    No sentence surely answers one that makes no sense, so nothing is claimed.
    """
    asked: dict[str, None] = {}
    for quote in quotes:
        for start, end, value in quantities(quote.text):
            if value.measures in CURRENCIES and (priced := _PRICED.search(quote.text[:start])):
                asked[f"How much was the {priced[1].strip()}?"] = None
            elif not value.measures and (counted := _COUNTED.match(quote.text, end)):
                asked[f"How many {counted[1]}?"] = None
    return list(asked)[:QUESTIONS_MOST]
