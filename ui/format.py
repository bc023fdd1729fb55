"""Days, times and texts formatted for people, on the terminal and the page; no foreign text can control either."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.text.days import day_text
from rag.types import Answer, CheckedBy, Citation, Conflict, ResolvedDate
from ui.web.texts import ENGLISH, label, language, say

if TYPE_CHECKING:
    from rag.store.followed import Source

DATES_MOST = 3  # Relative dates of a quote whose resolved day is shown beside it.
# Of a followed source; those that need attention come first.
STATES = (label("Paused"), label("Failing"), label("Just added"), label("Working"))
# Controls start escape sequences; direction marks and separators reorder or break lines; tag characters hide text;
# a lone surrogate cannot be encoded at all.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Text safe to print: line ends and tabs stay, other control characters are written out."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    return plain(" ".join(text.split()))


def sendable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer, database or browser accepts."""
    return text.encode("utf-8", "replace").decode()


def day(value: dt.date | None, guessed: bool = False) -> str:
    """`13 Aug 2025`, or as the current language writes it; empty when unknown."""
    if value is None or language() == ENGLISH:
        return day_text(value, guessed) if value else ""
    from babel.dates import format_date

    written = format_date(value, locale=language())
    return say("about {day}", day=written) if guessed else written


def span(first: dt.date, last: dt.date) -> str:
    """`13 Aug 2025`, `4–10 Aug 2025`, `28 Jul – 3 Aug 2025`, `30 Dec 2024 – 5 Jan 2025`."""
    if first == last:
        return day(last)
    if language() == ENGLISH and (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{day(first).removesuffix(f' {last.year}')} – {day(last)}"


def resolved(dates: Sequence[ResolvedDate], shown: Callable[[str], str]) -> str:
    """The first relative dates of a quote: `Tuesday: 12 Aug 2025; …`; `shown` makes their words safe to show."""
    return "; ".join(f"{shown(one.words)}: {span(one.first, one.last)}" for one in dates[:DATES_MOST])


def window_told(answer: Answer, shown: Callable[[str], str]) -> list[str]:
    """The days that were searched; `shown` makes the words that named them safe to show."""
    window = answer.window
    if window.since and window.until:
        days = span(window.since, window.until)
    elif window.since:
        days = say("from {day}", day=day(window.since))
    else:
        days = say("until {day}", day=day(window.until)) if window.until else ""
    read = f" (“{shown(window.words)}”)" if window.words and days else ""
    parts = [say("Published {days}", days=days) + read] if days else []
    parts += [say("as of {day}", day=day(window.as_of))] if window.as_of else []
    return [*parts, say("newest first")] if window.prefers_newest and len(answer.citations) > 1 else parts


def by_article(citations: Sequence[Citation]) -> list[list[Citation]]:
    """The citations of each article, articles in the order in which they are first cited."""
    found: dict[str, list[Citation]] = {}
    for one in citations:
        found.setdefault(one.article_id, []).append(one)
    return list(found.values())


def sides(conflict: Conflict, citations: Sequence[Citation]) -> list[tuple[str, Citation]]:
    """What each source in a disagreement says; for an outdated report, only that report."""
    by_number = {one.number: one for one in citations}
    told = conflict.outdated or conflict.citations
    pairs = zip(conflict.citations, conflict.values, strict=False)
    return [(words, by_number[number]) for number, words in pairs if number in by_number and number in told]


def lines_of(text: str, answer: Answer) -> list[tuple[str, bool]]:
    """The lines of an answer, and whether each is a heading over cited lines."""
    begins = answer.sentences[0].start if answer.sentences else len(answer.text)
    above = answer.text[:begins].count("\n")
    return [(line, place < above) for place, line in enumerate(text.split("\n"))]


def how_checked(answer: Answer) -> str:
    """One sentence: how many sentences were checked for meaning, and how many only for names and numbers."""
    total = len(answer.sentences)
    unsure = sum(one.checked_by is CheckedBy.VALUES for one in answer.sentences)
    if not unsure:
        return say("every sentence checked against its sources")
    if unsure == total:
        return say("only names, numbers, days and quotations checked against the sources")
    partly = label("{checked} of {total} sentences checked against their sources, of the others only names and numbers")
    return say(partly, checked=total - unsure, total=total)


def state(source: Source) -> str:
    paused, failing, added, working = STATES
    if source.paused or source.failures:
        return paused if source.paused else failing
    return working if source.last_success else added


def of_source(source: str, reason: str) -> str:
    """`source: reason`, or the reason alone if it names the source."""
    return reason if reason.startswith(source) else f"{source}: {reason}"


def duration(seconds: float) -> str:
    """`9 s`, `3:07`, `1:02:45`."""
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def pace(done: int, total: int, seconds: float, unit: str) -> str:
    """How far a step is: `640/6,400 passages, 64/s, 1:30 left`; without a total, no time left."""
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{done:,}/{total:,} {unit}" if total else f"{done:,} {unit}"]
    if rate:
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
    if rate and done < total:
        parts.append(f"{duration((total - done) / rate)} left")
    return ", ".join(parts)


def moment(value: dt.datetime) -> str:
    """`13 Aug 2025 08:10`, in this machine's time zone."""
    here = value.astimezone()
    return f"{day(here.date())} {here:%H:%M}"
