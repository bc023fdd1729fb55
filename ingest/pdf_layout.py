"""The reading order of a printed page, derived from the positions of its letters: columns first, then lines.

A gutter is a strip without letters, with several lines on either side of it. The tallest one splits a page into parts
above, to the left, to the right and below, each of which is split again. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

GUTTER = 0.6  # of a line's height: newspapers separate columns by 3 to 5 mm, and words of justified lines by less
LEAST_LINES = 4  # beside a gutter: white rivers through a paragraph are shorter
HEADLINE = 1.25  # relative to the height of the text around it
LEAST_LETTERS = 12  # per line of a column: a table's cells are shorter, and are read across
_MOST_EDGES = 40  # left edges tried; a sheet has ten columns at most
_MOST_PARTS = 200


@dataclass(frozen=True)
class Run:
    """Words together on one line, and the corners of the box around them."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def size(self) -> float:
        """The height of its letters, from the lowest descender to the highest ascender."""
        return self.y1 - self.y0


@dataclass(frozen=True)
class Line(Run):
    """A whole line; `left` and `right` are the edges of its column, `part` identifies the column."""

    left: float = 0.0
    right: float = 0.0
    part: int = 0


@dataclass(frozen=True)
class _Band:
    """A strip without letters that ends at `x`, between two heights."""

    x: float
    low: float
    high: float


def lines_in_order(runs: Sequence[Run]) -> list[Line] | None:
    """The lines of a page in reading order; None if columns are too close to be distinguished."""
    parts: list[list[Run]] = []
    waiting = [_with_initials(runs)]
    while waiting:
        part = waiting.pop()
        band = _gutter(part) if len(parts) + len(waiting) < _MOST_PARTS else None
        if band is None:
            parts.append(part)
        else:
            waiting.extend(one for one in reversed(_parted(part, band)) if one)
    rows = [rows_of(part, lambda one: one.y0 + one.y1, _overlap) for part in parts]
    if any(_looks_parted(part) for part in rows):
        return None
    return [line for number, part in enumerate(rows) for line in _lines(part, number)]


def _gutter(runs: Sequence[Run]) -> _Band | None:
    """The gutter with the tallest text on both sides."""
    if len(runs) < 2 * LEAST_LINES:
        return None
    height = median(run.size for run in runs)
    edges = Counter(round(run.x0) for run in runs)
    common = (edge for edge, _ in edges.most_common(_MOST_EDGES))
    likely = (edge for edge in common if edges[edge] + edges[edge - 1] + edges[edge + 1] >= LEAST_LINES)
    bands = [band for edge in likely for band in _free(runs, edge - 1.0, GUTTER * height)]
    shared = [_shared(runs, band, height) for band in bands]
    return bands[shared.index(max(shared))] if any(shared) else None


def _free(runs: Sequence[Run], edge: float, width: float) -> Iterable[_Band]:
    """The bands where no run crosses the strip that ends at an edge."""
    crossing = sorted((run.y0, run.y1) for run in runs if run.x0 < edge - 0.5 and run.x1 > edge - width)
    low = float("-inf")
    for y0, y1 in [*crossing, (float("inf"), float("inf"))]:
        if y0 > low:
            yield _Band(edge, low, y0)
        low = max(low, y1)


def _shared(runs: Sequence[Run], band: _Band, height: float) -> float:
    """The height over which a gutter has text on both sides; 0 if it is not a gutter."""
    sides = _sides(runs, band)
    letters = [_letters_by_line(side) for side in sides]
    if any(len(side) < LEAST_LINES or median(side.values()) < LEAST_LETTERS for side in letters):
        return 0.0
    top = min(max(run.y1 for run in side) for side in sides)
    bottom = max(min(run.y0 for run in side) for side in sides)
    facing = [sum(bottom <= (run.y0 + run.y1) / 2 <= top for run in side) for side in sides]
    return max(0.0, top - bottom) if min(facing) >= LEAST_LINES - 1 and top - bottom > 3 * height else 0.0


def _sides(runs: Iterable[Run], band: _Band) -> tuple[list[Run], list[Run]]:
    inside = [run for run in runs if band.low <= (run.y0 + run.y1) / 2 <= band.high]
    return [run for run in inside if run.x0 < band.x - 0.5], [run for run in inside if run.x0 >= band.x - 0.5]


def _letters_by_line(runs: Iterable[Run]) -> Counter[int]:
    letters: Counter[int] = Counter()
    for run in runs:
        letters[round(run.y0 / 3)] += len(run.text)
    return letters


def _parted(runs: Sequence[Run], band: _Band) -> list[list[Run]]:
    """The runs above a gutter, to its left, to its right, and below."""
    left, right = _sides(runs, band)
    height = median(run.size for run in (*left, *right))
    low = min(_end(left, height), _end(right, height))
    for heading in (run for run in (*left, *right) if run.size > HEADLINE * height):
        # A headline with nothing beside it, but columns above and below, begins another article.
        facing = right if heading.x0 < band.x - 0.5 else left
        above = sum(run.y0 >= heading.y1 for run in facing)
        below = sum(run.y1 <= heading.y0 for run in facing)
        if above and below and above + below == len(facing):
            low = max(low, heading.y1)
    parts: list[list[Run]] = [[], [], [], []]
    for run in runs:
        middle = (run.y0 + run.y1) / 2
        side = 1 if run.x0 < band.x - 0.5 else 2
        parts[0 if middle > band.high else 3 if middle < low else side].append(run)
    return parts


def _end(runs: Iterable[Run], height: float) -> float:
    """How far down a column goes without a gap of two lines; gaps are allowed in its upper half."""
    ordered = sorted(runs, key=lambda run: -run.y1)
    low = ordered[0].y0
    for number, run in enumerate(ordered):
        if number > len(ordered) // 2 and run.y1 < low - 2 * height:
            break
        low = min(low, run.y0)
    return low


def rows_of(
    runs: Iterable[Run], height: Callable[[Run], float], together: Callable[[Run, Run], bool]
) -> list[list[Run]]:
    """Runs on the line of its highest one, from left to right; lines from top to bottom."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda one: -height(one)):
        if rows and together(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda one: one.x0) for row in rows]


def _overlap(one: Run, other: Run) -> bool:
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.size, other.size)


def _looks_parted(rows: Sequence[Sequence[Run]]) -> bool:
    """Whether many lines have a gap amid much text, as if there were columns that nothing separates."""
    gaps = 0
    for row in rows:
        for before, after in pairwise(row):
            letters = [sum(len(run.text) for run in row if (run.x0 < after.x0) is side) for side in (True, False)]
            gaps += after.x0 - before.x1 > 1.5 * before.size and min(letters) >= 2 * LEAST_LETTERS
    return gaps >= LEAST_LINES and gaps > 0.3 * len(rows)


def text_of(row: Iterable[Run]) -> str:
    return " ".join(run.text for run in row)


def _lines(rows: Sequence[Sequence[Run]], part: int) -> list[Line]:
    left = min((run.x0 for row in rows for run in row), default=0.0)
    right = max((run.x1 for row in rows for run in row), default=0.0)
    sized = [(row, max(row, key=lambda run: len(run.text))) for row in rows]
    return [Line(text_of(row), row[0].x0, size.y0, row[-1].x1, size.y1, left, right, part) for row, size in sized]


def _with_initials(runs: Sequence[Run]) -> list[Run]:
    """The same, with drop capitals put before the word they begin."""
    if not runs:
        return []
    height = median(run.size for run in runs)
    tall = [run for run in runs if len(run.text) <= 2 and run.text[:1].isupper() and run.size > 1.8 * height]
    rest = [run for run in runs if run not in tall]
    for initial in tall:
        beside = [
            number
            for number, run in enumerate(rest)
            if initial.x0 < run.x0 <= initial.x1 + 1.5 * height and initial.y0 < (run.y0 + run.y1) / 2 < initial.y1
        ]
        if beside:
            first = max(beside, key=lambda number: rest[number].y1)
            rest[first] = replace(rest[first], text=initial.text + rest[first].text, x0=initial.x0)
        else:
            rest.append(initial)
    return rest
