"""Patterns of words that name days in a question, and what only looks like one.

The group `days` is what names the days; what stands before it (a preposition) only shows that a time is meant.
"""

from __future__ import annotations

import re

from rag.text.days import COUNTS, DATE, MONTH, SEASONS, WEEKDAYS, calendar_date

VAGUE_COUNTS = {"couple of": 2, "couple": 2, "few": 3, "several": 4}
_YEAR = r"(?:19|20)\d\d(?![\d%°]|[-–/.,]\d)"
_NUMBER = r"\d{1,2}(?![\d,.:]\d)(?:st|nd|rd|th)?"
_DAY = rf"(?:{_NUMBER}\s+(?:of\s+)?{MONTH}|{MONTH}\.?\s+{_NUMBER})"
_PART = r"(?:early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)"
_COUNT = rf"\d{{1,3}}|{'|'.join(sorted({**COUNTS, **VAGUE_COUNTS}, key=len, reverse=True))}"
_WEEKDAY = f"(?i:{'|'.join(WEEKDAYS)})"

ISO = re.compile(rf"\b(?P<days>{_YEAR}-\d\d-\d\d|(?:19|20)\d\d-\d\d-\d\d)\b")
_END = rf"(?:{_DAY}|{MONTH})(?:,?\s+{_YEAR})?|{_YEAR}"
RANGE = re.compile(
    rf"\b(?P<days>(?:between|from)\s+(?P<a>{_END}|{_NUMBER})\s+(?:and|to|until|till|through)\s+(?P<b>{_END}))(?!\w)",
    re.IGNORECASE,
)
MONTH_ALONE = re.compile(
    r"\b(?:(?P<lead>in|of|during|throughout|since|until|till|by|before|after|from|as of|last|this|next)\s+)?"
    rf"(?P<days>(?:(?P<part>{_PART})[\s-]+)?(?P<month>{MONTH})\b\.?(?:,?\s+(?:of\s+)?(?P<year>{_YEAR}))?)"
    r"(?!\w|\s+\d|[-–](?!\s))",
    re.IGNORECASE,
)
YEAR = re.compile(
    r"\b(?:in|during|throughout|since|until|till|by|before|after|as of)\s+(?:the\s+year\s+)?"
    rf"(?P<days>(?:(?P<part>{_PART})[\s-]+)?(?P<year>{_YEAR}))(?!\w)",
    re.IGNORECASE,
)
SEASON = re.compile(
    r"\b(?:(?:in|of|during|throughout|since|until|till|by|before|after)\s+)?"
    rf"(?P<days>(?:(?P<which>this past|this|last|past|the)\s+)?(?P<season>{'|'.join(SEASONS)})"
    rf"(?:\s+(?:of\s+)?(?P<year>{_YEAR}))?)\b(?!\s+(?:olympi|paralympi|games|of|break|camp|school|solstice|time|palace))",
    re.IGNORECASE,
)
WEEKEND = re.compile(
    r"\b(?P<days>(?:this past|this|last|the past|the last|past|over the|at the|during the|since the)\s+weekend)\b(?!\s+of\b)",
    re.IGNORECASE,
)
STRETCH = re.compile(
    rf"\b(?P<days>(?:the\s+|these\s+)?(?:past|last|previous)\s+(?P<count>{_COUNT})\s+"
    r"(?P<unit>hour|day|night|week|month|year)s?)\b(?!\s+of\b)",
    re.IGNORECASE,
)
AGO = re.compile(rf"(?<![\d,.])\b(?P<days>(?:an?|{_COUNT})\s+(?P<unit>day|week|month|year)s?\s+ago)\b", re.IGNORECASE)
RELATIVE = re.compile(
    r"\b(?P<days>(?:the day before )?yesterday|today|tonight|this (?:morning|afternoon|evening)|last night"
    r"|(?:earlier )?this (?:week|month|year)|(?:(?:the |this )?past|(?:the )?last) (?:week|month|year))\b(?! of\b)",
    re.IGNORECASE,
)
WEEKDAY = re.compile(
    rf"\b(?:(?P<lead>on|since|until|till|by|before|after|as of)\s+)?"
    rf"(?P<days>(?:(?P<side>last|this|this past|past|next|coming)\s+)?(?P<weekday>{_WEEKDAY}))\b",
    re.IGNORECASE,
)
RECENT = re.compile(r"\b(?P<days>recently|lately|in recent (?P<unit>day|week|month)s)\b", re.IGNORECASE)

_GOES_ON = (  # Words behind a time of its own; anything else makes the time a part of a name: "in 2024 Olympic trials".
    r"(?:\s*$|\s*[?.!,;:)”\"–—]|['’]s\b|\s+(?:a|about|after|against|among|an|and|are|as|at|because|been|before|between|by|can"
    r"|could|did|do|does|for|from|had|has|have|how|if|in|into|is|it|near|of|on|or|out|over|should|since|so|than|that|the|there"
    r"|they|this|to|until|was|were|what|when|where|which|while|who|whose|why|will|with|would)\b)"
)
OWN_TIME = re.compile(_GOES_ON, re.IGNORECASE)
_PREPOSED = re.compile(
    rf"(?:^|[,(]|\b(?:on|by|since|until|till|before|after|from|of|between|dated|as of|and|to|in|{_WEEKDAY}),?)\s*$",
    re.IGNORECASE,
)
_PEOPLE = frozenset("jan april may june august".split())
_PERSON_LEADS = frozenset("by of after before since from until till".split())
_PERSON_AFTER = re.compile(
    r"\s+(?:[A-Z][a-z’']+|(?:is|was|has|had|will|won|left|quit|lost|took|became|said|told|went|stood|[a-z]+ed)\b)"
)
_NAMED_AFTER_MONTH = re.compile(r"\s+(?:Day|Bank Holiday|Madness|Revolution|Fool)")
_ORDINARY = frozenset({"may", "march", "mar", "sun", "sat", "dec", "jan", "nov"})
_NO_WEEKDAY_BEFORE = re.compile(
    r"\b(?:[A-Z][\w’'-]*|every|each|most|any|the|an?|first|second|third|fourth|in|of|about|for|with|called|named|titled"
    r"|series|show|sitcom|film|movie|song|like|and|or|to|between|from)\s+$"
)
_NO_WEEKDAY_AFTER = re.compile(
    rf"\s+[A-Z]|,?\s+(?:the\s+)?(?:\d|{MONTH}\b\.?\s+\d)|\s?[-–—/]\s?{_WEEKDAY}|\s+(?:to|through|and|or)\s+{_WEEKDAY}|-",
)
_SUPERLATIVE = (
    r"first|only|best|worst|most|least|record|biggest|largest|greatest|smallest|highest|lowest|longest|shortest|fastest"
    r"|steepest|sharpest|deadliest|strongest|heaviest|hottest|coldest|warmest|wettest|driest|oldest|youngest|\w+ time"
)
_A_WHILE_SINCE = re.compile(rf"\b(?:{_SUPERLATIVE})\b[^,.;?!]{{0,40}}\bsince\s+$", re.IGNORECASE)
_A_WHILE_IN = re.compile(rf"\b(?:{_SUPERLATIVE})\b[^,.;?!]{{0,40}}\b(?:in|of|over|for)\s+$", re.IGNORECASE)
_OWNERS = re.compile(r"(?:\b(?:his|her|their|its|my|our|your)|['’]s?)\s+$", re.IGNORECASE)
_MORE_THAN = re.compile(r"\b(?:more than|less than|over|under|about|around|nearly|almost|at least)\s+$", re.IGNORECASE)
_STARTS = re.compile(r"(?:^|[.!?]\s+)[“\"'(\s]*$")


def is_no_time(question: str, match: re.Match[str]) -> bool:
    """Whether the words of a match are part of a name, a person, a length of time or anything else but a time."""
    before, after = question[: match.start("days")], question[match.end() :]
    if _A_WHILE_SINCE.search(before):
        return True
    if match.re is DATE:
        return not match["year"] and len(calendar_date(match).days) == 1 and _is_attribute(match, before, after)
    if match.re is MONTH_ALONE:
        return _is_no_month(match, after)
    if match.re is YEAR:
        return not OWN_TIME.match(after)
    if match.re is SEASON:
        return _is_no_season(match, before)
    if match.re is WEEKDAY:
        return _is_no_weekday(match, before, after)
    if match.re in (STRETCH, AGO):
        return bool(_A_WHILE_IN.search(before) or _MORE_THAN.search(before))
    return match.re is RELATIVE and _is_no_relative(match, before, after)


def _is_attribute(match: re.Match[str], before: str, after: str) -> bool:
    """ "The January 6 inquiry", "an October 7 memorial"; "12 may stand" is no day at all."""
    month = match["month"] or match["month2"]
    if month in ("may", "march", "mar"):
        return not re.match(r"\s*(?:$|[?.!,;:)])", after)
    if re.search(r"\b(?:the|an?)\s+$", before, re.IGNORECASE) and not re.search(r"\bof\b", match["days"]):
        return re.match(r"\s+[a-z]", after) is not None
    return not _PREPOSED.search(before) and not OWN_TIME.match(after)


def _is_no_month(match: re.Match[str], after: str) -> bool:
    month, lead = match["month"], (match["lead"] or "").lower()
    if lead == "next" or _NAMED_AFTER_MONTH.match(after):
        return True
    if match["year"]:
        return not lead and month[0].islower()
    if not lead and not match["part"]:
        return True
    if month.lower() in _PEOPLE and lead in _PERSON_LEADS and month[0].isupper() and _PERSON_AFTER.match(after):
        return True
    # "In Mar del Plata" names no month, and neither does "of march" in the middle of a word.
    return month.lower() in _ORDINARY and month.lower() != "may" and not OWN_TIME.match(after)


def _is_no_season(match: re.Match[str], before: str) -> bool:
    which, season = (match["which"] or "").lower(), match["season"].lower()
    if match["year"] or which in ("this", "last", "past", "this past"):
        return bool(_OWNERS.search(before))
    leads = re.search(r"\b(?:in|during|throughout|since|until|till|by|before|after)\s+$", before, re.IGNORECASE)
    return not leads or (season == "fall" and which != "the") or match["season"][0].isupper()


def _is_no_weekday(match: re.Match[str], before: str, after: str) -> bool:
    """Names ("Black Friday", "Thursday Night Football", "Mail on Sunday"), habits and parts of longer dates."""
    if _NO_WEEKDAY_AFTER.match(after) or re.search(r"\bMail on $", before):
        return True
    if match["side"] or match["lead"]:
        return False
    return (
        match["weekday"][0].islower() or not re.search(r"[a-z]\s+$", before) or bool(_NO_WEEKDAY_BEFORE.search(before))
    )


def _is_no_relative(match: re.Match[str], before: str, after: str) -> bool:
    """ "USA Today", "his last year", "last year's inquiry"."""
    words = match["days"]
    if words[0].isupper() and words.lower() in ("today", "tonight") and not _STARTS.search(before):
        return True
    if words.lower().startswith(("last", "the last")):
        return bool(_OWNERS.search(before)) or (words.lower().endswith("year") and after[:2] in ("'s", "’s"))
    return False
