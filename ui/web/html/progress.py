"""A question whose answer is on its way, was stopped, or went wrong; and what the library holds."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Answer, Checked, LibraryStats, Passage, Status, Verdict
from ui.web.html.templates import macro
from ui.web.html.turn import asked, passage_list, searched, whole
from ui.web.markup import days, inert, one_line, plural
from ui.web.texts import say

OUTLETS_MOST = 8
_WRITES = "{who} writes. Grey words have not been checked; what no source supports is struck out."


def render_progress(
    question: str,
    standalone: str = "",
    passages: Sequence[Passage] | None = None,
    text: str = "",
    turn: int = 0,
    carried: Sequence[str] = (),
) -> str:
    """A question whose answer is on its way: the passages that were found, and the text so far."""
    parts = [asked(question), searched(question, standalone or question, carried)]
    if text:
        parts.append(f'<div class="dl-answer"><p class="dl-text" dir="auto">{inert(text)}</p></div>')
    if passages:
        parts.append(passage_list(passages, turn))
    return whole("".join(parts))


def render_draft(model: str, text: str, checks: Sequence[Checked]) -> str:
    """The words of a language model as they come; what was checked is marked, what is taken out is struck through."""
    pieces, place = [], 0
    # A later verdict on the same words takes the place of an earlier one.
    for check in sorted({check.start: check for check in checks}.values(), key=lambda check: check.start):
        start, end = max(check.start, place), max(check.end, place)
        pieces += [_unchecked(text[place:start]), _checked(text[start:end], check)]
        place = end
    pieces.append(_unchecked(text[place:]))
    who = one_line(model) if model else say("A language model")
    return (
        f'<section class="dl-draft" aria-label="{say("Being written")}"><p class="dl-label">{say("Being written, not checked yet")}</p>'
        f'<p class="dl-text" dir="auto">{"".join(pieces)}</p>'
        f'<p class="dl-hint">{say(_WRITES, who=who)}</p>'
        "</section>"
    )


def _unchecked(text: str) -> str:
    return f'<span class="dl-unchecked">{inert(text)}</span>' if text else ""


def _checked(text: str, check: Checked) -> str:
    if check.verdict is not Verdict.UNSUPPORTED:
        return f"<span>{inert(text)}</span>"
    return f'<s>{inert(text)}</s> <span class="dl-doubt">{inert(check.why)}</span> '


def render_stopped(question: str) -> str:
    """A question that the reader took back."""
    return whole(asked(question) + f'<p class="dl-stopped">{say("Stopped.")}</p>')


def render_problem(question: str, message: str) -> str:
    """A question that went wrong; the message is ours."""
    return whole(asked(question) + f'<p class="dl-problem" role="alert">{inert(message)}</p>')


def render_notice(message: str) -> str:
    """A word of ours where a turn would stand."""
    return whole(f'<p class="dl-notice">{inert(message)}</p>')


def reading(passages: Sequence[Passage]) -> str:
    """What is going on once there are passages."""
    outlets = list(dict.fromkeys(passage.outlet for passage in passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    count = plural(len(passages), "passage")
    return (
        say("Reading {passages} from {outlets}…", passages=count, outlets=names)
        if names
        else say("Reading {passages}…", passages=count)
    )


def outcome(answer: Answer) -> str:
    """How it came out, for those who hear the page."""
    count = len(answer.citations)
    told = say("Answered from {sources}.", sources=plural(count, "source")) if count else say("Answered.")
    if answer.reason is not None:
        told = say("No answer.")
    elif answer.status is Status.CLOSEST:
        told = say("No certain answer, but {passages} near it.", passages=plural(count, "passage"))
    return f'<span class="dl-spoken">{told}</span>'


def render_library(stats: LibraryStats) -> str:
    """The head of the page: what this is, and what the library holds."""
    span = days(stats.earliest, stats.latest) if stats.earliest and stats.latest else ""
    return macro("page.html", "head")(stats, span)


def render_offers(questions: Sequence[str], *, following: bool = False) -> str:
    """Questions that are asked when they are pressed; nothing where there are none.

    Args:
        following: whether they go on from an answer.
    """
    return macro("page.html", "offers")(questions, following) if questions else ""


def render_jump() -> str:
    """The way back from the question to the sources of the answer."""
    return macro("page.html", "jump")()


def render_skip() -> str:
    """The way past the tabs to the question."""
    return macro("page.html", "skip")()


def render_welcome() -> str:
    """How to begin with an empty library."""
    return macro("page.html", "welcome")()
