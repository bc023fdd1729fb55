"""Words of other people as inert HTML: everything that articles and readers wrote goes through here."""

from __future__ import annotations

import datetime as dt
import html
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_date, format_skeleton

from rag.text.days import day_text
from rag.text.languages import name_of
from rag.types import Agreement, Citation, Passage, ResolvedDate, Window
from ui.format import DATES_MOST
from ui.web.texts import ENGLISH, language, say

LINE_CHARACTERS = 300
"""Longest title, outlet or name that is shown whole."""
_CONTROLS = dict.fromkeys(number for number in [*range(32), *range(127, 160)] if chr(number) not in "\n\t")
_DIRECTION_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")


@dataclass(frozen=True)
class Link:
    """A web address that may be clicked, and the host to which a browser will really go."""

    address: str
    host: str


def inert(text: str) -> str:
    """Text as HTML that shows the same text and does nothing; line breaks stay."""
    # A lone surrogate cannot be sent to a browser at all.
    sendable = text.encode("utf-8", "replace").decode()
    return html.escape(sendable.translate(_CONTROLS), quote=True)


def one_line(text: str) -> str:
    """A title or a name: inert, on one line, cut when very long, unable to turn round the text beside it."""
    words = " ".join(text.translate(_DIRECTION_CONTROLS).split())
    cut = words if len(words) <= LINE_CHARACTERS else words[:LINE_CHARACTERS] + "…"
    return f"<bdi>{inert(cut)}</bdi>"


def day(date: dt.date | None, guessed: bool = False) -> str:
    """`13 Aug 2025`, or as the reader's language writes it; "no date" where there is none."""
    if date is None or language() == ENGLISH:
        return day_text(date, guessed) if date else say("no date")
    written = format_date(date, locale=language())
    return say("about {day}", day=written) if guessed else written


def short_day(date: dt.date) -> str:
    """`13 Aug`, where the year is known."""
    if language() == ENGLISH:
        return day_text(date).rpartition(" ")[0]
    return str(format_skeleton("MMMd", date, locale=language()))


def short_month(date: dt.date) -> str:
    """`Aug 2025`."""
    return (
        day_text(date).partition(" ")[2]
        if language() == ENGLISH
        else str(format_skeleton("yMMM", date, locale=language()))
    )


def language_name(code: str) -> str:
    """`German`, or as the reader's language calls it."""
    if language() == ENGLISH:
        return name_of(code)
    return str(Locale.parse(language()).languages.get(code.partition("-")[0].lower()) or name_of(code))


def moment(value: dt.datetime) -> str:
    """`13 Aug 2025 08:10`, in the time of this machine."""
    here = value.astimezone()
    return f"{day(here.date())} {here:%H:%M}"


def source_line(outlet: str | None, published: dt.date | None, guessed: bool = False) -> str:
    """Who and when: `Harbour Ledger, 13 Aug 2025`."""
    return f"{one_line(outlet) if outlet else say('unknown outlet')}, {day(published, guessed)}"


def days(first: dt.date, last: dt.date) -> str:
    """`1 Aug 2025 – 13 Aug 2025`; one day alone."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def window_told(window: Window, shown: Callable[[str], str]) -> list[str]:
    """The days that were looked at; `shown` makes the words that named them harmless."""
    if window.since and window.until:
        span = days(window.since, window.until)
    elif window.since:
        span = say("from {day}", day=day(window.since))
    else:
        span = say("until {day}", day=day(window.until)) if window.until else ""
    read = f" (“{shown(window.words)}”)" if window.words and span else ""
    parts = [say("Articles of these days: {days}", days=span) + read] if span else []
    parts += [say("as of {day}", day=day(window.as_of))] if window.as_of else []
    parts += [say("newest first")] if window.prefers_newest else []
    return parts


def also_in(outlets: Sequence[str]) -> str:
    """The other outlets that carry the same words or a copy of the article, or nothing."""
    if not outlets:
        return ""
    named = say("Also in: {outlets}", outlets=", ".join(one_line(outlet) for outlet in outlets))
    return f'<p class="dl-also">{named}</p>'


def resolved(dates: Sequence[ResolvedDate], shown: Callable[[str], str]) -> str:
    """`Tuesday: 12 Aug 2025; …`; `shown` makes their words harmless."""
    return "; ".join(f"{shown(one.words)}: {days(one.first, one.last)}" for one in dates[:DATES_MOST])


def resolved_dates(dates: Sequence[ResolvedDate]) -> str:
    """The days that relative dates of a quote mean, or nothing."""
    told = resolved(dates, one_line)
    return f'<p class="dl-dates">{told}</p>' if dates else ""


def link_to(url: str | None) -> Link | None:
    """The address as a link, or None when it is not plainly http or https.

    It is put together again from its parts without user name and password, with the host in ASCII, so that what
    is shown is where a browser goes: "https://bank.example@evil.example" shows evil.example.
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


def anchor(url: str | None) -> str:
    """A link that shows its host, or nothing."""
    link = link_to(url)
    if link is None:
        return ""
    address, host = html.escape(link.address, quote=True), html.escape(link.host)
    return f'<a class="dl-link" href="{address}" target="_blank" rel="noopener noreferrer">{host}</a>'


def _browser_host(host: str) -> str:
    """The host in ASCII as a browser resolves it; empty when a browser might read it in another way."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    ascii_host = host.encode("idna").decode("ascii").lower()
    if not _HOST.fullmatch(ascii_host):
        return ""
    if _LOOKS_LIKE_A_NUMBER.fullmatch(ascii_host.rstrip(".").rpartition(".")[2]):
        return str(ipaddress.IPv4Address(ascii_host))
    return ascii_host


def opener(inner: str, *, name: str = "dl-open", label: str = "", style: str = "", **data: object) -> str:
    """A button with `inner` HTML whose `data` goes to the server when it is pressed."""
    attributes = "".join(f' data-{key}="{inert(str(value))}"' for key, value in data.items())
    spoken = f' aria-label="{label}"' if label else ""
    placed = f' style="{style}"' if style else ""
    return f'<button type="button" class="{name}"{attributes}{spoken}{placed}>{inner}</button>'


def source(one: Citation | Agreement | Passage, number: str = "") -> str:
    """Who, when and under which title, as the words of a button."""
    return f"{number}<strong>{source_line(one.outlet, one.published, one.published_guessed)}</strong> {one_line(one.title)}"


def spoken_source(outlet: str | None, published: dt.date | None, guessed: bool, title: str = "") -> str:
    """The same for a label that is read aloud: no markup."""
    words = [" ".join((outlet or say("unknown outlet")).split())[:100], day(published, guessed)]
    return inert(", ".join([*words, *([" ".join(title.split())[:200]] if title else [])]))


def marker(citation: Citation, turn: int) -> str:
    """`[1]`, which opens what it cites."""
    who = spoken_source(citation.outlet, citation.published, citation.published_guessed)
    label = say("Source {number}, {source}: open the passage", number=citation.number, source=who)
    return opener(f"[{citation.number}]", name="dl-marker", label=label, turn=turn, citation=citation.number)
