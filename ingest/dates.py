"""Days: read from metadata, addresses, datelines and text, and never guessed. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.datelines import Dateline, read_dateline
from rag.dates.calendar_words import MONTH, MONTHS
from rag.types import DateSource

__all__ = [
    "Dateline",
    "Published",
    "address_day",
    "complete_year",
    "parse_day",
    "plausible",
    "publication_date",
    "read_dateline",
]

_EARLIEST = dt.date(1800, 1, 1)
_LEEWAY = dt.timedelta(days=2)  # Time zones, and pages dated to the morning of the printed paper.
_LONGEST = 100  # Characters of a metadata string that are looked at.

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T\d{4,6}|\d{6})?Z?(?!\d)")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_MONTH_DAY_YEAR = re.compile(rf"(?i)\b({MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    rf"(?i)(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?({MONTH})\.?,?[\s-]+(\d{{4}})(?!\d)"
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_ADDRESS_NUMBERS = re.compile(r"/((?:18|19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")
_ADDRESS_MONTH = re.compile(r"(?i)/((?:18|19|20)\d{2})/([a-z]{3,9})/(\d{1,2})(?=/|$)")
_ADDRESS_COMPACT = re.compile(r"[/_-]((?:19|20)\d{2})(\d{2})(\d{2})(?=[/_.-]|$)")


@dataclass(frozen=True)
class Published:
    """A publication day and where it was read; `day` is None exactly when the source is unknown."""

    day: dt.date | None
    source: DateSource


def plausible(day: dt.date | None, today: dt.date | None = None) -> dt.date | None:
    """The day itself, or None when news cannot be from it: before 1800, or more than two days ahead."""
    today = today or dt.datetime.now(dt.UTC).date()
    return day if day and _EARLIEST <= day <= today + _LEEWAY else None


def parse_day(text: str) -> dt.date | None:
    """The day that a metadata string names, or None.

    Reads ISO 8601, RFC 822, "Aug 13, 2025 14:23", "13 August 2025", "2025/08/13", 20250813 and the like. The
    day is the one written down: a time zone does not move it. "05/08/2025" could be May or August, so digits
    alone count only when one of them must be the day, or both are the same.
    """
    text = text[:_LONGEST]
    for pattern in (_ISO, _YEAR_FIRST, _CJK, _COMPACT):
        if match := pattern.search(text):
            return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH_DAY_YEAR.search(text):
        return _day(int(match[3]), MONTHS[match[1].casefold()], int(match[2]))
    if match := _DAY_MONTH_YEAR.search(text):
        return _day(int(match[3]), MONTHS[match[2].casefold()], int(match[1]))
    if match := _NUMBERS.search(text):
        return _from_numbers(int(match[1]), int(match[3]), int(match[4]), dotted=match[2] == ".")
    return None


def _from_numbers(first: int, second: int, year: int, dotted: bool) -> dt.date | None:
    if dotted or first > 12 or first == second:  # dots are written where the day comes first
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def address_day(url: str) -> dt.date | None:
    """The day in the path of an address, as in /2025/08/13/ or /2025/aug/13/, or None."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    if match := _ADDRESS_NUMBERS.search(path) or _ADDRESS_COMPACT.search(path):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if (match := _ADDRESS_MONTH.search(path)) and match[2].casefold() in MONTHS:
        return _day(int(match[1]), MONTHS[match[2].casefold()], int(match[3]))
    return None


def complete_year(dateline: Dateline, near: dt.date | None) -> dt.date | None:
    """The day of a dateline. Its year, when not given, is the one that brings it nearest to `near`.

    None when there is no day in it, or when the year is not given and no near day is known.
    """
    if dateline.month is None or dateline.day is None:
        return None
    if dateline.year is not None:
        return _day(dateline.year, dateline.month, dateline.day)
    if near is None:
        return None
    years = (near.year - 1, near.year, near.year + 1)
    days = [day for year in years if (day := _day(year, dateline.month, dateline.day))]
    return min(days, key=lambda day: abs(day - near), default=None)


def publication_date(
    metadata: dt.date | None = None,
    url: str | None = None,
    dateline: Dateline | None = None,
    text_days: Iterable[dt.date] = (),
    file_day: dt.date | None = None,
    today: dt.date | None = None,
) -> Published:
    """When an article was published: metadata, else its address, else its dateline, else its text.

    `text_days` are days read from lines like "Published …" and "Updated …", best first; `file_day` is when a PDF
    was made, which counts last. Both also complete the year of the dateline. What is impossible is passed over;
    what is not said stays unknown.
    """
    said = [day for day in text_days if plausible(day, today)]
    near = said[0] if said else plausible(file_day, today)
    candidates = (
        (metadata, DateSource.METADATA),
        (address_day(url) if url else None, DateSource.ADDRESS),
        (complete_year(dateline, near) if dateline else None, DateSource.DATELINE),
        (said[0] if said else None, DateSource.TEXT),
        (file_day, DateSource.METADATA),
    )
    for day, source in candidates:
        if plausible(day, today):
            return Published(day, source)
    return Published(None, DateSource.UNKNOWN)
