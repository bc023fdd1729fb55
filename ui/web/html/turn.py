"""A question with its answer, as it stands on the page when it is done."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.window import shown_words
from rag.types import Answer, CheckedBy, Citation, Passage, Status, Window
from ui.checked import VALUES_ONLY
from ui.web.html.buttons import marker, opener, quote_unless_said, source
from ui.web.html.timeline import timeline
from ui.web.html.trust import abstention, conflicts, taken_out, written
from ui.web.markup import also_in, anchor, day, days, inert, plural, resolved_dates

_MARKER = re.compile(r"\[([0-9]{1,4})\]")
_LABELS = {
    Status.PARTIAL: "Partly answered",
    Status.CONFLICT: "Sources disagree",
    Status.CLOSEST: "No certain answer",
}
_THUMB = "M2 10h4v11H2zM8 21V10l4-8a2.5 2.5 0 0 1 2.5 2.5V9h5a2 2 0 0 1 2 2.3l-1.3 8a2 2 0 0 1-2 1.7z"


def render_turn(answer: Answer, turn: int, thumbs: str = "") -> str:
    """A question with its whole answer.

    Args:
        turn: tells its buttons from those of other answers.
        thumbs: `up` or `down` where the reader has said so.
    """
    parts = [
        asked(answer.question, turn),
        searched(answer.question, answer.standalone_question, answer.carried, turn),
        _said(answer, turn),
        *(f'<p class="dl-notice">{inert(notice)}</p>' for notice in answer.notices),
        written(answer),
        taken_out(answer),
        _about(answer),
        timeline(answer, turn),
        _read(answer.passages, turn),
        _rating(turn, thumbs),
    ]
    return whole("".join(parts))


def render_alone(answer: Answer) -> str:
    """The same where nothing can be asked, rated or written down: its buttons open its sources."""
    parts = [
        asked(answer.question),
        searched(answer.question, answer.standalone_question, answer.carried),
        _said(answer, 0),
        *(f'<p class="dl-notice">{inert(notice)}</p>' for notice in answer.notices),
        written(answer),
        taken_out(answer),
        _about(answer),
        timeline(answer, 0),
        _read(answer.passages, 0),
    ]
    return whole("".join(parts))


def render_quoted(answer: Answer, turn: int) -> str:
    """A question with its answer in quotes, while a language model writes another: short, so that both are in sight."""
    count = plural(len(answer.citations), "source")
    sources = f'<details class="dl-more"><summary>{count}</summary>{_sources(answer, turn)}</details>'
    said = _box(answer, _text(answer, turn) + sources)
    return whole(asked(answer.question) + searched(answer.question, answer.standalone_question, answer.carried) + said)


def _said(answer: Answer, turn: int) -> str:
    if answer.reason:
        return _box(answer, abstention(answer.reason))
    return _box(answer, _text(answer, turn) + conflicts(answer, turn) + _sources(answer, turn))


def _box(answer: Answer, body: str) -> str:
    return f'<div class="dl-answer dl-{answer.status.value}">{body}</div>'


def whole(inner: str) -> str:
    """One turn of the conversation."""
    return f'<article class="dl-turn">{inner}</article>'


def asked(question: str, turn: int | None = None) -> str:
    """The question as it was asked; with `turn`, a button that puts it into the box again."""
    if not question:
        return ""
    again = "" if turn is None else acts(turn)
    return f'<h2 class="dl-question" dir="auto">{inert(question)}</h2>{again}'


def acts(turn: int) -> str:
    """What can be done with a question and its answer."""
    buttons = {"now": "Ask again", "asked": "Edit", "copy": "Copy", "link": "Copy link"}
    inner = "".join(opener(words, name="dl-again", turn=turn, again=act) for act, words in buttons.items())
    return f'<span class="dl-acts" role="group" aria-label="This question">{inner}</span>'


def searched(question: str, standalone: str, carried: Sequence[str] = (), turn: int | None = None) -> str:
    """What the question takes over from the one before, or how else it was searched; both can be changed."""
    if standalone.strip() == question.strip():
        return ""
    edit = "" if turn is None else " " + opener("Edit", name="dl-again", turn=turn, again="searched")
    if not carried:
        return f'<p class="dl-searched">Searched for: <bdi>{inert(standalone)}</bdi>{edit}</p>'
    without = "" if turn is None else " " + opener("Ask without it", name="dl-again", turn=turn, again="alone")
    return f'<p class="dl-searched">About: <bdi>{inert(", ".join(carried))}</bdi>{edit}{without}</p>'


def _text(answer: Answer, turn: int) -> str:
    label = f'<p class="dl-label">{_LABELS[answer.status]}</p>' if answer.status in _LABELS else ""
    by_number = {citation.number: citation for citation in answer.citations}

    def button(match: re.Match[str]) -> str:
        citation = by_number.get(int(match[1]))
        return marker(citation, turn) if citation else match[0]

    # Brackets and digits come through `inert` as they are, so markers can be found after it.
    lines = _MARKER.sub(button, _marked(answer)).split("\n")
    if len(lines) == 1:
        return f'{label}<p class="dl-text" dir="auto">{lines[0]}</p>'
    # A line above those that are cited says what they are.
    begins = answer.sentences[0].start if answer.sentences else len(answer.text)
    above = answer.text[:begins].count("\n")
    heading = "".join(f'<p class="dl-text" dir="auto">{line}</p>' for line in lines[:above])
    items = "".join(f'<li dir="auto">{line}</li>' for line in lines[above:])
    return f'{label}{heading}<ul class="dl-text dl-lines">{items}</ul>'


def _marked(answer: Answer) -> str:
    """The text with the words that answer in a `<mark>`, and a word behind each sentence whose meaning nothing vouches for."""
    pieces, place = [], 0
    for sentence in answer.sentences:
        if words := sentence.answer:
            pieces += [
                inert(answer.text[place : words.start]),
                f"<mark>{inert(answer.text[words.start : words.end])}</mark>",
            ]
            place = words.end
        if sentence.checked_by is CheckedBy.VALUES:
            pieces += [inert(answer.text[place : sentence.end]), f' <span class="dl-doubt">{VALUES_ONLY}</span>']
            place = sentence.end
    return "".join([*pieces, inert(answer.text[place:])])


def _sources(answer: Answer, turn: int) -> str:
    items = "".join(f"<li>{_source(citation, answer.text, turn)}</li>" for citation in answer.citations)
    return f'<ol class="dl-sources" aria-label="Sources">{items}</ol>' if items else ""


def _source(citation: Citation, text: str, turn: int) -> str:
    number = f'<span class="dl-number">[{citation.number}]</span> '
    return (
        f"{opener(source(citation, number), turn=turn, citation=citation.number)}{quote_unless_said(citation.quote, text)}"
        f"{resolved_dates(citation.dates)}{also_in(citation.also_in)}{_agreed(citation, turn)}{anchor(citation.url)}"
    )


def _agreed(citation: Citation, turn: int) -> str:
    """Other sources that give the same answer, each with its words."""
    items = "".join(
        f"<li>{opener(source(one), turn=turn, agreed=one.passage_id)}"
        f'<blockquote dir="auto">{inert(one.quote)}</blockquote></li>'
        for one in citation.agreed_by
    )
    if not items:
        return ""
    count = plural(len(citation.agreed_by), "other source")
    return f'<details class="dl-more"><summary>Same answer in {count}</summary><ul class="dl-sources">{items}</ul></details>'


def _about(answer: Answer) -> str:
    """Freshness and the dates that were looked at, in one line."""
    parts = []
    newest, oldest = answer.freshness.newest, answer.freshness.oldest
    if newest:
        older = f", oldest: {day(oldest)}" if oldest and oldest != newest else ""
        parts.append(f"Newest source: {day(newest)}{older}")
    if answer.independent_sources > 1:
        parts.append(f"Independent outlets that say so: {answer.independent_sources}")
    window = _window(answer.window)
    if window:
        parts.append(window)
    return f'<p class="dl-about">{" · ".join(parts)}</p>' if parts else ""


def _window(window: Window) -> str:
    if window.since and window.until:
        span = days(window.since, window.until)
    else:
        span = f"from {day(window.since)}" if window.since else f"until {day(window.until)}" if window.until else ""
    read = f" (from “{inert(shown_words(window))}”)" if window.words and span else ""
    parts = [f"Dates looked at: {span}{read}"] if span else []
    parts += [f"as of {day(window.as_of)}"] if window.as_of else []
    parts += ["newest preferred"] if window.prefers_newest else []
    return " · ".join(parts)


def passage_list(passages: Sequence[Passage], turn: int) -> str:
    """What was found, the best first, each to be opened."""
    items = "".join(
        f"<li>{opener(source(passage), turn=turn, passage=passage.id)}{also_in(passage.also_in)}</li>"
        for passage in passages
    )
    return f'<ol class="dl-sources dl-found" aria-label="Passages">{items}</ol>'


def _read(passages: Sequence[Passage], turn: int) -> str:
    """What was read for the answer, behind a fold."""
    if not passages:
        return ""
    count = plural(len(passages), "passage")
    return f'<details class="dl-more"><summary>{count} read</summary>{passage_list(passages, turn)}</details>'


def _rating(turn: int, thumbs: str) -> str:
    def thumb(name: str, label: str) -> str:
        return (
            f'<button type="button" class="dl-thumb dl-{name}" data-turn="{turn}" data-thumb="{name}" '
            f'aria-label="{label}" aria-pressed="{"true" if thumbs == name else "false"}">'
            f'<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="{_THUMB}"/></svg></button>'
        )

    return (
        '<div class="dl-rate" role="group" aria-label="What do you think of this answer?">'
        f"{thumb('up', 'Good answer')}{thumb('down', 'Bad answer')}"
        '<span class="dl-note" hidden><input type="text" maxlength="2000" aria-label="Note on this answer" '
        f'placeholder="Why? (if you like)"><button type="button" class="dl-again" data-turn="{turn}" data-note>'
        "Send note</button></span></div>"
    )
