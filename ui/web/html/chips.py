"""What narrows the next question, as chips that take it away again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rag.types import Filters
from ui.web.markup import day, inert, one_line

_LABELS = {"since": "From", "until": "To", "as_of": "As of"}


def render_chips(
    filters: Filters,
    follows: str | None = None,
    problem: str = "",
    *,
    only: str = "",
    read_from: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The chips; nothing when nothing is set.

    Args:
        follows: the question after which the next one is asked again; empty when it stands alone, None when it simply
            goes on.
        problem: what is wrong with a day that was typed; ours.
        only: the title of the one article that is asked about.
        read_from: the words that a day was read from, by the name of its filter.
    """
    chips = []
    if follows is not None:
        words = f"Follows “{one_line(follows)}”" if follows else "Asked on its own, not as a follow-up"
        chips.append(_chip("follows", words))
    chips += [_chip("only", f"Only “{one_line(only)}”")] if only else []
    for name, label in _LABELS.items():
        if chosen := getattr(filters, name):
            chips.append(_chip(name, f"{label} {day(chosen)}{_read_from(read_from.get(name, ''))}"))
    chips += [_chip("outlet", one_line(outlet), outlet) for outlet in filters.outlets]
    alert = f'<p class="dl-problem" role="alert">{inert(problem)}</p>' if problem else ""
    if filters.as_of:
        chips.append(f'<span class="dl-hint">Nothing published after {day(filters.as_of)} is used.</span>')
    if len(chips) > 1 or problem:
        chips.append('<button type="button" class="dl-again" data-drop="all">Clear all</button>')
    if not chips:
        return alert
    return (
        f'{alert}<div class="dl-chips" role="group" aria-label="What narrows the next question">{"".join(chips)}</div>'
    )


def _read_from(words: str) -> str:
    return f" (read from “<bdi>{inert(words)}</bdi>”)" if words else ""


def _chip(name: str, words: str, value: str = "") -> str:
    return (
        f'<button type="button" class="dl-chip" data-drop="{name}" data-value="{inert(value)}" title="Take away">'
        f'{words} <span aria-hidden="true">✕</span><span class="dl-spoken">, take away</span></button>'
    )
