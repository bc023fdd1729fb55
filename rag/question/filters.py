"""What a caller wants to see, as a checked value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from rag.errors import ConfigError
from rag.types import Filters

Day = dt.date | str | None
"""A day, or one as ISO text."""
_DAYS = frozenset({"as_of", "since", "until"})


class Restrictions(TypedDict, total=False):
    """What may be seen: `Filters` as a caller writes them."""

    as_of: Day
    since: Day
    until: Day
    outlets: Sequence[str] | None
    authors: Sequence[str] | None
    articles: Sequence[str] | None
    """Ids: nothing else is read."""


def make_filters(**given: Unpack[Restrictions]) -> Filters:
    """What a caller gave, as a checked value. Raises `ConfigError` when a date is not one."""
    values = dict[str, Any](given)
    for name, value in values.items():
        values[name] = _as_day(name, value) if name in _DAYS else _names(value)
    return Filters(**values)


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(given, str):
        given = [given]
    return tuple(name.strip() for name in given or () if name.strip())


def _as_day(name: str, value: Day) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    try:
        return dt.date.fromisoformat(value.strip()[:10]) if value.strip() else None
    except ValueError:
        raise ConfigError(f"'{value[:40]}' is not a day for {name}; write it as 2025-08-13.") from None
