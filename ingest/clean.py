"""What is not the article, taken off the lines of a web page: its title, bylines and dateline.

What else stood around it was taken out of the page itself. A line goes only when a tight pattern says what it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass

from ingest.datelines import Dateline
from ingest.findings import Findings
from ingest.head import without_dateline, without_head

LEFT_LEAST = 0.6
"""Share of the characters of a web page's text that a step must leave; else it has taken the article for the rest."""
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


def clean_page(lines: list[str], title: str | None, leave_out: Container[str] = ()) -> Cleaned:
    """The article in the lines of a web page, without the title, bylines and dateline that open it.

    `leave_out`: as for `read_html`. No paragraphs at all means that the page is a menu.
    """
    findings = Findings(title=title)
    if "head" not in leave_out:
        kept = without_head(lines, findings)
        lines = kept if left_enough(kept, lines) or not kept else lines  # none at all: the page is a menu
    return told(without_dateline(lines, findings), findings)


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
