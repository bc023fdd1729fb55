"""When the cited articles were published, as a small plot whose points open them.

The axis is drawn; the points are buttons over it, so that they can be reached, pressed and labelled like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag.types import Answer
from ui.format import by_article
from ui.web.markup import render, short_day, spoken_source
from ui.web.texts import label, say

DAYS_LEAST = 3  # For two days, the sources themselves show enough.
_EDGE = 6.0  # Margin on each side, in percent of the width.
_POINT = 12.0  # Width of a point on a phone, in percent of the plot.
_LANES_MOST = 8
_LANE_PIXELS = 48
_TICKS_MOST = 5


class Point(NamedTuple):
    """One article in the plot; `opens` names it to the server, `mark` is its label: `1`, or `=` if it says the same."""

    published: dt.date
    mark: str
    label: str
    opens: dict[str, object]
    outdated: bool = False


def timeline(answer: Answer, turn: int) -> str:
    """The plot of the cited articles; empty if they are from fewer than three days."""
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
    overtaken = {number for conflict in answer.conflicts for number in conflict.outdated}
    for one, *more in by_article(answer.citations):
        if one.published:
            numbers = [one.number, *(other.number for other in more)]
            mark = ",".join(map(str, numbers[:2])) + ("…" if len(numbers) > 2 else "")
            outdated, words = overtaken.issuperset(numbers), label("Source {number}, {source}")
            words = label("Source {number}, {source}, since overtaken") if outdated else words
            spoken = say(words, number=mark, source=spoken_source(one, titled=True))
            yield Point(one.published, mark, spoken, {"turn": turn, "citation": one.number}, outdated)
    seen = {one.article_id for one in answer.citations}
    for agreed in (agreed for citation in answer.citations for agreed in citation.agreed_by):
        if agreed.published and agreed.article_id not in seen:
            seen.add(agreed.article_id)
            spoken = say("Says the same: {source}", source=spoken_source(agreed, titled=True))
            yield Point(agreed.published, "=", spoken, {"turn": turn, "agreed": agreed.passage_id})


def _across(ordinal: int, first: int, last: int) -> float:
    """In percent of the width."""
    return round(_EDGE + (100 - 2 * _EDGE) * (ordinal - first) / (last - first), 2)


def _placed(points: Sequence[Point], first: int, last: int) -> Iterator[tuple[Point, float, int]]:
    """Each point with its horizontal position and its lane: points that would touch are stacked."""
    ends = [-100.0] * _LANES_MOST
    for point in sorted(points, key=lambda point: point.published):
        x = _across(point.published.toordinal(), first, last)
        lane = next((lane for lane, end in enumerate(ends) if end <= x), _LANES_MOST - 1)
        ends[lane] = x + _POINT
        yield point, x, lane


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """At most five evenly spaced days with their labels; over more than a year, the labels are months."""
    months = last - first >= 366
    steps = min(_TICKS_MOST - 1, last - first)
    ticks = [first + (last - first) * step // steps for step in range(steps + 1)]
    return [(ordinal, short_day(dt.date.fromordinal(ordinal), months=months)) for ordinal in ticks]
