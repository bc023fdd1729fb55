"""What stands before an article: headline, outlet, desk, bylines, date lines, and the dateline itself."""

from __future__ import annotations

from itertools import pairwise

from ingest.clutter import is_sentence
from ingest.datelines import read_dateline
from ingest.findings import Findings, same_words
from ingest.masthead import Masthead, read_masthead, split_authors


def without_head(lines: list[str], findings: Findings) -> list[str]:
    start = next((i for i, line in enumerate(lines) if _is_body(line)), None)
    if start is None:
        return _short_article(lines, findings)
    kept: list[str] = []
    for line, below in pairwise(lines[: start + 1]):
        if findings.title and same_words(line, findings.title):
            continue
        lone = read_dateline(line + " The")
        if lone and lone.end == len(line) + 1:
            findings.dateline = findings.dateline or lone
        elif (found := read_masthead(line)) is not None:
            findings.add(found)
        elif not _is_signature(line, below, findings):
            kept.append(line)
    if findings.title and same_words(lines[start], findings.title) and len(lines) > start + 1:
        start += 1
    return kept + _without_bylines(lines[start : start + 4], findings) + lines[start + 4 :]


def _without_bylines(lines: list[str], findings: Findings) -> list[str]:
    """The first lines of the text without a byline or date line, which may stand below a summary."""
    kept = []
    for line in lines:
        found = None if is_sentence(line) else read_masthead(line)
        if found and (found.authors or found.days or found.updated):
            findings.add(found)
        else:
            kept.append(line)
    return kept


def _is_body(line: str) -> bool:
    return is_sentence(line) and read_masthead(line) is None


def _is_signature(line: str, below: str, findings: Findings) -> bool:
    """A name above the line of an outlet or agency, as printed bylines are."""
    found = read_masthead(below) or Masthead()
    names = split_authors(line) if len(line) <= 60 and (found.outlet or found.agency) else ()
    findings.authors = findings.authors or names
    return bool(names) and not is_sentence(line)


def _short_article(lines: list[str], findings: Findings) -> list[str]:
    """Lines without any sentence: a menu is no article, a note of few words is one."""
    lines = [
        line
        for line in lines
        if read_masthead(line) is None and not (findings.title and same_words(line, findings.title))
    ]
    return [] if len(lines) >= 3 and all(line.count(" ") < 6 for line in lines) else lines


def without_dateline(lines: list[str], findings: Findings) -> list[str]:
    """The lines with the dateline cut off that opens one of the first; "LYNG —" alone only from the first sentence."""
    first = next((i for i, line in enumerate(lines) if is_sentence(line)), 0)
    for i, line in enumerate(lines[:4]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == first):
            findings.dateline = findings.dateline or found
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]]
    return lines
