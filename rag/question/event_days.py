"""The day of an event, from what articles say of it: "Tuesday's earthquake", "the vote on 3 June".

A day is reports only where articles agree about it. No day is better than a wrong one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.text.days import find_dates, find_relative_dates

APART_MOST = 6
"""Words between an event and a day that is taken for its own."""
NEAR, AROUND = 80, 120
"""Characters before and behind a word for the event that are searched for a day, and for the names that belong to it."""
ARTICLES_LEAST = 2
"""Articles that must name a day."""
AS_GOOD = 0.75
"""A later day with this share of the votes of the best one is the last of several such events."""
SHARE_LEAST = 0.2
"""Share of all votes under which a day is one among many."""
MOST = 0.6
"""Share of the names of the question that a text about the event must hold."""
LONGEST_AGO = dt.timedelta(days=400)
"""What happened so long before the newest of the articles, a question would give the year of."""
_ONE_DAY = dt.timedelta(days=1)
# Not "today": what is under way today began on another day.
_MAYBE_A_DAY = re.compile(r"[a-z]day\b|\d|\bago\b|\bweekend\b|\blast night\b")
_TODAY = re.compile(r"today|tonight|this ", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’-]*")
_BREAK = re.compile(
    r"\b(?:said|says|told|announced|reported|added|wrote|tweeted|who|which|since|until|before|after|ahead of|following|days?"
    r"|weeks?)\b|[;:]|[.!?][”\"’')]*\s",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Report:
    """A passage that may tell of an event; `title` is that of its article."""

    article_id: str
    published: dt.date
    title: str
    text: str


@dataclass(frozen=True)
class NamedEvent:
    """What an event is called.

    Attributes:
        heads: words for it in lower case, e.g. "earthquake" and "quake"; plurals are understood.
        own: further words of its name in lower case, all of which must stand near a head.
        names: who or what the question is about; most of them must stand there too.
    """

    heads: frozenset[str]
    own: frozenset[str]
    names: frozenset[str]


def day_of_event(event: NamedEvent, reports: Sequence[Report], asked: dt.date) -> dt.date | None:
    """The day that the articles agree on, not after `asked`; None when they do not.

    Each article has one vote, shared out among the days that it names by how near they stand to the event.
    """
    by_article: dict[str, dict[dt.date, float]] = {}
    earliest = max((passage.published for passage in reports), default=asked) - LONGEST_AGO
    for passage in reports:
        for day, nearness in _days_named(event, passage):
            if earliest <= day <= asked:
                days = by_article.setdefault(passage.article_id, {})
                days[day] = max(days.get(day, 0.0), nearness)
    votes: dict[dt.date, dict[str, float]] = {}
    for article, days in by_article.items():
        for day, nearness in days.items():
            votes.setdefault(day, {})[article] = nearness / sum(days.values())
    return _agreed(votes)


def _agreed(votes: Mapping[dt.date, Mapping[str, float]]) -> dt.date | None:
    """The day with the most votes, or a later one with nearly as many; those of the days beside it count for it."""
    mass = {
        day: sum(sum(voters.values()) for other, voters in votes.items() if abs(other - day) <= _ONE_DAY)
        for day in votes
    }
    sure = [day for day, voters in votes.items() if len(voters) >= ARTICLES_LEAST]
    if not sure:
        return None
    best = max(mass[day] for day in sure)
    last = max(day for day in sure if mass[day] >= AS_GOOD * best)
    near = [day for day in sure if abs(day - last) <= _ONE_DAY]
    chosen = max(near, key=lambda day: (sum(votes[day].values()), -day.toordinal()))
    total = sum(sum(voters.values()) for voters in votes.values())
    return chosen if mass[chosen] >= SHARE_LEAST * total else None


def _days_named(event: NamedEvent, reports: Report) -> Iterator[tuple[dt.date, float]]:
    """Days that stand close to a word for the event, with no other clause between; 1 right beside it, less further off."""
    heads = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, event.heads)))})(?:e?s)?\b", re.IGNORECASE)
    for match in heads.finditer(reports.text):
        start = max(match.start() - NEAR, 0)
        fragment = reports.text[start : match.end() + NEAR]
        around = reports.text[max(match.start() - AROUND, 0) : match.end() + AROUND]
        if not _MAYBE_A_DAY.search(fragment) or not _holds(f"{reports.title} {around}".lower(), event):
            continue
        begin, stop = match.start() - start, match.end() - start
        for first, last, day in _days_in(fragment, reports.published):
            between = fragment[min(last, stop) : max(first, begin)]
            apart = len(_WORD.findall(between))
            if apart <= APART_MOST and not _BREAK.search(between):
                yield day, 1.0 / (1.0 + apart)


def _holds(text: str, event: NamedEvent) -> bool:
    def held(words: frozenset[str]) -> int:
        return sum(re.search(rf"\b{re.escape(word)}", text) is not None for word in words)

    return held(event.own) == len(event.own) and held(event.names) >= MOST * len(event.names)


def _days_in(text: str, published: dt.date) -> Iterator[tuple[int, int, dt.date]]:
    for found in find_relative_dates(text, published):
        if found.last_day - found.first_day <= _ONE_DAY and not _TODAY.match(found.words):
            yield found.start, found.end, found.first_day
    for date in find_dates(text):
        if date.day:
            yield date.start, date.end, date.day
