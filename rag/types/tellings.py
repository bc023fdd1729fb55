"""One event as those who report it tell it."""

from __future__ import annotations

import datetime as dt

from rag.types.value import Value


class Told(Value):
    """An article of an event."""

    article_id: str
    title: str
    outlet: str | None
    published: dt.date | None
    published_guessed: bool = False
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
