"""Foreign text as inert HTML: everything that articles and readers wrote goes through here."""

from __future__ import annotations

import datetime as dt
import html
import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_skeleton

from rag.text.days import day_text
from rag.text.languages import name_of
from rag.types import Agreement, Citation
from ui import format
from ui.web.texts import ENGLISH, language, say

LINE_CHARACTERS = 300
"""Longest title, outlet or name that is shown whole."""
_CONTROLS = dict.fromkeys(number for number in [*range(32), *range(127, 160)] if chr(number) not in "\n\t")
_DIRECTION_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")


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
    """Outlet and day: `Harbour Ledger, 13 Aug 2025`."""
    return f"{one_line(outlet) if outlet else say('unknown outlet')}, {day(published, guessed)}"


def link_to(url: str | None) -> Link | None:
    """The address as a link, or None when it is not plainly http or https.

    It is rebuilt from its parts without user name and password and with the host in ASCII, so that it shows where a
    browser goes: "https://bank.example@evil.example" shows evil.example.
    """
    if not url or len(url) > 2000 or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = _browser_host(host)
    except ValueError:  # UnicodeError too: not a host name
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    place = host if port is None else f"{host}:{port}"
    tail = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    tail += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._") if parts.query else ""
    tail += "#" + quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._") if parts.fragment else ""
    return Link(f"{parts.scheme}://{place}{tail}", place)


def story_link(article_id: str) -> str:
    return f"/story/{quote(article_id, safe='')}"


def _browser_host(host: str) -> str:
    """The host in ASCII as a browser resolves it; empty if a browser might read it differently."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    ascii_host = host.encode("idna").decode("ascii").lower()
    if not _HOST.fullmatch(ascii_host):
        return ""
    if _LOOKS_LIKE_A_NUMBER.fullmatch(ascii_host.rstrip(".").rpartition(".")[2]):
        return str(ipaddress.IPv4Address(ascii_host))
    return ascii_host


def spoken_source(one: Citation | Agreement, *, titled: bool = False) -> str:
    """The same for screen readers, optionally with the title; not inert yet."""
    words = [(one.outlet or say("unknown outlet"))[:100], day(one.published, one.published_guessed)]
    return " ".join(", ".join([*words, one.title[:200]] if titled and one.title else words).split())
