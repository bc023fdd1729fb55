"""Reads the day that words name, in many languages; two days if it is unclear which number is the month.

`dateparser` knows the names of months; around them there is a pattern with the month as a word, and one of numbers.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache

from rag.text.days import MONTHS, calendar_day

LANGUAGES = ("en", "ko", "zh", "ja", "ru", "de", "fr", "es", "pt", "it", "ar", "hi", "nl", "pl", "sv", "tr", "uk")
"""Languages whose month names are read."""
_MONTH_FIRST = frozenset({"en-us", "en-ph"})
"""Locales where 3/4/2025 is 4 March. Plain English leaves the order open; all other languages put the day first."""
_LONGEST = 100  # Characters of a line or a metadata string that are examined.

_WORD = r"[^\W\d_][^\s\d.,;:|/()\[\]<>_-]{1,19}"  # not \w alone: to `re`, the vowel signs of Hindi are not letters
_YEAR = r"(?:1[89]|20)\d\d"
_NUMBERS = re.compile(
    rf"(?<![\d.:])(?:(?P<y>{_YEAR})(?:\s*[年년]\s*|(?P<mark>\s?[-/.])\s?)(?P<m>\d{{1,2}})(?:\s*[月월]\s*|(?(mark)(?P=mark)|(?!))\s?)(?P<d>\d{{1,2}})(?:\s*[日일])?"
    rf"|(?P<a>\d{{1,2}})(?P<dash>\s?[-/.])\s?(?P<b>\d{{1,2}})(?P=dash)\s?(?P<y2>{_YEAR}))(?![\d%])"
)
_COMPACT = re.compile(rf"(?<!\d)({_YEAR})(\d\d)(\d\d)(?:T?\d{{4,6}}Z?)?(?!\d)")
_WORDED = re.compile(
    rf"(?i)(?:(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|°|\.)?[\s-]*(?:(?:de|of|di)\s+)?(?P<w>{_WORD})(?:/{_WORD})?\.?,?[\s-]*(?:(?:de|of|del)\s+)?(?P<y>{_YEAR})"
    rf"|(?<![^\W\d_])(?P<w2>{_WORD})\.?\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>{_YEAR}))(?!\d)"
)

DAY_SHAPE = re.sub(r"\?P<(?!mark>|dash>)\w+>", "?:", f"(?:{_WORDED.pattern}|{_NUMBERS.pattern})".replace("(?i)", ""))
"""What may be a day, for patterns of whole lines; only `possible_days` decides whether it is one."""
PUBLISHED = r"publi|pubbli|posted|veröff|erschien|erstellt|datum|date\b|опублик|дата|发布|發佈|发表|发稿|公開|発表|掲載|配信|投稿|입력|등록|게시|기사|نشر|تاريخ|प्रकाशित|पोस्ट"
UPDATED = (
    r"updat|modif|last.?change|changed|edited|aktuali|letzte|geändert|mis à jour|mise à jour|actualiz|atualiz|aggiorn|обновл|"
    r"изменен|更新|수정|업데이트|تحديث|अपडेट|अद्यतन"
)
"""Words, in lower case, beside the day of publication, and beside that of a change."""


def possible_days(text: str) -> tuple[dt.date, ...]:
    """The first day that a line names: one, none, or the two that "3/4/2025" may be, 4 March first. The day is as
    written: time zones do not move it. Dots as separators mean that the day comes first."""
    text = ascii_digits(text[:_LONGEST])
    if days := numbered_days(text):
        return days
    for match in _WORDED.finditer(text):
        if month := month_of(match["w"] or match["w2"]):
            return _days(match["y"] or match["y2"], month, match["d"] or match["d2"])
    return ()


def numbered_days(text: str) -> tuple[dt.date, ...]:
    """Like `possible_days`, for purely numeric days."""
    for match in _NUMBERS.finditer(text):
        if days := _of_numbers(match):
            return days
    compact = _COMPACT.search(text)
    return _days(compact[1], compact[2], compact[3]) if compact else ()


def parse_day(text: str) -> dt.date | None:
    """The day that a line or a metadata string names, or None, also if two are possible."""
    return chosen(possible_days(text))


def chosen(days: tuple[dt.date, ...], language: str | None = None) -> dt.date | None:
    """The possible day that the page's language ("en-GB") selects, or None."""
    if len(days) != 2:
        return days[0] if days else None
    language = (language or "").casefold().replace("_", "-")
    if language in ("", "en", "en-ca"):
        return None
    return days[0] if language in _MONTH_FIRST else days[1]


def given_day(value: object) -> dt.date | None:
    """The day in a field of a feed or of data: as in `parse_day`, a mail date, an ISO week date, or Unix seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_seconds(value)
    if not isinstance(value, str) or not (text := value.strip()):
        return None
    if re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return _of_seconds(int(text))
    if days := possible_days(text):
        return chosen(days)
    try:
        if re.fullmatch(r"\d{4}-?W\d\d-?\d", text):
            return dt.date.fromisoformat(text)
        return parsedate_to_datetime(text).date()
    except (ValueError, OverflowError, IndexError):
        return None


@cache
def weekdays() -> frozenset[str]:
    """The names of the days of the week in `LANGUAGES`, long and short, in lower case."""
    from babel import Locale

    forms = (form for code in LANGUAGES for kind in Locale.parse(code).days.values() for form in kind.values())
    return frozenset(name.casefold().rstrip(".") for form in forms for name in form.values() if len(name) > 1)


@lru_cache(maxsize=4096)
def month_of(word: str) -> int | None:
    """The month (from 1) that a word names in one of `LANGUAGES`, or None."""
    word = word.casefold()
    if word in MONTHS:
        return MONTHS[word]
    import dateparser

    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    found = dateparser.parse(f"15 {word} 2020", languages=list(LANGUAGES), settings=settings)
    return found.month if found and (found.year, found.day) == (2020, 15) else None


def _of_numbers(match: re.Match[str]) -> tuple[dt.date, ...]:
    if match["y"]:
        return _days(match["y"], match["m"], match["d"])
    month_first = _days(match["y2"], match["a"], match["b"])
    day_first = _days(match["y2"], match["b"], match["a"])
    if "." in match["dash"]:
        return day_first
    return tuple(dict.fromkeys(month_first + day_first))


def _days(year: str, month: str | int, day: str) -> tuple[dt.date, ...]:
    found = calendar_day(int(year), int(month), int(day))
    return (found,) if found else ()


def _of_seconds(value: float) -> dt.date | None:
    seconds = value / 1000 if abs(value) > 1e11 else value  # many tools count milliseconds
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def ascii_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
