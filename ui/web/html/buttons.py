"""The buttons of answers, each naming what it opens in `data-*` attributes, and the words of sources."""

from __future__ import annotations

import datetime as dt

from rag.types import Agreement, Citation, Passage
from ui.web.markup import day, inert, one_line, source_line
from ui.web.texts import say


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
