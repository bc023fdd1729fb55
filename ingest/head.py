"""What stands before an article: headline, outlet, desk, bylines, date lines, and the dateline itself."""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.clutter import is_sentence
from ingest.datelines import read_dateline
from ingest.findings import Findings, same_words
from ingest.masthead import Masthead, is_person, read_masthead, split_authors

_PLACE_COLON = re.compile(r"(?P<place>[A-Z][\w.'’-]{2,}(?: [A-Z][\w.'’-]+){0,2}): (?=[\"“'‘]?[A-Z0-9])")


def without_head(lines: list[str], findings: Findings, headline: bool) -> list[str]:
    start = next((i for i, line in enumerate(lines) if _is_body(line)), None)
    if start is None:
        return _short_article(lines, findings, headline)
    if headline and start == 0 and _is_spoken_headline(lines):
        findings.title = lines[0]
        return without_head(lines[1:], findings, False)
    kept: list[str] = []
    for line, below in pairwise(lines[: start + 1]):
        if findings.title and same_words(line, findings.title):
            continue
        lone = read_dateline(line + " The")
        if lone and lone.end == len(line) + 1:
            findings.dateline = findings.dateline or lone
        elif (found := read_masthead(line)) is not None:
            findings.add(found)
        elif not (_is_dropped(line, findings) if headline else _is_signature(line, below, findings)):
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


def _is_spoken_headline(lines: list[str]) -> bool:
    """Whether the first line is a title although it ends like a sentence: "Who won?", or with a byline below."""
    first = lines[0]
    if len(first) > 140 or not any(_is_body(line) for line in lines[1:]):
        return False
    return not first.endswith((".", '."', ".”")) or any(read_masthead(line) is not None for line in lines[1:3])


def _is_dropped(line: str, findings: Findings) -> bool:
    """A head line that is no masthead: the title, a name, or a word of the menu."""
    words = line.count(" ") + 1
    if findings.title is None:
        if words >= 4 or not line.isascii():
            findings.title = line
        return True
    if is_person(line):
        findings.authors = findings.authors or (line,)
        return True
    return words <= 3


def _is_signature(line: str, below: str, findings: Findings) -> bool:
    """A name above the line of an outlet or agency, as printed bylines are."""
    found = read_masthead(below) or Masthead()
    names = split_authors(line) if len(line) <= 60 and (found.outlet or found.agency) else ()
    findings.authors = findings.authors or names
    return bool(names) and not is_sentence(line)


def _short_article(lines: list[str], findings: Findings, headline: bool) -> list[str]:
    """Lines without any sentence: a menu is no article, a note of few words is one."""
    lines = [
        line
        for line in lines
        if read_masthead(line) is None and not (findings.title and same_words(line, findings.title))
    ]
    if len(lines) >= 3 and all(line.count(" ") < 6 for line in lines):
        return []
    if headline and len(lines) >= 2:
        findings.title = lines[0]
        return lines[1:]
    return lines


def without_dateline(lines: list[str], findings: Findings, headline: bool) -> list[str]:
    """The lines with the dateline cut off that opens one of the first; "LYNG —" alone only from the first sentence."""
    first = _first_body(lines)
    for i, line in enumerate(lines[:4]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == first):
            findings.dateline = findings.dateline or found
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]]
    if headline and findings.mastheads and first < len(lines) and (match := _PLACE_COLON.match(lines[first])):
        # "Lyng: The strike …" on a copied page; a name that comes nowhere else may be a speaker.
        line = lines[first]
        rest = " ".join([findings.title or "", line[match.end() :], *lines[first + 1 :]])
        if re.search(rf"\b{re.escape(match['place'])}\b", rest):
            return [*lines[:first], line[match.end() :], *lines[first + 1 :]]
    return lines


def _first_body(lines: list[str]) -> int:
    return next((i for i, line in enumerate(lines) if is_sentence(line)), 0)
