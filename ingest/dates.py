"""The day of publication: one order for all that is said of it, and where the day comes from. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.datelines import Dateline, read_dateline
from ingest.day_reading import chosen, parse_day
from rag.dates.calendar_words import MONTHS
from rag.types import DateSource

__all__ = [
    "Dateline",
    "Published",
    "Said",
    "address_day",
    "complete_year",
    "parse_day",
    "plausible",
    "publication_date",
    "read_dateline",
]

_EARLIEST = dt.date(1800, 1, 1)
_UNSET = frozenset({dt.date(1900, 1, 1), dt.date(1970, 1, 1), dt.date(1969, 12, 31)})
"""What computers write for no day."""
_LEEWAY = dt.timedelta(days=2)  # Time zones, and pages dated to the morning of the printed paper.
_ONE = dt.timedelta(days=1)

_ADDRESS_NUMBERS = re.compile(r"/((?:18|19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")
_ADDRESS_MONTH = re.compile(r"(?i)/((?:18|19|20)\d{2})/([a-z]{3,9})/(\d{1,2})(?=/|$)")
_ADDRESS_COMPACT = re.compile(r"[/_-]((?:19|20)\d{2})(\d{2})(\d{2})(?=[/_.-]|$)")

ORDER = (
    DateSource.METADATA,  # what came with the article: a feed, a line of data, front matter
    DateSource.LINKED_DATA,
    DateSource.META,
    DateSource.TIME,
    DateSource.ADDRESS,
    DateSource.TEXT,
    DateSource.DATELINE,
    DateSource.UPDATED,
    DateSource.GUESS,
)
"""Who is believed before whom."""
_PRINTED = (DateSource.ADDRESS, DateSource.TEXT, DateSource.TIME)
"""What a reader sees, in the time of the outlet: it corrects a time in UTC that falls on the day beside."""


@dataclass(frozen=True)
class Said:
    """One place where a document names its day: the days that it may mean, and whether that is a time in UTC."""

    days: tuple[dt.date, ...]
    source: DateSource
    utc: bool = False


@dataclass(frozen=True)
class Published:
    """A publication day and where it was read; `day` is None exactly when the source is unknown."""

    day: dt.date | None
    source: DateSource


def plausible(day: dt.date | None, today: dt.date | None = None) -> dt.date | None:
    """The day itself, or None when news cannot be from it: before 1800, computers' zero, more than two days ahead."""
    today = today or dt.datetime.now(dt.UTC).date()
    return day if day and _EARLIEST <= day <= today + _LEEWAY and day not in _UNSET else None


def publication_date(
    said: Iterable[Said] = (),
    url: str | None = None,
    dateline: Dateline | None = None,
    language: str | None = None,
    today: dt.date | None = None,
) -> Published:
    """When an article was published: the first in `ORDER` that names one possible day.

    Where 3/4/2025 is all that is said, the day is unknown, unless another place or the page's language ("en-GB")
    tells which it is. A printed day corrects a time in UTC by one day. `said` also completes the year of the dateline.
    """
    known = [Said(days, one.source, one.utc) for one in said if (days := _plausible_days(one.days, today))]
    if url and (day := plausible(address_day(url), today)):
        known.append(Said((day,), DateSource.ADDRESS))
    near = next((one.days[0] for one in known if len(one.days) == 1), None)
    if dateline and (day := plausible(complete_year(dateline, near), today)):
        known.append(Said((day,), DateSource.DATELINE))
    for one in sorted(known, key=lambda one: ORDER.index(one.source)):
        if day := _meant(one, known, language):
            return _as_printed(day, one, known)
    return Published(None, DateSource.UNKNOWN)


def _plausible_days(days: Sequence[dt.date], today: dt.date | None) -> tuple[dt.date, ...]:
    return tuple(day for day in days if plausible(day, today))


def _meant(one: Said, known: list[Said], language: str | None) -> dt.date | None:
    """The day meant; of two that are possible the one that another place names, too, or that the language tells."""
    if len(one.days) == 1:
        return one.days[0]
    clear = [other.days[0] for other in known if len(other.days) == 1 and other.source is not DateSource.GUESS]
    named = [day for day in one.days if any(abs(day - other) <= _ONE for other in clear)]
    return named[0] if len(named) == 1 else chosen(one.days, language)


def _as_printed(day: dt.date, one: Said, known: list[Said]) -> Published:
    if one.utc:
        for source in _PRINTED:
            for other in known:
                near = [printed for printed in other.days if abs(printed - day) <= _ONE]
                if other.source is source and not other.utc and len(near) == 1:
                    return Published(near[0], one.source if near[0] == day else source)
    return Published(day, one.source)


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


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
