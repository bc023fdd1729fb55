"""A page's own statements of its day: JSON-LD, meta tags, `<time>`, and what is printed near its headline.

A day counts only if it is the article's: not in a teaser, a comment, a menu, or a list of sources or events.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from ingest.clean import is_sentence
from ingest.dates import Said
from ingest.day_reading import PUBLISHED, UPDATED, given_day, possible_days
from ingest.masthead import read_masthead
from rag.types import DateSource

_META = "article:published_time og:pubdate datepublished date".split()
"""Names of meta tags that hold the day of publication. Two dozen more, of libraries and tools, gained nothing."""
_UTC = re.compile(r"(?i)(?<!\d)(\d\d):\d\d.*(?:z|gmt|utc|[+-]00:?00)$")
_ARTICLE = re.compile(r".*(?:Article|Posting)|Report|Review|WebPage|ItemPage|.*CreativeWork")
_OTHER_NAMES = (
    "comments?|related|recent|latest|archive|most-?read|popular|events?|calendar|kalender|termine?|references?|sources?|"
    "navi?|menu|infobox"
)
_OTHERS = re.compile(rf"(?i)(?:^|[\s_-])(?:{_OTHER_NAMES})(?:$|[\s_-])")
"""In class names of elements that have days of their own."""
_AROUND = re.compile(
    rf"(?i)(?:^|[\s_-])(?:{_OTHER_NAMES}|kommentar\w*|recommend\w*|teasers?|sidebar|footer|copyright|more|mehr|cards?|profile\w*)"
    r"(?:$|[\s_-])"
)
"""The same, plus those of elements that may also hold the article's day."""
_BEFORE, _BEHIND = 150, 500  # Characters around the headline within which its day is printed.
_LONGEST = 90  # Characters; a longer piece of text is a sentence about a day.
_TEASER = 800  # Characters; a shorter article beside the headline is a teaser for another one.
_DIGITS = re.compile(r"\d")
_BARS = ("nav", "form")
_NO_DAY = frozenset({"title", "h1", "h2", "h3", "h4", "a", "option"})


@dataclass(frozen=True)
class _Found:
    """A day in a page's text, and its offset in characters from the end of the headline, negative before it."""

    days: tuple[dt.date, ...]
    offset: int
    updated: bool
    labelled: bool


def marked_days(meta: dict[str, str], objects: list[dict[str, Any]]) -> list[Said]:
    """The days in JSON-LD, an article's before a page's, and in meta tags."""
    said = [_said(entry.get("datePublished"), DateSource.LINKED_DATA) for entry in objects]
    said += [_said(entry.get("dateCreated"), DateSource.LINKED_DATA) for entry in objects[:1]]
    said += [_said(meta.get(name), DateSource.META) for name in _META]
    return [one for one in said if one]


def shown_days(tree: HtmlElement, title: str | None) -> list[Said]:
    """The days visible near the headline, the nearest below it first: one of publication, one of a change."""
    found = sorted(_found(tree, title), key=lambda one: (not one.labelled, one.offset < 0, abs(one.offset)))
    fresh = next((one.days for one in found if not one.updated), None)
    late = next((one.days for one in found if one.updated), None)
    said = [Said(fresh, DateSource.TEXT, language=tree.get("lang"))] if fresh else []
    return said + ([Said(late, DateSource.UPDATED)] if late else [])


def guessed_day(tree: HtmlElement) -> list[Said]:
    """The day found by htmldate, which knows how many sites mark it, if the page also prints that day somewhere.
    Without this check half of its guesses were days of changes, pictures or the site. Running text is not searched."""
    if any((tag.get("property") or tag.get("name") or "").casefold() in _META for tag in tree.iter("meta")):
        return []  # something is stated, but not a day; htmldate would turn it into one
    latest = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    found = find_date(copy.deepcopy(tree), extensive_search=False, original_date=True, max_date=latest.isoformat())
    day = dt.date.fromisoformat(found) if found else None
    return [Said((day,), DateSource.GUESS)] if day and _is_printed(day, tree) else []


def _is_printed(day: dt.date, tree: HtmlElement) -> bool:
    pieces = ((owner, text) for owner, text, _ in _pieces(tree, tree) if len(text) <= _LONGEST and _DIGITS.search(text))
    printed = (owner for owner, text in pieces if owner.tag not in _NO_DAY and day in possible_days(text))
    return not all(_is_within(owner, None, _BARS, _OTHERS) for owner in printed)


def is_article(kind: object) -> bool:
    """Whether a JSON-LD type is that of an article or of the page that holds one."""
    return isinstance(kind, str) and _ARTICLE.fullmatch(kind) is not None


def _said(value: object, source: DateSource) -> Said | None:
    text = value.strip() if isinstance(value, str) else ""
    day = given_day(value)
    days = possible_days(text) or ((day,) if day else ())
    utc = _UTC.search(text)
    return Said(days, source, int(utc[1]) if utc else None) if days else None


def _found(tree: HtmlElement, title: str | None) -> Iterator[_Found]:
    heading = _heading(tree, title)
    if heading is None:
        return
    pieces = [piece for piece in _pieces(tree, heading) if piece[2] != 0]
    position = -sum(len(text) for _, text, place in pieces if place < 0)
    for element, text, place in pieces:
        offset = position if place > 0 else position + len(text) - 1
        position += len(text)
        if offset < -_BEFORE or not (_DIGITS.search(text) or element.tag == "time"):
            continue
        if offset > _BEHIND:
            return
        yield from _read(element, text, offset, heading)


def _read(element: HtmlElement, text: str, offset: int, heading: HtmlElement) -> Iterator[_Found]:
    if len(text) > _LONGEST or any(map(_is_sentence, (text, _words(element) if element.tag == "p" else ""))):
        return
    parent = element.getparent() if element.tag in ("time", "span", "b", "strong", "em", "i", "small") else None
    days = possible_days(text)
    if not days and parent is not None and len(line := _words(parent)) <= _LONGEST:
        text, days = line, possible_days(line)
    if not days and element.tag == "time":
        days = possible_days(element.get("datetime") or "")
    if days and not _is_elsewhere(element, heading):
        label = f"{element.get('class', '')} {text}".casefold()
        yield _Found(days, offset, bool(re.search(UPDATED, label)), bool(re.search(PUBLISHED, label)))


def _is_sentence(text: str) -> bool:
    """Whether it is one, and not just a day that ends with a dot, as "4 марта 2025 г." does."""
    return is_sentence(text) and read_masthead(text) is None


def _words(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _pieces(tree: HtmlElement, heading: HtmlElement) -> Iterator[tuple[HtmlElement, str, int]]:
    """Pieces of text in page order, with -1 before, 0 in and 1 after the headline."""
    inside = set(heading.iter())
    place = -1
    for event, element in etree.iterwalk(next(tree.iter("body"), tree), events=("start", "end")):
        if event == "end" and element is heading:
            place = 1
        elif event == "start" and element in inside:
            place = 0
        owner = element if event == "start" else element.getparent()
        text = element.text if event == "start" else element.tail
        if owner is not None and text and (words := " ".join(text.split())):
            yield owner, words, place


def _heading(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    """The headline: the heading equal to the title, otherwise the first."""
    headings = {tag: " ".join(tag.text_content().split()).casefold() for tag in tree.iter("h1", "h2")}
    wanted = " ".join((title or "").split()).casefold()
    for tag, text in headings.items():
        if wanted and len(text) > 8 and (text in wanted or wanted in text):
            return tag
    return next((tag for tag, text in headings.items() if text and tag.tag == "h1"), None)


def _is_elsewhere(tag: HtmlElement, heading: HtmlElement) -> bool:
    """Whether an element belongs to the article's surroundings, such as the teaser of another one. Within the article
    that contains the headline, an `<aside>` or "sidebar" may hold its own day."""
    for one in (tag, *tag.iterancestors()):
        if one.tag == "a" and len(_words(one)) > _LONGEST:
            return True
        if one.tag == "li" and tag.tag != "time" and read_masthead(_words(one)) is None:
            return True  # an event, or another article
        if one.tag == "article":
            own = any(part is heading for part in one.iter(heading.tag))
            return _is_within(tag, one, _BARS, _OTHERS) if own else len(_words(one)) < _TEASER
    return _is_within(tag, None, (*_BARS, "aside", "footer"), _AROUND)


def _is_within(tag: HtmlElement, top: HtmlElement | None, tags: tuple[str, ...], names: re.Pattern[str]) -> bool:
    """Whether an element, or one between it and `top`, has one of the tags, or one of the names in its class or id."""
    for one in (tag, *tag.iterancestors()):
        if one is top or one.tag in ("body", "main", "html"):
            return False
        if one.tag in tags or names.search(f"{one.get('class', '')} {one.get('id', '')}"):
            return True
    return False
