"""What one reader has asked so far on one open page; nothing of it is shared or stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.types import Answer, Citation, Passage, Turn
from ui.web.panel import render_article, render_missing
from ui.web.render import render_turn

ANSWERS_MOST = 50
"""Older answers leave the page, so that a page left open for a week stays small."""


@dataclass(frozen=True)
class Conversation:
    """The answers on the page, oldest first, and the question that is being answered."""

    answers: tuple[Answer, ...] = ()
    first: int = 0
    """Number of the oldest answer that is still on the page; buttons name answers by these numbers."""
    turns: tuple[Turn, ...] = ()
    pending: str = ""

    def asking(self, question: str) -> Conversation:
        """This conversation with a question in work."""
        return replace(self, pending=question)

    def stopped(self) -> Conversation:
        """This conversation with no question in work."""
        return replace(self, pending="")

    def answered(self, answer: Answer) -> Conversation:
        """This conversation with one more answer."""
        kept = (*self.answers, answer.model_copy(update={"history": ()}))[-ANSWERS_MOST:]
        first = self.first + len(self.answers) + 1 - len(kept)
        return replace(self, answers=kept, first=first, turns=answer.turns[-ANSWERS_MOST:], pending="")

    def html(self) -> str:
        """All answers, oldest first."""
        return "".join(render_turn(answer, number) for number, answer in enumerate(self.answers, self.first))

    def last_html(self) -> str:
        """The newest answer."""
        return render_turn(self.answers[-1], self.first + len(self.answers) - 1)

    def panel_html(self, library: Library, button: Mapping[str, object]) -> str:
        """The article that a button names, with its passage marked. `button` holds its `data-*` values."""
        answer = self._answer(button.get("turn"))
        cited = _cited(answer, button) if answer else None
        article_id = cited.article_id if cited else str(button.get("article", ""))
        try:
            inner = render_article(library.article(article_id), cited, answer.citations if answer else ())
        except ArticleNotFound:
            inner = render_missing()
        # New each time, so that the page notices when the same source is opened again.
        return f'<div data-opened="{secrets.token_hex(4)}">{inner}</div>'

    def _answer(self, number: object) -> Answer | None:
        index = _as_number(number) - self.first
        return self.answers[index] if 0 <= index < len(self.answers) else None


def _cited(answer: Answer, button: Mapping[str, object]) -> Citation | Passage | None:
    if "citation" in button:
        number = _as_number(button["citation"])
        return next((citation for citation in answer.citations if citation.number == number), None)
    number = _as_number(button.get("passage"))
    return answer.passages[number] if 0 <= number < len(answer.passages) else None


def _as_number(value: object) -> int:
    """A number from a browser, which may send anything; -1 when it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
