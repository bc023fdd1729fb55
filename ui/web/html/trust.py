"""How far an answer can be trusted: where sources differ, what was taken out, who wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from rag.types import Answer, Citation, Conflict, Doubt, Reason, Span, Unsupported
from ui.checked import how_checked
from ui.web.html.whole_words import whole_words
from ui.web.markup import day, one_line, short_day
from ui.web.texts import label, say

OUTLETS_MOST = 8
_DOUBTS = {
    Doubt.NUMBER: label("number"),
    Doubt.DATE: label("date"),
    Doubt.NAME: label("name"),
    Doubt.QUOTE: label("quotation"),
    Doubt.MARKER: label("wrong source"),
    Doubt.UNCITED: label("no source"),
    Doubt.MEANING: label("meaning"),
    Doubt.FORM: label("not a sentence"),
}


@dataclass(frozen=True)
class Sides:
    """What each source says; of an overtaken report only that, with `earlier` as its heading."""

    sides: tuple[tuple[str, Citation], ...]
    earlier: str
    newest: dt.date | None

    def day(self, side: Citation) -> str:
        """`7 Aug`; with its year where the newest source is of another one."""
        same = side.published and self.newest and side.published.year == self.newest.year
        if not same or side.published is None or side.published_guessed:
            return day(side.published, side.published_guessed)
        return short_day(side.published)


def conflicts(answer: Answer) -> list[Sides]:
    """Both sides of each disagreement; of an overtaken report only that it is."""
    return [one for conflict in answer.conflicts if (one := _sides(conflict, answer)).sides]


def _sides(conflict: Conflict, answer: Answer) -> Sides:
    by_number = {citation.number: citation for citation in answer.citations}

    def told() -> Iterator[tuple[str, Citation]]:
        for number, value in zip(conflict.citations, conflict.values, strict=False):
            if number in by_number and (not conflict.outdated or number in conflict.outdated):
                yield _whole(value, by_number[number].quote), by_number[number]

    sides = tuple(told())
    figure = any(character.isdigit() for value, _ in sides for character in value)
    earlier = (label("Earlier figure:") if figure else label("Earlier report:")) if conflict.outdated else ""
    return Sides(sides, earlier, answer.freshness.newest)


def _whole(value: str, quote: str) -> str:
    """A value with the unit that stands behind it in its quote."""
    start = quote.find(value)
    if start < 0:
        return value
    words = whole_words(quote, Span(start=start, end=start + len(value)), 0, len(quote))
    return quote[words.start : words.end]


def named(reason: Reason | None) -> Markup:
    """Outlets of the library, the first of them."""
    outlets = reason.outlets if reason else ()
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    return Markup(say("{outlets} and others", outlets=names) if len(outlets) > OUTLETS_MOST else names)  # noqa: S704


def doubt(one: Unsupported) -> str:
    """What is wrong with a sentence, in a word."""
    return say(_DOUBTS.get(one.doubt, one.doubt.value))


def written(answer: Answer) -> str:
    """Who wrote the answer; nothing where no language model was asked, or where the notices say what it did."""
    if answer.writing is None:
        return ""
    model = Markup(one_line(answer.writing.model))  # noqa: S704
    if answer.writing.problem is None:
        told = say("Written by {model}, {how}.", model=model, how=how_checked(answer))
    elif answer.notices:
        return ""
    else:
        told = say("The language model {model} wrote no answer, so here are quotes.", model=model)
    return Markup(told)  # noqa: S704
