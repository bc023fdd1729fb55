"""What is not the article, taken off its lines: headline, masthead, dateline, closing initials, other headlines.

The same steps serve text copied from a page, HTML, PDF and JSONL. They are conservative: a line goes only when
a tight pattern says what it is, a list of other headlines only when no sentence follows it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.clutter import is_clutter, is_sentence, is_tags, is_tail_heading
from ingest.datelines import Dateline, agency_name, read_dateline
from ingest.masthead import Masthead, is_person, outlet_name, read_masthead, split_authors

_NOT_AGENCIES = {"CNN": "CNN", "CNN Business": "CNN"}  # outlets that open their own stories like agencies
_INITIALS = re.compile(r"[A-Z]{2,5}(?:[ /][A-Za-z]{2,4}){0,4}")
_CLOSING = re.compile(
    r"(?<=[.!?\"”’])\s*[-–—(\[]{0,2}(?P<agency>[A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20}){0,2}?)[)\]]?(?: [A-Z]{2,5}){0,4}$"
)
_CREDIT = re.compile(
    r"(?i)[(\[]?(?:(?:additional |further |with (?:additional )?)?(?:reporting|writing|editing|translated|compiled|photographs?|"
    r"graphics|illustrations?)(?: and \w+)? (?:by|from)\b.{3,250}|with (?:agency )?inputs? from\b.{2,80}|contributing:.{2,120}|"
    r"contributors?:.{2,120}|from .{2,40}\bwire reports|.{3,120} contributed to this (?:report|story|article))\.?[)\]]?\.?"
)
_CREDIT_NAMES = re.compile(r"(?i)^[(\[]?(?:reporting|writing)(?: and \w+)? by (?P<names>[^;.()]{3,100})")
_SOURCE = re.compile(r"(?i)[(\[]?(?:source|courtesy|via)s?\s?:\s*(?P<name>[^.:]{2,60})[)\]]?\.?")
_RIGHTS = re.compile(r"(?i)(?:©|\(c\)|copyright)(?:\s|©|\(c\)|copyright|\d{4}|[-–,])*(?:by )?(?P<name>[^.,|©\d]{2,50})")
_BIOGRAPHY = re.compile(
    r"[A-Z][\w.'’-]+(?: [\w.'’-]+){0,4} (?:is|covers|writes|reports)\b.{5,200}"
    r"(?i:reach (?:him|her|them)|follow (?:him|her|them)|contact (?:him|her|them)|e-?mail (?:him|her|them)|on twitter|\S@\S+\.\w).{0,200}"
)
_PLACE_COLON = re.compile(r"(?P<place>[A-Z][\w.'’-]{2,}(?: [A-Z][\w.'’-]+){0,2}): (?=[\"“'‘]?[A-Z0-9])")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Cleaned:
    """An article's paragraphs, and what the lines around them said. Days as written, not yet checked."""

    paragraphs: tuple[str, ...]
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    agency: str | None = None
    published: dt.date | None = None
    updated: dt.date | None = None


@dataclass
class _Findings:
    """Collects what the lines say; the first to say a thing is believed."""

    authors: tuple[str, ...] = ()
    outlet: str | None = None
    rights: str | None = None
    agency: str | None = None
    published: dt.date | None = None
    updated: dt.date | None = None
    title: str | None = None
    dateline: Dateline | None = None
    mastheads: int = 0

    def add(self, found: Masthead) -> None:
        self.mastheads += 1
        self.authors = self.authors or found.authors
        self.outlet = self.outlet or found.outlet
        self.agency = self.agency or found.agency
        self.published = self.published or found.published
        self.updated = self.updated or found.updated


def clean_article(lines: list[str], title: str | None = None, headline: bool = True) -> Cleaned:
    """The article in these lines (normalised, one paragraph each) without what stands around it.

    `title`: the known title; a leading line that repeats it goes. `headline`: the first line may be the title.
    No paragraphs at all means that the lines are a menu.
    """
    findings = _Findings(title=title)
    lines = _without_other_headlines(lines)
    lines = [line for line in lines if not _noted(line, findings) and not is_clutter(line)]
    lines = _without_tail(lines, findings, headline)
    lines = _without_head(lines, findings, headline and title is None)
    lines = _without_dateline(lines, findings, headline)
    lines = _without_closing(lines, findings)
    agency = findings.dateline.agency if findings.dateline else None
    outlet = findings.outlet or _NOT_AGENCIES.get(agency or "") or findings.rights
    return Cleaned(
        paragraphs=tuple(lines),
        title=findings.title,
        outlet=outlet,
        authors=findings.authors,
        dateline=findings.dateline,
        agency=(None if agency in _NOT_AGENCIES else agency) or findings.agency,
        published=findings.published,
        updated=findings.updated,
    )


def same_words(line: str, title: str) -> bool:
    """Whether a line repeats a title, which may be cut short by "..." or carry the outlet behind it."""
    left, right = (" ".join(_WORDS.findall(text.casefold())) for text in (line[:400], title[:400]))
    if not left or not right:
        return False
    if left == right:
        return True
    if title.rstrip().endswith(("...", "…")) and len(right) >= 20 and left.startswith(right):
        return True
    longer, shorter, written = (left, right, line) if len(left) > len(right) else (right, left, title)
    with_outlet = len(shorter) >= 20 and bool(re.search(r" [-–—|] [^–—|]{2,40}$", written))
    return with_outlet and longer.startswith(shorter + " ")


def _noted(line: str, findings: _Findings) -> bool:
    """Reads "Source: …" and "© …" lines; True when the line is nothing but that."""
    if len(line) > 160:
        return False
    if match := _SOURCE.fullmatch(line):
        name = match["name"].strip()
        if agency := agency_name(name):
            findings.agency = findings.agency or agency
        else:
            findings.rights = findings.rights or outlet_name(name)
        return bool(agency or outlet_name(name))
    if match := _RIGHTS.match(line):
        name = match["name"].strip(" -–|")
        if outlet_name(name) or "rights reserved" in line.casefold():
            findings.rights = findings.rights or name
    return False


def _without_other_headlines(lines: list[str]) -> list[str]:
    """Drops lists of other articles: a tail under a heading, and "Related stories" between paragraphs."""
    end = len(lines)
    start = len(lines)
    while start and _is_headline(lines[start - 1]):
        start -= 1
        if is_tail_heading(lines[start]):
            end = start
    if not any(is_sentence(line) for line in lines[:end]):
        end = len(lines)  # then it was no tail: nothing would be left
    kept: list[str] = []
    skipping = False
    for line in lines[:end]:
        if skipping and _is_headline(line) and not line[0].isdigit():
            continue
        skipping = _opens_list(line) and bool(kept)
        if not skipping:
            kept.append(line)
    return kept


def _opens_list(line: str) -> bool:
    """Whether other headlines follow a line even in the midst of an article. A bare "Read more" is a link."""
    folded = line.casefold().strip(" *-–>»[]()")
    named = folded.startswith(("recommended", "related", "you may", "you might", "also read", "read also"))
    return is_tail_heading(line) and (named or (folded.startswith("read ") and folded.endswith(":")))


def _is_headline(line: str) -> bool:
    """Whether a line cannot be running text of the article: short, and not closed like a sentence."""
    if len(line) <= 160 and not line.rstrip("\"”’')").endswith("."):
        return True
    return is_clutter(line) or read_masthead(line) is not None


def _without_tail(lines: list[str], findings: _Findings, headline: bool) -> list[str]:
    end = len(lines)
    while end > 1 and _is_tail(lines[end - 1], lines[end - 2], findings, headline):
        end -= 1
    return lines[:end]


def _is_tail(line: str, before: str, findings: _Findings, headline: bool) -> bool:
    if len(line) > 300:
        return bool(len(line) < 500 and _BIOGRAPHY.fullmatch(line))
    if is_clutter(line) or is_tags(line) or _BIOGRAPHY.fullmatch(line):
        return True
    if _CREDIT.fullmatch(line):
        if match := _CREDIT_NAMES.match(line):
            findings.authors = findings.authors or split_authors(match["names"].split(" in ")[0])
        return True
    if len(line) <= 16 and _INITIALS.fullmatch(line):
        known = agency_name(line.split(" ")[0])
        findings.agency = findings.agency or known
        ended = is_sentence(before) or _CLOSING.search(before[-80:]) or len(before) <= 30
        return bool(ended and (known or headline or " " in line))
    found = read_masthead(line)
    if found is not None:
        findings.add(found)
    return found is not None


def _without_head(lines: list[str], findings: _Findings, headline: bool) -> list[str]:
    start = next((i for i, line in enumerate(lines) if _is_body(line)), None)
    if start is None:
        return _short_article(lines, findings, headline)
    if headline and start == 0 and _is_spoken_headline(lines):
        findings.title = lines[0]
        return _without_head(lines[1:], findings, False)
    kept: list[str] = []
    for line, below in zip(lines[:start], lines[1 : start + 1], strict=True):
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
    return kept + lines[start:]


def _is_body(line: str) -> bool:
    return is_sentence(line) and read_masthead(line) is None


def _is_spoken_headline(lines: list[str]) -> bool:
    """Whether the first line is a title although it ends like a sentence: "Who won?", or with a byline below."""
    first = lines[0]
    if len(first) > 140 or not any(_is_body(line) for line in lines[1:]):
        return False
    return not first.endswith((".", '."', ".”")) or any(
        read_masthead(line) is not None for line in lines[1:3]
    )


def _is_dropped(line: str, findings: _Findings) -> bool:
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


def _is_signature(line: str, below: str, findings: _Findings) -> bool:
    """A name above the line of an outlet or agency, as printed bylines are."""
    found = read_masthead(below) or Masthead()
    names = split_authors(line) if len(line) <= 60 and (found.outlet or found.agency) else ()
    findings.authors = findings.authors or names
    return bool(names) and not is_sentence(line)


def _short_article(lines: list[str], findings: _Findings, headline: bool) -> list[str]:
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


def _without_dateline(lines: list[str], findings: _Findings, headline: bool) -> list[str]:
    for i, line in enumerate(lines[:4]):
        found = read_dateline(line)
        if found and (found.agency or found.month or i == _first_body(lines)):
            findings.dateline = findings.dateline or found
            return [*lines[:i], line[found.end :].strip(), *lines[i + 1 :]]
        if headline and findings.mastheads and _is_body(line):
            match = _PLACE_COLON.match(line)
            rest = " ".join([findings.title or "", line[match.end() :], *lines[i + 1 :]]) if match else ""
            if match and re.search(rf"\b{re.escape(match['place'])}\b", rest):
                return [*lines[:i], line[match.end() :], *lines[i + 1 :]]
            break
    return lines


def _first_body(lines: list[str]) -> int:
    return next((i for i, line in enumerate(lines) if is_sentence(line)), 0)


def _without_closing(lines: list[str], findings: _Findings) -> list[str]:
    """Drops an agency's name and the desk's initials behind the last sentence: "… said. (AP)", "… PTI ABC"."""
    if not lines:
        return lines
    last = lines[-1]
    if match := _CLOSING.search(last[-80:]):
        name = match["agency"]
        opening = findings.dateline.agency if findings.dateline else None
        known = agency_name(name) or (name if name in (opening, findings.agency) else None)
        if known:
            findings.agency = findings.agency or known
            return [*lines[:-1], last[: max(0, len(last) - 80) + match.start()].rstrip()]
    return lines
