"""Which relative dates of a quote are told beside it, with their days.

A day that could be wrong is worse than none: what a sentence leaves open is left out.
"""

from __future__ import annotations

import datetime as dt
import re

from rag.text.days import MONTH, SENTENCE_END, YEAR, RelativeDate, find_relative_dates, resolve_relative
from rag.text.tense import FUTURE, NOT_PAST, PAST_VERB, PLANNED
from rag.types import ResolvedDate

_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_IS_WEEKDAY = re.compile(rf"(?:(?i:on) )?{_WEEKDAY}")
_NEAR = dt.timedelta(days=120)
"""A day without a year that lies further from the article's day could as well be of another year."""
_LONG_AGO = dt.timedelta(days=180)
"""A month without a year that lies further back could as well be the next one of that name."""
_DAY_OF_MONTH = re.compile(rf"\d{{1,2}} {MONTH}\.?|{MONTH}\.? \d{{1,2}}")
_NAMES_A_MONTH = re.compile(rf"\b{MONTH}\b")
# "Black Friday", "every Tuesday", "Monday to Friday", "Friday, Aug. 22": no day of their own.
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
_STRETCH = re.compile(r"the (?:past|last) \S.* (?:month|year)s?|.* ago", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:more than|less than|over|under|about|around|nearly|almost|at least|roughly|some|just) $", re.IGNORECASE
)
_A_WHILE = re.compile(r"\b(?:times?|once|twice|first|record|high|low|more|most|\w+est) $", re.IGNORECASE)
_YEAR_AFTER = re.compile(r"(?:\s?(?:[-–—,]|and|or|to|through)\s?\d{1,2}(?!\d))*,? (?:of )?(?:19|20)\d\d\b")
_OTHER_YEAR = re.compile(
    r"\b(?:last|next|that|same|previous|following) year\b|\byears? (?:ago|earlier|before|later)\b", re.I
)
_PAST_VERB = rf"(?<!\bbe )(?<!\bget )(?<!\bto )(?<!\bwill )(?<!\bwould ){PAST_VERB}"
_PAST = re.compile(rf"(?<!-)(?<!\bthe )(?<!\ba )(?<!\ban ){_PAST_VERB}")  # not "the elected council"
_REPORTED = re.compile(rf"{_PAST_VERB} (?:late |early )?$")
_INFINITIVE = re.compile(
    r"(?<!according )\bto (?!(?:the|an?|his|her|its|their)\b)[a-z]*(?:[a-rt-z]|ss) (?:[\w'’-]+ ){0,4}$"
)
_AHEAD_OR_OVER = re.compile(
    rf"\b(?:for|to|until|till|through|beginning|starting|effective) {_WEEKDAY}$"
    rf"|\b(?:booked|called|convened|invited|scheduled|summoned) (?!for\b)[^,;]* (?:on )?{_WEEKDAY}$"
)
"""What is done "for Monday" or "until Monday", or "called a vote on Monday", may be over with Monday still to come."""
_SINCE = re.compile(r"\bsince (?:late |early )?$")
_POSSESSIVE = re.compile("['’]s")
_AT = re.compile(r"\b(?:at|in|for|during|before) $")
_NOT_AHEAD = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\bdue to\b|\bafter\b[^,;]*$"
    r"|\b(?:was|were) (?:\w+ly )?(?:due|expected|planned|scheduled|set|slated)\b",
    re.IGNORECASE,
)
"""A reason, a day that comes before what lies ahead, or what lay ahead once."""
_OPENING = re.compile(r"“|(?<![^\s(\[—–])\"")
_MARK = re.compile('[“”"]')


def resolved_dates(text: str, published: dt.date | None) -> tuple[ResolvedDate, ...]:
    """The relative dates of a quote, and those without a year, in order and each once; none without a day to count from.

    Example:
        >>> resolved_dates("They met on Tuesday.", dt.date(2025, 8, 13))[0].first.isoformat()
        '2025-08-12'
    """
    if published is None:
        return ()
    meanings: dict[str, list[ResolvedDate]] = {}
    for found in find_relative_dates(text, published):
        if not has_no_day_of_its_own(text, found) and not _is_open(text, found, published):
            words = re.sub("^on ", "", found.words, flags=re.IGNORECASE)
            date = ResolvedDate(words=words, first=found.first_day, last=found.last_day)
            meanings.setdefault(words.casefold(), []).append(date)
    # "Said on Tuesday that it would end on Tuesday": one note for both would be wrong about one of them.
    return tuple(same[0] for same in meanings.values() if len({(date.first, date.last) for date in same}) == 1)


def has_no_day_of_its_own(text: str, found: RelativeDate) -> bool:
    """Part of a name, of a habit, of a longer date or of a stretch of time."""
    before, words = text[: found.start], found.words
    if _IS_WEEKDAY.fullmatch(words):
        return bool(_BEFORE_WEEKDAY.search(before) or _AFTER_WEEKDAY.match(text, found.end))
    if re.match(r"-\w", text[found.end : found.end + 2]):  # "this year-end"
        return True
    if _NAMES_A_MONTH.search(words):
        years = {int(year) for year in YEAR.findall(text)}
        elsewhere = bool(years) and found.first_day.year not in years
        return elsewhere or bool(_YEAR_AFTER.match(text, found.end) or _OTHER_YEAR.search(text))
    if words in ("Today", "Tonight", "TODAY", "TONIGHT"):  # "USA Today", "Fox News Tonight"
        return words.isupper() or not _STARTS_A_SENTENCE.search(before)
    if _STRETCH.fullmatch(words):
        return not words.endswith("ago") or bool(_ABOUT.search(before))
    return words.casefold().startswith("in ") and bool(_A_WHILE.search(before))


def _is_open(text: str, found: RelativeDate, published: dt.date) -> bool:
    """Whether the sentence leaves open from which day, or in which direction, the words count."""
    before = SENTENCE_END.split(text[: found.start])[-1]
    after = SENTENCE_END.split(text[found.end :])[0]
    if _DAY_OF_MONTH.fullmatch(found.words):
        ahead = bool(PLANNED.search(before) or FUTURE.search(text) or not _PAST.search(before))
        attribute = before.endswith("the ")  # "the Sept. 11 attacks"
        return attribute or abs(found.first_day - published) > _NEAR or (found.first_day > published and not ahead)
    if found.words.casefold() == "this weekend" and published.weekday() < 2:
        return True  # On Monday it is the one that has just ended.
    if found.first_day == found.last_day and _is_spoken(text, found):
        return True  # It counts from the day on which it was said.
    past, future = (resolve_relative(found.words, published, future) for future in (False, True))
    if past == future:
        return False
    if (found.first_day, found.last_day) == past:
        long_ago = published - found.last_day > _LONG_AGO and not _REPORTED.search(before)
        return long_ago or not _has_happened(before, found.words, after)
    return not _is_to_come(before, after)


def _has_happened(before: str, words: str, after: str) -> bool:
    """Whether what stands around words for days in the past says that they are."""
    if _SINCE.search(before) or _PAST.match(after.lstrip()):
        return True
    if _INFINITIVE.search(before) or _AHEAD_OR_OVER.search(before + words):
        return False
    over = max((match.end() for match in _PAST.finditer(before)), default=0)
    if over or NOT_PAST.search(before):
        return all(match.end() < over for match in NOT_PAST.finditer(before))
    happened = _PAST.search(after)
    planned = (NOT_PAST if _POSSESSIVE.match(after) else FUTURE).search(after)
    return happened is not None and (planned is None or happened.start() < planned.start())


def _is_to_come(before: str, after: str) -> bool:
    """Whether the words before a date in the future say that it is."""
    if _REPORTED.search(before) or _NOT_AHEAD.search(before):
        return False
    if _POSSESSIVE.match(after) and not _AT.search(before):
        return False  # "will appeal Tuesday's ruling"
    verbs = [match.end() for match in FUTURE.finditer(before)]
    return not _PAST.search(before, verbs[-1] if verbs else 0)


def _is_spoken(text: str, found: RelativeDate) -> bool:
    """Whether the words stand within quotation marks; the quote may begin or end in the middle of a speech."""
    marks = list(_MARK.finditer(text))
    opening = [bool(_OPENING.match(text, mark.start())) for mark in marks]
    earlier = sum(mark.start() < found.start for mark in marks)
    if earlier:
        return opening[earlier - 1]
    return bool(marks) and not opening[0]
