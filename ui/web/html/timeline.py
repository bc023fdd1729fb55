"""When the sources of an answer were published, as a small plot whose points open them.

The axis is drawn; the points are buttons over it, so that they can be reached, pressed and named like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import Answer
from ui.web.html.buttons import opener, spoken_source
from ui.web.markup import day, inert, plural

_EDGE = 5.0
"""Percent of the width that are left free on each side."""
_NEAR_DAYS = 7
"""Articles that were only read are shown up to so many days beyond the cited ones, or as far again as those reach."""
_LANES_MOST = 8
_LANE_PIXELS = 28
_TICKS_MOST = 5
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000)


@dataclass(frozen=True)
class Point:
    """One article in the plot."""

    published: dt.date
    mark: str
    """What is written in the point: `1`, or nothing for an article that was only read."""
    label: str
    kind: str
    opens: tuple[tuple[str, object], ...]


def timeline(answer: Answer, turn: int) -> str:
    """The plot; nothing when fewer than two dated articles are cited."""
    cited = list(_cited(answer, turn))
    if len(cited) < 2:
        return ""
    read = list(_read(answer, turn))
    first, last = _axis(cited, read)
    inside = [point for point in read if first <= point.published.toordinal() <= last]
    placed = list(_placed([*cited, *inside], first, last))
    lanes = 1 + max(lane for _, _, lane in placed)
    height = lanes * _LANE_PIXELS
    points = "".join(f"<li>{_button(point, x, lane)}</li>" for point, x, lane in placed)
    beyond = len(read) - len(inside)
    note = f'<p class="dl-hint">{plural(beyond, "more article")} read, from outside these days.</p>' if beyond else ""
    return (
        f'<figure class="dl-timeline"><figcaption>When it was published</figcaption>'
        f'<div class="dl-plot" style="height:{height + 26}px">{_drawn(first, last, height)}<ol>{points}</ol></div>'
        f"{note}</figure>"
    )


def _cited(answer: Answer, turn: int) -> Iterator[Point]:
    """One point for each article that is cited or gives the same answer."""
    overtaken = {number for conflict in answer.conflicts for number in conflict.outdated}
    seen: set[str] = set()
    for one in answer.citations:
        if one.published and one.article_id not in seen:
            numbers = [other.number for other in answer.citations if other.article_id == one.article_id]
            seen.add(one.article_id)
            mark = ",".join(map(str, numbers[:2])) + ("…" if len(numbers) > 2 else "")
            outdated = overtaken.issuperset(numbers)
            label = f"Source {mark}, {spoken_source(one.outlet, one.published, one.published_guessed, one.title)}"
            kind = "dl-cited dl-outdated" if outdated else "dl-cited"
            yield Point(
                one.published,
                mark,
                label + (", overtaken" if outdated else ""),
                kind,
                (("turn", turn), ("citation", one.number)),
            )
    for agreed in (agreed for citation in answer.citations for agreed in citation.agreed_by):
        if agreed.published and agreed.article_id not in seen:
            seen.add(agreed.article_id)
            label = (
                f"Same answer, {spoken_source(agreed.outlet, agreed.published, agreed.published_guessed, agreed.title)}"
            )
            yield Point(agreed.published, "=", label, "dl-cited", (("turn", turn), ("agreed", agreed.passage_id)))


def _read(answer: Answer, turn: int) -> Iterator[Point]:
    """One point for each article that was only read."""
    seen = {one.article_id for one in answer.citations}
    seen |= {agreed.article_id for one in answer.citations for agreed in one.agreed_by}
    for passage in answer.passages:
        if passage.published and passage.article_id not in seen:
            seen.add(passage.article_id)
            label = f"Read, not cited: {spoken_source(passage.outlet, passage.published, passage.published_guessed, passage.title)}"
            yield Point(passage.published, "", label, "dl-faint", (("turn", turn), ("passage", passage.id)))


def _axis(cited: Sequence[Point], read: Sequence[Point]) -> tuple[int, int]:
    """First and last day of the plot, as ordinals: the cited articles, and those read that lie near them."""
    days = [point.published.toordinal() for point in cited]
    first, last = min(days), max(days)
    reach = max(last - first, _NEAR_DAYS)
    near = [day for point in read if first - reach <= (day := point.published.toordinal()) <= last + reach]
    first, last = min([first, *near]), max([last, *near])
    return (first, last) if first < last else (max(first - 1, 1), min(last + 1, dt.date.max.toordinal()))


def _across(ordinal: int, first: int, last: int) -> float:
    """Percent of the width."""
    return round(_EDGE + (100 - 2 * _EDGE) * (ordinal - first) / (last - first), 2)


def _placed(points: Sequence[Point], first: int, last: int) -> Iterator[tuple[Point, float, int]]:
    """Each point with its place across and its lane: those that would touch stand above each other."""
    ends = [-100.0] * _LANES_MOST
    for point in sorted(points, key=lambda point: (point.published, not point.mark)):
        x = _across(point.published.toordinal(), first, last)
        free = (lane for lane, end in enumerate(ends) if end <= x)
        lane = next(free, _LANES_MOST - 1)
        ends[lane] = x + (9.0 if point.mark else 7.0)
        yield point, x, lane


def _button(point: Point, x: float, lane: int) -> str:
    style = f"left:{x}%;bottom:{26 + lane * _LANE_PIXELS}px"
    return opener(inert(point.mark), name=f"dl-point {point.kind}", label=point.label, style=style, **dict(point.opens))


def _drawn(first: int, last: int, height: int) -> str:
    """The axis with its ticks; read aloud by nobody, the points say their days."""
    lines = "".join(
        f'<line x1="{x}%" x2="{x}%" y1="0" y2="{height + 5}"/><text x="{x}%" y="{height + 19}">{label}</text>'
        for x, label in ((_across(tick, first, last), label) for tick, label in _ticks(first, last))
    )
    return (
        f'<svg width="100%" height="{height + 26}" aria-hidden="true">'
        f'<line class="dl-axis" x1="0" x2="100%" y1="{height}" y2="{height}"/>{lines}</svg>'
    )


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """At most five days with their labels: whole days, then firsts of months, then of years."""
    for step in _DAY_STEPS:
        days = range(first, last + 1, step)
        if len(days) <= _TICKS_MOST:
            return [(ordinal, day(dt.date.fromordinal(ordinal)).rpartition(" ")[0]) for ordinal in days]
    for step in _MONTH_STEPS:
        months = _months(first, last, step)
        if len(months) <= _TICKS_MOST:
            dates = [dt.date(number // 12, number % 12 + 1, 1) for number in months]
            return [(date.toordinal(), str(date.year) if step >= 12 else f"{date:%b %Y}") for date in dates]
    return []


def _months(first: int, last: int, step: int) -> range:
    """Every `step`-th month that begins between two days, counted from the year 0."""
    start, end = dt.date.fromordinal(first), dt.date.fromordinal(last)
    earliest = start.year * 12 + start.month - (start.day == 1)
    # To the next multiple of the step, so that years begin in January.
    return range(earliest + -earliest % step, end.year * 12 + end.month, step)
