"""A day as a person types or pastes it, and how it was read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.day_reading import LANGUAGES, possible_days
from rag.errors import ConfigError
from rag.question.days import day_phrases

CHARACTERS = 60
"""Longest text that is looked at: a pasted line such as "Published on Wednesday, 3 September 2025 at 14:05 GMT"."""
_SHOWN = 20
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")


@dataclass(frozen=True)
class ReadDay:
    """A day, and the words that it was read from; empty where it was written as we would."""

    day: dt.date
    read_from: str = ""


def read_day(label: str, typed: str | None, today: dt.date, *, last: bool = False) -> ReadDay | None:
    """The day that a field says; None where it is empty.

    Read are 2025-08-13, 13 Aug 2025 and 13.08.2025 in seventeen languages, "yesterday", "3 Sept", "last Friday", and of
    "August" its first day, or its `last`. A day without a year is the last one until today.

    Raises:
        ConfigError: it is no day; the label of the field comes first.
    """
    text = " ".join((typed or "")[:CHARACTERS].split())
    if not text:
        return None
    if _ISO.fullmatch(text):
        try:
            return ReadDay(dt.date.fromisoformat(text[:10]))
        except ValueError:
            raise _none(label, text) from None
    if days := possible_days(text):
        # Of "3/4/2025" nobody can tell which number is the month: most of the world writes the day first, and it is told.
        return ReadDay(days[-1], f"{text}, day first" if len(days) > 1 else text)
    found = _of_phrase(text, today, last) or _of_words(text, today)
    if found is None:
        raise _none(label, text)
    return ReadDay(found, text)


def _none(label: str, text: str) -> ConfigError:
    return ConfigError(
        f"“{label}”: '{text[:_SHOWN]}' is not a day; write it as 2025-08-13, 13 Aug 2025 or “yesterday”."
    )


def _of_phrase(text: str, today: dt.date, last: bool) -> dt.date | None:
    """As a question's days are read; a stretch has a first and a last day."""
    phrases = day_phrases(f"on {text}", today, today) or day_phrases(f"in {text}", today, today)
    return (phrases[0].last if last else phrases[0].first) if phrases else None


def _of_words(text: str, today: dt.date) -> dt.date | None:
    """ "gestern", "3. September", "9월 3일", "3.9."."""
    import dateparser

    settings = {
        "RELATIVE_BASE": dt.datetime.combine(today, dt.time()),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(text, languages=list(LANGUAGES), settings=settings)
    return found.date() if found else None
