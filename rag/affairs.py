"""Events that are one affair, so that they are told together: a visit announced and a week later begun, two sums for one loss.

A digest finds them whenever it is made; nothing is stored. The thresholds were read off the sample and some weeks of
RealTimeQA's news, where below them elections, whose reports share all their names, become one story.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.checking.quantities import CURRENCIES, PERSONS, quantities
from rag.models import Vectors
from rag.stories.near_duplicates import CLOSE, COPY_DAYS, EVENT_DAYS, EVENT_NAMES, EVENT_NAMES_LEAST, traits_of
from rag.types import Passage

AFFAIR, AFFAIR_NAMES_LEAST = 1.0, 5
"""Cosine of the first passages plus `EVENT_NAMES` times the share of common names, within `COPY_DAYS`."""
COUNTED_ALIKE, COUNTED_LEAST = 0.8, 2
"""The same within `EVENT_DAYS` for two that count this many of the same things: crowns and people."""


@dataclass(frozen=True)
class _Report:
    day: dt.date
    lead: Vectors
    names: frozenset[str]
    counted: frozenset[str]


def joined(events: Sequence[Sequence[Passage]], leads: Mapping[str, Vectors]) -> list[list[Passage]]:
    """The events, each added to the first one before it that is of the same affair.

    It must be like that event itself: chains of follow-ups would run through a whole war. The passages are the first of
    their articles; `leads` are their vectors, by article.
    """
    told: list[tuple[list[_Report], list[Passage]]] = []
    for event in events:
        reports = _reports(event, leads)
        same = (all_of for own, all_of in told if any(_one_affair(one, other) for one in own for other in reports))
        if affair := next(same, None):
            affair += event
        else:
            told.append((reports, list(event)))
    return [all_of for _, all_of in told]


def around(event: Sequence[Passage], others: Sequence[Passage], leads: Mapping[str, Vectors]) -> list[Passage]:
    """Those of the others that tell more of the event's affair; arguments as for `joined`."""
    own = _reports(event, leads)
    return [one for one in others if any(_one_affair(its, other) for its in own for other in _reports([one], leads))]


def _reports(event: Sequence[Passage], leads: Mapping[str, Vectors]) -> list[_Report]:
    return [
        _Report(one.published, leads[one.article_id], traits_of(one.text).leading_names, _counted(one.text))
        for one in event
        if one.published and one.article_id in leads
    ]


def _counted(text: str) -> frozenset[str]:
    values = (value for _, _, value in quantities(text) if not value.measures or value.measures in CURRENCIES)
    things = (value.measures or value.counts for value in values)
    return frozenset("people" if one in PERSONS else one for one in things if one)


def _one_affair(one: _Report, other: _Report) -> bool:
    apart, named = abs((one.day - other.day).days), len(one.names & other.names)
    if apart > COPY_DAYS or named < EVENT_NAMES_LEAST:
        return False
    close = float(one.lead @ other.lead)
    alike = close + EVENT_NAMES * named / min(len(one.names), len(other.names))
    if close < CLOSE or alike < COUNTED_ALIKE:
        return False
    counted = apart <= EVENT_DAYS and len(one.counted & other.counted) >= COUNTED_LEAST
    return counted or (alike >= AFFAIR and named >= AFFAIR_NAMES_LEAST)
