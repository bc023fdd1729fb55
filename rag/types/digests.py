"""What is new, told briefly."""

from __future__ import annotations

import datetime as dt

from rag.types.answers import Conflict
from rag.types.articles import RelatedArticle
from rag.types.citations import Citation
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
