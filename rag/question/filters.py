"""What a caller wants to see, as a validated value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from rag.errors import ConfigError
from rag.types import Filters

Day = dt.date | str | None
"""A day, possibly as ISO text."""
_DAYS = frozenset({"as_of", "since", "until"})


class Restrictions(TypedDict, total=False):
    """What may be seen: `Filters` as callers write them."""

    as_of: Day
    since: Day
    until: Day
    outlets: Sequence[str] | None
    authors: Sequence[str] | None
    articles: Sequence[str] | None
    """Ids: only these are read."""


def make_filters(**given: Unpack[Restrictions]) -> Filters:
    """A caller's restrictions as a validated value. Raises `ConfigError` for an invalid date, or a first day after the last."""
    values, known = dict[str, Any](given), Restrictions.__annotations__
    for name in values.keys() - known.keys():
        raise TypeError(f"There is no filter '{name}'; the filters are: {', '.join(known)}.")
    for name, value in values.items():
        values[name] = _as_day(name, value) if name in _DAYS else _names(value)
    filters = Filters(**values)
    if filters.since and filters.until and filters.since > filters.until:
        days = f"since {filters.since} is later than until {filters.until}"
        raise ConfigError(f"The two days are the wrong way round: {days}; give the earlier one as since.")
    return filters


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(given, str):
        given = [given]
    return tuple(name.strip() for name in given or () if name.strip())


def _as_day(name: str, value: Day) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if value is None or isinstance(value, dt.date):
        return value
    text = str(value).strip()
    try:
        return dt.datetime.fromisoformat(text).date() if text else None
    except ValueError:
        raise ConfigError(f"'{text[:40]}' is not a date for {name}; write it as 2025-08-13.") from None
