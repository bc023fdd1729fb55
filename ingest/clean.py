"""What is not the article, taken off its lines: its title, bylines, dateline, an agency's name at its end; and what it says.

What else stands around an article in a web page trafilatura leaves out, and in a pasted text the model of lines: patterns
for desks, buttons and headings over other articles won nothing on pages that nobody had looked at.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.datelines import Dateline, agency_name, read_dateline
from ingest.masthead import Masthead, read_masthead

LEFT_LEAST = 0.6
"""Share of the characters of a web page's text that a step must leave; else it has taken the article for the rest."""
_HEAD = 4  # Lines in which title and dateline may stand.
# So many lines, no sentence and fewer characters are a menu; one line may be a note.
_MENU_LINES, _MENU_CHARACTERS = 3, 200
_NOT_AGENCIES = {"CNN": "CNN", "CNN Business": "CNN"}  # outlets that open their own stories like agencies
_WORDS = re.compile(r"\w+")
ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_CLOSING = re.compile(
    r"(?:^|(?<=[.!?\"”’]))\s*[-–—(\[]{0,2}(?P<agency>[A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20}){0,2}?)[)\]]?(?: [A-Z]{2,5}){0,4}$"
)


@dataclass
class Findings:
    """Collects what the lines around an article say; the first to say a thing is believed."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    agency: str | None = None
    days: tuple[dt.date, ...] = ()
    updated: dt.date | None = None
    dateline: Dateline | None = None

    def add(self, found: Masthead) -> None:
        self.authors = self.authors or found.authors
        self.outlet = self.outlet or found.outlet
        self.agency = self.agency or found.agency
        self.days = self.days or found.days
        self.updated = self.updated or found.updated


@dataclass(frozen=True)
class Cleaned:
    """An article's paragraphs, and what the lines around them said. Days as written, not yet checked."""

    paragraphs: tuple[str, ...]
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    agency: str | None = None
    days: tuple[dt.date, ...] = ()
    updated: dt.date | None = None
    left_out: tuple[str, ...] = ()
    """Lines that were taken for no part of the article, and say nothing of it that is kept elsewhere."""


def clean_page(lines: list[str], title: str | None) -> Cleaned:
    """The article in the lines of a web page or a document, without the title, bylines and dateline that open it.

    No paragraphs at all means that the page is a menu.
    """
    findings = Findings(title=title)
    if len(lines) >= _MENU_LINES and sum(map(len, lines)) < _MENU_CHARACTERS and not any(map(is_sentence, lines)):
        return told([], findings)
    head = [line for line in lines[:_HEAD] if not (title and same_words(line, title))]
    while head and (found := read_masthead(head[0])):
        findings.add(found)
        del head[0]
    return told(without_dateline(head + lines[_HEAD:], findings), findings)


def told(lines: list[str], findings: Findings, left_out: tuple[str, ...] = ()) -> Cleaned:
    """The lines that are left, with what those around them said."""
    agency = findings.dateline.agency if findings.dateline else None
    return Cleaned(
        paragraphs=tuple(lines),
        title=findings.title,
        outlet=findings.outlet or _NOT_AGENCIES.get(agency or ""),
        authors=findings.authors,
        dateline=findings.dateline,
        agency=(None if agency in _NOT_AGENCIES else agency) or findings.agency,
        days=findings.days,
        updated=findings.updated,
        left_out=left_out,
    )


def without_dateline(lines: list[str], findings: Findings) -> list[str]:
    """The lines with the dateline cut off that opens one of the first; "LYNG —" alone only from the first sentence."""
    first = next((i for i, line in enumerate(lines) if is_sentence(line)), 0)
    for i, line in enumerate(lines[:_HEAD]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == first):
            findings.dateline = findings.dateline or found
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]]
    return lines


def without_closing(lines: list[str], findings: Findings) -> list[str]:
    """Drops an agency's name and the desk's initials behind the last sentence: "… said. (AP)", "… PTI ABC"."""
    last = lines[-1][-80:] if lines else ""
    match = _CLOSING.search(last)
    opening = findings.dateline.agency if findings.dateline else None
    known = match and (agency_name(match["agency"]) or (match["agency"] == opening and opening))
    if not match or not known:
        return lines
    findings.agency = findings.agency or known
    left = lines[-1][: len(lines[-1]) - len(last) + match.start()].rstrip()
    return [*lines[:-1], left] if left else lines[:-1]


def left_enough(lines: list[str], before: list[str]) -> bool:
    """Whether a step left enough of the lines before it to be believed."""
    return sum(map(len, lines)) >= LEFT_LEAST * sum(map(len, before))


def is_sentence(line: str) -> bool:
    """Whether a line reads like running text: it ends like a sentence, or is too long for a headline."""
    if len(line) >= 160:
        return True
    words = line.count(" ") + 1
    return bool(ENDS.search(line)) and (words >= 4 or (not line.isascii() and len(line) >= 12))


def same_words(line: str, title: str) -> bool:
    """Whether a line repeats a title, which may be cut short by "..." or carry the outlet behind it."""
    left, right = (" ".join(_WORDS.findall(text.casefold())) for text in (line[:400], title[:400]))
    if not left or not right:
        return False
    if left == right:
        return True
    cut = 20 if title.rstrip().endswith(("...", "…")) else 40  # a file's name may cut it without a sign
    if len(right) >= cut and left.startswith(right) and not is_sentence(line):
        return True
    longer, shorter, written = (left, right, line) if len(left) > len(right) else (right, left, title)
    with_outlet = len(shorter) >= 20 and bool(re.search(r" [-–—|] [^–—|]{2,40}$", written))
    return with_outlet and longer.startswith(shorter + " ")
