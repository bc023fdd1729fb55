"""Text of cases, articles and models made fit to be shown, and figures as text: the same in every kind of report."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from evals.compare import Difference
from evals.measures import MEASURES, Better
from rag.text.clean import readable
from rag.text.days import day_text
from rag.types import Filters, Window


def one_line(text: str) -> str:
    """Text on one line, without control, direction and other invisible characters."""
    return " ".join(readable(" ".join(text.split())).split())


def cut(text: str, cells: int) -> str:
    """The beginning of a line, at most that many terminal cells wide; `…` where something was left out."""
    line = one_line(text)
    return line if cell_len(line) <= cells else set_cell_size(line, cells - 1).rstrip() + "…"


def padded(text: str, cells: int) -> str:
    """A line cut or filled up to exactly that many terminal cells."""
    line = cut(text, cells)
    return line + " " * (cells - cell_len(line))


def wrapped(text: str, cells: int, indent: str = "") -> list[str]:
    """The words of a text as indented lines that fit the width; longer words are broken."""
    lines = Text(one_line(text)).wrap(Console(width=cells), cells - cell_len(indent))
    return [indent + line.plain.rstrip() for line in lines] or [indent]


def day(value: dt.date | None) -> str:
    """`13 Aug 2025` in every locale; `no date` when unknown."""
    return day_text(value) if value else "no date"


def moment(value: dt.datetime | None) -> str:
    """`13 Aug 2025, 09:00 UTC`; `not finished` when there is none."""
    if value is None:
        return "not finished"
    utc = value.astimezone(dt.UTC)
    return f"{day(utc.date())}, {utc:%H:%M} UTC"


def span(value: Window | Filters) -> str:
    """`since 1 Aug 2025, until 13 Aug 2025`; empty when every day is meant."""
    named = (("since", value.since), ("until", value.until), ("as of", value.as_of))
    return ", ".join(f"{word} {day(date)}" for word, date in named if date)


def milliseconds(value: float) -> str:
    """`0.42 ms`, `8.1 ms`, `1,204 ms`: three digits are enough for a time."""
    if value >= 100:
        return f"{value:,.0f} ms"
    return f"{value:.1f} ms" if value >= 1 else f"{value:.2f} ms"


def counted(number: int, noun: str) -> str:
    """`1 case`, `1,204 cases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def p_value(p: float | None) -> str:
    """`0.012`; `<0.001`; `–` where no test was made."""
    if p is None:
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def reading(one: Difference) -> str:
    """`better` or `worse` where the interval and the test both say so."""
    if one.low == one.high == 0:
        return "the same"
    if not ((one.low > 0 or one.high < 0) and (one.p is None or one.p < 0.05)):
        return "may be chance"
    better = MEASURES[one.measure].better if one.measure in MEASURES else Better.NEITHER
    if better is Better.NEITHER:
        return "changed"
    return "better" if (one.difference > 0) == (better is Better.HIGHER) else "worse"


def excerpt(text: str, needles: Sequence[str], most: int) -> str:
    """At most that many characters of a text on one line: its beginning, or what stands around the first needle."""
    line = one_line(text)
    if len(line) <= most:
        return line
    found = _any_of(needles).search(line)
    start = max(0, found.start() - most // 3) if found and found.end() > most else 0
    end = start + most
    return ("…" if start else "") + line[start:end].strip() + ("…" if end < len(line) else "")


def pieces(text: str, needles: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the needles (whole words, in upper or lower case)."""
    split = _any_of(needles).split(text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(split) if piece]


def _any_of(needles: Sequence[str]) -> re.Pattern[str]:
    """Any of the needles as whole words, the longest first; nothing where there are none."""
    sought = sorted({one_line(one) for one in needles} - {""}, key=lambda one: (-len(one), one))
    words = "|".join(re.escape(one) for one in sought) or "(?!)"
    return re.compile(rf"(?<!\w)({words})(?!\w)", re.IGNORECASE)
