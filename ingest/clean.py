"""Removes from a text what is not the article (title, bylines, dateline, closing agency name), and keeps what it says.

Other page furniture is left out by trafilatura for web pages, and by the line model for pasted text: patterns for
desks, buttons and headings over other articles gained nothing on unseen pages.
"""

from __future__ import annotations

import re

from ingest.datelines import Dateline, agency_name, read_dateline
from ingest.document import Metadata
from ingest.masthead import read_masthead

LEFT_LEAST = 0.6  # Share of a page's characters that a step must leave; else it mistook the article for the rest.
_HEAD = 4  # Lines in which title and dateline may be.
# This many lines, with no sentence and fewer characters, are a menu; a single line may be a note.
_MENU_LINES, _MENU_CHARACTERS = 3, 200
_WORDS = re.compile(r"\w+")
ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_CLOSING = re.compile(
    r"(?:^|(?<=[.!?\"”’]))\s*[-–—(\[]{0,2}(?P<agency>[A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20}){0,2}?)[)\]]?(?: [A-Z]{2,5}){0,4}$"
)
_NOTE_OPENS = re.compile(
    r"(?i)\W*(?:(?:except for|only|barring) the headline|disclaimer|note|th(?:is|e above) (?:\w+ )?(?:story|report|article|copy|content|news))\b"
)
_NOTE_SAYS = re.compile(
    r"(?i)\b(?:syndicated|agency|agencies|wire|news|automated)[\w ,-]{0,25} feeds?\b|\bauto-?generated\b|\b(?:not|been) (?:been )?edited by\b"
)
_NOTE_OF = re.compile(
    r"\b(?:edited|reworked|modified) by (?:the )?([A-Z0-9][\w.&'’-]*(?: [A-Z0-9&][\w.&'’-]*){0,4}?)(?= (?i:staff|team|desk)\b|[;,.)]|$| and\b)"
)
_LONGEST_NOTE = 400  # Characters.


def clean_page(lines: list[str], title: str | None) -> tuple[list[str], Metadata]:
    """The article in the lines of a page or document (none if it is a menu), and what its opening lines say."""
    found = Metadata()
    if len(lines) >= _MENU_LINES and sum(map(len, lines)) < _MENU_CHARACTERS and not any(map(is_sentence, lines)):
        return [], found
    head = [line for line in lines[:_HEAD] if not (title and same_words(line, title))]
    while head and (one := read_masthead(head[0])):
        found = found.or_else(one)
        del head[0]
    left, dateline = without_dateline(head + lines[_HEAD:])
    left, closing = without_closing(left, dateline)
    return left, found.or_else(closing).with_dateline(dateline)


def without_dateline(lines: list[str]) -> tuple[list[str], Dateline | None]:
    """The lines without a dateline that opens one of the first; "LYNG —" alone only in front of the first sentence."""
    first = next((i for i, line in enumerate(lines) if is_sentence(line)), 0)
    for i, line in enumerate(lines[:_HEAD]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == first):
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]], found
    return lines, None


def without_closing(lines: list[str], opening: Dateline | None) -> tuple[list[str], Metadata]:
    """The lines without what syndication adds at the end, and what that says of agency and outlet.

    That is a note ("This story has not been edited by …"), and before it an agency's name with the initials of its
    desks: "… said. (AP)", "… PTI ABC".
    """
    outlet = None
    while lines and is_agency_note(lines[-1]):
        named = _NOTE_OF.search(lines[-1])
        outlet, lines = outlet or (named[1].rstrip(".") if named else None), lines[:-1]
    last = lines[-1][-80:] if lines else ""
    match = _CLOSING.search(last)
    name = match["agency"] if match else ""
    agency = agency_name(name) or (name if opening and name == opening.agency else None)
    if match and agency:
        left = lines[-1][: len(lines[-1]) - len(last) + match.start()].rstrip()
        lines = [*lines[:-1], *([left] if left else [])]
    return lines, Metadata(agency=agency, outlet=outlet)


def is_agency_note(line: str) -> bool:
    """Whether a line says that an outlet published an agency's text as it came."""
    return len(line) <= _LONGEST_NOTE and bool(_NOTE_OPENS.match(line) and _NOTE_SAYS.search(line))


def shortened(line: str, most: int) -> str:
    """A line of at most so many characters, ending with a whole word."""
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def left_enough(lines: list[str], before: list[str]) -> bool:
    """Whether a step left enough of the original lines to be trusted."""
    return sum(map(len, lines)) >= LEFT_LEAST * sum(map(len, before))


def is_sentence(line: str) -> bool:
    """Whether a line reads like running text: it ends like a sentence, or is too long for a headline."""
    several_words = line.count(" ") >= 3 or (not line.isascii() and len(line) >= 12)
    return len(line) >= 160 or (several_words and ENDS.search(line) is not None)


def same_words(line: str, title: str) -> bool:
    """Whether a line repeats a title, which may be cut short by "..." or followed by the outlet."""
    left, right = (" ".join(_WORDS.findall(text.casefold())) for text in (line[:400], title[:400]))
    if not left or not right:
        return False
    if left == right:
        return True
    cut = 20 if title.rstrip().endswith(("...", "…")) else 40  # a file name may cut it without a mark
    if len(right) >= cut and left.startswith(right) and not is_sentence(line):
        return True
    longer, shorter, written = (left, right, line) if len(left) > len(right) else (right, left, title)
    with_outlet = len(shorter) >= 20 and bool(re.search(r" [-–—|] [^–—|]{2,40}$", written))
    return with_outlet and longer.startswith(shorter + " ")
