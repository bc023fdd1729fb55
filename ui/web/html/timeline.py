"""When the cited articles were published, as a small plot whose points open them.

The axis is drawn; the points are buttons over it, so that they can be reached, pressed and named like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import Agreement, Answer, Citation
from ui.web.html.templates import render
from ui.web.markup import short_day, short_month, spoken_source
from ui.web.texts import label, say

DAYS_LEAST = 3
"""Two days are told by the sources themselves."""
_EDGE = 6.0
"""Percent of the width that are left free on each side."""
_POINT = 12.0
"""Percent of the width that a point takes on a phone."""
_LANES_MOST = 8
_LANE_PIXELS = 48
_TICKS_MOST = 5
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000)


@dataclass(frozen=True)
class Point:
    """One article in the plot; `opens` names it to the server."""

    published: dt.date
    mark: str
    """What is written in the point: `1`, or `=` for an article that says the same."""
    label: str
    opens: dict[str, object]
    outdated: bool = False


def timeline(answer: Answer, turn: int) -> str:
    """The plot of the cited articles; nothing when they are of fewer than three days."""
    cited = list(_cited(answer, turn))
    days = {point.published.toordinal() for point in cited}
    if len(days) < DAYS_LEAST:
        return ""
    first, last = min(days), max(days)
    placed = list(_placed(cited, first, last))
    height = _LANE_PIXELS * (1 + max(lane for _, _, lane in placed))
    ticks = [(_across(tick, first, last), words) for tick, words in _ticks(first, last)]
    return render("timeline.html", placed=placed, height=height, lane_pixels=_LANE_PIXELS, ticks=ticks)


def _cited(answer: Answer, turn: int) -> Iterator[Point]:
    """One point for each article that is cited or says the same."""
    overtaken = {number for conflict in answer.conflicts for number in conflict.outdated}
    seen: set[str] = set()
    for one in answer.citations:
        if one.published and one.article_id not in seen:
            numbers = [other.number for other in answer.citations if other.article_id == one.article_id]
            seen.add(one.article_id)
            mark = ",".join(map(str, numbers[:2])) + ("…" if len(numbers) > 2 else "")
            outdated = overtaken.issuperset(numbers)
            words = (
                label("Source {number}, {source}, overtaken since") if outdated else label("Source {number}, {source}")
            )
            spoken = say(words, number=mark, source=_spoken(one))
            yield Point(one.published, mark, spoken, {"turn": turn, "citation": one.number}, outdated)
    for agreed in (agreed for citation in answer.citations for agreed in citation.agreed_by):
        if agreed.published and agreed.article_id not in seen:
            seen.add(agreed.article_id)
            spoken = say("Says the same: {source}", source=_spoken(agreed))
            yield Point(agreed.published, "=", spoken, {"turn": turn, "agreed": agreed.passage_id})


def _spoken(one: Citation | Agreement) -> str:
    return spoken_source(one.outlet, one.published, one.published_guessed, one.title)


def _across(ordinal: int, first: int, last: int) -> float:
    """Percent of the width."""
    return round(_EDGE + (100 - 2 * _EDGE) * (ordinal - first) / (last - first), 2)


def _placed(points: Sequence[Point], first: int, last: int) -> Iterator[tuple[Point, float, int]]:
    """Each point with its place across and its lane: those that would touch stand above each other."""
    ends = [-100.0] * _LANES_MOST
    for point in sorted(points, key=lambda point: point.published):
        x = _across(point.published.toordinal(), first, last)
        free = (lane for lane, end in enumerate(ends) if end <= x)
        lane = next(free, _LANES_MOST - 1)
        ends[lane] = x + _POINT
        yield point, x, lane


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """At most five days with their labels: whole days, then firsts of months, then of years."""
    for step in _DAY_STEPS:
        days = range(first, last + 1, step)
        if len(days) <= _TICKS_MOST:
            return [(ordinal, short_day(dt.date.fromordinal(ordinal))) for ordinal in days]
    for step in _MONTH_STEPS:
        months = _months(first, last, step)
        if len(months) <= _TICKS_MOST:
            dates = [dt.date(number // 12, number % 12 + 1, 1) for number in months]
            return [(date.toordinal(), str(date.year) if step >= 12 else short_month(date)) for date in dates]
    return []


def _months(first: int, last: int, step: int) -> range:
    """Every `step`-th month that begins between two days, counted from the year 0."""
    start, end = dt.date.fromordinal(first), dt.date.fromordinal(last)
    earliest = start.year * 12 + start.month - (start.day == 1)
    # To the next multiple of the step, so that years begin in January.
    return range(earliest + -earliest % step, end.year * 12 + end.month, step)
