"""The opening words that say where and when a report was filed: "SEOUL, Aug. 13 (AP) —"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.days import MONTH, MONTHS, WEEKDAY

_NAMES = (
    "AP|Reuters|AFP|PTI|ANI|IANS|UNI|dpa|Xinhua|Yonhap|Kyodo|Jiji|TASS|EFE|ANSA|Bloomberg|UPI|AAP|PA|PA Media|APA|ATS|"
    "Belga|Anadolu|AA|WAFA|Bernama|Antara|Lusa|Interfax|Ukrinform|CNA|VNA|MTI|PAP|CTK|STT|NTB|TT|Ritzau|SPA|WAM|IRNA|"
    "NAN|GNA|APS|TAP|MAP|NHK|Press Association"
)
AGENCIES = {name.casefold(): name for name in _NAMES.split("|")}
AGENCIES |= {"the associated press": "AP", "associated press": "AP", "agence france-presse": "AFP"}

# Cities that the Associated Press and the large Asian papers allow to stand alone in a dateline.
_KNOWN_PLACES = frozenset(
    (
        "amsterdam athens atlanta baghdad bangkok barcelona beijing beirut bengaluru berlin bhopal boston brussels"
        " cairo canberra chandigarh chennai chicago cleveland dallas delhi denver detroit dhaka dubai dublin geneva"
        " gaza guwahati havana houston hyderabad islamabad istanbul jaipur jakarta jerusalem johannesburg kabul"
        " karachi kathmandu kochi kolkata kuwait kyiv lagos lahore lisbon london lucknow luxembourg madrid manila"
        " melbourne miami milan minneapolis montreal moscow mumbai munich nagpur nairobi oslo ottawa panaji paris"
        " patna philadelphia phoenix pittsburgh prague pune quebec ranchi reykjavik riyadh rome seattle seoul"
        " shanghai shimla singapore srinagar stockholm surat sydney taipei tehran tokyo toronto vienna warsaw"
        " washington zurich"
    ).split()
) | {"new delhi", "new york", "los angeles", "san francisco", "hong kong", "mexico city", "tel aviv",
     "united nations", "the hague", "key west", "vatican city", "kuala lumpur", "kuwait city", "panama city", "abu dhabi", "las vegas"}  # fmt: skip

# Labels in capitals that open a paragraph but are not places.
_NOT_PLACES = re.compile(
    r"(?i)\b(?:update|breaking|exclusive|watch|read|related|note|opinion|analysis|correction|more|faq|live|video|"
    r"photos?|warning|spoiler|editor|key|what|why|how|who|when|where|the|and|top|news|story|host|a|q|source|"
    r"nasa|nato|fifa|uefa|opec|unesco|unicef|espn|episode|podcast|listen|review|interview|recap|tl;dr|about|part|chapter|day|week|step|rule|lesson|no)\b"
)

_PREPOSITION = re.compile(r"(?i)(?:in|at|on|from|by|for|after|with|to|as|when|while|if|but|and|update|breaking)\b")

_NAME = r"[^\W\d_a-z][^\W\d_]*(?:['’.-]+[^\W\d_]+)*\.?"  # one word of a place, starting with a capital
_JOIN = r"(?:(?:de|del|da|do|di|du|la|le|el|al|of|the|upon|sur|am|an|der|and|on) )*"
_PLACE = rf"(?P<place>{_NAME}(?:[ /]{_JOIN}{_NAME}){{0,4}}(?:, {_NAME}(?: {_NAME}){{0,3}}){{0,2}})"
_DAY = (
    rf"(?:{WEEKDAY},? )?(?:(?P<month>{MONTH})\.? (?P<day>\d{{1,2}})|(?P<day2>\d{{1,2}}) (?P<month2>{MONTH})\.?)"
    r"(?:,? (?P<year>\d{4}))?"
)
_AGENCY = r"(?:\((?P<agency>[A-Z][\w.&/ -]{1,30})\)|/(?P<agency2>[A-Z][\w. -]{1,30})/|(?P<agency3>CNN(?: Business)?))"
_DASH = r"(?:[-\u2010-\u2015\u2212]{1,3})"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_PLACE},? {_AGENCY},? {_DAY} ?(?:{_DASH}|:)? ?",  # LONDON (Reuters), Aug 13 -
        rf"{_PLACE}[,:]? (?:{_DASH} )?{_DAY},? {_AGENCY} ?(?:{_DASH}|:)? ?",  # Seoul, Aug 13 (AP)
        rf"{_PLACE}[,:]? (?:{_DASH} )?\(?{_DAY}\)? ?(?:{_DASH} |: ?|\. {_DASH} )",  # LONDON, Aug. 13 —
        rf"{_DAY},? {_PLACE} ?(?:{_DASH} |: )",  # 13 August 2025, Paris —
        rf"{_DAY} {_AGENCY} ?(?:{_DASH}|:) ?",  # Aug 13 (Reuters) -
        rf"{_PLACE},? {_AGENCY} ?(?:{_DASH}|:) ?",  # SEOUL, South Korea (AP) —
        rf"{_AGENCY} ?(?:{_DASH}|:) ?",  # (CNN) —, CNN —
        rf"{_PLACE} \((?P<agency>{'|'.join(AGENCIES.values())})\) ",  # Seoul (AP)
        rf"{_PLACE} ?(?:(?P<weak>[-\u2013\u2014]{{1,2}}) |(?P<colon>:) )",  # PARIS — , New Delhi:
    )
)
_LAST_WEEKDAY = re.compile(rf",? {WEEKDAY}$")
_LONGEST = 120  # No dateline is longer; keeps matching bounded.


@dataclass(frozen=True)
class Dateline:
    """What a dateline says; `end` is the offset of the first character after it."""

    place: str | None
    month: int | None
    day: int | None
    year: int | None
    agency: str | None
    end: int


def read_dateline(paragraph: str) -> Dateline | None:
    """The dateline that opens a paragraph, or None. A place alone counts only in capitals or as a well-known city:
    "Love — the only thing …" keeps its first word."""
    head = paragraph[:_LONGEST]
    for shape in _SHAPES:
        match = shape.match(head)
        if match and _holds(match, paragraph):
            return _built(match)
    return None


def agency_name(text: str) -> str | None:
    return AGENCIES.get(" ".join(text.split()).strip(" .()").casefold())


def _holds(match: re.Match[str], paragraph: str) -> bool:
    found = match.groupdict()
    place = found.get("place")
    rest = paragraph[match.end() : match.end() + 2]
    if not rest or (rest[0].islower() and not rest[1:].isupper()):
        return False  # the sentence must begin after the dateline, even with "iPhone"
    if place and _PREPOSITION.match(place):
        return False
    opened = match.group()
    if opened.count("(") != opened.count(")"):
        return False  # "Roland Ritchie (June 19, 1910 – June 5, 1988) was" is a lifespan
    agency = found.get("agency")
    if agency and opened.rstrip().endswith(":") and not found.get("day") and not found.get("day2"):
        # "Federal Parent Locator Service (FPLS):" explains an abbreviation
        return agency_name(agency) is not None or (place is not None and _stands_alone(place, colon=False))
    if found.get("weak") or found.get("colon"):
        return place is not None and _stands_alone(place, bool(found.get("colon")))
    return True


def _stands_alone(place: str, colon: bool) -> bool:
    city = place.split(",")[0]
    if city.casefold() in _KNOWN_PLACES and len(place) <= 40:
        return True
    # After a colon, capitals may name a speaker ("JANE DOE: I think"), so a dash is required.
    return not _NOT_PLACES.search(city) and not colon and len(city) > 3 and city.count(" ") < 3 and city.isupper()


def _built(match: re.Match[str]) -> Dateline:
    found = match.groupdict()
    month = found.get("month") or found.get("month2")
    day = found.get("day") or found.get("day2")
    agency = found.get("agency") or found.get("agency2") or found.get("agency3")
    place = found.get("place")
    return Dateline(
        place=_LAST_WEEKDAY.sub("", place) if place else None,
        month=MONTHS[month.casefold()] if month else None,
        day=int(day) if day else None,
        year=int(found["year"]) if found.get("year") else None,
        agency=(agency_name(agency) or agency) if agency else None,
        end=match.end(),
    )
