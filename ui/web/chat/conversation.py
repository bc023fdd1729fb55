"""What one reader has asked so far on one open page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.types import Agreement, Answer, Citation, Passage, Retrieved, Status, Turn
from ui.web.html.article import Cited, render_article, render_missing, why_chosen
from ui.web.html.turn import render_turn

ANSWERS_MOST = 50
"""Older answers leave the page, so that a page left open for a week stays small."""


@dataclass(frozen=True)
class Given:
    """What the reader said of an answer, and the id under which it is stored."""

    thumbs: str
    feedback_id: str


Ratings = Mapping[int, Given]
"""By the number of the answer."""


@dataclass(frozen=True)
class Conversation:
    """The answers on the page, oldest first, and the question that is being answered."""

    answers: tuple[Answer, ...] = ()
    first: int = 0
    """Number of the oldest answer that is still on the page; buttons name answers by these numbers."""
    pending: str = ""
    id: str = ""
    """Under which the browser keeps it; empty before the first question."""
    ids: tuple[str, ...] = ()
    """Of each answer, as `Signer.id_of` makes them."""
    shown: Answer | None = None
    """What the page shows for the question in work: only passages, or quotes while a language model writes."""

    @property
    def next(self) -> int:
        """The number of the next answer."""
        return self.first + len(self.answers)

    def history(self, after: int | None = None) -> tuple[Turn, ...]:
        """What the next question may follow: the answers before number `after`; all, when not given."""
        count = len(self.answers) if after is None else max(0, after - self.first)
        return tuple(answer.turns[-1] for answer in self.answers[:count])

    def asking(self, question: str) -> Conversation:
        """This conversation with a question in work."""
        return replace(self, pending=question, shown=None)

    def found(self, retrieved: Retrieved) -> Conversation:
        """This conversation with the passages of the question in work, which can be opened at once."""
        passages_alone = Answer(
            question=self.pending,
            standalone_question=retrieved.standalone_question,
            carried=retrieved.carried,
            text="",
            status=Status.ANSWERED,
            window=retrieved.window,
            passages=retrieved.passages,
        )
        return replace(self, shown=passages_alone)

    def quoted(self, answer: Answer) -> Conversation:
        """This conversation with an answer that a language model may still put into its own words."""
        return replace(self, shown=answer)

    def stopped(self) -> Conversation:
        """This conversation with no question in work; quotes that were there already stay as the answer."""
        if self.shown and self.shown.text:
            return self.answered(self.shown)
        return self.withdrawn()

    def withdrawn(self) -> Conversation:
        """This conversation without the question in work, which went wrong."""
        return replace(self, pending="", shown=None)

    def answered(self, answer: Answer) -> Conversation:
        """This conversation with one more answer."""
        kept = (*self.answers, answer.model_copy(update={"history": ()}))[-ANSWERS_MOST:]
        ids = self.ids[len(self.answers) + 1 - len(kept) :]
        return replace(self, answers=kept, ids=ids, first=self.next + 1 - len(kept), pending="", shown=None)

    def signed(self, id_of: Callable[[Answer], str]) -> Conversation:
        """This conversation with an id, and one for each answer that has none yet."""
        fresh = tuple(id_of(answer) for answer in self.answers[len(self.ids) :])
        return replace(self, id=self.id or secrets.token_hex(8), ids=(*self.ids, *fresh)) if fresh else self

    def question_again(self, button: Mapping[str, object]) -> tuple[str, int | None]:
        """The question of an earlier answer, to be sent once more, and what it then comes `after`.

        As it was asked it follows what came before it then; as it was searched, or without what it took over, it stands
        alone.
        """
        number = as_number(button.get("turn"))
        answer = self.answer(number)
        if answer is None:
            return "", None
        if button.get("again") == "searched":
            return answer.standalone_question, self.first
        if button.get("again") == "alone":
            return answer.question, self.first
        return answer.question, number if number < self.next else None

    def answer(self, number: object) -> Answer | None:
        """The answer that a button names, or what is shown of the one in work."""
        index = as_number(number) - self.first
        if index == len(self.answers):
            return self.shown
        return self.answers[index] if 0 <= index < len(self.answers) else None

    def html(self, ratings: Ratings, shared: Collection[str] = (), count: int | None = None) -> str:
        """The first `count` answers, oldest first; all, when not given.

        Args:
            shared: ids of those that have a link.
        """
        return "".join(
            render_turn(answer, number, _thumbs(ratings, number), self.id_of(number) in shared)
            for number, answer in enumerate(self.answers[:count], self.first)
        )

    def last_html(self, ratings: Ratings, shared: Collection[str] = ()) -> str:
        """The newest answer."""
        last = self.next - 1
        if not self.answers:
            return ""
        return render_turn(self.answers[-1], last, _thumbs(ratings, last), self.id_of(last) in shared)

    def id_of(self, number: int) -> str:
        """The id of an answer; empty where it has none."""
        place = number - self.first
        return self.ids[place] if 0 <= place < len(self.ids) else ""

    def panel_html(self, library: Library, button: Mapping[str, object], *, asks: bool = True) -> str:
        """The article that a button names, with its passage marked. `button` holds its `data-*` values."""
        answer = self.answer(button.get("turn"))
        cited = _cited(answer, button) if answer else None
        article_id = cited.article_id if cited else str(button.get("article", ""))
        try:
            article = library.article(article_id)
        except ArticleNotFound:
            inner = render_missing()
        else:
            why = why_chosen(answer, _passage_id(cited)) if answer and cited else ""
            inner = render_article(article, cited, _also_cited(answer), why, asks=asks)
        # New each time, so that the page notices when the same source is opened again.
        return f'<div data-opened="{secrets.token_hex(4)}">{inner}</div>'


def _thumbs(ratings: Ratings, number: int) -> str:
    return ratings[number].thumbs if number in ratings else ""


def _cited(answer: Answer, button: Mapping[str, object]) -> Cited | None:
    if "citation" in button:
        number = as_number(button["citation"])
        return next((citation for citation in answer.citations if citation.number == number), None)
    if "agreed" in button:
        agreed = (one for citation in answer.citations for one in citation.agreed_by)
        return next((one for one in agreed if one.passage_id == button["agreed"]), None)
    return next((passage for passage in answer.passages if passage.id == button.get("passage")), None)


def _also_cited(answer: Answer | None) -> Sequence[Citation | Agreement]:
    if answer is None:
        return ()
    return [*answer.citations, *(agreed for citation in answer.citations for agreed in citation.agreed_by)]


def _passage_id(cited: Cited) -> str:
    return cited.id if isinstance(cited, Passage) else cited.passage_id


def as_number(value: object) -> int:
    """A number from a browser, which may send anything; -1 when it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
