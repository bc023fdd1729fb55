"""News in brief, and one event as its various sources report it."""

from __future__ import annotations

import datetime as dt

from rag.types.answers import Conflict
from rag.types.articles import Heading, RelatedArticle
from rag.types.passages import Citation
from rag.types.value import Link, Value


class DigestStory(Value):
    """One event of the days: what is reported, by how many, and what changed."""

    title: str
    """Headline of the article quoted first."""
    day: dt.date | None
    """The day of its newest article."""
    text: str
    """One or two quoted sentences, each followed by the number of its citation."""
    citations: tuple[int, ...]
    """Numbers of `Digest.citations`, including those of `conflicts`."""
    independent_sources: int
    """Outlets that report it independently: each text and each outlet counts once."""
    outlets: tuple[str, ...]
    articles: tuple[str, ...]
    """Ids, newest first."""
    replaces: tuple[RelatedArticle, ...] = ()
    """Earlier texts that one of its articles corrects or updates."""
    changed: tuple[str, ...] = ()
    """Ids of its articles whose text changed within the days."""
    conflicts: tuple[Conflict, ...] = ()


class Digest(Value):
    """The stories of some days, the most widely reported first. Each article is in at most one of them."""

    since: dt.date
    until: dt.date
    topic: str = ""
    articles: int
    """How many articles on the topic are new or changed on those days."""
    stories: tuple[DigestStory, ...]
    further: int
    """How many stories are left out: less widely reported ones, repeats, and those without a quotable sentence."""
    citations: tuple[Citation, ...]
    library_version: str


class Told(Heading):
    """An article of an event."""

    url: Link = None
    begins: str
    """Its first sentences, verbatim."""
    replaces: bool = False
    """Whether it corrects or updates an earlier report of its outlet."""
    replaced: bool = False
    """Whether a later report of its outlet corrects or updates it."""


class Telling(Value):
    """An independent report, and the articles that carry the same text."""

    report: Told
    """A correction of it, else the earliest one."""
    copies: tuple[Told, ...] = ()
    """Earliest first; last those that a later report of their outlet replaces."""


class Said(Value):
    """A figure as given by one article."""

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
    """One count in an event, by day; each report of it differs from the one before."""

    counted: str
    """What is counted, in the words of the first report: `people dead`."""
    said: tuple[Said, ...]


class Story(Value):
    """Who reported it when, and how its figures changed."""

    tellings: tuple[Telling, ...]
    """Earliest first; undated ones last."""
    independent_sources: int
    figures: tuple[Figure, ...]
