"""Articles that are one text make a story, stories that tell of one event make an event.

A *story* is what hangs together by copies, one source however often it was printed. An *event* is the earliest story
of it and those that are tied to that one directly: chains of follow-ups, each a few days after the last, would
otherwise run through a whole war. Both are named after their earliest article, and both depend on which articles are
stored and how they are tied, never on the order in which they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.stories.near_duplicates import Tie, Tied


@dataclass(frozen=True)
class Group:
    """The story and the event of an article, each by the id of its earliest article."""

    story: str
    event: str


def grouped(days: Mapping[str, dt.date | None], ties: Iterable[Tied]) -> dict[str, Group]:
    """The place of every article.

    Args:
        days: day of publication of each article, by its id; one without a date comes last.
        ties: between these articles.
    """
    ties = list(ties)
    order = sorted(days, key=lambda article: (days[article] or dt.date.max, article))
    story = _stories(order, ((tied.first, tied.second) for tied in ties if tied.tie is not Tie.EVENT))
    linked: dict[str, set[str]] = {}
    for tied in ties:
        one, other = story[tied.first], story[tied.second]
        if one != other:
            linked.setdefault(one, set()).add(other)
            linked.setdefault(other, set()).add(one)
    event: dict[str, str] = {}
    for article in order:
        founder = story[article]
        if founder not in event:
            event[founder] = founder
            event.update((other, founder) for other in linked.get(founder, ()) if other not in event)
    return {article: Group(story[article], event[story[article]]) for article in order}


def _stories(order: list[str], copies: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The earliest article of each connected component, by article."""
    rank = {article: place for place, article in enumerate(order)}
    parent = {article: article for article in order}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for one, other in copies:
        first, second = sorted((root(one), root(other)), key=rank.__getitem__)
        parent[second] = first
    return {article: root(article) for article in order}
