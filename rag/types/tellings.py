"""What is new, told briefly, and one event as those who report it tell it."""

from __future__ import annotations

import datetime as dt

from rag.types.answers import Conflict
from rag.types.articles import Heading, RelatedArticle
from rag.types.passages import Citation
from rag.types.value import Value


class DigestStory(Value):
    """One event of the days: what is said of it, by how many, and what changed."""

    title: str
    """Headline of the article that is quoted first."""
    day: dt.date | None
    """Of its newest article."""
    text: str
    """One or two quoted sentences, each with the number of its citation."""
    citations: tuple[int, ...]
    """Numbers of `Digest.citations`, also those of `conflicts`."""
    independent_sources: int
    """Outlets that tell it independently: each text counts once, and each outlet once."""
    outlets: tuple[str, ...]
    articles: tuple[str, ...]
    """Ids, newest first."""
    replaces: tuple[RelatedArticle, ...] = ()
    """Earlier texts that an article of it corrects or updates."""
    changed: tuple[str, ...] = ()
    """Ids of its articles whose text was changed within the days."""
    conflicts: tuple[Conflict, ...] = ()


class Digest(Value):
    """The stories of some days, most widely told first. Each article is in one of them at most."""

    since: dt.date
    until: dt.date
    topic: str = ""
    articles: int
    """New or changed ones of those days, about the topic."""
    stories: tuple[DigestStory, ...]
    further: int
    """Stories that are not told: less widely told ones, those that repeat one that is told, and those without a sentence to quote."""
    citations: tuple[Citation, ...]
    library_version: str


class Told(Heading):
    """An article of an event."""

    url: str | None = None
    begins: str
    """Its first sentences, as they stand."""
    replaces: bool = False
    """Whether it corrects or updates an earlier report of its outlet."""
    replaced: bool = False
    """Whether a later report of its outlet corrects or updates it."""


class Telling(Value):
    """An independent report, and who carries the same text."""

    report: Told
    """The earliest one."""
    copies: tuple[Told, ...] = ()


class Said(Value):
    """A figure as one article gives it."""

    article_id: str
    outlet: str | None
    published: dt.date | None
    words: str
    """The figure: `at least 14`."""
    start: int
    end: int
    """Characters of its sentence in the article's text."""
    quote: str


class Figure(Value):
    """One count of an event, by day; each report of it differs from the one before."""

    counted: str
    """What is counted, as the first of them words it: `people dead`."""
    said: tuple[Said, ...]


class Story(Value):
    """Who told it when, and how its figures moved."""

    tellings: tuple[Telling, ...]
    """The earliest first; what has no day last."""
    independent_sources: int
    figures: tuple[Figure, ...]
