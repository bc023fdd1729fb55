"""Which relative dates of a quote are spelled out beside it.

A day that could be wrong is worse than none, so ambiguous ones are left out.
"""

from __future__ import annotations

import datetime as dt
import re

from rag.text.days import MONTH, YEAR, RelativeDate, around, find_relative_dates, resolve_relative
from rag.text.tense import FUTURE, NOT_PAST, PAST_VERB
from rag.types import ResolvedDate

_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_IS_WEEKDAY = re.compile(rf"(?:(?i:on) )?{_WEEKDAY}")
_NEAR = dt.timedelta(days=120)
"""A day without a year this far from the article's day may just as well be in another year."""
_LONG_AGO = dt.timedelta(days=180)
"""A month without a year this far back may just as well be the next one of that name."""
_DAY_OF_MONTH = re.compile(rf"\d{{1,2}} {MONTH}\.?|{MONTH}\.? \d{{1,2}}")
_NAMES_A_MONTH = re.compile(rf"\b{MONTH}\b")
# "Black Friday", "every Tuesday", "Monday to Friday", "Friday, Aug. 22": not days in their own right.
_BEFORE_WEEKDAY = re.compile(
    r"\b(?:Black|Good|Mail|Super|Cyber|Bloody|Ash|Palm|Easter|Holy|Shrove|Whit|(?i:every|each|any|most|first|second|third|fourth)"
    rf"|{_WEEKDAY}s? (?:to|through|until|and|or)|(?:{MONTH}\.? \d{{1,2}}|\d{{1,2}} {MONTH}),?) \(?$"
    rf"|{_WEEKDAY}\s?[-–—]\s?$"
)
_AFTER_WEEKDAY = re.compile(
    r" (?:Times|Telegraph|Mail|Mirror|Express|Night|best|school|(?:night|morning|afternoon|evening)s)\b"
    rf"|(?: (?:to|through|until|and|or) |\s?[-–—]\s?){_WEEKDAY}|,? (?:{MONTH}\.? \d|\d{{1,2}} {MONTH}\b|the \d)| (?:in|of) {MONTH}\b"
)
_STARTS_A_SENTENCE = re.compile(r"(?:^|[.!?:][\"”’)]*)[\s“\"]*$")
_STRETCH = re.compile(r"the (?:past|last) \S.* (?:hour|month|year)s?|.* ago", re.IGNORECASE)
_ABOUT = re.compile(r"(?i)\b(?:more than|less than|over|under|about|around|nearly|almost|at least|roughly|some|just) $")
_OTHER_YEAR = re.compile(
    r"(?i)\b(?:last|next|that|same|previous|following) year\b|\byears? (?:ago|earlier|before|later)\b"
)
_PAST_VERB = rf"(?<!\bbe )(?<!\bget )(?<!\bto )(?<!\bwill )(?<!\bwould ){PAST_VERB}"
_PAST = re.compile(rf"(?<!-)(?<!\bthe )(?<!\ba )(?<!\ban ){_PAST_VERB}")  # not "the elected council"
_INFINITIVE = re.compile(
    r"(?<!according )\bto (?!(?:the|an?|his|her|its|their)\b)[a-z]*(?:[a-rt-z]|ss) (?:[\w'’-]+ ){0,4}$"
)
_AHEAD_OR_OVER = re.compile(rf"\b(?:for|to|until|till|through|beginning|starting|effective) {_WEEKDAY}$")
"""What is done "for Monday" or "until Monday" may be in the past with Monday still to come."""
_NOT_AHEAD = re.compile(
    r"(?i)(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\bdue to\b|\bafter\b[^,;]*$"
    r"|\b(?:was|were) (?:\w+ly )?(?:due|expected|planned|scheduled|set|slated)\b"
)
"""A reason, a day before what lies ahead, or what once lay ahead."""
_OPENING = re.compile(r"“|(?<![^\s(\[—–])\"")
_MARK = re.compile('[“”"]')


def resolved_dates(text: str, published: dt.date | None) -> tuple[ResolvedDate, ...]:
    """The relative dates of a quote, and those without a year, in order and each once; empty without a publication day.

    >>> resolved_dates("They met on Tuesday.", dt.date(2025, 8, 13))[0].first.isoformat()
    '2025-08-12'
    """
    told: dict[str, ResolvedDate] = {}
    for one in certain_dates(text, published):
        told.setdefault(one.bare.casefold(), ResolvedDate(words=one.bare, first=one.first_day, last=one.last_day))
    return tuple(told.values())


def certain_dates(text: str, published: dt.date | None) -> list[RelativeDate]:
    """The relative dates of a text, and those without a year, that are unambiguous."""
    if published is None:
        return []
    found = [
        one
        for one in find_relative_dates(text, published)
        if not has_no_day_of_its_own(text, one) and not _is_open(text, one, published)
    ]
    # "Said on Tuesday that it would end on Tuesday": one note for both would be wrong about one of them.
    meanings = {(one.bare.casefold(), one.first_day, one.last_day) for one in found}
    words = [words for words, _, _ in meanings]
    return [one for one in found if words.count(one.bare.casefold()) == 1]


def has_no_day_of_its_own(text: str, found: RelativeDate) -> bool:
    """Whether it is part of a name, a habit, a longer date or a duration."""
    before, words = text[: found.start], found.words
    if _IS_WEEKDAY.fullmatch(words):
        return bool(_BEFORE_WEEKDAY.search(before) or _AFTER_WEEKDAY.match(text, found.end))
    if re.match(r"-\w", text[found.end : found.end + 2]):  # "this year-end"
        return True
    if _NAMES_A_MONTH.search(words):
        years = {int(year) for year in YEAR.findall(text)}
        return bool(_OTHER_YEAR.search(text)) or (bool(years) and found.first_day.year not in years)
    if words in ("Today", "Tonight", "TODAY", "TONIGHT"):  # "USA Today", "Fox News Tonight"
        return words.isupper() or not _STARTS_A_SENTENCE.search(before)
    return bool(_STRETCH.fullmatch(words)) and (not words.endswith("ago") or bool(_ABOUT.search(before)))


def _is_open(text: str, found: RelativeDate, published: dt.date) -> bool:
    """Whether the sentence leaves open which day, or which direction, the words count from."""
    before, after = around(text, found.start, found.end)
    if _DAY_OF_MONTH.fullmatch(found.words):
        ahead = bool(FUTURE.search(text)) or not _PAST.search(before)
        attribute = before.endswith("the ")  # "the Sept. 11 attacks"
        return attribute or abs(found.first_day - published) > _NEAR or (found.first_day > published and not ahead)
    if found.words.casefold() == "this weekend" and published.weekday() < 2:
        return True  # On Monday it is the one just ended.
    if found.first_day == found.last_day and _is_spoken(text, found):
        return True  # It counts from the day it was said.
    past, future = (resolve_relative(found.words, published, future) for future in (False, True))
    if past == future:
        return False
    if (found.first_day, found.last_day) == past:
        return published - found.last_day > _LONG_AGO or not _has_happened(before, found.words, after)
    verbs = [match.end() for match in FUTURE.finditer(before)]
    return bool(_NOT_AHEAD.search(before) or _PAST.search(before, verbs[-1] if verbs else 0))


def _has_happened(before: str, words: str, after: str) -> bool:
    """Whether the surroundings of words for past days confirm that they are past."""
    if _PAST.match(after.lstrip()):
        return True
    if _INFINITIVE.search(before) or _AHEAD_OR_OVER.search(before + words):
        return False
    over = max((match.end() for match in _PAST.finditer(before)), default=0)
    if over or NOT_PAST.search(before):
        return all(match.end() < over for match in NOT_PAST.finditer(before))
    happened, planned = _PAST.search(after), FUTURE.search(after)
    return happened is not None and (planned is None or happened.start() < planned.start())


def _is_spoken(text: str, found: RelativeDate) -> bool:
    """Whether the words are inside quotation marks; the quote may begin or end in mid-speech."""
    marks = list(_MARK.finditer(text))
    opening = [bool(_OPENING.match(text, mark.start())) for mark in marks]
    earlier = sum(mark.start() < found.start for mark in marks)
    return opening[earlier - 1] if earlier else bool(marks) and not opening[0]
