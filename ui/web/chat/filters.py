"""The filters of a question: a row of fields, and chips above the question that say what is set and take it away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import gradio as gr

from ingest.day_reading import LANGUAGES, possible_days
from rag.errors import ConfigError
from rag.question.days import day_phrases
from rag.question.filters import make_filters
from rag.question.window import today
from rag.types import Filters
from ui.web.chat.conversation import Conversation
from ui.web.components import html
from ui.web.html.templates import render
from ui.web.markup import day
from ui.web.texts import label, say

_FIELDS = (
    ("since", label("From"), label("First day, e.g. “yesterday” or 3 Sept")),
    ("until", label("To"), label("Last day of publication")),
    ("as_of", label("As of"), label("Answers as on that day: nothing published later is used")),
)
DAY_CHARACTERS = 60
"""Longest text that is looked at: a pasted line such as "Published on Wednesday, 3 September 2025 at 14:05 GMT"."""
_SHOWN = 20
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")


class FilterRow:
    """The fields, folded away until they are wanted, and the chips. `fields` are the inputs of whoever asks."""

    def __init__(self) -> None:
        with gr.Accordion(label("Dates and outlets"), open=False, elem_id="dl-filters"):
            with gr.Row():
                days = [self._day(name, info) for _, name, info in _FIELDS]
            self.outlets = gr.Dropdown(
                [], multiselect=True, label=label("Outlets"), info=label("All, if none is chosen")
            )
        self.only = gr.State(None)
        """The one article that is asked about, as `Only`."""
        self.fields: list[Any] = [*days, self.outlets, self.only]
        self.chips = html("", "chips", elem_id="dl-chips")

    @staticmethod
    def _day(name: str, info: str) -> gr.Textbox:
        return gr.Textbox(
            label=name,
            info=info,
            placeholder="2025-08-13",
            max_lines=1,
            max_length=DAY_CHARACTERS,
            min_width=150,
            elem_classes="dl-day",
        )


class Only(NamedTuple):
    """An article that alone is asked about."""

    article_id: str
    title: str


class _Read(NamedTuple):
    """What the fields say, and how each day was read."""

    filters: Filters
    read_from: Mapping[str, str]


def read_filters(
    since: str | None, until: str | None, as_of: str | None, outlets: Sequence[str] | None, only: Only | None = None
) -> Filters:
    """What the fields say.

    Raises:
        ConfigError: a day is none, or no day lies between them.
    """
    return _read(since, until, as_of, outlets, only).filters


def _read(
    since: str | None, until: str | None, as_of: str | None, outlets: Sequence[str] | None, only: Only | None = None
) -> _Read:
    read: dict[str, ReadDay] = {}
    for (name, words, _), typed in zip(_FIELDS, (since, until, as_of), strict=True):
        if one := read_day(words, typed, today(), last=name != "since"):
            read[name] = one
    first, *lasts = (read[name].day if name in read else None for name in ("since", "until", "as_of"))
    last = min((one for one in lasts if one), default=None)
    if first and last and first > last:
        wrong = label("Nothing can be from {first} or later and not later than {last}; change one of the two days.")
        raise ConfigError(say(wrong, first=day(first), last=day(last)))
    articles = [only.article_id] if only else None
    return _Read(
        make_filters(as_of=lasts[1], since=first, until=lasts[0], outlets=outlets, articles=articles),
        {name: one.read_from for name, one in read.items()},
    )


def chips_of(follows: str | None, values: Sequence[Any]) -> str:
    """The chips for what the fields say; what is wrong with a day is said at once."""
    only = values[4].title if len(values) > 4 and values[4] else ""
    try:
        read = _read(*values)
    except ConfigError as error:
        return render_chips(make_filters(outlets=values[3]), follows, str(error), only=only)
    return render_chips(read.filters, follows, only=only, read_from=read.read_from)


def render_chips(
    filters: Filters,
    follows: str | None = None,
    problem: str = "",
    *,
    only: str = "",
    read_from: Mapping[str, str] | None = None,
) -> str:
    """What narrows the next question, as chips that take it away again; nothing when nothing is set.

    Args:
        follows: the question after which the next one is asked again; empty when it stands alone, None when it simply
            goes on.
        problem: what is wrong with a day that was typed; ours.
        only: the title of the one article that is asked about.
        read_from: the words that a day was read from, by the name of its filter.
    """
    days = [(name, words, getattr(filters, name)) for name, words, _ in _FIELDS if getattr(filters, name)]
    return render(
        "chips.html",
        filters=filters,
        days=days,
        follows=follows,
        problem=problem,
        only=only,
        read_from=read_from or {},
        count=len(days) + len(filters.outlets) + bool(only) + (follows is not None),
    )


def without(values: Sequence[Any], name: str, value: str) -> list[Any]:
    """What the fields say when one filter is taken away; `all` takes them all."""
    days, outlets, only = values[:3], values[3], values[4:]
    days = ["" if name in ("all", field) else typed for (field, *_), typed in zip(_FIELDS, days, strict=True)]
    kept = [] if name == "all" else [one for one in outlets or () if not (name == "outlet" and one == value)]
    return [*days, kept, *(None if name in ("all", "only") else one for one in only)]


def follows(conversation: Conversation, after: int | None) -> str | None:
    """The question that the next one follows, where that is not the last one; empty where it follows none."""
    if after is None:
        return None
    history = conversation.history(after)
    return history[-1].question if history else ""


@dataclass(frozen=True)
class ReadDay:
    """A day, and the words that it was read from; empty where it was written as we would."""

    day: dt.date
    read_from: str = ""


def read_day(field: str, typed: str | None, today: dt.date, *, last: bool = False) -> ReadDay | None:
    """The day that a field says; None where it is empty.

    Read are 2025-08-13, 13 Aug 2025 and 13.08.2025 in seventeen languages, "yesterday", "3 Sept", "last Friday", and of
    "August" its first day, or its `last`. A day without a year is the last one until today.

    Raises:
        ConfigError: it is no day; its label comes first.
    """
    text = " ".join((typed or "")[:DAY_CHARACTERS].split())
    if not text:
        return None
    if _ISO.fullmatch(text):
        try:
            return ReadDay(dt.date.fromisoformat(text[:10]))
        except ValueError:
            raise _none(field, text) from None
    if days := possible_days(text):
        # Of "3/4/2025" nobody can tell which number is the month: most of the world writes the day first, and it is told.
        return ReadDay(days[-1], say("{text}, day first", text=text) if len(days) > 1 else text)
    found = _of_phrase(text, today, last) or _of_words(text, today)
    if found is None:
        raise _none(field, text)
    return ReadDay(found, text)


def _none(field: str, text: str) -> ConfigError:
    wrong = label("“{label}”: '{text}' is not a day; write it as 2025-08-13, 13 Aug 2025 or “yesterday”.")
    return ConfigError(say(wrong, label=say(field), text=text[:_SHOWN]))


def _of_phrase(text: str, today: dt.date, last: bool) -> dt.date | None:
    """As a question's days are read; a stretch has a first and a last day."""
    phrases = day_phrases(f"on {text}", today, today) or day_phrases(f"in {text}", today, today)
    return (phrases[0].last if last else phrases[0].first) if phrases else None


def _of_words(text: str, today: dt.date) -> dt.date | None:
    """ "gestern", "3. September", "9월 3일", "3.9."."""
    import dateparser

    settings = {
        "RELATIVE_BASE": dt.datetime.combine(today, dt.time()),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(text, languages=list(LANGUAGES), settings=settings)
    return found.date() if found else None
