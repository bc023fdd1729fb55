"""The day of publication: where it is read, and which sources take precedence. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ingest.datelines import Dateline
from ingest.day_reading import chosen, numbered_days
from rag.text.days import MONTHS, calendar_day
from rag.types import DateSource

_UNSET = frozenset({dt.date(1900, 1, 1), dt.date(1970, 1, 1), dt.date(1969, 12, 31)})  # what computers take for none
_LEEWAY = dt.timedelta(days=2)  # Time zones, and pages dated to the morning of the printed paper.
_ONE = dt.timedelta(days=1)

_ADDRESS_MONTH = re.compile(r"(?i)/((?:18|19|20)\d{2})/([a-z]{3,9})/(\d{1,2})(?=/|$)")

ORDER = (
    DateSource.METADATA,  # what came with the article: a feed, a line of data, front matter
    DateSource.LINKED_DATA,
    DateSource.META,
    DateSource.ADDRESS,
    DateSource.TEXT,
    DateSource.DATELINE,
    DateSource.UPDATED,
    DateSource.GUESS,
)
"""Sources in order of precedence."""
_PRINTED = (DateSource.ADDRESS, DateSource.TEXT)
"""What a reader sees, in the outlet's local time: it corrects a UTC time that falls on an adjacent day."""


@dataclass(frozen=True)
class Said:
    """One place where a document gives its day: the days it may mean, and the hour if it is a UTC time."""

    days: tuple[dt.date, ...]
    source: DateSource
    utc_hour: int | None = None
    language: str | None = None
    """Of the page, with its region, as in "en-GB", which may say whether day or month comes first."""

    def is_also(self, printed: dt.date) -> bool:
        """Whether this UTC time falls on that day somewhere on earth, between 12 hours behind and 14 ahead."""
        if self.utc_hour is None or len(self.days) != 1:
            return False
        later = printed - self.days[0]
        return (later == _ONE and self.utc_hour >= 10) or (later == -_ONE and self.utc_hour < 12)


@dataclass(frozen=True)
class Published:
    """A publication day and where it was read; `day` is None exactly if the source is unknown."""

    day: dt.date | None
    source: DateSource


def plausible(day: dt.date | None, today: dt.date | None = None) -> dt.date | None:
    """The day itself, or None if news cannot be from it: before 1800, a computer's zero, more than two days ahead."""
    today = today or dt.datetime.now(dt.UTC).date()
    return day if day and dt.date(1800, 1, 1) <= day <= today + _LEEWAY and day not in _UNSET else None


def publication_date(
    said: Iterable[Said] = (),
    url: str | None = None,
    dateline: Dateline | None = None,
    language: str | None = None,
    today: dt.date | None = None,
) -> Published:
    """When an article was published: the first source in `ORDER` that gives one possible day.

    If 3/4/2025 is all there is, the day is unknown, unless another place or the page's language ("en-GB") decides which
    it is. A printed day corrects a UTC time by one day, and is used itself if an outlet prints the day of its last
    change as that of the article. `said` also completes the year of the dateline.
    """
    known = [replace(one, days=tuple(day for day in one.days if plausible(day, today))) for one in said]
    known = [one for one in known if one.days]
    if url and (day := plausible(address_day(url), today)):
        known.append(Said((day,), DateSource.ADDRESS))
    near = next((one.days[0] for one in known if len(one.days) == 1), None)
    if dateline and (day := plausible(complete_year(dateline, near), today)):
        known.append(Said((day,), DateSource.DATELINE))
    for one in sorted(known, key=lambda one: ORDER.index(one.source)):
        if day := _meant(one, known, language):
            return _renewed(day, known) or _as_printed(day, one, known)
    return Published(None, DateSource.UNKNOWN)


def _meant(one: Said, known: list[Said], language: str | None) -> dt.date | None:
    """The day meant; of two possible days, the one confirmed by another place or decided by the language."""
    if len(one.days) == 1:
        return one.days[0]
    clear = [other.days[0] for other in known if len(other.days) == 1 and other.source is not DateSource.GUESS]
    named = [day for day in one.days if any(abs(day - other) <= _ONE for other in clear)]
    if len(named) == 1:
        return named[0]
    # Programs write no language.
    return chosen(one.days, one.language or language) if one.source is DateSource.TEXT else None


def _renewed(day: dt.date, known: list[Said]) -> Published | None:
    """The later day that an outlet prints as an article's day although it is the day of the last change."""
    printed = [other.days[0] for other in known if other.source is DateSource.TEXT and len(other.days) == 1]
    changed = {other.days[0] for other in known if other.source is DateSource.UPDATED}
    later = [other for other in printed if other > day + _ONE and other in changed]
    return Published(later[0], DateSource.TEXT) if later else None


def _as_printed(day: dt.date, one: Said, known: list[Said]) -> Published:
    for other in sorted(known, key=lambda other: ORDER.index(other.source)):
        if other.source in _PRINTED and other.utc_hour is None:
            if day in other.days:
                break
            if shifted := next(filter(one.is_also, other.days), None):
                return Published(shifted, other.source)
    return Published(day, one.source)


def address_day(url: str) -> dt.date | None:
    """The day in an address's path, as in /2025/08/13/, -20250813.html or /2025/aug/13/, or None."""
    try:
        path = urlsplit(url).path.rsplit("http", 1)[-1]  # an archive puts its own day before the address
    except ValueError:
        return None
    if match := _ADDRESS_MONTH.search(path):
        month = MONTHS.get(match[2].casefold())
        return calendar_day(int(match[1]), month, int(match[3])) if month else None
    return chosen(numbered_days(path))


def complete_year(dateline: Dateline, near: dt.date | None) -> dt.date | None:
    """The day of a dateline, if it has one. A missing year is the one nearest to `near`, which it then needs."""
    if dateline.month is None or dateline.day is None:
        return None
    if dateline.year is not None:
        return calendar_day(dateline.year, dateline.month, dateline.day)
    if near is None:
        return None
    years = (near.year - 1, near.year, near.year + 1)
    days = [day for year in years if (day := calendar_day(year, dateline.month, dateline.day))]
    return min(days, key=lambda day: abs(day - near), default=None)
