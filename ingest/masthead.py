"""The lines around an article that say who, where and when: bylines, outlets, desks, date lines."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from ingest.datelines import agency_name
from ingest.dates import Said
from ingest.day_reading import DAY_SHAPE, PUBLISHED, UPDATED, ascii_digits, chosen, possible_days, weekdays
from ingest.document import Metadata
from rag.text.days import WEEKDAY
from rag.types import DateSource

_LONGEST = 200  # Most characters in a masthead line.
_PAPER = (
    "gazette|herald|times|post|courier|news|mail|echo|observer|ledger|tribune|journal|chronicle|telegraph|guardian|"
    "examiner|inquirer|enquirer|dispatch|sentinel|bulletin|broadcasting|newswire|argus|mercury|weekly|daily|zeitung|"
    "tageblatt|dagblad"
)
_PLAIN = (  # words that name a newspaper only after an article or a time of day
    "sun|star|mirror|globe|express|standard|independent|citizen|nation|press|record|register|review|republic|voice|"
    "leader|union|world|banner|spectator|statesman|monitor|advertiser|today|wire|monde|figaro|post|mail|times|news"
)
_WORD = r"(?:[A-Z0-9][\w'’&-]*\.?|of|the|and|de|la|le|el|der|die|das|&)"
_OUTLET = re.compile(
    rf"(?:The |Le |La |El |Die )?(?:{_WORD} ){{1,3}}(?i:{_PAPER})(?: (?:Online|Network|Agency|Service|Group|International))?"
    rf"|(?:The|Le|La|El|Die|Daily|Evening|Morning|Sunday|Weekend|USA|India|Business) (?:{_WORD} ){{0,2}}(?i:{_PAPER}|{_PLAIN})"
    r"|[\w-]{3,30}\.(?:com|org|net|news|co\.uk)"
)
_SECTION = re.compile(
    r"(?i)(?:the )?(?:(?:world|national|local|latest|top|breaking|business|sports?|politics|science|health|home|city|web|online|"
    r"news) ?){1,3}(?:desk|news|staff|team)?|[^,]*\b(?:bureau|correspondent|reporter|editor|staff)s?"
)  # generic names that are not outlets: "World News", "Online Desk", "Staff Reporter"
_BUTTON = re.compile(  # "Next Post", "Read More News"
    r"(?i)(?:next|prev(?:ious)?|read|view|share|send|copy|save|print|submit|subscribe|sign|back|most|all|see|more|follow)\b.*"
)
_NAME_WORD = r"(?:[^\W\d_a-z][\w.'’-]*|[A-Z]\.|(?:de|del|della|da|di|dos|du|la|le|van|von|der|den|bin|bint|ibn|al|el|ap|ten|ter|y|e))"
_NAME = rf"[^\W\d_a-z][\w.'’-]*(?: {_NAME_WORD}){{1,4}}"
_PERSON = re.compile(_NAME)
_BY = re.compile(
    r"(?i:(?:\(?(?:words|story|report|text|written|reported|photographs?) )?by:? |(?:author|reporter|text|words|autor(?:in)?):? |"
    r"(?:von|par|por|di|door|av) )(?P<names>.{3,150})"
)
_BYLINE_PARTS = re.compile(r"\.\s+(?=By\b)|,\s+|\s+(?:for|of) (?=The |[A-Z])|\s+\((?=\w)|\s+in (?=[A-Z])")
_AND = re.compile(r",? (?:and|und|et|y|with) |\s*[,;&/]\s*")
NOT_NAMES = re.compile(r"(?i)\b(?:the|this|that|admin|administrator|editor|editors|staff|newsroom|desk|team|agency|agencies|reporter|"
    r"correspondent|guest|author|unknown|none|null|undefined|webmaster|news|online|bureau|service|press|follow|updated|published|see|all|more|by)\b|https?:|@|\d")  # fmt: skip
_LABEL = (
    rf"(?P<label>(?i:(?:first |originally |last |date |zuletzt )?(?:created|issued|released|filed|uploaded|{PUBLISHED}|{UPDATED})"
    r"[^\s\d|:]*(?: [^\s\d|:]{1,6}){0,2}))\s*[:：-]?\s*"
)
_CLOCK = (
    r"(?:(?:at|à|a las|às|alle|um|,|-|–|\||T)?\s*\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?i:[ap]\.?m\.?)?|(?i:\d{1,2}\s*[ap]\.?m\.?))\s*"
    r"(?:\(?(?:(?i:[a-z]{1,3}[sd]t|gmt|utc|uhr)\b|[A-Z]{2,5}|GMT[+-]\d+|[+-]\d{2}:?\d{2}|local time)\)?)?"
)
_DAY = rf"(?:(?:{WEEKDAY}|^[^\W\d_]{{3,12}}(?:-[^\W\d_]{{3,7}})?,),?\s+)?{DAY_SHAPE}"
_AGO = r"(?i:\d+\s*(?:min(?:ute)?|hour|hr|day|week)s? ago|just now)"
_DATE = re.compile(
    rf"(?:{_LABEL})?(?:(?:{_CLOCK}(?:,| on)?\s+)?(?P<day>(?i:{_DAY}))(?: (?:г|р|года|року)\b\.?)?(?:\s*[,|–-]?\s*{_CLOCK})?|(?P<ago>{_AGO}))"
)
_DIGIT = re.compile(r"\d|(?i:just now)")
_CLOCK_ONLY = re.compile(rf"(?:at )?{_CLOCK}|(?:IST|GMT|UTC|BST|CES?T|[ECMP][SD]?T|[JKH]ST|AES?T|WIB|SGT|PKT)")
_SEPARATOR = re.compile(r"\s*[|•·‧●]\s*|\s+[–—/-]\s+|\s{2,}")
_PUNCTUATION = " \t,.;:|•·–—-()[]/"


def read_masthead(line: str) -> Metadata | None:
    """Authors, outlet, agency and days in a line of the page's head; None if any part of it is something else."""
    if len(line) > _LONGEST:
        return None
    line = ascii_digits(line)
    rest, days, updated = _take_dates(line) if _DIGIT.search(line) else (line, (), None)
    found = Metadata(days=(Said(days, DateSource.TEXT),) if days else (), updated=updated)
    for part in _SEPARATOR.split(rest):
        part = part.strip(_PUNCTUATION)
        if match := _BY.fullmatch(part):
            byline = _byline(match["names"])
            if byline is None:
                return None
            found = replace(found, authors=found.authors + byline.authors).or_else(byline)
        elif name := agency_name(part):
            found = found.or_else(Metadata(agency=name))
        elif name := outlet_name(part):
            found = found.or_else(Metadata(outlet=name))
        elif part and not _SECTION.fullmatch(part) and (rest == line or not _is_of_a_date(part)):
            return None  # a time alone may be a programme entry; with a date it is part of it
    return found


def _is_of_a_date(part: str) -> bool:
    return _CLOCK_ONLY.fullmatch(part) is not None or part.casefold() in weekdays()


def _take_dates(line: str) -> tuple[str, tuple[dt.date, ...], dt.date | None]:
    published: tuple[dt.date, ...] = ()
    updated = None
    kept, end = [], 0
    for match in _DATE.finditer(line):
        label = (match["label"] or "").casefold()
        days = possible_days(match["day"]) if match["day"] else ()
        if match["day"] and not days:
            continue  # not a day after all
        if re.search(UPDATED, label):
            updated = updated or chosen(days)
        else:
            published = published or days
        kept.append(line[end : match.start()].strip(_PUNCTUATION))
        end = match.end()
    kept.append(line[end:])
    return " | ".join(kept), published, updated


def _byline(names: str) -> Metadata | None:
    """Authors, and the outlet or agency after them: "Jane Doe, Port Ansel Gazette"; None if there is neither."""
    parts = [part.strip(_PUNCTUATION) for part in _BYLINE_PARTS.split(names)]
    agency = next(filter(None, map(agency_name, parts)), None)
    outlet = next(filter(None, map(outlet_name, parts)), None)
    authors = tuple(dict.fromkeys(name for part in parts for name in split_authors(part)))
    return Metadata(authors=authors, outlet=outlet, agency=agency) if authors or outlet or agency else None


def split_authors(text: str) -> tuple[str, ...]:
    """The names in a byline, without "By", roles, outlets and addresses; empty if there are none."""
    text = re.sub(r"(?i)^\s*by:?\s+", "", text).strip()
    names = []
    for part in _AND.split(text):
        part = re.sub(r"\s*\(.*?\)", "", part).strip(_PUNCTUATION.replace(".", ""))
        if part.isupper() and len(part) > 5 and " " in part:
            part = part.title()
        other = NOT_NAMES.search(part) or _BUTTON.fullmatch(part) or outlet_name(part) or agency_name(part)
        if _PERSON.fullmatch(part) and not other:
            names.append(part)
    return tuple(dict.fromkeys(names))


def outlet_name(line: str) -> str | None:
    """The line as the name of a newspaper or agency, judging by its words ("Port Ansel Gazette"), or None."""
    name = line.strip(_PUNCTUATION)
    generic = len(name) > 50 or _SECTION.fullmatch(name) or _BUTTON.fullmatch(name)
    return name if not generic and _OUTLET.fullmatch(name) else None
