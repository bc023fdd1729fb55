"""The filters of a question: a row of fields, and chips above the question that say what is set and take it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from rag.errors import ConfigError
from rag.question.filters import make_filters
from rag.types import Filters
from ui.web.chat.conversation import Conversation
from ui.web.html.chips import render_chips
from ui.web.markup import day
from ui.web.page import asset

DAY_CHARACTERS = 20
"""Enough for a day, and for what is none to be told so."""
_FIELDS = (
    ("since", "From", "First day of publication"),
    ("until", "To", "Last day of publication"),
    ("as_of", "As of", "Nothing published later is seen"),
)


class FilterRow:
    """The fields, folded away until they are wanted, and the chips. `fields` are the inputs of whoever asks."""

    def __init__(self) -> None:
        with gr.Accordion("Dates and outlets", open=False, elem_id="dl-filters"):
            with gr.Row():
                days = [self._day(label, info) for _, label, info in _FIELDS]
            self.outlets = gr.Dropdown([], multiselect=True, label="Outlets", info="All, if none is chosen")
        self.fields: list[Any] = [*days, self.outlets]
        self.chips = gr.HTML(elem_id="dl-chips", js_on_load=asset("chips.js"), apply_default_css=False)

    @staticmethod
    def _day(label: str, info: str) -> gr.Textbox:
        return gr.Textbox(
            label=label,
            info=info,
            placeholder="2025-08-13",
            max_lines=1,
            max_length=DAY_CHARACTERS,
            min_width=150,
            elem_classes="dl-day",
        )


def read_filters(since: str | None, until: str | None, as_of: str | None, outlets: Sequence[str] | None) -> Filters:
    """What the fields say.

    Raises:
        ConfigError: a day is none, or no day lies between them.
    """
    days: dict[str, Any] = {}
    for (name, label, _), value in zip(_FIELDS, (since, until, as_of), strict=True):
        try:
            days[name] = getattr(
                make_filters(**{"as_of": None, "since": None, "until": None, "outlets": None, name: value}), name
            )
        except ConfigError:
            typed = str(value)[:DAY_CHARACTERS]
            raise ConfigError(f"“{label}”: '{typed}' is not a day; write it as 2025-08-13.") from None
    first, last = days["since"], min((one for one in (days["until"], days["as_of"]) if one), default=None)
    if first and last and first > last:
        raise ConfigError(
            f"Nothing can be from {day(first)} or later and not later than {day(last)}; change one of the two days."
        )
    return make_filters(days["as_of"], first, days["until"], outlets)


def chips_of(follows: str | None, values: Sequence[Any]) -> str:
    """The chips for what the fields say; what is wrong with a day is said at once."""
    try:
        return render_chips(read_filters(*values), follows)
    except ConfigError as error:
        return render_chips(make_filters(None, None, None, values[-1]), follows, str(error))


def without(values: Sequence[Any], name: str, value: str) -> list[Any]:
    """What the fields say when one filter is taken away; `all` takes them all."""
    *days, outlets = values
    days = ["" if name in ("all", field) else typed for (field, *_), typed in zip(_FIELDS, days, strict=True)]
    kept = [] if name == "all" else [one for one in outlets or () if not (name == "outlet" and one == value)]
    return [*days, kept]


def follows(conversation: Conversation, after: int | None) -> str | None:
    """The question that the next one follows, where that is not the last one; empty where it follows none."""
    if after is None:
        return None
    history = conversation.history(after)
    return history[-1].question if history else ""
