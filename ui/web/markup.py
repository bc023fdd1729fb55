"""Values as HTML: everything that articles and readers wrote goes through here.

Templates (jinja2, in `html/`) make everything inert that is not our own markup.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ingest.addresses import read_address
from rag.errors import FetchRefused
from rag.text.days import day_text
from rag.text.languages import language_of, name_of
from rag.types import Agreement, Citation
from ui import format
from ui.web.texts import ENGLISH, counted, language, of_core, say

LINE_CHARACTERS = 300  # Longest title, outlet or name that is shown whole.
ADDRESS_CHARACTERS = 2000  # Longest address that becomes a link.
_CONTROLS = dict.fromkeys(number for number in [*range(32), *range(127, 160)] if chr(number) not in "\n\t")
_DIRECTION_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Link(NamedTuple):
    """A clickable web address, and the host to which a browser really goes."""

    address: str
    host: str


def inert(text: str) -> str:
    """Text as HTML that shows the same text and does nothing; line breaks stay."""
    return html.escape(format.sendable(text).translate(_CONTROLS), quote=True)


def one_line(text: str) -> str:
    """A title or name: inert, on one line, cut if very long, unable to reverse the text beside it."""
    words = " ".join(text.translate(_DIRECTION_CONTROLS).split())
    cut = words if len(words) <= LINE_CHARACTERS else words[:LINE_CHARACTERS] + "…"
    return f"<bdi>{inert(cut)}</bdi>"


def day(date: dt.date | None, guessed: bool = False) -> str:
    """`13 Aug 2025`, or as the reader's language writes it; "no date" if there is none."""
    return format.day(date, guessed) or say("no date")


def short_day(date: dt.date, *, months: bool = False) -> str:
    """`13 Aug`, for when the year is known; with `months`, `Aug 2025`."""
    if language() == ENGLISH:
        words = day_text(date).split()
        return " ".join(words[1:] if months else words[:2])
    return str(format_skeleton("yMMM" if months else "MMMd", date, locale=language()))


def language_name(code: str) -> str:
    """`German`, in the reader's language."""
    if language() == ENGLISH:
        return name_of(code)
    return str(Locale.parse(language()).languages.get(code.partition("-")[0].lower()) or name_of(code))


def source_line(outlet: str | None, published: dt.date | None, guessed: bool = False) -> str:
    """`Harbour Ledger, 13 Aug 2025`."""
    return f"{one_line(outlet) if outlet else say('unknown outlet')}, {day(published, guessed)}"


def link_to(url: str | None) -> Link | None:
    """The address as a link, or None when it is not plainly http or https.

    It is rebuilt from its parts without user name and password and with the host in ASCII, so that it shows where a
    browser goes: "https://bank.example@evil.example" shows evil.example.
    """
    if not url or len(url) > ADDRESS_CHARACTERS or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        return None
    try:
        parts = urlsplit(url)
        without_user = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
        address = read_address(without_user.geturl())
        fragment = "#" + quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._") if parts.fragment else ""
    except (FetchRefused, ValueError):  # UnicodeError too: not a host name
        return None
    return Link(address.url + fragment, address.authority)


def story_link(article_id: str) -> str:
    return f"/story/{quote(article_id, safe='')}"


def spoken_source(one: Citation | Agreement, *, titled: bool = False) -> str:
    """The same for screen readers, optionally with the title; not inert yet."""
    words = [(one.outlet or say("unknown outlet"))[:100], day(one.published, one.published_guessed)]
    return " ".join(", ".join([*words, one.title[:200]] if titled and one.title else words).split())


def render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def part(template: str, name: str, *values: Any) -> str:
    """One macro of a template, as plain text that can be joined with other HTML."""
    return str(getattr(_environment().get_template(template).module, name)(*values))


def shown(value: object) -> Markup:
    """A value as inert HTML; what is already markup stays as it is."""
    return value if isinstance(value, Markup) else Markup(inert("" if value is None else str(value)))  # noqa: S704


def _said(english: str, /, **values: object) -> Markup:
    return Markup(say(english, **{name: shown(value) for name, value in values.items()}))  # noqa: S704


@functools.cache
def _environment() -> Environment:
    files = FileSystemLoader(Path(__file__).parent / "html")
    environment = Environment(
        loader=files, autoescape=True, undefined=StrictUndefined, finalize=shown, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    inert_already = (one_line, source_line, day, format.span, format.moment)
    environment.globals |= {function.__name__: _as_markup(function) for function in inert_already}
    environment.filters["one_line"] = environment.globals["one_line"]
    plain = (story_link, link_to, spoken_source, language_name, language_of, format.how_checked, counted, of_core)
    environment.globals |= {function.__name__: function for function in plain}
    resolved = _as_markup(functools.partial(format.resolved, shown=one_line))
    environment.globals |= {"resolved": resolved, "say": _said, "page_language": language}
    links = environment.get_template("links.html").module
    environment.globals |= {name: getattr(links, name) for name in "opener source marker anchor".split()}
    return environment


def _as_markup(function: Any) -> Any:
    return lambda *arguments, **named: Markup(function(*arguments, **named))  # noqa: S704
