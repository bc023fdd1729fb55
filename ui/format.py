"""Days, times and texts as a person reads them, on a terminal and on the page; nothing that others wrote can steer either."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.text.days import day_text

if TYPE_CHECKING:
    from rag.types import ResolvedDate

DATES_MOST = 3
"""Relative dates of one quote that are resolved beside it."""
# Controls start escape sequences; the direction marks and separators reorder or break lines; tag characters hide text;
# a lone surrogate cannot be written at all.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Text that a terminal only shows: line ends and tabs stay, other control characters are written out."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The same on a single line."""
    return plain(" ".join(text.split()))


def day(value: dt.date | None, guessed: bool = False) -> str:
    """`13 Aug 2025` in every locale; empty when unknown."""
    return day_text(value, guessed) if value else ""


def span(first: dt.date, last: dt.date) -> str:
    """`13 Aug 2025`, `4–10 Aug 2025`, `28 Jul – 3 Aug 2025`, `30 Dec 2024 – 5 Jan 2025`."""
    if first == last:
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{day(first).removesuffix(f' {last.year}')} – {day(last)}"


def resolved(dates: Sequence[ResolvedDate]) -> str:
    """The first relative dates of a quote with their days: `Tuesday: 12 Aug 2025; last week: 4–10 Aug 2025`."""
    return "; ".join(f"{one_line(date.words)}: {span(date.first, date.last)}" for date in dates[:DATES_MOST])


def duration(seconds: float) -> str:
    """`9 s`, `3:07`, `1:02:45`."""
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def pace(done: int, total: int, seconds: float, unit: str) -> str:
    """How far a step is: `640/6,400 passages, 64/s, 1:30 left`; without a total there is no time left to tell."""
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{done:,}/{total:,} {unit}" if total else f"{done:,} {unit}"]
    if rate:
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
    if rate and done < total:
        parts.append(f"{duration((total - done) / rate)} left")
    return ", ".join(parts)


def moment(value: dt.datetime) -> str:
    """`13 Aug 2025 08:10`, in the time of this machine."""
    here = value.astimezone()
    return f"{day(here.date())} {here:%H:%M}"
