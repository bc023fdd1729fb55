"""A question with its answer, as it stands on the page when it is done: what `turn.html` shows of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from rag.types import Agreement, Answer, CheckedBy, Citation, ResolvedDate, Status
from ui.checked import VALUES_ONLY
from ui.web.html.templates import render
from ui.web.html.timeline import timeline
from ui.web.html.trust import conflicts, doubt, named, written
from ui.web.html.whole_words import whole_words
from ui.web.markup import day, inert, marker, opener, source, window_told
from ui.web.texts import counted, label, of_core, say

_MARKER = re.compile(r"\[([0-9]{1,4})\]")
_LABELS = {
    Status.PARTIAL: label("Partly answered"),
    Status.CONFLICT: label("Sources disagree"),
    Status.CLOSEST: label("No certain answer"),
}


def render_turn(answer: Answer, turn: int, thumbs: str = "", shared: bool = False) -> str:
    """A question with its whole answer.

    Args:
        turn: tells its buttons from those of other answers.
        thumbs: `up` or `down` where the reader has said so.
        shared: whether there is a link to it.
    """
    return _rendered(answer, turn, thumbs=thumbs, shared=shared)


def render_alone(answer: Answer) -> str:
    """The same where nothing can be asked, rated or written down: its buttons open its sources."""
    return _rendered(answer, 0, alone=True)


def render_quoted(answer: Answer, turn: int) -> str:
    """A question with its answer in quotes, while a language model writes another: short, so that both are in sight."""
    return _rendered(answer, turn, whole=False)


def _rendered(answer: Answer, turn: int, **options: Any) -> str:
    return render(
        "turn.html",
        answer=answer,
        turn=turn,
        said=_said(answer, turn),
        cards_of=cards(answer),
        conflicts=conflicts(answer),
        outlets=named(answer.reason),
        written=written(answer),
        doubt=doubt,
        about=_about(answer),
        timeline=Markup(timeline(answer, turn)),  # noqa: S704
        passage_of=lambda one: _passage(answer, one),
        **{"whole": True, "alone": False, "thumbs": "", "shared": False, **options},
    )


@dataclass(frozen=True)
class Said:
    """The text of an answer in lines of HTML; `heading` says what a list is, and is None where there is no list."""

    label: str
    heading: tuple[Markup, ...] | None
    lines: tuple[Markup, ...]


def _said(answer: Answer, turn: int) -> Said:
    by_number = {citation.number: citation for citation in answer.citations}

    def button(match: re.Match[str]) -> str:
        citation = by_number.get(int(match[1]))
        return marker(citation, turn) if citation else match[0]

    # Brackets and digits come through `inert` as they are, so markers can be found after it.
    lines = [Markup(line) for line in _MARKER.sub(button, _marked(answer)).split("\n")]  # noqa: S704
    label = _LABELS.get(answer.status, "")
    if len(lines) == 1:
        return Said(label, None, tuple(lines))
    # A line above those that are cited says what they are.
    begins = answer.sentences[0].start if answer.sentences else len(answer.text)
    above = answer.text[:begins].count("\n")
    return Said(label, tuple(Markup(of_core(line)) for line in lines[:above]), tuple(lines[above:]))  # noqa: S704


def _marked(answer: Answer) -> str:
    """The text with the words that answer in a `<mark>`, and a word behind each sentence whose meaning nothing vouches for."""
    pieces, place = [], 0
    for sentence in answer.sentences:
        if sentence.answer:
            words = whole_words(answer.text, sentence.answer, sentence.start, sentence.end)
            pieces += [
                inert(answer.text[place : words.start]),
                f"<mark>{inert(answer.text[words.start : words.end])}</mark>",
            ]
            place = words.end
        if sentence.checked_by is CheckedBy.VALUES:
            pieces += [inert(answer.text[place : sentence.end]), f' <span class="dl-doubt">{say(VALUES_ONLY)}</span>']
            place = sentence.end
    return "".join([*pieces, inert(answer.text[place:])])


def _passage(answer: Answer, citation: Citation) -> Markup:
    """The passage around a quote, with the quote marked; the quote alone where no more of it is known."""
    for passage in answer.passages:
        start = citation.start - passage.start
        if (
            passage.id == citation.passage_id
            and passage.text[max(start, 0) :].startswith(citation.quote)
            and start >= 0
        ):
            before, after = passage.text[:start], passage.text[start + len(citation.quote) :]
            return Markup(f"{inert(before)}<mark>{inert(citation.quote)}</mark>{inert(after)}")  # noqa: S704
    return Markup(f"<mark>{inert(citation.quote)}</mark>")  # noqa: S704


def _about(answer: Answer) -> list[Markup]:
    """Freshness and the dates that were looked at, in one line."""
    parts = []
    newest, oldest = answer.freshness.newest, answer.freshness.oldest
    if newest:
        parts.append(say("Newest source: {day}", day=day(newest)))
    if newest and oldest and oldest != newest:
        parts.append(say("oldest: {day}", day=day(oldest)))
    if answer.independent_sources > 1:
        parts.append(say("Reported independently by {outlets}", outlets=counted(answer.independent_sources, "outlet")))
    return [Markup(part) for part in [*parts, *window_told(answer.window, inert)]]  # noqa: S704


@dataclass(frozen=True)
class Card:
    """One article and what is cited of it."""

    citations: tuple[Citation, ...]
    said: bool
    """Whether the answer says these very words, so that they need not be shown large again."""

    @property
    def url(self) -> str | None:
        """Where the article was published."""
        return self.citations[0].url

    @property
    def quotes(self) -> list[tuple[str, Sequence[ResolvedDate]]]:
        """The quoted words with the days that they mean."""
        return [(one.quote, one.dates) for one in self.citations]

    @property
    def also_in(self) -> list[str]:
        """Other outlets that carry the article or its words."""
        return list(dict.fromkeys(outlet for one in self.citations for outlet in one.also_in))

    @property
    def agreed(self) -> list[Agreement]:
        """Independent sources that say the same."""
        return [agreed for one in self.citations for agreed in one.agreed_by]

    def head(self, turn: int) -> Markup:
        """Who, when and under which title; opens the first quote."""
        numbers = "".join(f"[{one.number}]" for one in self.citations)
        number = f'<span class="dl-number">{numbers}</span> '
        return Markup(opener(source(self.citations[0], number), turn=turn, citation=self.citations[0].number))  # noqa: S704


def cards(answer: Answer) -> list[Card]:
    """One card an article, in the order in which the answer cites them."""
    by_article: dict[str, list[Citation]] = {}
    for one in answer.citations:
        by_article.setdefault(one.article_id, []).append(one)
    text = _flat(answer.text)
    return [Card(tuple(cited), all(_flat(one.quote) in text for one in cited)) for cited in by_article.values()]


def _flat(text: str) -> str:
    return " ".join(text.split())
