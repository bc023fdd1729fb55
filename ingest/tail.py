"""What stands behind an article: where it is from, an agency's name and the desk's initials."""

from __future__ import annotations

import re

from ingest.datelines import agency_name
from ingest.findings import Findings
from ingest.masthead import outlet_name, split_authors

_CLOSING = re.compile(
    r"(?<=[.!?\"”’])\s*[-–—(\[]{0,2}(?P<agency>[A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20}){0,2}?)[)\]]?(?: [A-Z]{2,5}){0,4}$"
)
_INITIALS = re.compile(r"\(?[A-Z]{2,5}\)?(?: [A-Z]{2,4}){0,4}")
_CREDIT = re.compile(r"(?i)[(\[]?(?:reporting|writing)(?: and \w+)? by (?P<names>[^;.()]{3,100})")
_SOURCE = re.compile(r"(?i)[(\[]?(?:source|courtesy|via)s?\s?:\s*(?P<name>[^.:]{2,60})[)\]]?\.?")
_RIGHTS = re.compile(r"(?i)(?:©|\(c\)|copyright)(?:\s|©|\(c\)|copyright|\d{4}|[-–,])*(?:by )?(?P<name>[^.,|©\d]{2,50})")


def note_source(line: str, findings: Findings, near: bool) -> None:
    """Reads a line below the text that says where it is from: "Source: …", "© …", "Reporting by …", "AP NPK".

    `near`: whether it is so near that it speaks of this text; further down only rights are read.
    """
    if len(line) > 160 or not (near or "©" in line or "opyright" in line or "(c)" in line):
        return
    if match := _SOURCE.fullmatch(line):
        name = match["name"].strip()
        agency = agency_name(name)
        findings.agency = findings.agency or agency
        findings.rights = findings.rights or (None if agency else outlet_name(name))
    elif match := _RIGHTS.match(line):
        name = match["name"].strip(" -–|")
        if outlet_name(name) or "rights reserved" in line.casefold():
            findings.rights = findings.rights or name
    elif match := _CREDIT.match(line):
        findings.authors = findings.authors or split_authors(match["names"].split(" in ")[0])
    elif _INITIALS.fullmatch(line):
        findings.agency = findings.agency or agency_name(line.split(" ")[0])
    else:
        findings.rights = findings.rights or outlet_name(line)


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
