"""A question whose answer is pending, was stopped, or failed; and what the library holds."""

from __future__ import annotations

from collections.abc import Sequence

from rag.library import Library
from rag.types import Answer, Checked, LibraryStats, Passage, Status, Verdict
from ui.web.html.templates import part
from ui.web.markup import one_line
from ui.web.problems import problems
from ui.web.texts import counted, label, say

OUTLETS_MOST = 8


def render_progress(question: str, shown: Answer | None = None, text: str = "", turn: int = 0) -> str:
    """A question whose answer is pending: what is `shown` for it, and the text so far."""
    standalone, carried = (shown.standalone_question, shown.carried) if shown else (question, ())
    return part(
        "page_parts.html", "progress", question, standalone, carried, text, shown.passages if shown else (), turn
    )


def render_draft(model: str, text: str, checks: Sequence[Checked]) -> str:
    """A language model's words as they arrive; checked ones are marked, rejected ones struck through."""
    pieces: list[tuple[str, Checked | None]] = []
    place = 0
    # A later verdict on the same words replaces an earlier one.
    for check in sorted({check.start: check for check in checks}.values(), key=lambda check: check.start):
        start, end = max(check.start, place), max(check.end, place)
        pieces += [(text[place:start], None), (text[start:end], check)]
        place = end
    pieces = [one for one in [*pieces, (text[place:], None)] if one[0] or one[1]]
    return part("page_parts.html", "draft", model or say("A language model"), pieces, Verdict.UNSUPPORTED)


def render_note(question: str, message: str, name: str = "dl-problem") -> str:
    """A question that failed or, with `dl-stopped`, was stopped; without a question, only the message."""
    return part("page_parts.html", "note", question, message, name)


def reading(passages: Sequence[Passage]) -> str:
    """The status line once passages are found."""
    outlets = list(dict.fromkeys(passage.outlet for passage in passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    told = label("Reading {passages} from {outlets}…") if names else label("Reading {passages}…")
    return say(told, passages=counted(len(passages), "passage"), outlets=names)


def outcome(answer: Answer) -> str:
    """The outcome of a question, for screen readers."""
    count = len(answer.citations)
    if answer.reason is not None:
        told = say("No answer.")
    elif answer.status is Status.CLOSEST:
        told = say("No certain answer, but {passages} near it.", passages=counted(count, "passage"))
    else:
        told = say("Answered from {sources}.", sources=counted(count, "source")) if count else say("Answered.")
    return f'<span class="dl-spoken">{told}</span>'


def render_holdings(library: Library) -> str:
    """What this is, and what the library holds now."""
    with problems() as wrong:
        return render_library(library.stats())
    return render_note("", wrong[0])


def render_library(stats: LibraryStats) -> str:
    """The head of the page: what this is, and what a library holds."""
    return part("page_parts.html", "head", stats)


def render_suggestions(questions: Sequence[str], *, following: bool = False) -> str:
    """Questions that are asked when pressed, perhaps as follow-ups; empty if there are none."""
    return part("page_parts.html", "suggestions", questions, following) if questions else ""
