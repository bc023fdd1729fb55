"""The filters of a question: a row of fields, and chips above the question that say what is set and take it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr

from rag.errors import ConfigError
from rag.question.filters import make_filters
from rag.question.window import today
from rag.types import Filters
from ui.web.chat.conversation import Conversation
from ui.web.chat.days import CHARACTERS, ReadDay, read_day
from ui.web.html.chips import render_chips
from ui.web.markup import day
from ui.web.page import asset

_FIELDS = (
    ("since", "From", "First day, e.g. “yesterday” or 3 Sept"),
    ("until", "To", "Last day of publication"),
    ("as_of", "As of", "Answers as on that day: nothing published later is used"),
)


class FilterRow:
    """The fields, folded away until they are wanted, and the chips. `fields` are the inputs of whoever asks."""

    def __init__(self) -> None:
        with gr.Accordion("Dates and outlets", open=False, elem_id="dl-filters"):
            with gr.Row():
                days = [self._day(label, info) for _, label, info in _FIELDS]
            self.outlets = gr.Dropdown([], multiselect=True, label="Outlets", info="All, if none is chosen")
        self.only = gr.State(None)
        """The one article that is asked about, as `Only`."""
        self.fields: list[Any] = [*days, self.outlets, self.only]
        self.chips = gr.HTML(elem_id="dl-chips", js_on_load=asset("chips.js"), apply_default_css=False)

    @staticmethod
    def _day(label: str, info: str) -> gr.Textbox:
        return gr.Textbox(
            label=label,
            info=info,
            placeholder="2025-08-13",
            max_lines=1,
            max_length=CHARACTERS,
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
    for (name, label, _), typed in zip(_FIELDS, (since, until, as_of), strict=True):
        if one := read_day(label, typed, today(), last=name != "since"):
            read[name] = one
    first, *lasts = (read[name].day if name in read else None for name in ("since", "until", "as_of"))
    last = min((one for one in lasts if one), default=None)
    if first and last and first > last:
        raise ConfigError(
            f"Nothing can be from {day(first)} or later and not later than {day(last)}; change one of the two days."
        )
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
