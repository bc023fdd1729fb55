"""Text of cases, articles and models made safe to show, and figures as text: the same in every kind of report."""

from __future__ import annotations

import datetime as dt

from rich.cells import cell_len, set_cell_size

from rag.text import clean
from rag.text.days import day_text
from rag.types import Filters, Window


def one_line(text: str) -> str:
    """Text on one line, without control, direction and other invisible characters."""
    return clean.one_line(clean.readable(clean.one_line(text)))


def cut(text: str, cells: int) -> str:
    """The beginning of a line, at most that many terminal cells wide; `…` if something was cut."""
    line = one_line(text)
    return line if cell_len(line) <= cells else set_cell_size(line, cells - 1).rstrip() + "…"


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
    """`since 1 Aug 2025, until 13 Aug 2025`; empty if unrestricted."""
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
