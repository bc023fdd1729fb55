"""What narrows the next question, as chips that take it away again."""

from __future__ import annotations

from rag.types import Filters
from ui.web.markup import day, inert, one_line


def render_chips(filters: Filters, follows: str | None = None, problem: str = "") -> str:
    """The chips; nothing when nothing is set.

    Args:
        follows: the question after which the next one is asked again; empty when it stands alone, None when it simply
            goes on.
        problem: what is wrong with a day that was typed; ours.
    """
    chips = []
    if follows is not None:
        words = f"Follows “{one_line(follows)}”" if follows else "Asked on its own, not as a follow-up"
        chips.append(_chip("follows", words))
    chips += [_chip("since", f"From {day(filters.since)}")] if filters.since else []
    chips += [_chip("until", f"To {day(filters.until)}")] if filters.until else []
    chips += [_chip("as_of", f"As of {day(filters.as_of)}")] if filters.as_of else []
    chips += [_chip("outlet", one_line(outlet), outlet) for outlet in filters.outlets]
    told = f'<p class="dl-problem" role="alert">{inert(problem)}</p>' if problem else ""
    if len(chips) > 1 or problem:
        chips.append('<button type="button" class="dl-again" data-drop="all">Clear all</button>')
    if not chips:
        return told
    return (
        f'{told}<div class="dl-chips" role="group" aria-label="What narrows the next question">{"".join(chips)}</div>'
    )


def _chip(name: str, words: str, value: str = "") -> str:
    return (
        f'<button type="button" class="dl-chip" data-drop="{name}" data-value="{inert(value)}" title="Take away">'
        f'{words} <span aria-hidden="true">✕</span><span class="dl-spoken">, take away</span></button>'
    )
