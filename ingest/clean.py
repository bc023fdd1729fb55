"""What is not the article, taken off its lines: its title and its dateline; and what the lines around it said.

What else stands around an article in a web page trafilatura leaves out: looking for bylines, days and desks in the lines
that it gives won nothing on pages that nobody had looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ingest.clutter import is_sentence
from ingest.datelines import Dateline, read_dateline
from ingest.findings import Findings, same_words

LEFT_LEAST = 0.6
"""Share of the characters of a web page's text that a step must leave; else it has taken the article for the rest."""
_HEAD = 4  # Lines in which title and dateline may stand.
_MENU_LINES, _MENU_WORDS = 3, 6  # So many lines of fewer words, and no sentence, are a menu; fewer may be a note.
_NOT_AGENCIES = {"CNN": "CNN", "CNN Business": "CNN"}  # outlets that open their own stories like agencies


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
    """The article in the lines of a web page, without the title and the dateline that open it.

    No paragraphs at all means that the page is a menu.
    """
    findings = Findings(title=title)
    if len(lines) >= _MENU_LINES and all(line.count(" ") < _MENU_WORDS and not is_sentence(line) for line in lines):
        return told([], findings)
    head = [line for line in lines[:_HEAD] if not (title and same_words(line, title))]
    return told(without_dateline(head + lines[_HEAD:], findings), findings)


def without_dateline(lines: list[str], findings: Findings) -> list[str]:
    """The lines with the dateline cut off that opens one of the first; "LYNG —" alone only from the first sentence."""
    first = next((i for i, line in enumerate(lines) if is_sentence(line)), 0)
    for i, line in enumerate(lines[:_HEAD]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == first):
            findings.dateline = findings.dateline or found
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]]
    return lines


def left_enough(lines: list[str], before: list[str]) -> bool:
    """Whether a step left enough of the lines before it to be believed."""
    return sum(map(len, lines)) >= LEFT_LEAST * sum(map(len, before))


def told(lines: list[str], findings: Findings) -> Cleaned:
    """The lines that are left, with what those around them said."""
    agency = findings.dateline.agency if findings.dateline else None
    return Cleaned(
        paragraphs=tuple(lines),
        title=findings.title,
        outlet=findings.outlet or _NOT_AGENCIES.get(agency or "") or findings.rights,
        authors=findings.authors,
        dateline=findings.dateline,
        agency=(None if agency in _NOT_AGENCIES else agency) or findings.agency,
        days=findings.days,
        updated=findings.updated,
    )
