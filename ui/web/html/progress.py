"""A question whose answer is on its way, was stopped, or went wrong; and what the library holds."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.library import Library
from rag.types import Answer, Checked, LibraryStats, Passage, Status, Verdict
from ui.web.html.templates import macro
from ui.web.markup import days, one_line
from ui.web.problems import problems
from ui.web.texts import counted, say, script_texts

OUTLETS_MOST = 8


def render_progress(
    question: str,
    standalone: str = "",
    passages: Sequence[Passage] | None = None,
    text: str = "",
    turn: int = 0,
    carried: Sequence[str] = (),
) -> str:
    """A question whose answer is on its way: the passages that were found, and the text so far."""
    return macro("page.html", "progress")(question, standalone or question, carried, text, passages or (), turn)


def render_draft(model: str, text: str, checks: Sequence[Checked]) -> str:
    """The words of a language model as they come; what was checked is marked, what is taken out is struck through."""
    pieces: list[tuple[str, Checked | None]] = []
    place = 0
    # A later verdict on the same words takes the place of an earlier one.
    for check in sorted({check.start: check for check in checks}.values(), key=lambda check: check.start):
        start, end = max(check.start, place), max(check.end, place)
        pieces += [(text[place:start], None), (text[start:end], check)]
        place = end
    pieces.append((text[place:], None))
    who = model or say("A language model")
    return macro("page.html", "draft")(who, [one for one in pieces if one[0] or one[1]], Verdict.UNSUPPORTED)


def render_stopped(question: str) -> str:
    """A question that the reader took back."""
    return macro("page.html", "note")(question, say("Stopped."), "dl-stopped")


def render_problem(question: str, message: str) -> str:
    """A question that went wrong; the message is ours."""
    return macro("page.html", "note")(question, message, "dl-problem")


def render_notice(message: str) -> str:
    """A word of ours where a turn would stand."""
    return macro("page.html", "note")("", message, "dl-notice")


def reading(passages: Sequence[Passage]) -> str:
    """What is going on once there are passages."""
    outlets = list(dict.fromkeys(passage.outlet for passage in passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    count = counted(len(passages), "passage")
    return (
        say("Reading {passages} from {outlets}…", passages=count, outlets=names)
        if names
        else say("Reading {passages}…", passages=count)
    )


def outcome(answer: Answer) -> str:
    """How it came out, for those who hear the page."""
    count = len(answer.citations)
    told = say("Answered from {sources}.", sources=counted(count, "source")) if count else say("Answered.")
    if answer.reason is not None:
        told = say("No answer.")
    elif answer.status is Status.CLOSEST:
        told = say("No certain answer, but {passages} near it.", passages=counted(count, "passage"))
    return f'<span class="dl-spoken">{told}</span>'


def render_holdings(library: Library) -> str:
    """What this is, and what the library holds just now."""
    with problems() as wrong:
        return render_library(library.stats())
    return render_problem("", wrong[0])


def render_library(stats: LibraryStats) -> str:
    """The head of the page: what this is, and what a library holds."""
    span = days(stats.earliest, stats.latest) if stats.earliest and stats.latest else ""
    return macro("page.html", "head")(stats, span)


def render_suggestions(questions: Sequence[str], *, following: bool = False) -> str:
    """Questions that are asked when they are pressed; nothing where there are none.

    Args:
        following: whether they go on from an answer.
    """
    return macro("page.html", "suggestions")(questions, following) if questions else ""


def render_jump() -> str:
    """The way back from the question to the sources of the answer."""
    return macro("page.html", "jump")()


def render_skip() -> str:
    """The way past the tabs to the question, and what the scripts of the page say."""
    return macro("page.html", "skip")(json.dumps(script_texts(), ensure_ascii=False))


def render_welcome() -> str:
    """How to begin with an empty library."""
    return macro("page.html", "welcome")()
