"""Rendered pages with what each of their lines is, told from the article, title, author and day that are known."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from evals.rendered import Page
from ingest.clean import same_words
from ingest.datelines import agency_name
from ingest.day_reading import parse_day
from ingest.extract_text import pasted_lines
from ingest.line_model import AGENCY, ARTICLE, BYLINE, CHROME, DAY, HEADLINE, OUTLET

UNSURE = -1  # The label of a line that is not learned from.
_RUN = 4  # Words in a row that the article has too show that a line is part of it.
_COVERED = 0.6  # Share of a line's words in such runs from which it is the article's.
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Example:
    """One text as its non-empty lines, whether a blank line stands above each, and what each is."""

    lines: list[str]
    blank_before: list[bool]
    labels: list[int]


def is_tuned(page: Page) -> bool:
    """Whether a page is of the half that may be looked at and learned from: by its site, all pages alike."""
    host = (urlsplit(page.url).hostname or page.url).removeprefix("www.")
    site = ".".join(host.split(".")[-2:])
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % 2 == 0


def is_agreed(page: Page) -> bool:
    """Whether trafilatura and the segments agree on the article, so that it may stand as the right one."""
    text = " ".join(page.article.split())
    return bool(text) and all(
        [" ".join(one.split()) in text for one in page.within]
        + [" ".join(one.split()) not in text for one in (*page.without, *page.comments)]
    )


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def labelled(text: str, page: Page) -> Example:
    """The lines of a page, or of a part of it, with their labels."""
    lines, blanks = pasted_lines(text)
    sure = _covered(lines, page.article)
    maybe = _covered(lines, page.more) if page.more else sure
    labels = [_label(line, page, s, m) for line, s, m in zip(lines, sure, maybe, strict=True)]
    return Example(lines, blanks, labels)


def _covered(lines: list[str], article: str) -> list[float]:
    """Which share of each line's words stands in runs that the article has too, across the ends of lines."""
    known = words(article)
    runs = {tuple(known[i : i + _RUN]) for i in range(len(known) - _RUN + 1)}
    whole = {" ".join(words(line)) for line in article.split("\n")}
    found = [(word, i) for i, line in enumerate(lines) for word in words(line)]
    hit = [False] * len(found)
    for i in range(len(found) - _RUN + 1):
        if tuple(word for word, _ in found[i : i + _RUN]) in runs:
            hit[i : i + _RUN] = [True] * _RUN
    total, covered = [0] * len(lines), [0] * len(lines)
    for (_, line), one in zip(found, hit, strict=True):
        total[line] += 1
        covered[line] += one
    return [
        c / t if t else 0.0 if " ".join(words(line)) not in whole else 0.5
        for c, t, line in zip(covered, total, lines, strict=True)
    ]


def _says_day(line: str, day: dt.date) -> bool:
    """Whether a line has the numbers of a day; also in languages whose months cannot be read."""
    if parse_day(line) == day:
        return True
    numbers = {int(one) for one in re.findall(r"\d+", line[:80])}
    named = day.month in numbers - {day.day} or any(map(str.isalpha, line))
    return len(line) < 80 and day.day in numbers and bool(numbers & {day.year, day.year % 100}) and named


def _label(line: str, page: Page, sure: float, maybe: float) -> int:
    plain = " ".join(line.split())
    if any(" ".join(one.split()) in plain for one in page.within if len(one) > 12):
        return ARTICLE
    if any(" ".join(one.split()) in plain for one in (*page.without, *page.comments) if len(one) > 12):
        return CHROME
    if page.title and len(line) < 300 and same_words(line, page.title):
        return HEADLINE
    if sure >= _COVERED:
        return ARTICLE
    if page.published and len(line) < 160 and _says_day(line, page.published):
        return DAY
    if page.authors and len(line) < 160 and any(name.casefold() in line.casefold() for name in page.authors):
        return BYLINE
    if page.outlet and " ".join(words(page.outlet)) == " ".join(words(line)):
        return OUTLET
    if len(line) < 30 and agency_name(line.strip(" ()./")):
        return AGENCY
    if maybe >= _COVERED or sure >= 0.3:
        return UNSURE
    return CHROME
