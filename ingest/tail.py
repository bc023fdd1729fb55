"""What stands behind an article: other headlines, credits, initials, names of agencies, rights."""

from __future__ import annotations

import re

from ingest.clutter import is_clutter, is_sentence, is_tags, is_tail_heading
from ingest.datelines import agency_name
from ingest.findings import Findings
from ingest.masthead import outlet_name, read_masthead, split_authors

_INITIALS = re.compile(r"[A-Z]{2,5}(?:[ /][A-Za-z]{2,4}){0,4}")
_CLOSING = re.compile(
    r"(?<=[.!?\"”’])\s*[-–—(\[]{0,2}(?P<agency>[A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20}){0,2}?)[)\]]?(?: [A-Z]{2,5}){0,4}$"
)
_CREDIT = re.compile(
    r"(?i)[(\[]?(?:(?:additional |further |with (?:additional )?)?(?:reporting|writing|editing|translated|compiled|photographs?|"
    r"graphics|illustrations?)(?: and \w+)? (?:by|from)\b.{3,250}|with (?:agency )?inputs? from\b.{2,80}|contributing:.{2,120}|"
    r"contributors?:.{2,120}|from .{2,40}\bwire reports|.{3,120} contributed to this (?:report|story|article))\.?[)\]]?\.?"
)
_CREDIT_NAMES = re.compile(r"(?i)^[(\[]?(?:reporting|writing)(?: and \w+)? by (?P<names>[^;.()]{3,100})")
_SOURCE = re.compile(r"(?i)[(\[]?(?:source|courtesy|via)s?\s?:\s*(?P<name>[^.:]{2,60})[)\]]?\.?")
_RIGHTS = re.compile(r"(?i)(?:©|\(c\)|copyright)(?:\s|©|\(c\)|copyright|\d{4}|[-–,])*(?:by )?(?P<name>[^.,|©\d]{2,50})")
_BIOGRAPHY = re.compile(
    r"[A-Z][\w.'’-]+(?: [\w.'’-]+){0,4} (?:is|covers|writes|reports)\b.{5,200}"
    r"(?i:reach (?:him|her|them)|follow (?:him|her|them)|contact (?:him|her|them)|e-?mail (?:him|her|them)|on twitter|\S@\S+\.\w).{0,200}"
)


def without_other_headlines(lines: list[str]) -> list[str]:
    """Drops lists of other articles: a tail under a heading, and "Related stories" between paragraphs."""
    end = len(lines)
    start = len(lines)
    while start and _is_headline(lines[start - 1]):
        start -= 1
        if is_tail_heading(lines[start]):
            end = start
    if not any(is_sentence(line) for line in lines[:end]):
        end = len(lines)  # then it was no tail: nothing would be left
    kept: list[str] = []
    skipping = False
    for line in lines[:end]:
        if skipping and _is_headline(line) and not line[0].isdigit():
            continue
        skipping = _opens_list(line) and bool(kept)
        if not skipping:
            kept.append(line)
    return kept


def _opens_list(line: str) -> bool:
    """Whether other headlines follow a line even in the midst of an article. A bare "Read more" is a link."""
    folded = line.casefold().strip(" *-–>»[]()")
    named = folded.startswith(("recommended", "related", "you may", "you might", "also read", "read also"))
    return is_tail_heading(line) and (named or (folded.startswith("read ") and folded.endswith(":")))


def _is_headline(line: str) -> bool:
    """Whether a line cannot be running text of the article: short, and not closed like a sentence."""
    if len(line) <= 160 and not line.rstrip("\"”’')").endswith("."):
        return True
    return is_clutter(line) or read_masthead(line) is not None


def without_tail(lines: list[str], findings: Findings, headline: bool) -> list[str]:
    end = len(lines)
    while end > 1 and _is_tail(lines[end - 1], lines[end - 2], findings, headline):
        end -= 1
    return lines[:end]


def _is_tail(line: str, before: str, findings: Findings, headline: bool) -> bool:
    if len(line) > 300:
        return bool(len(line) < 500 and _BIOGRAPHY.fullmatch(line))
    if is_clutter(line) or is_tags(line) or _BIOGRAPHY.fullmatch(line):
        return True
    if _CREDIT.fullmatch(line):
        if match := _CREDIT_NAMES.match(line):
            findings.authors = findings.authors or split_authors(match["names"].split(" in ")[0])
        return True
    if len(line) <= 16 and _INITIALS.fullmatch(line):
        known = agency_name(line.split(" ")[0])
        findings.agency = findings.agency or known
        ended = is_sentence(before) or _CLOSING.search(before[-80:]) or len(before) <= 30
        return bool(ended and (known or headline or " " in line))
    found = read_masthead(line)
    if found is not None:
        findings.add(found)
    return found is not None


def note_source(line: str, findings: Findings) -> bool:
    """Reads "Source: …" and "© …" lines; True when the line is nothing but that."""
    if len(line) > 160:
        return False
    if match := _SOURCE.fullmatch(line):
        name = match["name"].strip()
        if agency := agency_name(name):
            findings.agency = findings.agency or agency
        else:
            findings.rights = findings.rights or outlet_name(name)
        return bool(agency or outlet_name(name))
    if match := _RIGHTS.match(line):
        name = match["name"].strip(" -–|")
        if outlet_name(name) or "rights reserved" in line.casefold():
            findings.rights = findings.rights or name
    return False


def without_closing(lines: list[str], findings: Findings) -> list[str]:
    """Drops an agency's name and the desk's initials behind the last sentence: "… said. (AP)", "… PTI ABC"."""
    if not lines:
        return lines
    last = lines[-1]
    opening = findings.dateline.agency if findings.dateline else None
    if opening and len(lines) > 1 and re.fullmatch(rf"[(]?{re.escape(opening)}[)]?(?: [A-Z]{{2,5}}){{0,4}}", last):
        return lines[:-1]
    if match := _CLOSING.search(last[-80:]):
        name = match["agency"]
        known = agency_name(name) or (name if name in (opening, findings.agency) else None)
        if known:
            findings.agency = findings.agency or known
            return [*lines[:-1], last[: max(0, len(last) - 80) + match.start()].rstrip()]
    return lines
