"""The buttons of answers, each naming what it opens in `data-*` attributes, and the words of sources."""

from __future__ import annotations

import datetime as dt

from rag.types import Agreement, Citation, Passage
from ui.web.markup import day, inert, one_line, source_line


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
    words = [" ".join((outlet or "unknown outlet").split())[:100], day(published, guessed)]
    return inert(", ".join([*words, *([" ".join(title.split())[:200]] if title else [])]))


def quote_unless_said(quote: str, text: str) -> str:
    """The words of a source, unless the answer just said them: nobody wants to read them twice."""
    return (
        ""
        if " ".join(quote.split()) in " ".join(text.split())
        else f'<blockquote dir="auto">{inert(quote)}</blockquote>'
    )


def marker(citation: Citation, turn: int) -> str:
    """`[1]`, which opens what it cites."""
    label = f"Source {citation.number}, {spoken_source(citation.outlet, citation.published, citation.published_guessed)}: open the passage"
    return opener(f"[{citation.number}]", name="dl-marker", label=label, turn=turn, citation=citation.number)
