"""What one reader has asked so far on one open page, and how the browser stores it, one entry per answer.

The stored JSON is checked when it comes back, whoever wrote it. No entry ever changes another, so two pages that continue
the same conversation both keep what they added. An answer is recognised by its id: the time it was given and a
signature of its text.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from rag.errors import ArticleNotFound, DatelineError
from rag.library import Library
from rag.types import Answer, Passage, Retrieved, Status, Turn, Value
from ui.web.components import as_number
from ui.web.html.article import Cited, render_article, why_chosen
from ui.web.html.turn import render_turn

PATTERN = r"[0-9]{13}[0-9a-f]{32}"
_PASSAGE_CHARACTERS = 60  # How much of a passage is stored: enough to see whether its article is unchanged.
KEPT_CHARACTERS = 200_000  # Longest JSON: a browser stores about five million per site, and a request carries one.
ANSWERS_MOST = 50  # Older answers leave the page, so that a page left open for a week stays small.


class Given(NamedTuple):
    """The rating of an answer, and the id under which it is stored."""

    thumbs: str
    feedback_id: str


_UNRATED = Given("", "")
Ratings = Mapping[int, Given]  # By the number of the answer.


@dataclass(frozen=True)
class Conversation:
    """The answers on the page, oldest first, and the pending question."""

    answers: tuple[Answer, ...] = ()
    first: int = 0  # Number of the oldest answer that is still on the page; buttons name answers by these numbers.
    pending: str = ""
    id: str = ""  # The id under which the browser stores it; empty before the first question.
    ids: tuple[str, ...] = ()  # One for each answer, as made by `Signer.id_of`.
    shown: Answer | None = None  # For the pending question: passages alone, or quotes while a language model writes.

    @property
    def next(self) -> int:
        return self.first + len(self.answers)

    def history(self, after: int | None = None) -> tuple[Turn, ...]:
        """The turns that the next question may follow: those before number `after`, or all of them."""
        count = len(self.answers) if after is None else max(0, after - self.first)
        return tuple(answer.turns[-1] for answer in self.answers[:count])

    def asking(self, question: str) -> Conversation:
        return replace(self, pending=question, shown=None)

    def found(self, retrieved: Retrieved) -> Conversation:
        """With the passages of the pending question, which can be opened at once."""
        alone = Answer.like(retrieved, event="answer", question=self.pending, text="", status=Status.ANSWERED)
        return replace(self, shown=alone)

    def stopped(self) -> Conversation:
        """Without a pending question; quotes already shown stay as the answer."""
        return self.answered(self.shown) if self.shown and self.shown.text else self.withdrawn()

    def withdrawn(self) -> Conversation:
        return replace(self, pending="", shown=None)

    def answered(self, answer: Answer) -> Conversation:
        kept = (*self.answers, answer.model_copy(update={"history": ()}))[-ANSWERS_MOST:]
        ids = self.ids[len(self.answers) + 1 - len(kept) :]
        return replace(self, answers=kept, ids=ids, first=self.next + 1 - len(kept), pending="", shown=None)

    def signed(self, id_of: Callable[[Answer], str]) -> Conversation:
        """With an id, and an id for each answer that has none yet."""
        fresh = tuple(id_of(answer) for answer in self.answers[len(self.ids) :])
        return replace(self, id=self.id or secrets.token_hex(8), ids=(*self.ids, *fresh)) if fresh else self

    def question_again(self, button: Mapping[str, object]) -> tuple[str, int | None]:
        """The question of an earlier answer, and the number to ask it `after`.

        As it was, it follows the turns before it; as it was searched, or without what it took over, it stands alone.
        """
        number, again = as_number(button.get("turn")), button.get("again")
        answer = self.answer(number)
        if answer is None:
            return "", None
        if again in ("searched", "alone"):
            return answer.standalone_question if again == "searched" else answer.question, self.first
        return answer.question, number if number < self.next else None

    def answer(self, number: object) -> Answer | None:
        """The answer that a button names, or what is shown of the pending one."""
        index, known = as_number(number) - self.first, (*self.answers, self.shown)
        return known[index] if 0 <= index < len(known) else None

    def html(self, ratings: Ratings, shared: Collection[str] = (), part: slice = slice(None)) -> str:
        """The answers, oldest first, or a part of them; `shared` holds the ids of those with a link."""
        return "".join(
            render_turn(answer, number, ratings.get(number, _UNRATED).thumbs, self.id_of(number) in shared)
            for number, answer in list(enumerate(self.answers, self.first))[part]
        )

    def id_of(self, number: int) -> str:
        place = number - self.first
        return self.ids[place] if 0 <= place < len(self.ids) else ""

    def panel_html(self, library: Library, button: Mapping[str, object], *, asks: bool = True) -> str:
        """The article that a button names, with its passage marked. `button` holds its `data-*` values."""
        answer = self.answer(button.get("turn"))
        cited = _cited(answer, button) if answer else None
        article_id = cited.article_id if cited else str(button.get("article", ""))
        article, why, others = None, "", list[Cited]()
        with contextlib.suppress(ArticleNotFound):
            article = library.article(article_id)
        if answer:
            why = why_chosen(answer, cited.id if isinstance(cited, Passage) else cited.passage_id) if cited else ""
            others = [*answer.citations, *(agreed for citation in answer.citations for agreed in citation.agreed_by)]
        inner = render_article(article, cited, others, why, asks=asks)
        # Different each time, so that the page notices when the same source is opened again.
        return f'<div data-opened="{secrets.token_hex(4)}">{inner}</div>'


def _cited(answer: Answer, button: Mapping[str, object]) -> Cited | None:
    if "citation" in button:
        number = as_number(button["citation"])
        return next((citation for citation in answer.citations if citation.number == number), None)
    if "agreed" in button:
        agreed = (one for citation in answer.citations for one in citation.agreed_by)
        return next((one for one in agreed if one.passage_id == button["agreed"]), None)
    return next((passage for passage in answer.passages if passage.id == button.get("passage")), None)


class KeptTurn(Value):
    id: Annotated[str, Field(pattern=f"^{PATTERN}$")]
    answer: Answer
    thumbs: Literal["up", "down"] | None = None
    feedback_id: Annotated[str, Field(max_length=40)] = ""


class Kept(NamedTuple):
    conversation: Conversation
    ratings: Ratings
    unreadable: bool  # Whether anything in it was not an answer of ours.


def to_browser(conversation: Conversation, ratings: Ratings, first: int) -> str:
    """The answers from number `first` on, as JSON; the oldest, which a browser has, are left out if it is too long."""
    turns: list[str] = []
    for number in reversed(range(max(first, conversation.first), conversation.next)):
        place = number - conversation.first
        said = ratings[number]._asdict() if number in ratings else {}
        turn = KeptTurn(id=conversation.ids[place], answer=slim(conversation.answers[place]), **said).to_json()
        if sum(map(len, turns)) + len(turn) > KEPT_CHARACTERS - 1000:  # room for the brackets
            break
        turns.insert(0, turn)
    return f'{{"conversation": {json.dumps(conversation.id)}, "turns": [{", ".join(turns)}]}}'


def from_browser(kept: object) -> Kept:
    """The conversation that a browser stored, as far as it is readable."""
    if not kept:
        return Kept(Conversation(), {}, unreadable=False)
    given = kept_object(kept)
    sent = given.get("turns")
    newest = sent[-ANSWERS_MOST:] if isinstance(sent, list) else []
    found: dict[str, KeptTurn] = {}
    for one in newest:
        with contextlib.suppress(ValidationError):
            turn = KeptTurn.model_validate(one)
            found[turn.id] = turn
    turns = [found[answer_id] for answer_id in sorted(found)]  # in the order in which they were given
    named = re.fullmatch("[0-9A-Za-z]{1,16}", str(given.get("conversation")))
    answers, ids = tuple(turn.answer for turn in turns), tuple(turn.id for turn in turns)
    conversation = Conversation(answers=answers, ids=ids, id=named[0] if named and turns else "")
    ratings = {number: Given(turn.thumbs, turn.feedback_id) for number, turn in enumerate(turns) if turn.thumbs}
    wrong = len(turns) < len(newest) or bool(given.get("broken")) or not isinstance(sent, list)
    return Kept(conversation, ratings, unreadable=wrong)


def kept_object(kept: object) -> dict[str, Any]:
    """The object that a browser stored as JSON; an empty one for anything else."""
    given: object = None
    if isinstance(kept, str) and len(kept) <= KEPT_CHARACTERS + 50_000:
        with contextlib.suppress(ValueError, RecursionError):
            given = json.loads(kept)
    return given if isinstance(given, dict) else {}


class Signer:
    """Signs the answers of one library. An answer made up by a reader has no valid signature, so it gets no link."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _key(self) -> bytes:
        try:
            return self._library.shared.key()
        except DatelineError:  # read-only: no links can be stored either
            return secrets.token_bytes(32)

    def id_of(self, answer: Answer) -> str:
        """An id for an answer just given: milliseconds since 1970 in 13 digits, then its signature."""
        at = f"{time.time_ns() // 1_000_000:013d}"
        return at + self._signature(at, answer)

    def vouches(self, answer_id: str, answer: Answer) -> bool:
        return hmac.compare_digest(answer_id[13:], self._signature(answer_id[:13], answer))

    def _signature(self, at: str, answer: Answer) -> str:
        return hmac.new(self._key, f"{at}{slim(answer).to_json()}".encode(), hashlib.sha256).hexdigest()[:32]


def slim(answer: Answer) -> Answer:
    """The answer as it is stored: with only the first words of its passages."""
    passages = tuple(one.model_copy(update={"text": one.text[:_PASSAGE_CHARACTERS]}) for one in answer.passages)
    return answer.model_copy(update={"passages": passages, "timings": {}, "history": ()})
