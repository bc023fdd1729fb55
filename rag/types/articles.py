"""The contents of a library."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from rag.types.value import Link, Value


class DateSource(StrEnum):
    """Where a publication date was read. `METADATA` is what came with the article."""

    METADATA = "metadata"
    LINKED_DATA = "json-ld"
    META = "meta"
    TIME = "time"
    ADDRESS = "address"
    TEXT = "text"
    DATELINE = "dateline"
    UPDATED = "updated"
    """Only the day of its last change is known."""
    GUESS = "guess"
    """Not stated: shown as a guess, and treated as unknown if a question is asked as of a day."""
    UNKNOWN = "unknown"


class ArticleVersion(Value):
    """One text that an article has had; the last one is current."""

    content_hash: str
    title: str
    text: str
    stored_at: dt.datetime


class Relation(StrEnum):
    """How another article of the same story or event relates to an article."""

    SUPERSEDED_BY = "superseded_by"
    """A later text of the same outlet that corrects or updates it."""
    SUPERSEDES = "supersedes"
    COPY = "copy"
    """The same text, perhaps edited or shortened, mostly in another outlet."""
    SAME_EVENT = "same_event"


class Heading(Value):
    """What a reader sees of an article besides its text."""

    article_id: str
    title: str
    outlet: str | None = None
    published: dt.date | None = None
    published_guessed: bool = False
    """Whether that day is not stated: it is shown as a guess."""


class RelatedArticle(Heading):
    """An article of the same story or event."""

    relation: Relation


class Article(Value):
    """One stored article. `text` is what citations point into."""

    article_id: str
    title: str
    text: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    place: str | None = None
    """Where it was filed, according to its dateline: "LONDON"."""
    published: dt.date | None = None
    published_source: DateSource = DateSource.UNKNOWN
    updated: dt.date | None = None
    language: str | None = None
    """Code (ISO 639), stated or else detected from its text; None if unknown."""
    url: Link = None
    sources: tuple[str, ...] = ()
    content_hash: str = ""
    added_at: dt.datetime
    versions: tuple[ArticleVersion, ...] = ()
    related: tuple[RelatedArticle, ...] = ()
    """What it supersedes or is superseded by, its copies, and other reports of the event, in this order, by day."""

    @property
    def published_guessed(self) -> bool:
        """Whether the day of publication is not stated: it is shown as a guess."""
        return self.published_source is DateSource.GUESS


class ArticleSummary(Heading):
    """One line of `dateline list`: an article without its text."""

    authors: tuple[str, ...] = ()
    language: str | None = None
    url: Link = None
    passages: int
    added_at: dt.datetime


class Counts(Value):
    """How much a library holds."""

    articles: int
    passages: int
    undated_articles: int
    earliest: dt.date | None
    latest: dt.date | None
    outlets: tuple[str, ...]


class LibraryStats(Counts):
    """What a library holds."""

    unpublished_passages: int
    version: str
    generation: str | None
