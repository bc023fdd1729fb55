"""Rendered pages with a label for each line, derived from the known article, title, author and day."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

from evals.answer_text import words
from evals.pages import RenderedPage
from ingest.clean import same_words
from ingest.datelines import agency_name
from ingest.day_reading import parse_day
from ingest.line_model import AGENCY, ARTICLE, BYLINE, CHROME, DAY, HEADLINE, OUTLET
from ingest.normalise import pasted_lines
from rag.text.clean import one_line

UNSURE = -1  # The label of a line that is not learned from.
_RUN = 4  # A run of this many words shared with the article shows that a line is part of it.
_COVERED = 0.6  # Share of a line's words in such runs from which it counts as the article's.


class Line(NamedTuple):
    """A non-empty line of a text, its label, and whether a blank line is above it."""

    text: str
    label: int
    blank: bool = False


def is_tuned(page: RenderedPage) -> bool:
    """Whether a page is in the half that may be inspected and learned from; a site's pages are all in one half."""
    host = (urlsplit(page.url).hostname or page.url).removeprefix("www.")
    site = ".".join(host.split(".")[-2:])
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % 2 == 0


def is_agreed(page: RenderedPage) -> bool:
    """Whether trafilatura and the segments agree on the article, so that it can serve as the truth."""
    text = one_line(page.article)
    wrong = (one_line(one) in text for one in (*page.without, *page.comments))
    return bool(text) and all(one_line(one) in text for one in page.within) and not any(wrong)


def labelled(text: str, page: RenderedPage) -> list[Line]:
    lines, blanks = pasted_lines(text)
    sure = _covered(lines, page.article)
    maybe = _covered(lines, page.more) if page.more else sure
    labels = (_label(line, page, *shares) for line, *shares in zip(lines, sure, maybe, strict=True))
    return [Line(*one) for one in zip(lines, labels, blanks, strict=True)]


def _covered(lines: list[str], article: str) -> list[float]:
    """The share of each line's words in runs that the article has too; runs may cross line ends."""
    known = words(article)
    runs = {tuple(known[i : i + _RUN]) for i in range(len(known) - _RUN + 1)}
    found = [(word, i) for i, line in enumerate(lines) for word in words(line)]
    hits: set[int] = set()
    for i in range(len(found) - _RUN + 1):
        if tuple(word for word, _ in found[i : i + _RUN]) in runs:
            hits.update(range(i, i + _RUN))
    total, covered = Counter(line for _, line in found), Counter(found[i][1] for i in hits)
    wordless = 0.5 * (not all(words(line) for line in article.split("\n")))  # of a line without words
    return [covered[i] / total[i] if total[i] else wordless for i in range(len(lines))]


def _says_day(line: str, day: dt.date) -> bool:
    """Whether a line has the numbers of a day; works even in languages whose months are not recognised."""
    if parse_day(line) == day:
        return True
    numbers = {int(one) for one in re.findall(r"\d+", line[:80])}
    named = day.month in numbers - {day.day} or any(map(str.isalpha, line))
    return len(line) < 80 and day.day in numbers and bool(numbers & {day.year, day.year % 100}) and named


def _label(line: str, page: RenderedPage, sure: float, maybe: float) -> int:
    plain, short = one_line(line), len(line) < 160
    if any(one_line(one) in plain for one in page.within if len(one) > 12):
        return ARTICLE
    if any(one_line(one) in plain for one in (*page.without, *page.comments) if len(one) > 12):
        return CHROME
    if page.title and len(line) < 300 and same_words(line, page.title):
        return HEADLINE
    if sure >= _COVERED:
        return ARTICLE
    if page.published and short and _says_day(line, page.published):
        return DAY
    if short and any(name.casefold() in line.casefold() for name in page.authors):
        return BYLINE
    if page.outlet and words(page.outlet) == words(line):
        return OUTLET
    if len(line) < 30 and agency_name(line.strip(" ()./")):
        return AGENCY
    return UNSURE if maybe >= _COVERED or sure >= 0.3 else CHROME
