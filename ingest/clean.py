"""What is not the article, taken off its lines: headline, masthead, dateline, closing initials, other headlines.

The same steps serve text copied from a page, HTML, PDF and JSONL. They are conservative: a line goes only when
a tight pattern says what it is, a list of other headlines only when no sentence follows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass

from ingest.clutter import is_clutter
from ingest.datelines import Dateline
from ingest.findings import Findings
from ingest.head import without_dateline, without_head
from ingest.tail import note_source, without_closing, without_other_headlines, without_tail

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


def clean_article(lines: list[str], title: str | None = None, headline: bool = True) -> Cleaned:
    """The article in these lines (normalised, one paragraph each) without what stands around it.

    `title`: the known title; a leading line that repeats it goes. `headline`: the first line may be the title.
    No paragraphs at all means that the lines are a menu.
    """
    findings = Findings(title=title)
    lines = without_other_headlines(lines)
    lines = [line for line in lines if not note_source(line, findings) and not is_clutter(line)]
    lines = without_tail(lines, findings, headline)
    lines = without_head(lines, findings, headline and title is None)
    lines = without_dateline(lines, findings, headline)
    # A headline that was repeated at the end may have hidden the initials before it.
    lines = without_tail(lines, findings, headline)
    return _cleaned(without_closing(lines, findings), findings)


def clean_page(lines: list[str], title: str | None, leave_out: Container[str] = ()) -> Cleaned:
    """The article in the lines of a web page, without the title, bylines and dateline that open it.

    What else stands around it was taken out of the page itself. `leave_out`: as for `read_html`.
    """
    findings = Findings(title=title)
    if "head" not in leave_out:
        kept = without_head(lines, findings, False)
        lines = kept if left_enough(kept, lines) or not kept else lines  # none at all: the page is a menu
    return _cleaned(without_dateline(lines, findings, False), findings)


def left_enough(lines: list[str], before: list[str]) -> bool:
    """Whether a step left enough of the lines before it to be believed."""
    return sum(map(len, lines)) >= LEFT_LEAST * sum(map(len, before))


def _cleaned(lines: list[str], findings: Findings) -> Cleaned:
    agency = findings.dateline.agency if findings.dateline else None
    outlet = findings.outlet or _NOT_AGENCIES.get(agency or "") or findings.rights
    return Cleaned(
        paragraphs=tuple(lines),
        title=findings.title,
        outlet=outlet,
        authors=findings.authors,
        dateline=findings.dateline,
        agency=(None if agency in _NOT_AGENCIES else agency) or findings.agency,
        days=findings.days,
        updated=findings.updated,
    )
